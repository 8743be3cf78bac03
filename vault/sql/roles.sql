-- Roles and the schema of definer functions. Run once per database by a superuser; safe to repeat.
-- owner migrates; app serves pages; signin mints principals; worker runs jobs; backup dumps;
-- door cannot sign in and owns the definer functions and nothing else.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['owner', 'app', 'signin', 'worker', 'backup'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'confidential_' || name) THEN
            EXECUTE format('CREATE ROLE %I LOGIN NOINHERIT', 'confidential_' || name);
        END IF;
    END LOOP;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'confidential_door') THEN
        CREATE ROLE confidential_door NOLOGIN;
    END IF;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO confidential_owner, confidential_app, '
        'confidential_signin, confidential_worker, confidential_backup', current_database());
    EXECUTE format('GRANT CREATE ON DATABASE %I TO confidential_owner', current_database());
END $$;
ALTER ROLE confidential_backup BYPASSRLS INHERIT;
GRANT pg_read_all_data TO confidential_backup;
-- Inheriting the door's rights would hand the owner the door's policies: it would see every row.
GRANT confidential_door TO confidential_owner WITH INHERIT FALSE, SET TRUE;
-- The door's functions see which transaction holds back the sealing of the log, and end what a serving role left open.
GRANT pg_read_all_stats, pg_signal_backend TO confidential_door;
-- No transaction of a serving role may stay open: it would hold back the sealing of the log.
ALTER ROLE confidential_app SET transaction_timeout = '60s';
ALTER ROLE confidential_signin SET transaction_timeout = '60s';
ALTER ROLE confidential_worker SET transaction_timeout = '60s';
ALTER ROLE confidential_app SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE confidential_signin SET idle_in_transaction_session_timeout = '30s';

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO confidential_owner;
GRANT USAGE ON SCHEMA public TO confidential_app, confidential_signin, confidential_worker, confidential_door;
CREATE SCHEMA IF NOT EXISTS sec AUTHORIZATION confidential_owner;
GRANT USAGE, CREATE ON SCHEMA sec TO confidential_door;
GRANT USAGE ON SCHEMA sec TO confidential_app, confidential_signin, confidential_worker;
