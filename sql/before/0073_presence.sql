-- Who has a case open just now, and what they are doing with it. Worth nothing after a minute: not logged, and refers to
-- nothing, so that no look waits for whoever saves.

CREATE UNLOGGED TABLE presence (
    case_id     bigint NOT NULL,
    staff_id    bigint NOT NULL,
    doing       text NOT NULL,          -- the part whose form is open, '' where none is
    seen_at     timestamptz NOT NULL,
    PRIMARY KEY (case_id, staff_id)
);
