-- Cases like this one: found by the words that tell it apart, and ranked by how many of them they share.

-- The words of a text and what each is worth for telling it from others: the rarer, and in the place or the title rather
-- than in the text, the more; a number alone says little. Not those of a reply.
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
    WHERE m.weights && '{A,B,C}'
    ORDER BY worth DESC
    LIMIT 12
$f$;

-- What to ask an index for: any of the rarest of the words, as long as all of them together stand in no more than `most`
-- cases; where each is in more, the two rarest together.
CREATE FUNCTION similar_query(words text[], dfs int[], most int) RETURNS tsquery LANGUAGE sql IMMUTABLE
AS $f$
    SELECT coalesce(
        string_agg(quote_literal(word), '|') FILTER (WHERE sum <= most),
        string_agg(quote_literal(word), '&') FILTER (WHERE nr <= 2))::tsquery
    FROM (SELECT word, sum(df) OVER rarest AS sum, row_number() OVER rarest AS nr
        FROM unnest(words, dfs) AS w (word, df) WHERE word !~ '^[0-9]+$' WINDOW rarest AS (ORDER BY df, word)) AS w
$f$;

-- Open cases, and those answered since, that are like `wanted` (not it, nor those it is looked at together with); of a
-- group its lead alone. `alike`: how much of the worth of its words they share, those of the place apart from the others.
-- Another thing at the same place is not like it.
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
