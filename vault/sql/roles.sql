-- Roles and the schema of definer functions. Run once per database by a superuser; safe to repeat.
-- owner migrates; app serves pages; signin mints principals; worker runs jobs; backup dumps;
-- door cannot sign in and owns the definer functions and nothing else.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['owner', 'app', 'signin', 'worker', 'sealer', 'verifier', 'command', 'backup'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'confidential_' || name) THEN
            EXECUTE format('CREATE ROLE %I LOGIN NOINHERIT', 'confidential_' || name);
        END IF;
    END LOOP;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'confidential_door') THEN
        CREATE ROLE confidential_door NOLOGIN;
    END IF;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO confidential_owner, confidential_app, '
        'confidential_signin, confidential_worker, confidential_sealer, confidential_verifier, confidential_command, confidential_backup', current_database());
    EXECUTE format('GRANT CREATE ON DATABASE %I TO confidential_owner', current_database());
END $$;
ALTER ROLE confidential_backup BYPASSRLS INHERIT;
GRANT pg_read_all_data TO confidential_backup;
-- Inheriting the door's rights would hand the owner the door's policies: it would see every row.
GRANT confidential_door TO confidential_owner WITH INHERIT FALSE, SET TRUE;

-- Settings of each role. No transaction of a serving role may stay open: it would hold back the sealing of the log. What
-- is sent as a parameter is in no log of the server. A role can change its own settings and password, whatever one
-- revokes: so each process compares them when it connects (vault/roles.py), and this file puts them back.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['app', 'signin', 'worker', 'sealer', 'verifier', 'command'] LOOP
        EXECUTE format('ALTER ROLE %I RESET ALL', 'confidential_' || name);
        EXECUTE format('ALTER ROLE %I SET log_parameter_max_length = 0', 'confidential_' || name);
        EXECUTE format('ALTER ROLE %I SET log_parameter_max_length_on_error = 0', 'confidential_' || name);
        -- Verifying reads one snapshot of the whole log, for as long as it takes.
        CONTINUE WHEN name = 'verifier';
        EXECUTE format('ALTER ROLE %I SET transaction_timeout = %L', 'confidential_' || name, '60s');
        EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = %L', 'confidential_' || name, '30s');
    END LOOP;
END $$;

-- What PostgreSQL lets everybody see or do, and no role of the application needs: counters, which tell that rows of
-- others came; sizes; other people's connections; locks by number, which hold up whoever wants the same; large
-- objects, which no policy guards; other databases.
DO $$
DECLARE
    f regprocedure;
    v regclass;
    other text;
BEGIN
    FOR f IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND (
            p.proname ~ '^(lo_|lo(read|write|open|close|creat)|be_lo_|pg_stat_get_|pg_(try_)?advisory_)'
            OR p.proname ~ '^pg_control_' OR p.proname IN ('pg_terminate_backend', 'pg_cancel_backend', 'pg_relation_size', 'pg_total_relation_size', 'pg_table_size',
                'pg_indexes_size', 'pg_database_size', 'pg_tablespace_size', 'pg_current_wal_lsn', 'pg_current_wal_insert_lsn',
                'pg_current_wal_flush_lsn', 'pg_lock_status', 'pg_prepared_xact', 'pg_cursor')) LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
    END LOOP;
    FOR v IN SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'v'
            AND c.relname ~ '^pg_(stat|statio)_|^pg_stats|^pg_locks$|^pg_prepared_xacts$' LOOP
        EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', v);
    END LOOP;
    REVOKE SELECT ON pg_catalog.pg_class, pg_catalog.pg_largeobject_metadata FROM PUBLIC;
    EXECUTE (SELECT format('GRANT SELECT (%s) ON pg_catalog.pg_class TO PUBLIC', string_agg(quote_ident(a.attname), ', '))
        FROM pg_attribute a WHERE a.attrelid = 'pg_catalog.pg_class'::regclass AND NOT a.attisdropped
          AND a.attname NOT IN ('reltuples', 'relpages', 'relallvisible', 'relallfrozen'));
    FOR other IN SELECT d.datname FROM pg_database d WHERE d.datname IN ('postgres', 'template1') LOOP
        EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM PUBLIC', other);
    END LOOP;
END $$;
GRANT SELECT ON pg_catalog.pg_class, pg_catalog.pg_largeobject_metadata TO confidential_backup;
-- How far it is, for who waits for the verifier.
GRANT EXECUTE ON FUNCTION pg_catalog.pg_relation_size(regclass), pg_catalog.pg_relation_size(regclass, text) TO confidential_verifier;
-- The door's functions see which transaction holds back the sealing of the log, and end what a serving role left open.
GRANT pg_read_all_stats, pg_signal_backend TO confidential_door;
GRANT EXECUTE ON FUNCTION pg_terminate_backend, pg_stat_get_activity, pg_prepared_xact TO confidential_door;
GRANT SELECT ON pg_stat_activity, pg_prepared_xacts TO confidential_door;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO confidential_owner;
GRANT USAGE ON SCHEMA public TO confidential_app, confidential_signin, confidential_worker, confidential_sealer, confidential_verifier, confidential_command, confidential_door;
CREATE SCHEMA IF NOT EXISTS sec AUTHORIZATION confidential_owner;
GRANT USAGE, CREATE ON SCHEMA sec TO confidential_door;
GRANT USAGE ON SCHEMA sec TO confidential_app, confidential_signin, confidential_worker, confidential_sealer, confidential_verifier, confidential_command;

-- Raised by one with each change of this file: `migrate` does not go on behind older roles (vault/roles.py).
COMMENT ON ROLE confidential_door IS 'roles of this program, version 2';
