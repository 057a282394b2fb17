-- The same problem, many senders: one case leads, the others point at it. Each keeps its number, sender, term and publication.

-- The reference itself says who may lead: a received case that is not withdrawn and is no member itself. So there are no
-- chains, none leads itself, and no lead leaves before its members have another.
ALTER TABLE cases
    ADD COLUMN lead_id bigint,
    ADD COLUMN may_lead bigint GENERATED ALWAYS AS
        (CASE WHEN lead_id IS NULL AND received_at IS NOT NULL AND status <> 'withdrawn' THEN id END) STORED,
    ADD CONSTRAINT may_lead_once UNIQUE (may_lead),
    ADD CONSTRAINT led_by_one_that_may FOREIGN KEY (lead_id) REFERENCES cases (may_lead),
    ADD CONSTRAINT member_is_received CHECK (lead_id IS NULL OR (received_at IS NOT NULL AND status <> 'withdrawn'));
CREATE INDEX cases_of_lead ON cases (lead_id) WHERE lead_id IS NOT NULL;

DO $do$
DECLARE
    known text := (SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'event_kind_known');
BEGIN
    ALTER TABLE events DROP CONSTRAINT event_kind_known;
    EXECUTE 'ALTER TABLE events ADD CONSTRAINT event_kind_known '
        || replace(known, 'ARRAY[', 'ARRAY[''grouped''::text, ''ungrouped''::text, ');
END $do$;

-- Of the cases that may be seen: those that are looked at together.
CREATE VIEW public_groups AS
SELECT c.id, c.lead_id, p.incoming_year, p.incoming_seq, p.incoming_number
FROM public_cases AS p
JOIN cases AS c ON c.id = p.id
WHERE c.lead_id IS NOT NULL OR EXISTS (SELECT FROM cases AS m WHERE m.lead_id = c.id);

-- The history as the public reads it: of each kind of event, the details named here and no others. Of a changed title or
-- place only that it changed: what stood there may have been redacted. An earlier case is named where it is public itself,
-- and of two looked at together both.
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
        WHEN 'grouped' THEN jsonb_build_object('number', other.incoming_number)
        WHEN 'ungrouped' THEN jsonb_build_object('number', other.incoming_number)
        ELSE '{}'::jsonb
    END AS details
FROM events AS e
JOIN public_cases AS c ON c.id = e.case_id
LEFT JOIN public_cases AS other
    ON other.id = CASE WHEN e.kind IN ('grouped', 'ungrouped') THEN (e.details ->> 'other')::bigint END
WHERE e.kind IN ('received', 'assigned', 'department_reminded', 'clarification', 'forwarded', 'extended', 'replied',
    'no_proceedings', 'closed', 'reopened', 'withdrawn', 'published', 'redacted', 'clarified', 'reclassified', 'escalated')
    OR other.id IS NOT NULL;
