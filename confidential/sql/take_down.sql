-- Takes down all that is laid: policies, triggers, functions, grants. Tables, their rows and their constraints stay.
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT p.tablename, p.policyname FROM pg_policies p WHERE p.schemaname = 'public' LOOP
        EXECUTE format('DROP POLICY %I ON public.%I', one.policyname, one.tablename);
    END LOOP;
    FOR one IN SELECT t.tgname, t.tgrelid::regclass AS target FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
            WHERE p.pronamespace = 'sec'::regnamespace AND NOT t.tgisinternal LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', one.tgname, one.target);
    END LOOP;
    -- In one statement: functions whose bodies the database knows lean on each other.
    EXECUTE coalesce((SELECT 'DROP FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') FROM pg_proc p
        WHERE p.pronamespace = 'sec'::regnamespace), 'SELECT');
    FOR one IN SELECT r.rolname FROM pg_roles r WHERE r.rolname IN ('confidential_app', 'confidential_signin', 'confidential_worker',
            'confidential_sealer', 'confidential_verifier', 'confidential_command', 'confidential_door') LOOP
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA public FROM %I', one.rolname);
        EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM %I', one.rolname);
    END LOOP;
END $$;
