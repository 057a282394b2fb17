-- What a member of the staff asks of the worklist again and again, under a name of their own.

CREATE TABLE saved_filters (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    staff_id    bigint NOT NULL REFERENCES staff ON DELETE CASCADE,
    name        text NOT NULL CONSTRAINT saved_filter_has_name CHECK (btrim(name) <> ''),
    asked       jsonb NOT NULL,             -- queue, words and filters, as they stand in the list's address
    saved_at    timestamptz NOT NULL
);
CREATE UNIQUE INDEX saved_filters_name ON saved_filters (staff_id, lower(name));
