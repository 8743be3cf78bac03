-- Tables of the sign-in libraries belong to the sign-in connection alone.
DO $$
DECLARE
    t text;
BEGIN
    FOR t IN SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
             AND c.relname LIKE 'axes\_%' LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO confidential_signin', t);
    END LOOP;
    FOR t IN SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'S'
             AND c.relname LIKE 'axes\_%' LOOP
        EXECUTE format('GRANT USAGE ON SEQUENCE %I TO confidential_signin', t);
    END LOOP;
END $$;
