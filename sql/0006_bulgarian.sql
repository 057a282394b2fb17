-- Bulgarian in the database: from a text to the keys it is found by. Immutable, no extension, no file on the server.
-- The rules (:RULES:, data/bulgarian_rules.json) are derived from bgOffice 4.1 and stay under GPL-2: see data/LICENSE.bgoffice.
-- What is ours (abbreviations, ordinals, stop words of letters to a municipality) is data/bulgarian_additions.json.
-- The functions call each other with the schema's name: pg_restore works with an empty search path.
-- src/portal/search/query/letters.py and lemmas.py analyse a query in the same way; tests/search holds the two together.

-- To be raised with every change of the rules or of a function below: rows of register_search and desk_search that an
-- older version has analysed then wait for `portal reindex`.
CREATE FUNCTION bg_version() RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 1;

-- Longest suffix (or ^whole word) -> how to get the lemmas: `<letters to strip, base 26><letters to add>`, comma between; '' = stop word.
CREATE FUNCTION bg_rules() RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $bgf$ SELECT $bgr$:RULES:$bgr$::jsonb || $bga$:ADDITIONS:$bga$::jsonb $bgf$;

-- Lower-case letters without stress marks, soft hyphens or ѝ, with one kind of space and of dash.
CREATE FUNCTION bg_fold(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $f$
    SELECT translate(lower(normalize(t, NFC) COLLATE "pg_c_utf8"),
        E'ѝѐё\t\n\r\u00a0\u2007\u2009\u202f\u2010\u2011\u2012\u2013\u2014\u2212\u0300\u0301\u00ad\u200b\u200c\u200d', 'иее       ------')
$f$;

-- A folded text without e-mails, phones and personal numbers. What has as many digits and is none of these (dates, numbers
-- of documents and of the land register) first gets a „·“ between its parts, which no phone has.
CREATE FUNCTION bg_public(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $f$
BEGIN
    IF t !~ '@|([0-9][ /().-]*){7}' THEN RETURN t; END IF;
    t := regexp_replace(t, '(?<![0-9])(0?[1-9]|[12][0-9]|3[01])[./-](0?[1-9]|1[0-2])[./-]((?:19|20)[0-9]{2})(?![0-9])', '\1·\2·\3', 'g');
    t := regexp_replace(t, '(?<![0-9])(?<![0-9][ /().-])(0?[1-9]|[12][0-9]|3[01]) (0?[1-9]|1[0-2]) ((?:19|20)[0-9]{2})'
        '(?![0-9])(?![ /().-]*[0-9])', '\1·\2·\3', 'g');
    t := regexp_replace(t, '(?<![0-9])(?<![0-9][ /().-])(0?[1-9]|[12][0-9]|3[01])[./](0[1-9]|1[0-2])[./]([0-9]{2})(?![0-9])', '\1·\2·\3', 'g');
    t := regexp_replace(t, '((?<![a-zа-я])[спвspvcb] ?- ?[0-9]{1,5})/(0?[1-9]|[12][0-9]|3[01])\.(0[1-9]|1[0-2])\.([0-9]{2})(?![0-9])', '\1·\2·\3·\4', 'g');
    t := regexp_replace(t, '(?<![0-9])((?:19|20)[0-9]{2})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(?![0-9])', '\1·\2·\3', 'g');
    t := regexp_replace(t, '([0-9]-[0-9]{1,5})/((?:19|20)[0-9]{2})(?![0-9])', '\1·\2', 'g');
    t := regexp_replace(t, '(?<![0-9])(?<![0-9][ /().-])([0-9]{1,4})/((?:19|20)[0-9]{2})(?![0-9])(?![ /().-]*[0-9])', '\1·\2', 'g');
    t := regexp_replace(t, '(?<![0-9])(0[01][0-9]{3})\.([0-9]{1,4}\.)', '\1·\2', 'g');
    t := regexp_replace(t, '(?<![0-9+])(?<!\+ )(?<!00 )(?!08[7-9]|09[89])([0-9]{5})\.([0-9]{3}\.[0-9])', '\1·\2', 'g');
    t := regexp_replace(t, '(?<![^ ])[^ ]+@[^ ]+', ' ', 'g');
    t := regexp_replace(t, '(?:\+ ?[1-9]|(?<![0-9])00 ?359)(?:[ /().-]*[0-9]){7,13}(?![0-9])', ' ', 'g');
    t := regexp_replace(t, '(?<![0-9])0[ /().-]*[2-9](?:[ /().-]*[0-9]){6,9}(?![0-9])', ' ', 'g');
    t := regexp_replace(t, '(?<![0-9])[0-9]{2}[0-5][0-9][0-3][0-9][ -][0-9]{4}(?![0-9])', ' ', 'g');
    RETURN regexp_replace(t, '[0-9]{8,}', ' ', 'g');
END $f$;

-- A folded text as words, everything else a space. „бл. 8“ and „8 блок“ also give бл08, „вх. В“ also вх0в: alone, such a
-- word or number would say little. „15см“ is 15 см, „В и К“ is вик.
CREATE FUNCTION bg_tidy(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $f$
BEGIN
    t := regexp_replace(t, '[^a-zа-я0-9]+', ' ', 'g');
    IF t ~ '[0-9]' THEN
        t := regexp_replace(t, '\m(бл|ул|кв|вх|ет|ап|no)([0-9])', '\1 \2', 'g');
        t := regexp_replace(t, '\m(?:бл|блок|блока|блокът|block|blok|bl) ([0-9]+[а-яa-z]?)\M', 'бл \1 бл0\1', 'g');
        t := regexp_replace(t, '\m([0-9]+)(?: [мтр]и)? (?:блок|блока|блокът|бл)\M(?! [0-9])', '\1 бл бл0\1', 'g');
        t := regexp_replace(t, '\m([0-9]+)(мм|см|дм|м|км|кг|лв|ч|мин|т|кв)\M', '\1 \2', 'g');
    END IF;
    IF t ~ '\m(вх|вход|входа) [а-я]\M' THEN
        t := regexp_replace(t, '\m(вх|вход|входа) ([а-я])\M', '\1 вх0\2', 'g');
    END IF;
    RETURN regexp_replace(t, '\m(?:в и к|b и k|v i k)\M', 'вик', 'g');
END $f$;

CREATE FUNCTION bg_clean(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $f$ SELECT public.bg_tidy(public.bg_public(public.bg_fold(t))) $f$;

-- The words with a dash of a folded text, each as one word: „Wi-Fi“ is wifi, „В-26“ is в26.
CREATE FUNCTION bg_joined(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $f$
BEGIN
    IF t !~ '[a-zа-я0-9]-[a-zа-я0-9]' THEN RETURN ''; END IF;
    RETURN (SELECT coalesce(string_agg(m[1] || m[2], ' '), '') FROM regexp_matches(t, '(?<![a-zа-я0-9./·-])(?!най-|по-)'
        '([a-zа-я]{2,30}(?=-[a-zа-я]{2})|[a-zа-я]{1,2}(?=-[0-9])|[0-9]{1,4}(?=-[a-zа-я]))-([a-zа-я]{1,30}|[0-9]{1,4})'
        '(?![a-zа-я0-9]|[./·-][a-zа-я0-9])', 'g') AS m);
END $f$;

-- Keys (lemmas) of one clean word; {} = stop word.
CREATE FUNCTION bg_keys(w text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $f$
DECLARE
    v text;
    n int;
BEGIN
    w := left(w, 40);
    IF w !~ '[а-я]' THEN
        RETURN CASE WHEN w ~ '^0[1-9]$' THEN ARRAY[w, right(w, 1)]              -- of a date: 01.09.
            WHEN w ~ '^[aeopcxykmthb][0-9]+$' THEN ARRAY[w, translate(w, 'aeopcxykmthb', 'аеорсхукмтнв')]     -- the road sign B26
            ELSE ARRAY[w] END;
    END IF;
    IF w ~ '[a-z0-9]' THEN
        IF w ~ '[0-9]' THEN
            RETURN CASE WHEN w ~ '^(бл0)?[0-9]+[а-я]$' THEN ARRAY[w, left(w, -1)] ELSE ARRAY[w] END;
        END IF;
        w := translate(w, 'aeopcxykmthb', 'аеорсхукмтнв');      -- mixed script: Latin look-alikes
    END IF;
    v := public.bg_rules() ->> ('^' || w);
    IF v IS NULL THEN
        IF length(w) < 3 THEN RETURN ARRAY[w]; END IF;
        n := least(length(w), 16);                              -- the longest suffix of the rules has 16 letters
        LOOP
            v := public.bg_rules() ->> right(w, n);
            EXIT WHEN v IS NOT NULL OR n = 1;
            n := n - 1;
        END LOOP;
        IF v IS NULL THEN RETURN ARRAY[w]; END IF;
    ELSIF v = '' THEN
        RETURN '{}';
    END IF;
    RETURN ARRAY(
        SELECT DISTINCT coalesce(
            nullif(left(w, greatest(length(w) - position(left(o, 1) IN '0123456789abcdefghijklmnop') + 1, 0)) || substr(o, 2), ''), w)
        FROM unnest(string_to_array(v, ',')) AS o);
END $f$;

-- How a Latin letter or group of letters may be meant, likeliest first: chat, official and keyboard spellings.
CREATE FUNCTION bg_latin_units() RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $f$ SELECT $j$:LATIN:$j$::jsonb $f$;

-- Cyrillic readings of a Latin word, likeliest first (at most `most`).
CREATE FUNCTION bg_readings(w text, most int) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $f$
DECLARE
    unit text;
    words text[] := '{""}';
    costs int[] := '{0}';
BEGIN
    FOR unit IN SELECT m[1] FROM regexp_matches(left(w, 24),
        '(sht|dzh|tch|iya|6t|zh|sh|ch|ts|tz|ya|ia|ja|yu|iu|ju|yo|jo|io|dj|kh|ck|ph|[aeiou][ijy]|.)', 'g') AS m LOOP
        SELECT array_agg(x.word ORDER BY x.cost, x.word), array_agg(x.cost ORDER BY x.cost, x.word) INTO words, costs
        FROM (
            SELECT r.word || a.value AS word, r.cost + least(a.nr - 1, 3)::int AS cost
            FROM unnest(words, costs) AS r (word, cost),
                jsonb_array_elements_text(coalesce(public.bg_latin_units() -> unit, to_jsonb(ARRAY[unit]))) WITH ORDINALITY AS a (value, nr)
            ORDER BY 2, 1 LIMIT most
        ) AS x;
    END LOOP;
    RETURN words;
END $f$;

-- All keys of a word of a text: one in Latin letters may stand for several; spellings that no word has are left out.
CREATE FUNCTION bg_read_keys(word text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $f$
    SELECT array_agg(DISTINCT key)
    FROM (
        SELECT unnest(public.bg_keys(word))
        UNION ALL
        SELECT unnest(public.bg_keys(r.form)) FROM unnest(public.bg_readings(word, 6)) WITH ORDINALITY AS r (form, nr)
        WHERE word ~ '[a-z]'
            AND (r.nr = 1 OR r.form !~ 'ъ$|ъ[аеиоуъюя]|[аеиоуюя]ъ|[бвгджзклмнпрстфхцчшщъ]й|^й[^аоеу]|^ъ[^г]')
    ) AS k (key)
$f$;

-- A text as its keys with their positions. A word in Latin letters is indexed by its Cyrillic readings too; a stop word only
-- for phrases in quotes (#=като), and one of two letters not at all.
CREATE FUNCTION bg_vector(t text, weight "char") RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $f$
DECLARE
    folded text := public.bg_public(public.bg_fold(t));
    places text;
BEGIN
    SELECT string_agg(key || ':' || least(k.nr, 16000), ' ') INTO places
    FROM (
            SELECT word, nr, CASE WHEN word ~ '[a-z]' THEN public.bg_read_keys(word) ELSE public.bg_keys(word) END AS keys
            FROM string_to_table(public.bg_tidy(folded) || ' ' || public.bg_joined(folded), ' ') WITH ORDINALITY AS w (word, nr)
            WHERE word <> '' AND nr < 20000
            OFFSET 0        -- asked once
        ) AS k,
        unnest(CASE WHEN cardinality(k.keys) > 0 THEN k.keys WHEN length(k.word) > 2 THEN ARRAY['#=' || k.word] END) AS key;
    RETURN setweight(coalesce(places, '')::tsvector, weight);
END $f$;

-- The family of a lemma: what is left of асфалт, асфалтов, асфалтиране, or of прах and прашен, without the suffixes of
-- derivation. Coarse on purpose: it only leads from a word to related ones that the register really has.
CREATE FUNCTION bg_family(lemma text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $f$
    SELECT CASE WHEN lemma !~ '^[а-я]{4,}$' THEN lemma ELSE
        CASE WHEN length(s) < 4 OR s = lemma THEN s ELSE left(s, -1) || translate(right(s, 1), 'цчзжсшщ', 'ккггххт') END
    END
    FROM (SELECT coalesce(substring(lemma FROM '^(.{3,}?)'
        '(?:ителство|ителен|ителка|ителност|ител|ственост|ствен|ство|еничен|иране|ирам|ировка|ирвам|иращ|изация|изирам|изиране|ация|ация|ация|'
        'увам|уване|авам|аване|явам|яване|вам|ване|ение|яние|ание|яване|ене|яне|ане|еност|аност|ност|ост|ота|ина|'
        'ален|ичен|ачен|овен|евен|ешки|ески|овски|евски|ански|енски|ински|ски|шки|ически|'
        'арка|арник|ар|ачка|ач|ник|ница|ичка|ица|ище|енце|ец|ик|ка|че|це|ак|'
        'лив|ист|ест|ов|ев|ен|ин|ян|ан|ена|ение|ам|ям|ея|на|ия|я|а|о|е)$'), lemma) AS s) AS x
$f$;

-- How a word sounds: what people who spell by ear confuse is made the same (в/ф, о/у, е/и, а/ъ, щ/шт, й/и, doubled letters).
CREATE FUNCTION bg_sound(word text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $f$
    SELECT regexp_replace(translate(replace(replace(replace(word, 'щ', 'шт'), 'йо', 'о'), 'ьо', 'о'),
        'бвгджзоейъяюь', 'пфктшсуииаау'), '(.)\1+', '\1', 'g')
$f$;
