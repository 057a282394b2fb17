-- The rest of what can happen to a case: the sender clarifies, the staff re-classify, a department answers for itself,
-- what is late goes up to the secretary.

ALTER TABLE events DROP CONSTRAINT event_kind_known, ADD CONSTRAINT event_kind_known CHECK (kind IN (
    'submitted', 'address_corrected', 'confirmation_resent', 'confirm_reminded', 'received', 'assigned',
    'department_reminded', 'department_answered', 'escalated', 'clarification', 'clarified', 'reclassified', 'forwarded',
    'extended', 'replied', 'no_proceedings', 'closed', 'reopened', 'withdrawn', 'publication_chosen', 'published',
    'withheld', 'redacted', 'note'));
ALTER TABLE events DROP CONSTRAINT actor_known, ADD CONSTRAINT actor_known
    CHECK (actor IN ('sender', 'staff', 'department', 'system'));

-- The history as the public reads it: of each kind of event, the details named here and no others.
CREATE OR REPLACE VIEW public_events AS
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
    'no_proceedings', 'closed', 'reopened', 'withdrawn', 'published', 'redacted', 'clarified', 'reclassified', 'escalated');
