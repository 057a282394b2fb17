-- The term has passed: said to the sender once for each term, the working day after it.

DO $do$
DECLARE
    known text := (SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'event_kind_known');
BEGIN
    ALTER TABLE events DROP CONSTRAINT event_kind_known;
    EXECUTE 'ALTER TABLE events ADD CONSTRAINT event_kind_known ' || replace(known, 'ARRAY[', 'ARRAY[''overdue''::text, ');
END $do$;
