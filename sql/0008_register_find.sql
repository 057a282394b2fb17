-- Finding in the register. Each function reads a bounded number of rows, however large the register is.

-- The newest `most` rows matching q (NULL: all) before nr `before`. Common words fill a page within the newest rows, which
-- are walked; others are looked up partition by partition, newest first, each in its own small GIN, because GIN can't
-- return rows newest first. `narrow`: the part of q worth asking the index for; the rest (a wide prefix beside a rare
-- word) is checked in the rows.
CREATE FUNCTION register_newest(q tsquery, narrow tsquery, before bigint, most int, since timestamptz, until timestamptz,
    overdue_on date)
RETURNS TABLE (nr bigint, id bigint, tsv tsvector) LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off
AS $f$
#variable_conflict use_column
DECLARE
    may_walk boolean := q IS NOT NULL AND since IS NULL AND until IS NULL AND overdue_on IS NULL;
    walk int;
    walked int := 0;    -- of the two newest partitions each is judged anew: in January the newest is a handful
    hits int := 0;      -- of the rows walked over
    probed int := 0;
    seen int;
    found int := 0;
    more int;
    reached bigint;
    p int;
    rows_of_p int;
BEGIN
    FOR p, rows_of_p IN SELECT part, greatest(cases, 1000) FROM register_parts WHERE part <= before >> 16 ORDER BY part DESC LOOP
        reached := before;
        IF q IS NULL THEN
            RETURN QUERY SELECT r.nr, r.id, NULL::tsvector FROM register_search AS r
                WHERE r.part = p AND r.nr < before AND (since IS NULL OR r.received_at >= since)
                    AND (until IS NULL OR r.received_at < until) AND (overdue_on IS NULL OR r.due_on < overdue_on)
                ORDER BY r.nr DESC LIMIT most - found;
            GET DIAGNOSTICS more = ROW_COUNT;
            found := found + more;
            EXIT WHEN found >= most;
            CONTINUE;
        END IF;
        IF probed < 2 THEN
            probed := probed + 1;
            walked := 0;
            hits := 0;
        END IF;
        -- Walk while that is cheaper than the index: a row walked over costs a third of a row that the index finds.
        WHILE may_walk AND reached IS NOT NULL LOOP
            walk := CASE WHEN walked < 100 THEN 100
                WHEN hits::float * hits * rows_of_p > 0.4 * (most - found) * walked * walked
                THEN (most - found) * walked / hits * 6 / 5 + 10 END;
            EXIT WHEN walk IS NULL;
            RETURN QUERY SELECT s.nr, s.id, s.tsv FROM (
                    SELECT r.nr, r.id, r.tsv FROM register_search AS r
                    WHERE r.part = p AND r.nr < reached ORDER BY r.nr DESC LIMIT walk) AS s
                WHERE ts_match_vq(s.tsv, q) LIMIT most - found;
            GET DIAGNOSTICS more = ROW_COUNT;
            found := found + more;
            hits := hits + more;
            EXIT WHEN found >= most;
            SELECT min(s.nr), count(*) INTO reached, seen FROM (
                SELECT r.nr FROM register_search AS r WHERE r.part = p AND r.nr < reached ORDER BY r.nr DESC LIMIT walk) AS s;
            walked := walked + seen;
        END LOOP;
        EXIT WHEN found >= most;
        CONTINUE WHEN reached IS NULL;
        -- Numbers are sorted alone, for whole rows are heavy.
        IF narrow IS NULL THEN
            RETURN QUERY SELECT w.nr, w.id, w.tsv FROM (
                    SELECT r.nr + 0 AS nr FROM register_search AS r
                    WHERE r.part = p AND r.tsv @@ q AND r.nr + 0 < reached AND (since IS NULL OR r.received_at >= since)
                        AND (until IS NULL OR r.received_at < until) AND (overdue_on IS NULL OR r.due_on < overdue_on)
                    ORDER BY 1 DESC LIMIT most - found) AS s,
                LATERAL (SELECT r.nr, r.id, r.tsv FROM register_search AS r WHERE r.part = p AND r.nr = s.nr) AS w;
        ELSE
            RETURN QUERY SELECT w.nr, w.id, w.tsv FROM (
                    SELECT r.nr + 0 AS nr FROM register_search AS r
                    WHERE r.part = p AND r.tsv @@ narrow AND ts_match_vq(r.tsv, q) AND r.nr + 0 < reached
                        AND (since IS NULL OR r.received_at >= since)
                        AND (until IS NULL OR r.received_at < until) AND (overdue_on IS NULL OR r.due_on < overdue_on)
                    ORDER BY 1 DESC LIMIT most - found) AS s,
                LATERAL (SELECT r.nr, r.id, r.tsv FROM register_search AS r WHERE r.part = p AND r.nr = s.nr) AS w;
        END IF;
        GET DIAGNOSTICS more = ROW_COUNT;
        found := found + more;
        EXIT WHEN found >= most;
    END LOOP;
END $f$;

-- The best of the newest `candidates` matching rows, after a row of this score and nr (keyset pagination). `terms` are
-- alternatives in `groups`: a group's score grows with every field of the row that has one of its terms, and saturates;
-- the row's score is a product over the groups, so that a group not met costs more than one met weakly. The weights are
-- measured by bench/search.py.
CREATE FUNCTION register_best(q tsquery, narrow tsquery, terms tsquery[], worths real[], groups int[], importance real[],
    after_score real, after_nr bigint, most int, candidates int, since timestamptz, until timestamptz, overdue_on date)
RETURNS TABLE (nr bigint, id bigint, score real, considered int, oldest bigint) LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off
AS $f$
#variable_conflict use_column
BEGIN
    RETURN QUERY
        SELECT s.nr, s.id, s.score, s.considered, s.oldest FROM (
            SELECT g.nr, g.id, exp(sum(importance[g.g] * ln(g.met / (g.met + 2) + 0.12)) / sum(importance[g.g]))::real AS score,
                count(*) OVER ()::int AS considered, min(g.nr) OVER () AS oldest
            FROM (
                SELECT c.nr, c.id, t.g, sum(t.worth * ts_rank('{0.15, 0.3, 0.5, 1}', c.tsv, t.term)) AS met
                FROM register_newest(q, narrow, 9223372036854775807, candidates, since, until, overdue_on) AS c
                CROSS JOIN unnest(terms, worths, groups) AS t (term, worth, g)
                GROUP BY c.nr, c.id, t.g
            ) AS g
            GROUP BY g.nr, g.id
        ) AS s
        WHERE (s.score, s.nr) < (after_score, after_nr)
        ORDER BY s.score DESC, s.nr DESC LIMIT most;
END $f$;

-- How many match, counted up to `cap`. The order doesn't matter, so no row is read twice or sorted.
CREATE FUNCTION register_total(q tsquery, narrow tsquery, cap int, since timestamptz, until timestamptz, overdue_on date)
RETURNS int LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off
AS $f$
DECLARE
    total int := 0;
    p int;
BEGIN
    IF q IS NULL AND since IS NULL AND until IS NULL AND overdue_on IS NULL THEN
        IF (SELECT sum(cases) FROM register_parts) > cap + cap / 10 THEN RETURN cap; END IF;    -- as last counted
    END IF;
    IF q IS NULL OR cap <= 101 THEN
        RETURN (SELECT count(*) FROM register_newest(q, narrow, 9223372036854775807, cap, since, until, overdue_on));
    END IF;
    FOR p IN SELECT part FROM register_parts ORDER BY part DESC LOOP
        total := total + (SELECT count(*) FROM (SELECT FROM register_search AS r
            WHERE r.part = p AND r.tsv @@ coalesce(narrow, q) AND (narrow IS NULL OR ts_match_vq(r.tsv, q))
                AND (since IS NULL OR r.received_at >= since) AND (until IS NULL OR r.received_at < until)
                AND (overdue_on IS NULL OR r.due_on < overdue_on) LIMIT cap - total) AS s);
        EXIT WHEN total >= cap;
    END LOOP;
    RETURN total;
END $f$;

-- Of the newest `cap` that match: how many of each kind, status, topic and department.
CREATE FUNCTION register_facets(q tsquery, narrow tsquery, cap int, since timestamptz, until timestamptz, overdue_on date)
RETURNS TABLE (facet text, value text, cases int) LANGUAGE sql STABLE
AS $f$
    SELECT CASE WHEN grouping(r.kind) = 0 THEN 'kind' WHEN grouping(r.status) = 0 THEN 'status'
            WHEN grouping(r.topic_code) = 0 THEN 'topic' ELSE 'department' END,
        coalesce(r.kind, r.status, r.topic_code, r.department_code), count(*)::int
    FROM register_newest(q, narrow, 9223372036854775807, cap, since, until, overdue_on) AS c
    JOIN register_search AS r ON r.part = c.nr >> 16 AND r.nr = c.nr
    GROUP BY GROUPING SETS (r.kind, r.status, r.topic_code, r.department_code)
$f$;

-- Words of the register that begin with what was typed, the most frequent first.
CREATE FUNCTION register_completed(half text, most int) RETURNS TABLE (word text, shown text, df int) LANGUAGE plpgsql STABLE
AS $f$
#variable_conflict use_column
BEGIN
    IF length(half) <= 4 AND EXISTS (SELECT FROM register_completions WHERE prefix = half) THEN
        RETURN QUERY SELECT c.word, c.shown, c.df FROM register_completions AS c WHERE c.prefix = half ORDER BY c.rank LIMIT most;
    ELSIF length(half) > 2 THEN
        RETURN QUERY SELECT w.word, coalesce(w.shown, w.word), w.df FROM register_words AS w
            WHERE (w.word >= half AND w.word < half || 'я') OR (w.shown >= half AND w.shown < half || 'я')
            ORDER BY w.shown IS NULL, w.df DESC LIMIT most;
    END IF;
END $f$;

-- What the register knows of the keys of a query, in one round trip: how frequent they are, their families, words that
-- sound alike, completions of a half-typed one, topics and synonyms that contain them.
CREATE FUNCTION register_vocabulary(asked text[], half text)
RETURNS TABLE (relation text, of text, word text, df int, strength real, phrases text[], one_way boolean) LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET jit = off
AS $f$
#variable_conflict use_column
DECLARE
    families text[] := ARRAY(SELECT public.bg_family(k) FROM unnest(asked) AS k);
    sounds text[] := ARRAY(SELECT CASE WHEN k ~ '^[а-я]{5,}$' AND length(public.bg_sound(k)) > 2
        THEN public.bg_sound(k) END FROM unnest(asked) AS k);
BEGIN
    RETURN QUERY
    SELECT 'cases', NULL, NULL, coalesce(sum(p.cases), 0)::int, NULL::real, NULL::text[], NULL::boolean FROM register_parts AS p
    UNION ALL
    SELECT 'word', w.word, w.word, w.df, NULL, NULL, NULL FROM register_words AS w WHERE w.word = ANY (asked)
    UNION ALL
    SELECT 'family', k.key, f.word, f.df, NULL, NULL, NULL FROM unnest(asked, families) AS k (key, family),
        LATERAL (SELECT w.word, w.df FROM register_words AS w WHERE w.family = k.family ORDER BY w.df DESC LIMIT 12) AS f
    UNION ALL
    SELECT 'sound', k.key, s.word, s.df, NULL, NULL, NULL FROM unnest(asked, sounds) AS k (key, sound),
        LATERAL (SELECT w.word, w.df FROM register_words AS w WHERE w.sound = k.sound ORDER BY w.df DESC LIMIT 8) AS s
    UNION ALL
    SELECT 'topic', t.key, t.code, NULL, NULL, NULL, NULL FROM register_topics AS t WHERE t.key = ANY (asked)
        OR t.key = ANY (ARRAY(SELECT unnest(s.keys) FROM synonyms AS s WHERE s.keys && asked))
    UNION ALL
    SELECT 'synonyms', NULL, NULL, NULL, s.strength, s.phrases, s.one_way FROM synonyms AS s WHERE s.keys && asked;
    IF half IS NOT NULL THEN
        RETURN QUERY SELECT 'prefix', c.shown, c.word, c.df, NULL::real, NULL::text[], NULL::boolean
            FROM register_completed(half, 6) AS c;
    END IF;
END $f$;

-- Words of the register that a misspelt word may stand for: among these spellings (keys) or sounding like these (sounds).
CREATE FUNCTION register_near(keys text[], sounds text[]) RETURNS TABLE (word text, df int, sound text) LANGUAGE sql STABLE
AS $f$
    SELECT w.word, w.df, w.sound FROM register_words AS w WHERE w.word = ANY (keys)
    UNION
    SELECT w.word, w.df, w.sound FROM register_words AS w WHERE w.sound = ANY (sounds)
$f$;
