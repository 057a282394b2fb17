-- Texts that replies begin from, with placeholders that a case fills in. A sent reply keeps its own text: a template may
-- be changed or deleted at any time.

CREATE TABLE reply_templates (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title       text NOT NULL CONSTRAINT reply_template_has_title CHECK (btrim(title) <> ''),
    text        text NOT NULL CONSTRAINT reply_template_has_text CHECK (btrim(text) <> ''),
    topic_code  text REFERENCES topics,     -- NULL: for every topic
    kind        text CONSTRAINT reply_template_kind_known CHECK (kind IN ('signal', 'proposal', 'question')),
    place_in_list int NOT NULL,
    is_active   boolean NOT NULL,           -- false: kept, and offered no longer
    version     int NOT NULL,               -- grows with every saving: a form says which one it was made from
    saved_by    bigint NOT NULL REFERENCES staff,
    saved_at    timestamptz NOT NULL
);
