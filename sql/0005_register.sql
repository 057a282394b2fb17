-- The register: these views alone decide what the public may see. Pages, search and exports read nothing else.

-- Received, not kept private by the sender, and neither held for a look nor withheld by the staff.
CREATE VIEW public_cases AS
SELECT
    id, kind, status, incoming_year, incoming_seq, incoming_number, received_at, first_due_on, due_on,
    coalesce(public_title, title) AS title,
    coalesce(public_text, text) AS text,
    coalesce(public_place, place) AS place,
    public_text IS NOT NULL AS is_redacted,
    topic_code, department_code,
    CASE WHEN publication = 'public_named' THEN sender_name END AS sender_name,
    replied_at,
    coalesce(public_reply, reply) AS reply,
    public_reply IS NOT NULL AS is_reply_redacted
FROM cases
WHERE received_at IS NOT NULL AND publication <> 'private' AND publication_state = 'published';

CREATE INDEX cases_register ON cases (received_at DESC, id DESC)    -- with the same condition
    WHERE received_at IS NOT NULL AND publication <> 'private' AND publication_state = 'published';

-- The history as the public reads it: of each kind of event, only the details named here, redacted where the staff have
-- redacted them. Of a changed title or place it says only that it changed: the old one may have been redacted. An earlier
-- case is named only where it is public itself, and an event of a group only where both cases are.
CREATE VIEW public_events AS
SELECT
    e.id, e.case_id, e.at, e.kind, e.actor,
    CASE e.kind
        WHEN 'received' THEN jsonb_build_object('due_on', said.d -> 'due_on')
        WHEN 'assigned' THEN jsonb_build_object('department', said.d -> 'department')
        WHEN 'department_reminded' THEN jsonb_build_object('department', said.d -> 'department')
        WHEN 'reclassified' THEN jsonb_build_object(
            'before', (said.d -> 'before') - '{title,place}'::text[],
            'after', (said.d -> 'after') - '{title,place}'::text[],
            'title', (said.d -> 'after') ? 'title',
            'place', (said.d -> 'after') ? 'place')
        WHEN 'forwarded' THEN jsonb_build_object(
            'to', said.d -> 'to', 'ground', said.d -> 'ground', 'is_redacted', e.public_words IS NOT NULL)
        WHEN 'extended' THEN jsonb_build_object(
            'reason', said.d -> 'reason', 'old_due_on', said.d -> 'old_due_on', 'due_on', said.d -> 'due_on',
            'asked', said.d -> 'asked', 'is_redacted', e.public_words IS NOT NULL)
        WHEN 'replied' THEN jsonb_build_object('text', said.d -> 'text', 'correction', said.d -> 'correction')
        WHEN 'no_proceedings' THEN jsonb_build_object(
            'ground', said.d -> 'ground', 'is_redacted', e.public_words IS NOT NULL, 'earlier', (
                SELECT jsonb_build_object('number', p.incoming_number, 'year', p.incoming_year, 'seq', p.incoming_seq)
                FROM public_cases AS p WHERE p.id = (said.d -> 'earlier' ->> 'id')::bigint))
        WHEN 'grouped' THEN jsonb_build_object('number', other.incoming_number)
        WHEN 'ungrouped' THEN jsonb_build_object('number', other.incoming_number)
        ELSE '{}'::jsonb
    END AS details
FROM events AS e
JOIN public_cases AS c ON c.id = e.case_id
CROSS JOIN LATERAL (SELECT e.details || coalesce(e.public_words, '{}') AS d) AS said
LEFT JOIN public_cases AS other
    ON other.id = CASE WHEN e.kind IN ('grouped', 'ungrouped') THEN (e.details ->> 'other')::bigint END
WHERE e.kind IN ('received', 'assigned', 'department_reminded', 'clarification', 'forwarded', 'extended', 'replied',
    'no_proceedings', 'closed', 'reopened', 'withdrawn', 'published', 'redacted', 'clarified', 'reclassified', 'escalated')
    OR other.id IS NOT NULL;

-- The pictures that the staff have looked at and published, in their public version, never the originals.
CREATE VIEW public_pictures AS
SELECT c.id AS case_id, c.incoming_year, c.incoming_seq, a.position, a.public_sha256 AS sha256, a.width, a.height
FROM attachments AS a
JOIN public_cases AS c ON c.id = a.case_id
WHERE a.state = 'published';

-- The public cases that are handled together with others: leads (lead_id is NULL) and members.
CREATE VIEW public_groups AS
SELECT c.id, c.lead_id, p.incoming_year, p.incoming_seq, p.incoming_number
FROM public_cases AS p
JOIN cases AS c ON c.id = p.id
WHERE c.lead_id IS NOT NULL OR EXISTS (SELECT FROM cases AS m WHERE m.lead_id = c.id);
