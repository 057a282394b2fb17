-- The version of what the public may see: how many changes of it have been committed. A page cached in memory may be shown
-- as long as it stays the same (src/portal/publishing/page_version.py).

-- Their sum: each connection counts in a row of its own, as long as there are no more than 64 of them, and waits for none.
CREATE TABLE public_version (part int PRIMARY KEY, changes bigint NOT NULL) WITH (fillfactor = 10);
INSERT INTO public_version SELECT part, 0 FROM generate_series(0, 63) AS part;

-- A transaction that changes something has a row here until it commits, and is counted last of all, by a deferred trigger:
-- a row above is locked only while nothing else is waited for, so that two transactions can't deadlock.
CREATE TABLE public_changes (xid bigint PRIMARY KEY);

CREATE FUNCTION public_changes_note() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    xid CONSTANT text := pg_current_xact_id()::text;
BEGIN
    IF current_setting('portal.public_change', true) IS DISTINCT FROM xid THEN -- once is enough, however many rows
        INSERT INTO public_changes VALUES (xid::bigint) ON CONFLICT DO NOTHING;
        PERFORM set_config('portal.public_change', xid, true);
    END IF;
END $$;

CREATE FUNCTION public_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM public_changes_note();
    RETURN NULL;
END $$;

-- Of a row that belongs to a case: nothing that awaits confirmation is public.
CREATE FUNCTION public_changes_of_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM cases WHERE id = coalesce(NEW.case_id, OLD.case_id) AND received_at IS NOT NULL) THEN
        PERFORM public_changes_note();
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public_changes_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE public_version SET changes = changes + 1 WHERE part = pg_backend_pid() % 64;
    DELETE FROM public_changes WHERE xid = NEW.xid;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER public_changes_count AFTER INSERT ON public_changes DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION public_changes_count();

-- Everything that a public page is made from, the tables of its search included. By row: a statement that finds nothing
-- to change changes nothing.
CREATE TRIGGER public_changes_of_insert AFTER INSERT ON cases
    FOR EACH ROW WHEN (new.received_at IS NOT NULL) EXECUTE FUNCTION public_changes();
CREATE TRIGGER public_changes_of_delete AFTER DELETE ON cases
    FOR EACH ROW WHEN (old.received_at IS NOT NULL) EXECUTE FUNCTION public_changes();
CREATE TRIGGER public_changes_of_update AFTER UPDATE ON cases
    FOR EACH ROW WHEN (old.* IS DISTINCT FROM new.* AND (old.received_at IS NOT NULL OR new.received_at IS NOT NULL))
    EXECUTE FUNCTION public_changes();

DO $do$
DECLARE
    seen text;
BEGIN
    FOREACH seen IN ARRAY ARRAY['events', 'attachments'] LOOP
        EXECUTE format('CREATE TRIGGER public_changes_of_rows AFTER INSERT OR UPDATE OR DELETE ON %I '
            'FOR EACH ROW EXECUTE FUNCTION public_changes_of_case()', seen);
    END LOOP;
    FOREACH seen IN ARRAY ARRAY['topics', 'departments', 'texts', 'synonyms',
        'register_search', 'register_words', 'register_completions', 'register_topics'] LOOP
        EXECUTE format('CREATE TRIGGER public_changes_of_rows AFTER INSERT OR UPDATE OR DELETE ON %I '
            'FOR EACH ROW EXECUTE FUNCTION public_changes()', seen);
    END LOOP;
    FOREACH seen IN ARRAY ARRAY['cases', 'events', 'attachments', 'topics', 'departments', 'texts', 'synonyms',
        'register_search', 'register_words', 'register_completions', 'register_topics'] LOOP
        EXECUTE format('CREATE TRIGGER public_changes AFTER TRUNCATE ON %I '
            'FOR EACH STATEMENT EXECUTE FUNCTION public_changes()', seen);
    END LOOP;
END $do$;
