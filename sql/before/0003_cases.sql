-- Cases: what a citizen submits, from the form until it is closed, and the history of each.

-- The last incoming number given out in a year: its row stays locked until the case that took it is committed.
CREATE TABLE incoming_counter (
    year    int PRIMARY KEY,
    last    int NOT NULL
);

CREATE TABLE cases (
    id                  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    draft               text NOT NULL,          -- the form's idempotency key: a form sent twice is one case
    kind                text NOT NULL,
    status              text NOT NULL,
    title               text NOT NULL,
    text                text NOT NULL,
    place               text NOT NULL,
    topic_code          text REFERENCES topics,
    sender_name         text NOT NULL,
    sender_phone        text,                   -- E.164
    sender_email        text,
    address_version     int NOT NULL,           -- grows when the address is corrected: links sent to the old one end
    publication         text NOT NULL,
    publication_state   text NOT NULL,
    public_title        text,                   -- the redacted version, where staff have made one
    public_text         text,
    public_place        text,
    submitted_at        timestamptz NOT NULL,
    received_at         timestamptz,
    incoming_year       int,
    incoming_seq        int,
    incoming_number     text,
    first_due_on        date,
    due_on              date,                   -- what cases/deadlines.py derives from received_at, calendar and extensions
    department_code     text REFERENCES departments,
    reply               text,                   -- the newest version; the earlier ones stand in the events
    replied_at          timestamptz,
    CONSTRAINT draft_once UNIQUE (draft),
    CONSTRAINT incoming_number_once UNIQUE (incoming_number),
    CONSTRAINT incoming_seq_once UNIQUE (incoming_year, incoming_seq),
    CONSTRAINT kind_known CHECK (kind IN ('signal', 'proposal', 'question')),
    CONSTRAINT status_known CHECK (status IN ('awaiting_confirmation', 'received', 'assigned', 'awaiting_clarification',
        'forwarded', 'no_proceedings', 'answered', 'closed', 'withdrawn')),
    CONSTRAINT publication_known CHECK (publication IN ('public_named', 'public_unnamed', 'private')),
    CONSTRAINT publication_state_known CHECK (publication_state IN ('held', 'published', 'withheld')),
    CONSTRAINT received_whole
        CHECK (num_nonnulls(received_at, incoming_year, incoming_seq, incoming_number, first_due_on, due_on) IN (0, 6)),
    CONSTRAINT received_unless_awaiting CHECK ((status = 'awaiting_confirmation') = (received_at IS NULL)),
    CONSTRAINT reply_has_its_moment CHECK ((reply IS NULL) = (replied_at IS NULL)),
    CONSTRAINT answered_has_reply CHECK (status <> 'answered' OR reply IS NOT NULL),
    CONSTRAINT redacted_whole CHECK (num_nonnulls(public_title, public_text, public_place) IN (0, 3))
);
CREATE INDEX cases_unconfirmed ON cases (submitted_at) WHERE status = 'awaiting_confirmation';
CREATE INDEX cases_open_due ON cases (due_on, id) WHERE status IN ('received', 'assigned', 'awaiting_clarification');
CREATE INDEX cases_held ON cases (id) WHERE publication_state = 'held' AND received_at IS NOT NULL;
CREATE INDEX cases_answered ON cases (replied_at) WHERE status = 'answered';
CREATE INDEX cases_department ON cases (department_code, id);

-- What happened to a case. Nothing leaves the history; what an event says is what was so then.
CREATE TABLE events (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id     bigint NOT NULL REFERENCES cases ON DELETE CASCADE,
    kind        text NOT NULL CONSTRAINT event_kind_known CHECK (kind IN (
        'submitted', 'address_corrected', 'confirmation_resent', 'confirm_reminded', 'received', 'assigned',
        'department_reminded', 'clarification', 'forwarded', 'extended', 'replied', 'no_proceedings', 'closed',
        'reopened', 'withdrawn', 'publication_chosen', 'published', 'withheld', 'redacted', 'note')),
    at          timestamptz NOT NULL,
    actor       text NOT NULL CONSTRAINT actor_known CHECK (actor IN ('sender', 'staff', 'system')),
    staff_id    bigint REFERENCES staff,
    details     jsonb NOT NULL
);
CREATE INDEX events_of_case ON events (case_id, id);

-- An extension counts from the due date before it and is never overwritten (days: calendar days added).
CREATE TABLE extensions (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id     bigint NOT NULL REFERENCES cases ON DELETE CASCADE,
    days        int NOT NULL CONSTRAINT extension_is_longer CHECK (days > 0),
    reason      text NOT NULL CONSTRAINT extension_says_why CHECK (btrim(reason) <> ''),
    at          timestamptz NOT NULL
);
CREATE INDEX extensions_of_case ON extensions (case_id, id);
