-- Who has submitted what, and how many links an address was sent: asked for at every form that is sent.

CREATE INDEX cases_of_sender ON cases (lower(sender_email), submitted_at);
CREATE INDEX emails_to_confirm ON emails (lower(recipient), written_at) WHERE message = 'please_confirm';

-- Who has lost the link to a case is sent it again.
DO $do$
DECLARE
    known text := (SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'event_kind_known');
BEGIN
    ALTER TABLE events DROP CONSTRAINT event_kind_known;
    EXECUTE 'ALTER TABLE events ADD CONSTRAINT event_kind_known ' || replace(known, 'ARRAY[', 'ARRAY[''link_sent''::text, ');
END $do$;
