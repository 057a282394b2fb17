-- The register's search: a narrow table beside the cases, written by a trigger from the view of what the public may see,
-- so that names, phones and e-mails never get into it. How it is read: 0008_register_find.sql.

-- nr is the order of receipt: year and number. A partition holds 65,536 numbers, so each year begins a new one: GIN can't
-- return rows newest first, but many small GIN indexes can be walked from the newest partition on.
CREATE TABLE register_search (
    part            int NOT NULL,
    nr              bigint NOT NULL,
    id              bigint NOT NULL,
    received_at     timestamptz NOT NULL,
    due_on          date NOT NULL,
    kind            text NOT NULL,
    status          text NOT NULL,
    topic_code      text,
    department_code text,
    version         int NOT NULL,       -- bg_version() of the analysis
    tsv             tsvector NOT NULL,
    PRIMARY KEY (part, nr),
    CONSTRAINT part_of_nr CHECK (part = nr >> 16)
) PARTITION BY LIST (part);
-- The vectors are stored in their rows, neither compressed nor in TOAST: a walk reads them at a microsecond a row.
ALTER TABLE register_search ALTER COLUMN tsv SET STORAGE MAIN;
CREATE INDEX register_search_tsv ON register_search USING gin (tsv) WITH (fastupdate = off);
CREATE INDEX register_search_id ON register_search (id);

CREATE TABLE register_parts (
    part    int PRIMARY KEY,
    cases   int NOT NULL DEFAULT 0      -- as register_count_words() last counted
);

-- The words (lemmas) of the register: for typos, completions, families and how rare a word is.
CREATE TABLE register_words (
    word    text COLLATE "C" PRIMARY KEY,
    df      int NOT NULL,               -- number of cases with it, as register_count_words() last counted
    family  text COLLATE "C" NOT NULL,
    sound   text COLLATE "C" NOT NULL,
    shown   text COLLATE "C"            -- its most frequent form in the titles: what a completion says
) WITH (fillfactor = 80);
CREATE INDEX register_words_family ON register_words (family, df DESC) INCLUDE (word);
CREATE INDEX register_words_sound ON register_words (sound, df DESC) INCLUDE (word);
CREATE INDEX register_words_shown ON register_words (shown, df DESC) WHERE shown IS NOT NULL;

-- The likeliest words for the first one to four letters typed: too many words begin with them to be searched at each key.
CREATE TABLE register_completions (
    prefix  text COLLATE "C",
    rank    smallint,
    word    text COLLATE "C" NOT NULL,
    shown   text NOT NULL,
    df      int NOT NULL,
    PRIMARY KEY (prefix, rank)
);

CREATE FUNCTION bg_phrase_keys(phrases text[]) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $f$
    SELECT coalesce(array_agg(DISTINCT key), '{}')
    FROM unnest(phrases) AS p, string_to_table(public.bg_clean(p), ' ') AS w, unnest(public.bg_keys(w)) AS key WHERE w <> ''
$f$;

-- Words that mean the same (strength 0.8) or that often go together (0.4). Staff edit them; phrases are allowed.
CREATE TABLE synonyms (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    phrases     text[] NOT NULL CONSTRAINT at_least_two CHECK (cardinality(phrases) > 1),
    one_way     boolean NOT NULL DEFAULT false,     -- the first phrase finds the others, not they it
    strength    real NOT NULL CONSTRAINT strength_known CHECK (strength > 0 AND strength <= 1),
    keys        text[] NOT NULL GENERATED ALWAYS AS (public.bg_phrase_keys(phrases)) STORED
);
CREATE INDEX synonyms_keys ON synonyms USING gin (keys);

-- The first ones, from data/synonyms.txt: `=` the same thing, `~` often goes together, `>` the first finds the others.
-- From here on the table belongs to the staff: later versions of that file are not applied.
INSERT INTO synonyms (phrases, one_way, strength)
SELECT regexp_split_to_array(btrim(substr(line, 3)), ' *, *'), line LIKE '> %', CASE WHEN line LIKE '~ %' THEN 0.4 ELSE 0.8 END
FROM string_to_table($synonyms$:SYNONYMS:$synonyms$, E'\n') AS line
WHERE line ~ '^[=~>] .+,';

-- The words of the topics' names: a case of the topic answers them weakly, whatever its text says.
CREATE TABLE register_topics (
    key     text COLLATE "C",
    code    text REFERENCES topics ON DELETE CASCADE ON UPDATE CASCADE,
    PRIMARY KEY (key, code)
);
CREATE FUNCTION register_follow_topic() RETURNS trigger LANGUAGE plpgsql
AS $f$
BEGIN
    DELETE FROM register_topics WHERE code = new.code;
    INSERT INTO register_topics SELECT unnest(public.bg_phrase_keys(ARRAY[new.name])), new.code;
    RETURN NULL;
END $f$;
CREATE TRIGGER register_follow_topic AFTER INSERT OR UPDATE ON topics FOR EACH ROW EXECUTE FUNCTION register_follow_topic();

-- A year's partition is made as a table of its own and then attached, so that readers of the others never wait.
CREATE FUNCTION register_make_part(wanted int) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $f$
BEGIN
    IF EXISTS (SELECT FROM register_parts WHERE part = wanted) THEN RETURN; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('register_make_part'), wanted);
    IF to_regclass('register_search_' || wanted) IS NULL THEN
        EXECUTE format('CREATE TABLE register_search_%s (LIKE register_search INCLUDING DEFAULTS INCLUDING STORAGE INCLUDING CONSTRAINTS,'
            ' CONSTRAINT part_is CHECK (part = %s)) WITH (toast_tuple_target = 8160)', wanted, wanted);
        EXECUTE format('ALTER TABLE register_search ATTACH PARTITION register_search_%s FOR VALUES IN (%s)', wanted, wanted);
        INSERT INTO register_parts VALUES (wanted);
    END IF;
END $f$;

-- The lexeme of the day of receipt.
CREATE FUNCTION received_on(at timestamptz) RETURNS text LANGUAGE sql STABLE
AS $f$ SELECT '#r' || to_char(at AT TIME ZONE 'Europe/Sofia', 'YYYYMMDD') $f$;

-- The only writer: whatever happened to a case, its row says what the view says of it, and is gone if the view doesn't
-- show it. Weights: title A, place B, text C, reply D; filters and the incoming number are lexemes that begin with #.
CREATE FUNCTION register_write(changed bigint) RETURNS void LANGUAGE plpgsql
AS $f$
DECLARE
    c record;           -- not the view's row type, which would stand in the way of changing the view
    wanted bigint;
    was tsvector;
    written tsvector;
BEGIN
    SELECT * INTO c FROM public_cases WHERE id = changed;
    wanted := (c.incoming_year::bigint << 20) + c.incoming_seq;
    IF wanted IS NULL THEN
        PERFORM register_remove(changed);
        RETURN;
    END IF;
    SELECT tsv INTO was FROM register_search WHERE id = changed;
    DELETE FROM register_search WHERE id = changed AND nr <> wanted;
    PERFORM register_make_part((wanted >> 16)::int);
    written := public.bg_vector(c.title, 'A') || public.bg_vector(c.place, 'B') || public.bg_vector(c.text, 'C')
        || public.bg_vector(c.reply, 'D') || array_to_tsvector(array_remove(ARRAY[
            '#k' || c.kind, '#s' || c.status, '#t' || c.topic_code, '#d' || c.department_code,
            '#n' || c.incoming_seq % 300000, '#n' || c.incoming_year || '/' || c.incoming_seq % 300000, public.received_on(c.received_at),
            CASE WHEN c.status IN ('received', 'assigned', 'awaiting_clarification') THEN '#open' END], NULL));
    INSERT INTO register_search AS r
    VALUES (wanted >> 16, wanted, c.id, c.received_at, c.due_on, c.kind, c.status, c.topic_code, c.department_code, public.bg_version(), written)
    ON CONFLICT (part, nr) DO UPDATE SET id = excluded.id, received_at = excluded.received_at, due_on = excluded.due_on,
        kind = excluded.kind, status = excluded.status, topic_code = excluded.topic_code,
        department_code = excluded.department_code, version = excluded.version, tsv = excluded.tsv;
    -- Words taken out of a text, for example by a redaction, must no longer be offered to anyone.
    IF was IS NOT NULL THEN PERFORM register_forget_words(ts_delete(was, tsvector_to_array(written))); END IF;
    PERFORM register_note_words(written);
END $f$;

CREATE FUNCTION register_remove(gone bigint) RETURNS void LANGUAGE plpgsql
AS $f$
DECLARE
    was tsvector;
BEGIN
    DELETE FROM register_search WHERE id = gone RETURNING tsv INTO was;
    IF was IS NOT NULL THEN PERFORM register_forget_words(was); END IF;
END $f$;

-- New words are added at once, by one writer at a time: a second one leaves its words to the job register_count_words(),
-- so that no writer ever waits for another.
CREATE FUNCTION register_note_words(tsv tsvector) RETURNS void LANGUAGE plpgsql
AS $f$
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('register_note_words')) THEN RETURN; END IF;
    INSERT INTO register_words (word, df, family, sound)
    SELECT l, 1, public.bg_family(l), public.bg_sound(l) FROM unnest(tsvector_to_array(tsv)) AS l
    WHERE l !~ '^#' AND NOT EXISTS (SELECT FROM register_words WHERE word = l)
    ON CONFLICT (word) DO NOTHING;
END $f$;

-- A case leaves the register: words that no other case has must no longer be offered to anyone.
CREATE FUNCTION register_forget_words(tsv tsvector) RETURNS void LANGUAGE sql
AS $f$
    DELETE FROM register_completions AS c WHERE c.df <= 3 AND c.word = ANY (tsvector_to_array(tsv))
        AND NOT EXISTS (SELECT FROM register_search AS r WHERE r.tsv @@ quote_literal(c.word)::tsquery);
    DELETE FROM register_words AS w WHERE w.df <= 3 AND w.word = ANY (tsvector_to_array(tsv))
        AND NOT EXISTS (SELECT FROM register_search AS r WHERE r.tsv @@ quote_literal(w.word)::tsquery);
    UPDATE register_words SET df = greatest(df - 1, 1) WHERE word = ANY (tsvector_to_array(tsv));
$f$;

-- The eight most frequent words for each beginning of one to four letters.
CREATE FUNCTION register_list_completions() RETURNS void LANGUAGE sql
AS $f$
    DELETE FROM register_completions;
    INSERT INTO register_completions
    SELECT prefix, rank, word, shown, df FROM (
        SELECT left(shown, n) AS prefix, row_number() OVER (PARTITION BY left(shown, n) ORDER BY df DESC, word) AS rank, word, shown, df
        FROM register_words, generate_series(1, 4) AS n WHERE shown IS NOT NULL AND df > 1 AND length(shown) >= n) AS x
    WHERE rank <= 8;
$f$;

-- A job, after an import and once a day: counts the words of the newest `most` cases again.
CREATE FUNCTION register_count_words(most int) RETURNS void LANGUAGE plpgsql
AS $f$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('register_note_words'));
    CREATE TEMP TABLE counted ON COMMIT DROP AS
        SELECT word COLLATE "C" AS word, ndoc FROM ts_stat(format(
            'SELECT tsv FROM public.register_search ORDER BY part DESC, nr DESC LIMIT %s', most)) WHERE word !~ '^#';
    CREATE UNIQUE INDEX ON counted (word);
    CREATE TEMP TABLE said ON COMMIT DROP AS
        SELECT DISTINCT ON (key) key COLLATE "C" AS key, f.form FROM (
            SELECT w AS form, count(*) AS n
            FROM (SELECT title FROM public_cases ORDER BY id DESC LIMIT most) AS t, string_to_table(public.bg_clean(t.title), ' ') AS w
            WHERE w ~ '^[а-я]{3,}$' GROUP BY w) AS f, unnest(public.bg_keys(f.form)) AS key
        ORDER BY key, f.n DESC, f.form;
    CREATE UNIQUE INDEX ON said (key);
    DELETE FROM register_words AS w WHERE NOT EXISTS (SELECT FROM counted AS c WHERE c.word = w.word);
    INSERT INTO register_words (word, df, family, sound, shown)
    SELECT c.word, c.ndoc, public.bg_family(c.word), public.bg_sound(c.word), s.form FROM counted AS c LEFT JOIN said AS s ON s.key = c.word
    ON CONFLICT (word) DO UPDATE SET df = excluded.df, shown = excluded.shown
        WHERE (register_words.df, register_words.shown) IS DISTINCT FROM (excluded.df, excluded.shown);
    PERFORM register_list_completions();
    DROP TABLE counted, said;
    UPDATE register_parts AS p SET cases = (SELECT count(*) FROM register_search AS r WHERE r.part = p.part);
END $f$;

-- `portal reindex`: writes the next `most` cases after `done` again where the analysis is missing or of an older version;
-- returns how far it came, NULL at the end. Each call is a short transaction of its own; register_search.version shows
-- what is left.
CREATE FUNCTION register_reindex(done bigint, most int) RETURNS bigint LANGUAGE plpgsql
AS $f$
DECLARE
    c record;
    reached bigint;
BEGIN
    FOR c IN SELECT id FROM cases WHERE id > done ORDER BY id LIMIT most LOOP
        IF NOT EXISTS (SELECT FROM register_search WHERE id = c.id AND version = public.bg_version()) THEN
            PERFORM register_write(c.id);
        END IF;
        reached := c.id;
    END LOOP;
    RETURN reached;
END $f$;

CREATE FUNCTION register_follow() RETURNS trigger LANGUAGE plpgsql
AS $f$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM register_remove(old.id);
    ELSE
        PERFORM register_write(new.id);
    END IF;
    RETURN NULL;
END $f$;
CREATE TRIGGER register_follow AFTER INSERT OR DELETE ON cases FOR EACH ROW EXECUTE FUNCTION register_follow();
CREATE TRIGGER register_follow_change AFTER UPDATE ON cases FOR EACH ROW WHEN (old.* IS DISTINCT FROM new.*)
    EXECUTE FUNCTION register_follow();
