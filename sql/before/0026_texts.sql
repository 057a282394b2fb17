-- The texts the staff write themselves: each saving is a new version, the newest counts. Without one: templates/texts/*.md.

CREATE TABLE texts (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    page        text NOT NULL CONSTRAINT text_page_known CHECK (page IN ('rules', 'privacy', 'accessibility', 'help')),
    markdown    text NOT NULL CONSTRAINT text_says_something CHECK (btrim(markdown) <> ''),
    staff_id    bigint NOT NULL REFERENCES staff,
    saved_at    timestamptz NOT NULL
);
CREATE INDEX texts_newest ON texts (page, id DESC);
