-- Files that a department encloses with its answer: for the staff, and for that department alone; never public.
-- They lie under PORTAL_UPLOADS by their content's hash, as they came; here stands what is known of them.

CREATE TABLE enclosures (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id        bigint NOT NULL REFERENCES events ON DELETE CASCADE,     -- the answer they came with
    position        int NOT NULL CONSTRAINT five_at_most CHECK (position BETWEEN 1 AND 5),
    sha256          text NOT NULL,
    media_type      text NOT NULL,                  -- told by the content
    name            text NOT NULL,                  -- cleaned; ends as its kind does
    size            int NOT NULL,                   -- bytes
    CONSTRAINT enclosure_position_once UNIQUE (event_id, position)
);
CREATE INDEX enclosures_sha256 ON enclosures (sha256);
