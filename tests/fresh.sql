-- Makes a database of the tests as good as new: fresh.make() is called once, fresh.again() before each test.
-- Much cheaper than a copy of the database: a test leaves some rows in some tables, a copy writes every file anew.

CREATE SCHEMA fresh;

CREATE FUNCTION fresh.tables() RETURNS SETOF text STABLE LANGUAGE sql AS $$
    SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'public_version' ORDER BY 1
$$;

-- Rows are put back, a function that a test has changed is not.
CREATE FUNCTION fresh.functions() RETURNS numeric STABLE LANGUAGE sql AS $$
    SELECT sum(hashtextextended(prosrc, 0)::numeric) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
$$;

-- The rows that the schema and the municipality bring, the values of the sequences, and what tells one state from another.
CREATE FUNCTION fresh.make() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    one text;
    is_empty boolean;
BEGIN
    CREATE TABLE fresh.seeds (name text PRIMARY KEY, mark text NOT NULL);
    CREATE TABLE fresh.code AS SELECT fresh.functions() AS mark;
    CREATE TABLE fresh.names AS SELECT fresh.tables() AS name;
    CREATE TABLE fresh.sequences AS
        SELECT schemaname || '.' || sequencename AS name, last_value FROM pg_sequences WHERE schemaname = 'public';
    FOR one IN SELECT fresh.tables() LOOP
        EXECUTE format('SELECT NOT EXISTS (SELECT FROM public.%I)', one) INTO is_empty;
        IF NOT is_empty THEN
            EXECUTE format('CREATE TABLE fresh.%I AS TABLE public.%I', 'of_' || one, one);
            INSERT INTO fresh.seeds VALUES (one, fresh.mark(one));
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION fresh.mark(of_table text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    EXECUTE format('SELECT count(*) || ''.'' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM public.%I t',
        of_table) INTO found;
    RETURN found;
END $$;

-- Returns false where the database must be copied anew.
CREATE FUNCTION fresh.again() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    one text;
    columns text;
    sequence record;
    is_empty boolean;
BEGIN
    -- What a test that was cut off has left open would be waited for.
    PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend';
    IF fresh.functions() <> (SELECT mark FROM fresh.code) THEN
        RETURN false;
    END IF;
    -- Parts of the register's search are made as cases come.
    FOR one IN SELECT fresh.tables() EXCEPT SELECT name FROM fresh.names LOOP
        EXECUTE format('DROP TABLE public.%I', one);
    END LOOP;
    -- Neither triggers nor foreign keys: the order of the tables is all the same, and the audit log may be emptied.
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT fresh.tables() EXCEPT SELECT name FROM fresh.seeds LOOP
        EXECUTE format('SELECT NOT EXISTS (SELECT FROM public.%I)', one) INTO is_empty;
        IF NOT is_empty THEN
            EXECUTE format('DELETE FROM public.%I', one);
        END IF;
    END LOOP;
    FOR one IN SELECT name FROM fresh.seeds WHERE mark <> fresh.mark(name) LOOP
        SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute
            WHERE attrelid = format('public.%I', one)::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
        EXECUTE format('DELETE FROM public.%I', one);
        EXECUTE format('INSERT INTO public.%I (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM fresh.%I',
            one, columns, columns, 'of_' || one);
    END LOOP;
    -- No page that an application keeps in memory is good any more.
    UPDATE public.public_version SET changes = changes + 1 WHERE part = 0;
    FOR sequence IN
        SELECT name, was.last_value FROM fresh.sequences was JOIN pg_sequences now
            ON name = now.schemaname || '.' || now.sequencename WHERE was.last_value IS DISTINCT FROM now.last_value
    LOOP
        PERFORM setval(sequence.name::regclass, coalesce(sequence.last_value, 1), sequence.last_value IS NOT NULL);
    END LOOP;
    RETURN true;
END $$;

SELECT fresh.make();
