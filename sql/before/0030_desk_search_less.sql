-- The staff's search is worked out only when something it is made of is written: a case assigned, extended or closed has
-- the same words as before.

CREATE OR REPLACE TRIGGER desk_follow
    AFTER INSERT OR UPDATE OF title, text, place, reply, sender_name, sender_email, sender_phone, incoming_seq, received_at
    ON cases FOR EACH ROW EXECUTE FUNCTION desk_follow();

-- As before, with each case's matter worked out once.
CREATE OR REPLACE FUNCTION desk_reindex(done bigint, most int) RETURNS bigint LANGUAGE sql
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
