-- The register: the one place that decides what the public may see. Pages, search and exports read these views only.

CREATE INDEX cases_register ON cases (received_at DESC, id DESC)
    WHERE received_at IS NOT NULL AND publication <> 'private' AND publication_state = 'published';

-- Received, not refused by the sender, and not waiting for a look or withheld by the staff.
CREATE VIEW public_cases AS
SELECT
    id, kind, status, incoming_year, incoming_seq, incoming_number, received_at, first_due_on, due_on, replied_at, reply,
    coalesce(public_title, title) AS title,
    coalesce(public_text, text) AS text,
    coalesce(public_place, place) AS place,
    public_text IS NOT NULL AS is_redacted,
    topic_code, department_code,
    CASE WHEN publication = 'public_named' THEN sender_name END AS sender_name
FROM cases
WHERE received_at IS NOT NULL AND publication <> 'private' AND publication_state = 'published';

-- The history as the public reads it: of each kind of event, the details named here and no others.
CREATE VIEW public_events AS
SELECT
    e.id, e.case_id, e.at, e.kind, e.actor,
    CASE e.kind
        WHEN 'received' THEN jsonb_build_object('due_on', e.details -> 'due_on')
        WHEN 'assigned' THEN jsonb_build_object('department', e.details -> 'department')
        WHEN 'department_reminded' THEN jsonb_build_object('department', e.details -> 'department')
        WHEN 'forwarded' THEN jsonb_build_object('to', e.details -> 'to', 'ground', e.details -> 'ground')
        WHEN 'extended' THEN jsonb_build_object(
            'reason', e.details -> 'reason', 'old_due_on', e.details -> 'old_due_on', 'due_on', e.details -> 'due_on')
        WHEN 'replied' THEN jsonb_build_object('text', e.details -> 'text', 'correction', e.details -> 'correction')
        WHEN 'no_proceedings' THEN jsonb_build_object('ground', e.details -> 'ground')
        ELSE '{}'::jsonb
    END AS details
FROM events AS e
JOIN public_cases AS c ON c.id = e.case_id
WHERE e.kind IN ('received', 'assigned', 'department_reminded', 'clarification', 'forwarded', 'extended', 'replied',
    'no_proceedings', 'closed', 'reopened', 'withdrawn', 'published', 'redacted');
