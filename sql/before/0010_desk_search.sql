-- The staff's search: every received case with its original words, its sender's name, phone and e-mail. Never read by the public.

CREATE TABLE desk_search (
    case_id     bigint PRIMARY KEY REFERENCES cases ON DELETE CASCADE,
    version     int NOT NULL,       -- bg_version() of the analysis
    tsv         tsvector NOT NULL,  -- of the matter
    with_sender tsvector NOT NULL   -- and of the person: not for those who may not see the contacts
);
CREATE INDEX desk_search_tsv ON desk_search USING gin (tsv) WITH (fastupdate = off);
CREATE INDEX desk_search_with_sender ON desk_search USING gin (with_sender) WITH (fastupdate = off);

CREATE FUNCTION desk_vector(c cases) RETURNS tsvector LANGUAGE sql STABLE
AS $f$
    SELECT public.bg_vector(c.title, 'A') || public.bg_vector(c.place, 'B') || public.bg_vector(c.text, 'C')
        || public.bg_vector(c.reply, 'D')
        || array_to_tsvector(array_remove(ARRAY['#n' || c.incoming_seq, '#y' || c.incoming_year], NULL))
$f$;

CREATE FUNCTION desk_sender(c cases) RETURNS tsvector LANGUAGE sql STABLE
AS $f$
    SELECT public.bg_vector(c.sender_name, 'A')
        || array_to_tsvector(array_remove(ARRAY['#@' || lower(c.sender_email), '#+' || right(c.sender_phone, 8)], NULL))
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
CREATE TRIGGER desk_follow AFTER INSERT OR UPDATE ON cases FOR EACH ROW EXECUTE FUNCTION desk_follow();

-- As register_reindex: the next `most` cases after `done`, in a short transaction of their own; NULL at the end.
CREATE FUNCTION desk_reindex(done bigint, most int) RETURNS bigint LANGUAGE sql
AS $f$
    WITH next AS (SELECT * FROM cases WHERE id > done ORDER BY id LIMIT most),
    written AS (
        INSERT INTO desk_search
        SELECT c.id, public.bg_version(), public.desk_vector(c), public.desk_vector(c) || public.desk_sender(c)
        FROM cases AS c JOIN next USING (id)
        LEFT JOIN desk_search AS d ON d.case_id = c.id
        WHERE c.received_at IS NOT NULL AND d.version IS DISTINCT FROM public.bg_version()
        ON CONFLICT (case_id) DO UPDATE
            SET version = excluded.version, tsv = excluded.tsv, with_sender = excluded.with_sender
    )
    SELECT max(id) FROM next
$f$;
SELECT desk_reindex(0, 2147483647);
