-- E-mail: who follows a case, the outbox of what is sent, and what comes in.

-- Anybody may follow a public case: whoever presses the button behind the e-mailed link is told what the public may read.
CREATE TABLE followers (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id      bigint NOT NULL REFERENCES cases ON DELETE CASCADE,
    email        text NOT NULL,
    asked_at     timestamptz NOT NULL,
    confirmed_at timestamptz,
    told_until   bigint NOT NULL DEFAULT 0,  -- the newest event they have been told of, or that was there before them
    CONSTRAINT follower_once UNIQUE (case_id, email)
);
CREATE INDEX followers_email ON followers (email);

-- The outbox: one row per event and recipient, written in the transaction of the event. An e-mail of a case is rendered
-- from its event; one of no case (to a staff member about their account, to a department about all its cases) has no
-- event, so `told` keeps what it tells.
CREATE TABLE emails (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id         bigint REFERENCES cases ON DELETE CASCADE,
    event_id        bigint REFERENCES events ON DELETE CASCADE,
    follower_id     bigint REFERENCES followers ON DELETE CASCADE,  -- who stops following leaves no address behind
    told            jsonb,
    once            text CONSTRAINT email_once UNIQUE,  -- of no case: idempotency key of what may be written only once
    message         text NOT NULL,
    recipient       text NOT NULL,
    subject         text NOT NULL,
    written_at      timestamptz NOT NULL,
    waits           boolean NOT NULL DEFAULT false,     -- some minutes, for whatever else is done to the case
    carried_by      bigint REFERENCES emails ON DELETE CASCADE,     -- told in that e-mail, whose state it shares

    state           text NOT NULL DEFAULT 'queued',
    not_before      timestamptz NOT NULL,
    lease_until     timestamptz,
    claims          int NOT NULL DEFAULT 0,     -- only grows: a try may note its result only while this is its own number
    claimed_at      timestamptz,
    attempts        int NOT NULL DEFAULT 0,
    doubts          int NOT NULL DEFAULT 0,     -- how often the text was handed over unanswered: it may have arrived each time
    last_error      text,
    accepted_at     timestamptz,
    bounced_at      timestamptz,                -- a server accepted it and returned it later
    asked_again_at  timestamptz,                -- given up, and sent again by the staff: it has its three days anew

    CONSTRAINT email_once_an_event_and_recipient UNIQUE (event_id, recipient),
    CONSTRAINT email_of_case_or_telling_itself
        CHECK ((case_id IS NULL) = (event_id IS NULL) AND (case_id IS NULL) = (told IS NOT NULL)),
    CONSTRAINT email_state_known CHECK (state IN ('queued', 'sending', 'accepted', 'failed', 'bounced')),
    CONSTRAINT lease_iff_sending CHECK ((state = 'sending') = (lease_until IS NOT NULL)),
    CONSTRAINT moment_iff_accepted CHECK (state = 'bounced' OR (state = 'accepted') = (accepted_at IS NOT NULL)),
    CONSTRAINT moment_iff_bounced CHECK ((state = 'bounced') = (bounced_at IS NOT NULL))
);
CREATE INDEX emails_due ON emails (not_before) WHERE state IN ('queued', 'sending');
CREATE INDEX emails_claimed ON emails (claimed_at) WHERE claimed_at IS NOT NULL;
CREATE INDEX emails_carried ON emails (carried_by) WHERE carried_by IS NOT NULL;
CREATE INDEX emails_failed ON emails (id) WHERE state IN ('failed', 'bounced');
CREATE INDEX emails_of_case ON emails (case_id);
CREATE INDEX emails_unsent_of_case ON emails (case_id, id) WHERE state IN ('queued', 'sending');
CREATE INDEX emails_failed_of_case ON emails (case_id) WHERE state IN ('failed', 'bounced');
CREATE INDEX emails_of_no_case ON emails (written_at) WHERE case_id IS NULL;
CREATE INDEX emails_to_followers ON emails (follower_id) WHERE follower_id IS NOT NULL;
-- At each submission: how many confirmation links the address was sent lately.
-- The mailbox behind an address: what stands after a plus, and Gmail's dots, lead into the same one.
CREATE FUNCTION mailbox(address text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN domain IN ('gmail.com', 'googlemail.com') THEN replace(name, '.', '') ELSE name END || '@' || domain
    FROM (SELECT split_part(split_part(lower(address), '@', 1), '+', 1), split_part(lower(address), '@', -1)) AS parts (name, domain)
$$;
CREATE INDEX emails_to_confirm ON emails (mailbox(recipient), written_at) WHERE message = 'please_confirm';

-- Domains that said "not now" to e-mail after e-mail: they are tried with one now and then, while the others go on.
CREATE TABLE resting_domains (
    domain      text PRIMARY KEY,
    refusals    int NOT NULL,
    rests_until timestamptz NOT NULL
);

-- What comes in by e-mail: returned e-mails, and what senders write. Each message is kept once, by its fingerprint.
CREATE TABLE incoming_mail (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL,
    fingerprint text NOT NULL CONSTRAINT incoming_mail_once UNIQUE,
    outcome     text NOT NULL CONSTRAINT outcome_known
        CHECK (outcome IN ('bounced', 'delayed', 'report', 'entry', 'automatic', 'unknown')),
    case_id     bigint REFERENCES cases ON DELETE CASCADE,
    email_id    bigint REFERENCES emails ON DELETE CASCADE,     -- the letter of ours that it is about
    sender      text NOT NULL,
    subject     text NOT NULL,
    text        text NOT NULL,          -- all of it, quoted text included
    raw         bytea NOT NULL,
    seen_at     timestamptz             -- of an unknown one, or a report: when a staff member looked at it
);
CREATE INDEX incoming_mail_of_case ON incoming_mail (case_id, id) WHERE case_id IS NOT NULL;
CREATE INDEX incoming_mail_unseen ON incoming_mail (id) WHERE outcome IN ('unknown', 'report') AND seen_at IS NULL;
CREATE INDEX incoming_mail_automatic ON incoming_mail (id) WHERE outcome = 'automatic';
CREATE INDEX incoming_mail_of_email ON incoming_mail (email_id) WHERE email_id IS NOT NULL;
CREATE INDEX incoming_mail_to_forget ON incoming_mail (at) WHERE outcome <> 'entry';
