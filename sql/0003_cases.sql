-- Cases: what a citizen submits, from the form until it is closed, with its history and everything that belongs to it.

-- The last incoming number given out in a year. Its row stays locked until the case that took it is committed, so that
-- numbers have no gaps.
CREATE TABLE incoming_counter (
    year    int PRIMARY KEY,
    last    int NOT NULL
);

CREATE TABLE cases (
    id                      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    draft                   text NOT NULL,      -- the form's idempotency key: a form sent twice is one case
    channel                 text NOT NULL DEFAULT 'portal',     -- how it came; Administrative Procedure Code, art. 111
    kind                    text NOT NULL,
    status                  text NOT NULL,
    submitted_at            timestamptz NOT NULL,

    title                   text NOT NULL,      -- as submitted; where redacted, the public reads public_title and so on
    text                    text NOT NULL,
    place                   text NOT NULL,
    topic_code              text REFERENCES topics,

    sender_name             text NOT NULL,
    sender_phone            text,               -- E.164
    sender_email            text,
    language                text NOT NULL DEFAULT 'bg'  -- of the page it was submitted on: links in e-mails lead to such pages
        CHECK (language IN ('bg', 'en')),
    address_version         int NOT NULL,       -- grows when the address is corrected: links sent to the old one end
    link_key                int NOT NULL DEFAULT (random() * 2147483647)::int,  -- of its links; a restored id is another's
    address_fails           text,               -- why e-mails to sender_email come back
    sender_wrote_at         timestamptz,        -- an e-mail of theirs came, and no staff member has touched the case since

    publication             text NOT NULL,      -- the sender's choice
    publication_state       text NOT NULL,      -- the staff's part
    public_title            text,               -- the redacted version, where staff have made one
    public_text             text,
    public_place            text,
    has_held_picture        boolean NOT NULL DEFAULT false,     -- kept by the trigger attachments_held below

    received_at             timestamptz,        -- with number and term: NULL until the sender has confirmed
    incoming_year           int,
    incoming_seq            int,                -- of a second counter of an older portal 300,000 more (cases/numbers.py)
    incoming_number         text,
    first_due_on            date,
    due_on                  date,               -- derived from received_at (or reopened_at), calendar and extensions
    promised_on             date,               -- due_on as it was before special days and suspensions touched it,
    promised_at             timestamptz,        -- and when they first did
    reopened_at             timestamptz,        -- the term counts anew from here; earlier extensions no longer count

    department_code         text REFERENCES departments,
    department_answered_at  timestamptz,        -- and no staff member has touched the case since
    in_hands_of             bigint REFERENCES staff,    -- the staff member who touched it last
    reply                   text,               -- the newest version; earlier ones are in the events
    replied_at              timestamptz,
    public_reply            text,               -- the newest version redacted: what the register's search reads

    -- The same problem told by many senders: one case leads, the others point at it. Each keeps its number, sender, term
    -- and publication. The foreign key itself says who may lead: a received case that is not withdrawn and not a member
    -- itself. So there are no chains, no case leads itself, and no lead leaves before its members have another.
    lead_id                 bigint,
    may_lead                bigint GENERATED ALWAYS AS
        (CASE WHEN lead_id IS NULL AND received_at IS NOT NULL AND status <> 'withdrawn' THEN id END) STORED,

    CONSTRAINT draft_once UNIQUE (draft),
    CONSTRAINT incoming_number_once UNIQUE (incoming_number),
    CONSTRAINT incoming_seq_once UNIQUE (incoming_year, incoming_seq),
    CONSTRAINT may_lead_once UNIQUE (may_lead),
    CONSTRAINT led_by_one_that_may FOREIGN KEY (lead_id) REFERENCES cases (may_lead),
    CONSTRAINT channel_known CHECK (channel IN ('portal', 'phone', 'letter', 'counter', 'import')),
    CONSTRAINT kind_known CHECK (kind IN ('signal', 'proposal', 'question')),
    CONSTRAINT status_known CHECK (status IN ('awaiting_confirmation', 'received', 'assigned', 'awaiting_clarification',
        'forwarded', 'no_proceedings', 'answered', 'closed', 'withdrawn')),
    CONSTRAINT publication_known CHECK (publication IN ('public_named', 'public_unnamed', 'private')),
    CONSTRAINT publication_state_known CHECK (publication_state IN ('held', 'published', 'withheld')),
    CONSTRAINT received_whole
        CHECK (num_nonnulls(received_at, incoming_year, incoming_seq, incoming_number, first_due_on, due_on) IN (0, 6)),
    CONSTRAINT promise_has_its_moment CHECK ((promised_on IS NULL) = (promised_at IS NULL)),
    CONSTRAINT received_unless_awaiting CHECK ((status = 'awaiting_confirmation') = (received_at IS NULL)),
    CONSTRAINT reply_has_its_moment CHECK ((reply IS NULL) = (replied_at IS NULL)),
    CONSTRAINT answered_has_reply CHECK (status <> 'answered' OR reply IS NOT NULL),
    CONSTRAINT redacted_whole CHECK (num_nonnulls(public_title, public_text, public_place) IN (0, 3)),
    CONSTRAINT public_reply_of_reply CHECK (public_reply IS NULL OR reply IS NOT NULL),
    CONSTRAINT member_is_received CHECK (lead_id IS NULL OR (received_at IS NOT NULL AND status <> 'withdrawn'))
);

-- For the jobs: cases never confirmed, and answered ones to be closed.
CREATE INDEX cases_unconfirmed ON cases (submitted_at) WHERE status = 'awaiting_confirmation';
CREATE INDEX cases_answered ON cases (replied_at) WHERE status = 'answered';

-- At each submission: what the same sender has submitted lately.
CREATE INDEX cases_of_sender ON cases (lower(sender_email), submitted_at);

CREATE INDEX cases_of_lead ON cases (lead_id) WHERE lead_id IS NOT NULL;

-- The worklist answers as fast among 100,000 cases as among 1,000: each queue has an index in the order in which it is
-- shown, with every column of its condition, so that counting it reads no row of the table.
CREATE INDEX cases_open_due ON cases (due_on, id) INCLUDE (department_code)
    WHERE status IN ('received', 'assigned', 'awaiting_clarification') AND received_at IS NOT NULL;
CREATE INDEX cases_open_status ON cases (status, due_on, id)
    WHERE status IN ('received', 'assigned', 'awaiting_clarification') AND received_at IS NOT NULL;
CREATE INDEX cases_open_in_hands ON cases (in_hands_of, due_on, id) INCLUDE (department_code)
    WHERE status IN ('received', 'assigned', 'awaiting_clarification') AND received_at IS NOT NULL;
CREATE INDEX cases_open_reopened ON cases (due_on, id) INCLUDE (department_code)
    WHERE status IN ('received', 'assigned', 'awaiting_clarification') AND received_at IS NOT NULL
        AND reopened_at IS NOT NULL;
CREATE INDEX cases_open_department_answered ON cases (due_on, id) INCLUDE (department_code)
    WHERE status IN ('received', 'assigned', 'awaiting_clarification') AND received_at IS NOT NULL
        AND department_answered_at IS NOT NULL;
CREATE INDEX cases_sender_wrote ON cases (due_on, id) INCLUDE (department_code)
    WHERE sender_wrote_at IS NOT NULL AND received_at IS NOT NULL;
CREATE INDEX cases_held ON cases (due_on, id) INCLUDE (department_code)     -- texts and pictures that wait for a look
    WHERE (publication_state = 'held' OR has_held_picture) AND publication_state <> 'withheld'
        AND publication <> 'private' AND received_at IS NOT NULL;
CREATE INDEX cases_received ON cases (received_at DESC, id DESC) WHERE received_at IS NOT NULL;

-- The same for a department's account, which sees only its own cases.
CREATE INDEX cases_open_of_department ON cases (department_code, due_on, id)
    WHERE status IN ('received', 'assigned', 'awaiting_clarification') AND received_at IS NOT NULL;
CREATE INDEX cases_open_status_of_department ON cases (department_code, status, due_on, id)
    WHERE status IN ('received', 'assigned', 'awaiting_clarification') AND received_at IS NOT NULL;
CREATE INDEX cases_of_department ON cases (department_code, received_at DESC, id DESC) WHERE received_at IS NOT NULL;

-- What happened to a case. Nothing leaves the history; an event's details keep what was true at that moment.
CREATE TABLE events (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id         bigint NOT NULL REFERENCES cases ON DELETE CASCADE,
    kind            text NOT NULL,
    at              timestamptz NOT NULL,
    actor           text NOT NULL,
    staff_id        bigint REFERENCES staff,
    details         jsonb NOT NULL,
    public_words    jsonb,      -- what the public reads instead of the staff's words, by the detail it replaces
    CONSTRAINT event_kind_known CHECK (kind IN (
        'submitted', 'address_corrected', 'confirmation_resent', 'confirm_reminded', 'link_sent', 'received', 'assigned',
        'department_reminded', 'department_answered', 'escalated', 'overdue', 'clarification', 'clarified',
        'sender_wrote', 'reclassified', 'forwarded', 'extended', 'replied', 'resolved', 'no_proceedings', 'closed',
        'reopened', 'withdrawn', 'publication_chosen', 'published', 'withheld', 'redacted', 'picture_published',
        'picture_withheld', 'note', 'grouped', 'ungrouped')),
    CONSTRAINT actor_known CHECK (actor IN ('sender', 'staff', 'department', 'system')),
    CONSTRAINT public_words_of_what_is_read CHECK (
        public_words IS NULL OR kind IN ('replied', 'extended', 'forwarded', 'no_proceedings'))
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

-- Pictures of a case. The files are under PORTAL_UPLOADS, named by the hash of their content.
CREATE TABLE attachments (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id         bigint NOT NULL REFERENCES cases ON DELETE CASCADE,
    position        int NOT NULL CONSTRAINT three_at_most CHECK (position BETWEEN 1 AND 3),
    sha256          text NOT NULL,                  -- as the sender sees it: upright, smaller, without the camera's metadata
    media_type      text NOT NULL CONSTRAINT media_type_known CHECK (media_type = 'image/jpeg'),
    size            int NOT NULL,                   -- bytes
    width           int NOT NULL,
    height          int NOT NULL,
    state           text NOT NULL DEFAULT 'held'
        CONSTRAINT picture_state_known CHECK (state IN ('held', 'published', 'withheld')),
    boxes           jsonb NOT NULL DEFAULT '[]',    -- the cells of the grid that are black in public
    public_sha256   text,                           -- as the public sees it
    CONSTRAINT position_once UNIQUE (case_id, position),
    CONSTRAINT public_if_published CHECK ((state = 'published') = (public_sha256 IS NOT NULL))
);
CREATE INDEX attachments_sha256 ON attachments (sha256);
CREATE INDEX attachments_public_sha256 ON attachments (public_sha256) WHERE public_sha256 IS NOT NULL;
CREATE INDEX attachments_held ON attachments (case_id) WHERE state = 'held';

-- Keeps cases.has_held_picture, so that the queue of texts and pictures to look at is counted by one index.
CREATE FUNCTION note_held_pictures() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_case bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.case_id ELSE NEW.case_id END;
    held boolean := EXISTS (SELECT FROM attachments WHERE case_id = of_case AND state = 'held');
BEGIN
    UPDATE cases SET has_held_picture = held WHERE id = of_case AND has_held_picture <> held;
    RETURN NULL;
END $$;
CREATE TRIGGER attachments_held AFTER INSERT OR DELETE OR UPDATE OF state ON attachments
    FOR EACH ROW EXECUTE FUNCTION note_held_pictures();

-- Files that a department encloses with its answer: for the staff and for that department only, never public. They are
-- under PORTAL_UPLOADS, unchanged, named by the hash of their content.
CREATE TABLE enclosures (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id        bigint NOT NULL REFERENCES events ON DELETE CASCADE,     -- the answer they came with
    position        int NOT NULL CONSTRAINT five_at_most CHECK (position BETWEEN 1 AND 5),
    sha256          text NOT NULL,
    media_type      text NOT NULL,                  -- told by the content
    name            text NOT NULL,                  -- as it came, cleaned; its ending fits media_type
    size            int NOT NULL,                   -- bytes
    CONSTRAINT enclosure_position_once UNIQUE (event_id, position)
);
CREATE INDEX enclosures_sha256 ON enclosures (sha256);

-- A reply that a staff member has begun and not sent yet: saved while it is typed, one per case and person.
CREATE TABLE reply_drafts (
    case_id     bigint NOT NULL REFERENCES cases ON DELETE CASCADE,
    staff_id    bigint NOT NULL REFERENCES staff ON DELETE CASCADE,
    text        text NOT NULL,
    seen        bigint NOT NULL,    -- the newest event when the writing began: what a colleague did since is shown
    saved_at    timestamptz NOT NULL,
    PRIMARY KEY (case_id, staff_id)
);

-- Who has a case open just now, and what they are doing with it. Worthless after a minute: so not logged, and without
-- foreign keys, so that a page view never waits for somebody who saves.
CREATE UNLOGGED TABLE presence (
    case_id     bigint NOT NULL,
    staff_id    bigint NOT NULL,
    doing       text NOT NULL,          -- the part whose form is open, '' where none is
    seen_at     timestamptz NOT NULL,
    PRIMARY KEY (case_id, staff_id)
);
