-- What somebody of the staff has written of a reply and not sent yet: kept as it is typed, one a case and person.

CREATE TABLE reply_drafts (
    case_id     bigint NOT NULL REFERENCES cases ON DELETE CASCADE,
    staff_id    bigint NOT NULL REFERENCES staff ON DELETE CASCADE,
    text        text NOT NULL,
    seen        bigint NOT NULL,    -- the newest event when the writing began: what a colleague did since is shown
    saved_at    timestamptz NOT NULL,
    PRIMARY KEY (case_id, staff_id)
);
