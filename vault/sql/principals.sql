-- Who a transaction runs as. The setting sec.token carries a random token; only its hash is kept.
-- '' (what an ended SET LOCAL leaves behind), nonsense and an expired token are nobody.
CREATE FUNCTION sec.who(OUT kind text, OUT subject uuid, OUT purpose text, OUT fresh_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT p.kind, p.subject, p.purpose, p.fresh_at INTO kind, subject, purpose, fresh_at
    FROM public.vault_principal p
    WHERE p.hash = sha256(convert_to(current_setting('sec.token', true), 'UTF8'))
      AND p.expires_at > statement_timestamp();
END $$;

-- Whether the principal proved within these minutes that it is who it says (password, second factor).
CREATE FUNCTION sec.fresh(minutes integer) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(w.fresh_at > statement_timestamp() - make_interval(mins => minutes), false) FROM sec.who() w
$$;

-- Wrapped keys are of the form that vault/keyring.py gives them: the length of the master key's name, that name, a
-- nonce, the key and its tag. More the database cannot tell; but nothing else comes in, whichever function it comes by.
-- A data key may be emptied, where what it opened has to go.
ALTER TABLE vault_subjectkey ADD CONSTRAINT vault_subjectkey_wrapped CHECK (
    CASE WHEN octet_length(audit) BETWEEN 62 AND 93 THEN get_byte(audit, 0) = octet_length(audit) - 61
        AND encode(substr(audit, 2, get_byte(audit, 0)), 'escape') ~ '^[0-9A-Za-z._-]+$' ELSE false END
    AND CASE WHEN octet_length(data) BETWEEN 62 AND 93 THEN get_byte(data, 0) = octet_length(data) - 61
        AND encode(substr(data, 2, get_byte(data, 0)), 'escape') ~ '^[0-9A-Za-z._-]+$' ELSE data = '' END);

-- Keys come in with the record that they belong to and are never replaced. Called by definer functions only.
CREATE FUNCTION sec.add_key(new_subject uuid, new_kind text, wrapped_data bytea, wrapped_audit bytea) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO public.vault_subjectkey (subject, kind, data, audit) VALUES (new_subject, new_kind, wrapped_data, wrapped_audit)
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA sec FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.fresh, sec.who TO confidential_app, confidential_signin, confidential_worker;
-- Rights are given before the functions change hands: afterwards only the door could give them.
ALTER FUNCTION sec.who OWNER TO confidential_door;
ALTER FUNCTION sec.fresh OWNER TO confidential_door;
ALTER FUNCTION sec.add_key OWNER TO confidential_door;
GRANT SELECT, INSERT, DELETE ON vault_principal TO confidential_door;
GRANT SELECT, INSERT ON vault_subjectkey TO confidential_door;
GRANT SELECT, INSERT, UPDATE, DELETE ON vault_principal TO confidential_signin;
GRANT SELECT ON django_migrations TO confidential_app, confidential_signin, confidential_worker;
