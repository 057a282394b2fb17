-- Whatever the staff write into the public history can be redacted there, not the reply alone: the reason of an extension,
-- to whom and why a case was forwarded. Of each event its public words, by the detail they stand for; the originals stay.

ALTER TABLE events ADD COLUMN public_words jsonb
    CONSTRAINT public_words_of_what_is_read CHECK (
        public_words IS NULL OR kind IN ('replied', 'extended', 'forwarded', 'no_proceedings'));
UPDATE events SET public_words = jsonb_build_object('text', public_text) WHERE public_text IS NOT NULL;

-- The history as the public reads it: of each kind of event, the details named here and no others. Of a changed title or
-- place only that it changed: what stood there may have been redacted. An earlier case is named where it is public itself,
-- and of two looked at together both.
CREATE OR REPLACE VIEW public_events AS
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

ALTER TABLE events DROP COLUMN public_text;
