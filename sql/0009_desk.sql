-- The staff's desk: their search, cases like the one at hand, and the texts and lists that they keep themselves.

-- The staff's search: every received case with its original words and its sender's name, phone and e-mail. Never read for
-- the public.
CREATE TABLE desk_search (
    case_id     bigint PRIMARY KEY REFERENCES cases ON DELETE CASCADE,
    version     int NOT NULL,       -- bg_version() of the analysis
    tsv         tsvector NOT NULL,  -- of what the case says
    with_sender tsvector NOT NULL   -- and of the person: not for staff who may not see contacts
);
CREATE INDEX desk_search_tsv ON desk_search USING gin (tsv) WITH (fastupdate = off);
CREATE INDEX desk_search_with_sender ON desk_search USING gin (with_sender) WITH (fastupdate = off);

CREATE FUNCTION desk_vector(c cases) RETURNS tsvector LANGUAGE sql STABLE
AS $f$
    SELECT public.bg_vector(c.title, 'A') || public.bg_vector(c.place, 'B') || public.bg_vector(c.text, 'C')
        || public.bg_vector(c.reply, 'D')
        || array_to_tsvector(array_remove(ARRAY['#n' || c.incoming_seq % 300000,
            '#n' || c.incoming_year || '/' || c.incoming_seq % 300000, public.received_on(c.received_at)], NULL))
$f$;

-- A phone by its digits alone, however it was written: from each of them to the last, so that any six in a row are the
-- beginning of one of these; with 0 and with 359 before it.
CREATE FUNCTION desk_phone(phone text) RETURNS text[] LANGUAGE sql IMMUTABLE
AS $f$
    SELECT array_agg(DISTINCT '#+' || piece)
    FROM (SELECT left(regexp_replace(phone, '[^0-9]', '', 'g'), 40) AS digits) AS p,
        LATERAL (SELECT regexp_replace(digits, '^(00)?(359)?0?', '') AS own) AS o,
        LATERAL (
            SELECT '0' || own AS piece
            UNION SELECT substr(form, start) FROM unnest(ARRAY[digits, '359' || own]) AS form,
                generate_series(1, greatest(length(form) - 5, 1)) AS start
        ) AS s
    WHERE digits <> ''
$f$;

CREATE FUNCTION desk_sender(c cases) RETURNS tsvector LANGUAGE sql STABLE
AS $f$
    SELECT public.bg_vector(c.sender_name, 'A')
        || array_to_tsvector(array_remove(public.desk_phone(c.sender_phone) || ('#@' || lower(c.sender_email)), NULL))
$f$;

CREATE FUNCTION desk_follow() RETURNS trigger LANGUAGE plpgsql
AS $f$
DECLARE
    matter tsvector;
BEGIN
    IF new.received_at IS NOT NULL THEN
        matter := public.desk_vector(new);
        INSERT INTO desk_search VALUES (new.id, public.bg_version(), matter, matter || public.desk_sender(new))
        ON CONFLICT (case_id) DO UPDATE
            SET version = excluded.version, tsv = excluded.tsv, with_sender = excluded.with_sender;
    END IF;
    RETURN NULL;
END $f$;

-- Only when something it is made of is written: a case assigned, extended or closed has the same words as before.
CREATE TRIGGER desk_follow
    AFTER INSERT OR UPDATE OF title, text, place, reply, sender_name, sender_email, sender_phone, incoming_seq, received_at
    ON cases FOR EACH ROW EXECUTE FUNCTION desk_follow();

-- As register_reindex(): the next `most` cases after `done`, in a short transaction of their own; NULL at the end. Each
-- case is analysed once for both vectors.
CREATE FUNCTION desk_reindex(done bigint, most int) RETURNS bigint LANGUAGE sql
AS $f$
    WITH next AS (SELECT * FROM cases WHERE id > done ORDER BY id LIMIT most),
    matters AS MATERIALIZED (
        SELECT c.id, public.desk_vector(c) AS matter, public.desk_sender(c) AS sender
        FROM cases AS c JOIN next USING (id)
        LEFT JOIN desk_search AS d ON d.case_id = c.id
        WHERE c.received_at IS NOT NULL AND d.version IS DISTINCT FROM public.bg_version()
    ),
    written AS (
        INSERT INTO desk_search
        SELECT id, public.bg_version(), matter, matter || sender FROM matters
        ON CONFLICT (case_id) DO UPDATE
            SET version = excluded.version, tsv = excluded.tsv, with_sender = excluded.with_sender
    )
    SELECT max(id) FROM next
$f$;

-- Cases like this one are found by the words that distinguish it, and ranked by how many of those they share.

-- The words of a text and what each is worth for telling it from others: the more, the rarer it is; more in the place or
-- the title than in the text; a bare number little. Not those of a reply.
CREATE FUNCTION similar_words(matter tsvector) RETURNS TABLE (word text, worth real, df int, of_place boolean)
LANGUAGE sql STABLE
AS $f$
    SELECT m.lexeme, ((0.2 + ln((n.cases + 1.0) / (least(coalesce(w.df, 0), n.cases) + 1.0)) / ln(n.cases + 2.0))
            * CASE WHEN 'B' = ANY (m.weights) THEN 1.5 WHEN 'A' = ANY (m.weights) THEN 1.2 ELSE 0.5 END
            * CASE WHEN m.lexeme ~ '^[0-9]+$' THEN 0.3 ELSE 1 END)::real AS worth,
        coalesce(w.df, 0), 'B' = ANY (m.weights)
    FROM unnest(matter) AS m
    LEFT JOIN register_words AS w ON w.word = m.lexeme COLLATE "C",
        (SELECT coalesce(sum(cases), 0) AS cases FROM register_parts) AS n
    WHERE m.weights && '{A,B,C}' AND m.lexeme !~ '^#'
    ORDER BY worth DESC
    LIMIT 12
$f$;

-- What to ask the index for: as many of the rarest words as are together in no more than `most` cases, any of them; where
-- even the rarest is in more, the two rarest at once.
CREATE FUNCTION similar_query(words text[], dfs int[], most int) RETURNS tsquery LANGUAGE sql IMMUTABLE
AS $f$
    SELECT coalesce(
        string_agg(quote_literal(word), '|') FILTER (WHERE sum <= most),
        string_agg(quote_literal(word), '&') FILTER (WHERE nr <= 2))::tsquery
    FROM (SELECT word, sum(df) OVER rarest AS sum, row_number() OVER rarest AS nr
        FROM unnest(words, dfs) AS w (word, df) WHERE word !~ '^[0-9]+$' WINDOW rarest AS (ORDER BY df, word)) AS w
$f$;

-- Open cases, and those answered since `since`, that are like the case `wanted`: without itself and its group, and of any
-- other group only the lead. `alike`: how much of the worth of its words they share, counted apart for the words of the
-- place and the others. Another problem at the same place is not like it.
CREATE FUNCTION desk_similar(wanted bigint, since timestamptz) RETURNS TABLE (case_id bigint, alike real)
LANGUAGE plpgsql STABLE
AS $f$
DECLARE
    words text[];
    worths real[];
    dfs int[];
    placed boolean[];
    topic text := (SELECT topic_code FROM cases WHERE id = wanted);
    together bigint := (SELECT coalesce(lead_id, id) FROM cases WHERE id = wanted);
    place_weighs real;
BEGIN
    SELECT array_agg(w.word), array_agg(w.worth), array_agg(w.df), array_agg(w.of_place),
        CASE WHEN bool_or(w.of_place) THEN 0.5 ELSE 0 END
    INTO words, worths, dfs, placed, place_weighs
    FROM desk_search AS d, similar_words(d.tsv) AS w WHERE d.case_id = wanted;
    RETURN QUERY
    WITH mine AS MATERIALIZED (
        SELECT u.of_place, u.worth / sum(u.worth) OVER (PARTITION BY u.of_place) AS share,
            (quote_literal(u.word) || ':AB')::tsquery AS near, (quote_literal(u.word) || ':C')::tsquery AS far
        FROM unnest(words, worths, placed) AS u (word, worth, of_place)),
    hit AS MATERIALIZED (   -- by the index alone; no vector is read yet
        SELECT d.case_id FROM desk_search AS d WHERE d.tsv @@ similar_query(words, dfs, 500)),
    newest AS MATERIALIZED (
        SELECT c.id, coalesce(c.lead_id, c.id) AS first, c.topic_code IS NOT DISTINCT FROM topic AS same_topic
        FROM hit, LATERAL (SELECT * FROM cases WHERE id = hit.case_id OFFSET 0) AS c    -- a look each, and no walk
        WHERE coalesce(c.lead_id, c.id) <> together
            AND (c.status IN ('received', 'assigned', 'awaiting_clarification')
                OR (c.status IN ('answered', 'closed') AND c.replied_at >= since))
        ORDER BY c.id DESC LIMIT 200),
    said AS MATERIALIZED (  -- not in the reply; each vector unpacked once
        SELECT n.first, n.same_topic, ts_filter(d.tsv, '{a,b,c}') AS tsv
        FROM newest AS n JOIN desk_search AS d ON d.case_id = n.id),
    shared AS (
        SELECT said.first, said.same_topic, met.place, met.matter
        FROM said, LATERAL (
            SELECT coalesce(sum(part) FILTER (WHERE of_place), 0) AS place,
                coalesce(sum(part) FILTER (WHERE NOT of_place), 0) AS matter
            FROM (SELECT of_place, share * CASE WHEN said.tsv @@ near THEN 1.0::real WHEN said.tsv @@ far THEN 0.6::real
                ELSE 0.0::real END AS part FROM mine) AS one) AS met)
    SELECT s.first, max(place_weighs * s.place + (0.9::real - place_weighs) * s.matter
        + CASE WHEN s.same_topic THEN 0.1::real ELSE 0.0::real END)::real
    FROM shared AS s WHERE s.same_topic OR s.matter >= 0.1 GROUP BY s.first;
END $f$;

-- Texts that a reply may start from, with placeholders filled in from the case. A sent reply keeps its own text, so a
-- template may be changed or deleted at any time.
CREATE TABLE reply_templates (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title           text NOT NULL CONSTRAINT reply_template_has_title CHECK (btrim(title) <> ''),
    text            text NOT NULL CONSTRAINT reply_template_has_text CHECK (btrim(text) <> ''),
    topic_code      text REFERENCES topics,     -- NULL: for every topic
    kind            text CONSTRAINT reply_template_kind_known CHECK (kind IN ('signal', 'proposal', 'question')),
    place_in_list   int NOT NULL,
    is_active       boolean NOT NULL,           -- false: kept, but no longer offered
    version         int NOT NULL,               -- grows with every saving: the optimistic lock of its form
    saved_by        bigint NOT NULL REFERENCES staff,
    saved_at        timestamptz NOT NULL
);

-- Questions that a staff member asks the worklist again and again, under a name they have given.
CREATE TABLE saved_filters (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    staff_id    bigint NOT NULL REFERENCES staff ON DELETE CASCADE,
    name        text NOT NULL CONSTRAINT saved_filter_has_name CHECK (btrim(name) <> ''),
    asked       jsonb NOT NULL,             -- queue, words and filters, as they stand in the list's address
    saved_at    timestamptz NOT NULL
);
CREATE UNIQUE INDEX saved_filters_name ON saved_filters (staff_id, lower(name));

-- Pages whose text the staff write themselves: each saving is a new version, the newest is shown. Until there is one, the
-- page shows templates/texts/*.md.
CREATE TABLE texts (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    page        text NOT NULL CONSTRAINT text_page_known CHECK (page IN ('rules', 'privacy', 'accessibility', 'help')),
    markdown    text NOT NULL CONSTRAINT text_says_something CHECK (btrim(markdown) <> ''),
    staff_id    bigint NOT NULL REFERENCES staff,
    saved_at    timestamptz NOT NULL
);
CREATE INDEX texts_newest ON texts (page, id DESC);
