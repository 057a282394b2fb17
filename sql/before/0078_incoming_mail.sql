-- What comes back by e-mail: letters that were returned, and what the senders write. Each message once, by its fingerprint.

CREATE TABLE incoming_mail (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL,
    fingerprint text NOT NULL CONSTRAINT incoming_mail_once UNIQUE,
    outcome     text NOT NULL CONSTRAINT outcome_known
        CHECK (outcome IN ('bounced', 'delayed', 'entry', 'automatic', 'unknown')),
    case_id     bigint REFERENCES cases ON DELETE CASCADE,
    sender      text NOT NULL,
    subject     text NOT NULL,
    text        text NOT NULL,          -- the whole of it, quoted text too
    raw         bytea NOT NULL,
    seen_at     timestamptz             -- an unknown one: when somebody of the staff has looked
);
CREATE INDEX incoming_mail_of_case ON incoming_mail (case_id, id) WHERE case_id IS NOT NULL;
CREATE INDEX incoming_mail_unknown ON incoming_mail (id) WHERE outcome = 'unknown' AND seen_at IS NULL;
CREATE INDEX incoming_mail_to_forget ON incoming_mail (at) WHERE outcome <> 'entry';

-- A letter that a server took, and gave back later.
DO $do$
DECLARE
    known text := (SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'email_state_known');
BEGIN
    ALTER TABLE emails DROP CONSTRAINT email_state_known;
    EXECUTE 'ALTER TABLE emails ADD CONSTRAINT email_state_known ' || replace(known, 'ARRAY[', 'ARRAY[''bounced''::text, ');
END $do$;
ALTER TABLE emails
    ADD COLUMN bounced_at timestamptz,
    ADD CONSTRAINT moment_iff_bounced CHECK ((state = 'bounced') = (bounced_at IS NOT NULL)),
    DROP CONSTRAINT moment_iff_accepted,
    ADD CONSTRAINT moment_iff_accepted CHECK (state = 'bounced' OR (state = 'accepted') = (accepted_at IS NOT NULL));
DROP INDEX emails_failed, emails_failed_of_case;
CREATE INDEX emails_failed ON emails (id) WHERE state IN ('failed', 'bounced');
CREATE INDEX emails_failed_of_case ON emails (case_id) WHERE state IN ('failed', 'bounced');

ALTER TABLE cases
    ADD COLUMN address_fails text,              -- why letters to sender_email come back
    ADD COLUMN sender_wrote_at timestamptz;     -- and nobody of the staff has touched it since
CREATE INDEX cases_sender_wrote ON cases (due_on, id) INCLUDE (department_code)
    WHERE sender_wrote_at IS NOT NULL AND received_at IS NOT NULL;

DO $do$
DECLARE
    known text := (SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'event_kind_known');
BEGIN
    ALTER TABLE events DROP CONSTRAINT event_kind_known;
    EXECUTE 'ALTER TABLE events ADD CONSTRAINT event_kind_known '
        || replace(known, 'ARRAY[', 'ARRAY[''sender_wrote''::text, ');
END $do$;
