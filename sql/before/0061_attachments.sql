-- Pictures to a case: the files lie under PORTAL_UPLOADS by their content's hash, here stands what is known of them.

CREATE TABLE attachments (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id         bigint NOT NULL REFERENCES cases ON DELETE CASCADE,
    position        int NOT NULL CONSTRAINT three_at_most CHECK (position BETWEEN 1 AND 3),
    sha256          text NOT NULL,                  -- as the sender sees it: upright, smaller, without what a camera adds
    media_type      text NOT NULL CONSTRAINT media_type_known CHECK (media_type = 'image/jpeg'),
    size            int NOT NULL,                   -- bytes
    width           int NOT NULL,
    height          int NOT NULL,
    state           text NOT NULL DEFAULT 'held' CONSTRAINT picture_state_known CHECK (state IN ('held', 'published', 'withheld')),
    boxes           jsonb NOT NULL DEFAULT '[]',    -- the cells of the grid that are black in public
    public_sha256   text,                           -- as the public sees it
    CONSTRAINT position_once UNIQUE (case_id, position),
    CONSTRAINT public_if_published CHECK ((state = 'published') = (public_sha256 IS NOT NULL))
);
CREATE INDEX attachments_sha256 ON attachments (sha256);
CREATE INDEX attachments_public_sha256 ON attachments (public_sha256) WHERE public_sha256 IS NOT NULL;
CREATE INDEX attachments_held ON attachments (case_id) WHERE state = 'held';

-- Of a case that may be seen: the pictures that the staff have looked at and published, and never the originals.
CREATE VIEW public_pictures AS
SELECT c.id AS case_id, c.incoming_year, c.incoming_seq, a.position, a.public_sha256 AS sha256, a.width, a.height
FROM attachments AS a
JOIN public_cases AS c ON c.id = a.case_id
WHERE a.state = 'published';

-- Two more kinds of event, beside those that are known by now.
DO $do$
DECLARE
    known text := (SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'event_kind_known');
BEGIN
    ALTER TABLE events DROP CONSTRAINT event_kind_known;
    EXECUTE 'ALTER TABLE events ADD CONSTRAINT event_kind_known '
        || replace(known, 'ARRAY[', 'ARRAY[''picture_published''::text, ''picture_withheld''::text, ');
END $do$;
