-- What the staff change of a case's details, by which term it was extended, and which case it repeats, as the public reads it.

-- The history as the public reads it: of each kind of event, the details named here and no others. Of a changed title or
-- place only that it changed: what stood there may have been redacted. An earlier case is named where it is public itself.
CREATE OR REPLACE VIEW public_events AS
SELECT
    e.id, e.case_id, e.at, e.kind, e.actor,
    CASE e.kind
        WHEN 'received' THEN jsonb_build_object('due_on', e.details -> 'due_on')
        WHEN 'assigned' THEN jsonb_build_object('department', e.details -> 'department')
        WHEN 'department_reminded' THEN jsonb_build_object('department', e.details -> 'department')
        WHEN 'reclassified' THEN jsonb_build_object(
            'before', (e.details -> 'before') - '{title,place}'::text[],
            'after', (e.details -> 'after') - '{title,place}'::text[],
            'title', (e.details -> 'after') ? 'title',
            'place', (e.details -> 'after') ? 'place')
        WHEN 'forwarded' THEN jsonb_build_object('to', e.details -> 'to', 'ground', e.details -> 'ground')
        WHEN 'extended' THEN jsonb_build_object(
            'reason', e.details -> 'reason', 'old_due_on', e.details -> 'old_due_on', 'due_on', e.details -> 'due_on',
            'asked', e.details -> 'asked')
        WHEN 'replied' THEN jsonb_build_object(
            'text', coalesce(e.public_text, e.details ->> 'text'), 'correction', e.details -> 'correction')
        WHEN 'no_proceedings' THEN jsonb_build_object('ground', e.details -> 'ground', 'earlier', (
            SELECT jsonb_build_object('number', p.incoming_number, 'year', p.incoming_year, 'seq', p.incoming_seq)
            FROM public_cases AS p WHERE p.id = (e.details -> 'earlier' ->> 'id')::bigint))
        ELSE '{}'::jsonb
    END AS details
FROM events AS e
JOIN public_cases AS c ON c.id = e.case_id
WHERE e.kind IN ('received', 'assigned', 'department_reminded', 'clarification', 'forwarded', 'extended', 'replied',
    'no_proceedings', 'closed', 'reopened', 'withdrawn', 'published', 'redacted', 'clarified', 'reclassified', 'escalated');
