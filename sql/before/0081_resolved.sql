-- The sender says, by the link in the reply, that the matter is settled. Not public: what the public reads is the reply.

DO $do$
DECLARE
    known text := (SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'event_kind_known');
BEGIN
    ALTER TABLE events DROP CONSTRAINT event_kind_known;
    EXECUTE 'ALTER TABLE events ADD CONSTRAINT event_kind_known ' || replace(known, 'ARRAY[', 'ARRAY[''resolved''::text, ');
END $do$;
