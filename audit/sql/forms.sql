-- Rows that were sealed in an older form of their table, sealed again in its newest by a command (manage.py seal_anew). All of
-- it is there only while a table has a later form than its first: without one nothing is listed, permitted or granted.

-- Whether the principal is the command that does so.
CREATE FUNCTION sec.is_sealing_anew() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(w.kind = 'command' AND w.purpose = 'seal_anew', false) FROM sec.principal() w
$$;

-- Those of these subjects of which a row is of an older form: they open for that command, and no others.
CREATE FUNCTION sec.with_old_seals(subjects uuid[]) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    f record;
BEGIN
    FOR f IN SELECT * FROM sec.newest_forms() LOOP
        RETURN QUERY EXECUTE format('SELECT DISTINCT t.%1$I FROM public.%2$I t WHERE t.%1$I = ANY ($1) AND get_byte(t.sealed, 1) < $2',
            f.subject_column, f.target) USING subjects, f.form;
    END LOOP;
END $$;

-- The next subjects with such a row, in the order of their ids.
CREATE FUNCTION sec.next_old_seals(after uuid, few integer) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    f record;
    here uuid[];
    found uuid[] := '{}';
BEGIN
    IF NOT sec.is_sealing_anew() THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    FOR f IN SELECT * FROM sec.newest_forms() LOOP
        EXECUTE format('SELECT ARRAY(SELECT DISTINCT t.%1$I FROM public.%2$I t WHERE t.%1$I > $1 AND get_byte(t.sealed, 1) < $2 ORDER BY t.%1$I LIMIT $3)',
            f.subject_column, f.target) INTO here USING after, f.form, few;
        found := found || here;
    END LOOP;
    RETURN ARRAY(SELECT DISTINCT s FROM unnest(found) s ORDER BY s LIMIT few);
END $$;

-- All of their rows of an older form in one table, whole.
CREATE FUNCTION sec.old_seals(of_table text, subjects uuid[]) RETURNS TABLE (subject uuid, content jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
DECLARE
    f record;
BEGIN
    IF NOT sec.is_sealing_anew() THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    FOR f IN SELECT * FROM sec.newest_forms() n WHERE n.target = of_table LOOP
        RETURN QUERY EXECUTE format('SELECT t.%1$I, to_jsonb(t) FROM public.%2$I t WHERE t.%1$I = ANY ($1) AND get_byte(t.sealed, 1) < $2',
            f.subject_column, f.target) USING subjects, f.form;
    END LOOP;
END $$;

-- One row takes its value in the newest form, under the same key; false if somebody saved it meanwhile. What it said before
-- is kept like that of any other change.
CREATE FUNCTION sec.seal_anew(of_table text, "row" uuid, read_revision integer, new_value bytea) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    f record;
    done integer;
BEGIN
    SELECT * INTO f FROM sec.newest_forms() n WHERE n.target = of_table;
    IF NOT FOUND OR NOT sec.is_sealing_anew() OR get_byte(new_value, 1) <> f.form THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    PERFORM sec.say_purpose('upkeep');
    EXECUTE format('UPDATE public.%I t SET sealed = $1, revision = t.revision + 1 WHERE t.id = $2 AND t.revision = $3
        AND get_byte(t.sealed, 1) < $4 AND substr(t.sealed, 3, 4) = substr($1, 3, 4)', f.target) USING new_value, "row", read_revision, f.form;
    GET DIAGNOSTICS done = ROW_COUNT;
    RETURN done = 1;
END $$;

GRANT EXECUTE ON FUNCTION sec.next_old_seals, sec.old_seals, sec.seal_anew TO confidential_command;
SELECT sec.adopt_functions();
