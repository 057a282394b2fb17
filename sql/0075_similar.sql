-- Cases like this one: found by the words that tell it apart, and ranked by how many of them they share.

-- The words of a text and what each is worth for telling it from others: the rarer, and in the place or the title rather
-- than in the text, the more; a number alone says little. Not those of a reply.
CREATE FUNCTION similar_words(matter tsvector) RETURNS TABLE (word text, worth real, df int) LANGUAGE sql STABLE
AS $f$
    SELECT m.lexeme, ((0.2 + ln((n.cases + 1.0) / (least(coalesce(w.df, 0), n.cases) + 1.0)) / ln(n.cases + 2.0))
            * CASE WHEN 'B' = ANY (m.weights) THEN 1.5 WHEN 'A' = ANY (m.weights) THEN 1.2 ELSE 0.5 END
            * CASE WHEN m.lexeme ~ '^[0-9]+$' THEN 0.3 ELSE 1 END)::real AS worth,
        coalesce(w.df, 0)
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
        string_agg(quote_literal(word) || ':ABC', '|') FILTER (WHERE sum <= most),
        string_agg(quote_literal(word) || ':ABC', '&') FILTER (WHERE nr <= 2))::tsquery
    FROM (SELECT word, sum(df) OVER rarest AS sum, row_number() OVER rarest AS nr
        FROM unnest(words, dfs) AS w (word, df) WHERE word !~ '^[0-9]+$' WINDOW rarest AS (ORDER BY df, word)) AS w
$f$;

-- Open cases, and those answered since, that are like `wanted` (not it, nor those it is looked at together with); of a
-- group its lead alone. `alike`: the part of the worth of its words that they share, and a tenth for the same topic.
CREATE FUNCTION desk_similar(wanted bigint, since timestamptz) RETURNS TABLE (case_id bigint, alike real)
LANGUAGE plpgsql STABLE
AS $f$
DECLARE
    words text[];
    worths real[];
    dfs int[];
    topic text := (SELECT topic_code FROM cases WHERE id = wanted);
    together bigint := (SELECT coalesce(lead_id, id) FROM cases WHERE id = wanted);
BEGIN
    SELECT array_agg(w.word), array_agg(w.worth), array_agg(w.df) INTO words, worths, dfs
    FROM desk_search AS d, similar_words(d.tsv) AS w WHERE d.case_id = wanted;
    RETURN QUERY
    WITH near AS MATERIALIZED (
        SELECT coalesce(c.lead_id, c.id) AS first, d.tsv, c.topic_code
        FROM desk_search AS d JOIN cases AS c ON c.id = d.case_id
        WHERE d.tsv @@ similar_query(words, dfs, 2000) AND coalesce(c.lead_id, c.id) <> together
            AND (c.status IN ('received', 'assigned', 'awaiting_clarification')
                OR (c.status IN ('answered', 'closed') AND c.replied_at >= since))
        ORDER BY d.case_id DESC
        LIMIT 400),
    ranked AS (
        SELECT n.first, sum(w.worth * CASE WHEN n.tsv @@ w.near THEN 1 WHEN n.tsv @@ w.far THEN 0.5 ELSE 0 END)
            / (SELECT sum(worth) FROM unnest(worths) AS worth)
            + CASE WHEN n.topic_code = topic THEN 0.1 ELSE 0 END AS alike
        FROM near AS n, (SELECT worth, (quote_literal(word) || ':AB')::tsquery AS near,
            (quote_literal(word) || ':C')::tsquery AS far FROM unnest(words, worths) AS u (word, worth)) AS w
        GROUP BY n.first, n.tsv, n.topic_code)
    SELECT first, max(ranked.alike)::real FROM ranked GROUP BY first;
END $f$;
