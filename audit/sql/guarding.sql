-- What tables of the log and of subjects must have: append-only, a history, an event with each write, row-level security.

-- The log is append-only, for its owner too. The arguments name what functions of the door alone may do.
CREATE FUNCTION sec.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF current_user = 'confidential_door' AND tg_op = ANY (tg_argv) THEN
        RETURN NULL;
    END IF;
    RAISE '% is append-only', tg_table_name USING ERRCODE = '42501';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION sec.refuse_change('DELETE');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_leaf FOR EACH STATEMENT EXECUTE FUNCTION sec.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_pending FOR EACH STATEMENT EXECUTE FUNCTION sec.refuse_change('UPDATE', 'DELETE');

-- What a write event holds of a row: the hash of all its columns but those that only follow other rows. Nothing is the same
-- as absent, so that a column may be added later.
CREATE FUNCTION sec.row_digest(content jsonb, follows text[] DEFAULT '{}') RETURNS bytea
LANGUAGE sql STABLE AS $$ SELECT sha256(convert_to(jsonb_strip_nulls(content - follows)::text, 'UTF8')) $$;

-- The number of an object's next write event, where its rows have no revision that only grows.
CREATE FUNCTION sec.next_write(target text, object uuid) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(max(e.revision), 0) + 1 FROM public.audit_event e
    WHERE e.object_type = target AND e.object_id = object AND e.digest IS NOT NULL
$$;

-- Whether a row that is removed goes with a record that is erased. Then nothing of it stays in the log either. The layers above say
-- more.
CREATE FUNCTION sec.is_erased(target text, was jsonb) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ SELECT false $$;

-- Every sealed or revised row: the revision grows by one, what was there is kept, the write is an event with the digest
-- of the row. Row triggers see bulk and raw SQL too. Arguments: subject column, kind, sealed or clear. No statement is put
-- together at run time. Times and bytes are written in one way, whatever the session speaks.
CREATE FUNCTION sec.keep() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
DECLARE
    about uuid;
    was_about uuid;
    was bytea;
    anew boolean := false;
BEGIN
    IF tg_op = 'DELETE' THEN
        IF sec.is_erased(tg_table_name, to_jsonb(old)) THEN
            RETURN NULL;
        END IF;
        PERFORM sec.log('row.remove', (to_jsonb(old) ->> tg_argv[0])::uuid, tg_argv[1], object => tg_table_name, object_id => old.id,
            rev => sec.next_write(tg_table_name, old.id), hash => sec.row_digest(to_jsonb(old), '{branch_id}'));
        RETURN NULL;
    END IF;
    -- A branch that is not taken is never planned, so each table needs only the columns that it has.
    CASE tg_argv[0]
        WHEN 'client_id' THEN about := new.client_id;
        WHEN 'person_id' THEN about := new.person_id;
        WHEN 'complaint_id' THEN about := new.complaint_id;
        WHEN 'emergency_id' THEN about := new.emergency_id;
        WHEN 'visit_id' THEN about := new.visit_id;
    END CASE;
    IF tg_op = 'UPDATE' THEN
        IF tg_argv[2] = 'sealed' THEN
            was := old.sealed;
            anew := get_byte(was, 1) < get_byte(new.sealed, 1) AND sec.is_sealing_anew();
        END IF;
        CASE tg_argv[0]
            WHEN 'client_id' THEN was_about := old.client_id;
            WHEN 'person_id' THEN was_about := old.person_id;
            ELSE
                IF NOT anew THEN
                    RAISE 'a row of % is never changed', tg_table_name USING ERRCODE = '42501';
                END IF;
                was_about := about;
        END CASE;
        -- A client who changes branch takes the contacts along (the foreign key does it); the move is the event.
        IF tg_argv[2] = 'clear' AND to_jsonb(new) - 'branch_id' = to_jsonb(old) - 'branch_id' THEN
            RETURN NULL;
        END IF;
        IF new.id <> old.id OR about <> was_about OR new.revision <> old.revision + 1 THEN
            RAISE 'a row keeps its place, and its revision grows by one' USING ERRCODE = '40001';
        END IF;
        IF tg_argv[1] = 'client' THEN
            INSERT INTO public.clients_revision (client_id, "table", row, revision, sealed, clear, replaced_at, replaced_by)
            VALUES (about, tg_table_name, old.id, old.revision, was, to_jsonb(old) - 'sealed', clock_timestamp(),
                (SELECT w.subject FROM sec.principal() w));
        END IF;
    ELSIF new.revision <> 1 THEN
        RAISE 'a new row has revision 1' USING ERRCODE = '40001';
    END IF;
    -- What a client has is never removed; what may be removed may come again under its id, and is counted on.
    PERFORM sec.log(CASE WHEN tg_op = 'INSERT' THEN 'row.add' WHEN anew THEN 'row.seal' ELSE 'row.change' END, about, tg_argv[1], object => tg_table_name, object_id => new.id,
        rev => CASE tg_argv[1] WHEN 'client' THEN new.revision ELSE sec.next_write(tg_table_name, new.id) END, hash => sec.row_digest(to_jsonb(new), '{branch_id}'));
    RETURN NULL;
END $$;

-- What a table of a subject must have; laid on each table by the SQL file of its app.
CREATE FUNCTION sec.guard(target regclass, subject_column text, kind text, sealed boolean DEFAULT true) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    name text := (SELECT c.relname FROM pg_class c WHERE c.oid = target);
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE TRIGGER keep AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION sec.keep(%L, %L, %L)',
        target, subject_column, kind, CASE WHEN sealed THEN 'sealed' ELSE 'clear' END);
    -- What a row said before is for nobody who does not see the row itself: by its table's own policies, for it is not a definer
    -- function that asks. In a function of its own, so that its plan is made where a revision of that table is met: written
    -- out, the plans of all tables with a history were made for each statement that reads one row.
    IF kind = 'client' THEN
        EXECUTE format('CREATE FUNCTION sec.%I(wanted uuid) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS
            $f$ BEGIN RETURN EXISTS (SELECT FROM %s t WHERE t.id = wanted); END $f$', 'is_seen_in_' || name, 'public.' || quote_ident(name));
        EXECUTE format('GRANT EXECUTE ON FUNCTION sec.%I TO confidential_app, confidential_worker', 'is_seen_in_' || name);
        EXECUTE format('CREATE POLICY %I ON public.clients_revision AS RESTRICTIVE FOR SELECT TO confidential_app, confidential_worker
            USING ("table" <> %L OR sec.%I("row"))', 'of_' || name, name, 'is_seen_in_' || name);
    END IF;
    -- Where a sealed value has a later form, the door puts it in the place of an older one (forms.sql).
    IF EXISTS (SELECT FROM sec.newest_forms() f WHERE f.target = name) THEN
        EXECUTE format('GRANT UPDATE (sealed, revision) ON %s TO confidential_door', target);
        EXECUTE format('CREATE POLICY sealed_anew ON %s FOR UPDATE TO confidential_door USING (true)', target);
    END IF;
    PERFORM sec.compare(target);
END $$;
-- The door reads each row of a table, to compare it with its write event.
CREATE FUNCTION sec.compare(target regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('GRANT SELECT ON %s TO confidential_door', target);
    EXECUTE format('CREATE POLICY compared ON %s FOR SELECT TO confidential_door USING (true)', target);
END $$;
-- Rows in clear that open a record, close one, or say who did something: what they say after each write is an event for the
-- comparison alone, beside the event of the act. It is about nobody, and no page shows it.
CREATE FUNCTION sec.attest() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
DECLARE
    follows text[] := coalesce(tg_argv, '{}');
    said bytea := sec.row_digest(to_jsonb(coalesce(new, old)), follows);
BEGIN
    IF (tg_op = 'UPDATE' AND said = sec.row_digest(to_jsonb(old), follows)) OR (tg_op = 'DELETE' AND sec.is_erased(tg_table_name, to_jsonb(old))) THEN
        RETURN NULL;
    END IF;
    PERFORM sec.log(CASE tg_op WHEN 'DELETE' THEN 'row.remove' ELSE 'row.state' END, object => tg_table_name, object_id => coalesce(new.id, old.id),
        rev => sec.next_write(tg_table_name, coalesce(new.id, old.id)), hash => said);
    RETURN NULL;
END $$;
-- Named so that it fires before what changes the row again. Arguments: columns that only follow other rows.
CREATE FUNCTION sec.attest_rows(target regclass, VARIADIC follows text[] DEFAULT '{}') RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER attest AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION sec.attest(%s)',
        target, (SELECT string_agg(quote_literal(f), ', ') FROM unnest(follows) f));
    PERFORM sec.compare(target);
END $$;
-- The same without a history, for tables whose rows only come and go.
CREATE FUNCTION sec.bind(VARIADIC targets regclass[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    target regclass;
BEGIN
    FOREACH target IN ARRAY targets LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    END LOOP;
END $$;
SELECT sec.bind('audit_event');

-- Run at the end of each file with definer functions: they belong to the door, and to nobody else's call.
CREATE FUNCTION sec.adopt_functions() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'sec'::regnamespace AND p.proowner <> 'confidential_door'::regrole LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
        IF (SELECT p.prosecdef FROM pg_proc p WHERE p.oid = f) THEN
            EXECUTE format('ALTER FUNCTION %s OWNER TO confidential_door', f);
        END IF;
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION sec.row_digest TO confidential_door;

SELECT sec.adopt_functions();
-- Whoever makes a table with a history must be able to lay its trigger.
SET LOCAL ROLE confidential_door;
GRANT EXECUTE ON FUNCTION sec.keep, sec.attest TO confidential_owner;
RESET ROLE;
