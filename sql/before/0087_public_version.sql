-- How many changes of what the public may see have been committed: a page kept in memory is good as long as it stays.

CREATE TABLE public_version (changes bigint NOT NULL);
INSERT INTO public_version VALUES (0);

-- A transaction that changes something stands here until it commits, and is counted as its last act: the one row above
-- is then locked for a moment in which nothing else is waited for, so that two transactions can't lock each other out.
CREATE TABLE public_changes (xid bigint PRIMARY KEY);

CREATE FUNCTION public_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public_changes VALUES (pg_current_xact_id()::text::bigint) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE FUNCTION public_changes_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE public_version SET changes = changes + 1;
    DELETE FROM public_changes WHERE xid = NEW.xid;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER public_changes_count AFTER INSERT ON public_changes DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION public_changes_count();

-- Everything that a public page is made from, and the tables of its search.
DO $do$
DECLARE
    seen text;
BEGIN
    FOREACH seen IN ARRAY ARRAY['cases', 'events', 'attachments', 'topics', 'departments', 'texts', 'synonyms',
        'register_search', 'register_words', 'register_completions', 'register_topics'] LOOP
        EXECUTE format('CREATE TRIGGER public_changes AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I '
            'FOR EACH STATEMENT EXECUTE FUNCTION public_changes()', seen);
    END LOOP;
END $do$;
