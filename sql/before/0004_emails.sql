-- The outbox: one row an event and recipient, written in the transaction of the event.

CREATE TABLE emails (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id     bigint NOT NULL REFERENCES cases ON DELETE CASCADE,
    event_id    bigint NOT NULL REFERENCES events ON DELETE CASCADE,
    message     text NOT NULL,
    recipient   text NOT NULL,
    subject     text NOT NULL,
    state       text NOT NULL DEFAULT 'queued'
        CONSTRAINT email_state_known CHECK (state IN ('queued', 'sending', 'accepted', 'failed')),
    attempts    int NOT NULL DEFAULT 0,
    not_before  timestamptz NOT NULL,
    lease_until timestamptz,
    last_error  text,
    written_at  timestamptz NOT NULL,
    accepted_at timestamptz,
    CONSTRAINT email_once_an_event_and_recipient UNIQUE (event_id, recipient),
    CONSTRAINT lease_iff_sending CHECK ((state = 'sending') = (lease_until IS NOT NULL)),
    CONSTRAINT moment_iff_accepted CHECK ((state = 'accepted') = (accepted_at IS NOT NULL))
);
CREATE INDEX emails_due ON emails (not_before) WHERE state IN ('queued', 'sending');
CREATE INDEX emails_unsent_of_case ON emails (case_id, id) WHERE state IN ('queued', 'sending');
CREATE INDEX emails_of_case ON emails (case_id);
