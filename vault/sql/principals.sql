-- The civil day of a moment, where the association is; and today's. Worked into the statement that asks, and written nowhere
-- else: the server's own day (current_date) is another one for an hour or two each night.
CREATE FUNCTION sec.day_of(moment timestamptz) RETURNS date LANGUAGE sql IMMUTABLE
RETURN (moment AT TIME ZONE 'Europe/Paris')::date;

-- The day of this moment, by sec.day_of().
CREATE FUNCTION sec.today() RETURNS date LANGUAGE sql STABLE
RETURN sec.day_of(statement_timestamp());

-- Who a transaction runs as, and how that is proved without saying anything that somebody else could use.
-- A principal is found by the name of its secret's hash and proved by an answer to a challenge that belongs to this
-- transaction alone: its id, which no other transaction ever has. So no statement, in whichever server log, pooler or
-- list of activity it is read, lets anybody in; nor does a copy of this table, which holds hashes. After RFC 5802
-- (SCRAM): proof = secret XOR pad, and the hash of what comes out is compared.
-- What only who knows the hash, in this transaction, can compute. Empty before the transaction has an id.
CREATE FUNCTION sec.pad(hash bytea, label text) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(hash || convert_to(label || '|' || pg_current_xact_id_if_assigned()::text, 'UTF8'))
$$;

-- Exclusive or of two times 32 bytes. PostgreSQL has it for numbers and bits only.
CREATE FUNCTION sec.xor(a bytea, b bytea) RETURNS bytea LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT string_agg(int8send((('x' || encode(substr(a, at, 8), 'hex'))::bit(64) # ('x' || encode(substr(b, at, 8), 'hex'))::bit(64))::bigint), ''::bytea ORDER BY at)
    FROM generate_series(1, 25, 8) at WHERE length(a) = 32 AND length(b) = 32
$$;

-- Whether this proof, made in this transaction, comes from who holds the secret of this hash.
CREATE FUNCTION sec.is_proof_of(hash bytea, proof bytea) RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(sha256(sec.xor(proof, sec.pad(hash, 'proof'))) = hash, false)
$$;

-- The hash of a new secret, which came under cover of one that the database knows: 16 bytes of chance, then 32.
CREATE FUNCTION sec.uncovered(hash bytea, covered bytea) RETURNS bytea LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT sec.xor(substr(covered, 17), sec.pad(hash, 'cover|' || encode(substr(covered, 1, 16), 'hex')))
$$;

-- The setting sec.token says who was let in: the name of the principal, and a mark that holds in this transaction only.
-- '' (what an ended SET LOCAL leaves behind), nonsense, another transaction's and an expired one are nobody.
CREATE FUNCTION sec.mark(hash bytea) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(hash), 'hex') || encode(sec.pad(hash, 'mark'), 'hex')
$$;

-- Every right is asked of statement_timestamp(), which stands still as long as a statement lasts, also through COMMIT inside
-- it. Nothing of ours lasts a minute: a statement that does, and asks who it is, fails. To say "nobody" would open what a wall
-- keeps from somebody, where the rest of the statement had asked before.
CREATE FUNCTION sec.refuse_late() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF clock_timestamp() >= statement_timestamp() + interval '1 minute' THEN
        RAISE 'a statement that lasts a minute has no rights' USING ERRCODE = '57014';
    END IF;
END $$;

-- Whose transaction this is: the holder of the secret that was proved in it. Nobody where none was.
CREATE FUNCTION sec.principal(OUT kind text, OUT subject uuid, OUT purpose text, OUT fresh_at timestamptz, OUT limited boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT p.kind, p.subject, p.purpose, p.fresh_at, p.limited INTO kind, subject, purpose, fresh_at, limited
    FROM public.vault_principal p
    WHERE encode(sha256(p.hash), 'hex') = left(current_setting('sec.token', true), 64)
      AND sec.mark(p.hash) = current_setting('sec.token', true) AND p.expires_at > statement_timestamp();
    PERFORM sec.refuse_late();
END $$;

-- The hash of the principal of this transaction: what a new secret is covered with. For definer functions only.
CREATE FUNCTION sec.own_hash() RETURNS bytea
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.refuse_late();
    RETURN (SELECT p.hash FROM public.vault_principal p
        WHERE encode(sha256(p.hash), 'hex') = left(current_setting('sec.token', true), 64)
          AND sec.mark(p.hash) = current_setting('sec.token', true) AND p.expires_at > statement_timestamp());
END $$;

-- The reason of what this transaction opened, for what it writes from then on. A setting that anybody can set: so it holds
-- with a mark that only the door can make, for this principal in this transaction.
CREATE FUNCTION sec.say_purpose(why text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('sec.purpose', CASE why WHEN '' THEN '' ELSE why || '|' || encode(sec.pad(sec.own_hash(), 'purpose|' || why), 'hex') END, true);
END $$;

-- That reason; nothing where none was said, or somebody else than the door said it.
CREATE FUNCTION sec.said_purpose() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    said text := current_setting('sec.purpose', true);
    why text := split_part(said, '|', 1);
BEGIN
    IF coalesce(said, '') = '' OR encode(sec.pad(sec.own_hash(), 'purpose|' || why), 'hex') IS DISTINCT FROM split_part(said, '|', 2) THEN
        RETURN '';
    END IF;
    RETURN why;
END $$;

-- Lets the holder of a secret in for the rest of this transaction; false, and nobody, when the proof is none. Lets nobody in
-- on a connection that somebody before them prepared: a statement put there by SQL could stand where the application calls one
-- of its own by name, and would run as whoever comes next. Nor on one that speaks otherwise: the driver would read other times.
CREATE FUNCTION sec.admit(name text, proof text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found_hash bytea;
BEGIN
    PERFORM set_config('sec.token', '', true), set_config('sec.purpose', '', true);
    IF EXISTS (SELECT FROM pg_prepared_statements s WHERE s.from_sql) OR current_setting('default_transaction_read_only')::boolean
            OR current_setting('transaction_isolation') <> 'read committed' OR clock_timestamp() > statement_timestamp() + interval '10 seconds'
            OR current_setting('TimeZone') <> 'UTC' OR current_setting('client_encoding') <> 'UTF8' OR current_setting('DateStyle') NOT LIKE 'ISO,%'
            OR current_setting('IntervalStyle') <> 'postgres' OR current_setting('bytea_output') <> 'hex' THEN
        RAISE 'this connection was prepared by somebody: open a new one'
            USING ERRCODE = '08P01', HINT = 'Where it goes on: the server gives its own TimeZone, DateStyle, IntervalStyle or bytea_output. See docs/operations.md.';
    END IF;
    IF proof !~ '^[0-9a-f]{64}$' THEN
        RETURN false;
    END IF;
    SELECT p.hash INTO found_hash FROM public.vault_principal p
    WHERE encode(sha256(p.hash), 'hex') = name AND p.expires_at > statement_timestamp() AND sec.is_proof_of(p.hash, decode(proof, 'hex'));
    IF found_hash IS NOT NULL THEN
        PERFORM set_config('sec.token', sec.mark(found_hash), true);
    END IF;
    RETURN found_hash IS NOT NULL;
END $$;

-- A new principal, and the only way to one. The hash comes under cover, or is made of a token that is drawn here.
CREATE FUNCTION sec.mint(of_kind text, about uuid, why text, lives interval, new_hash bytea, fresh boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.vault_principal (hash, kind, subject, purpose, made_at, expires_at, fresh_at)
    VALUES (new_hash, of_kind, about, why, statement_timestamp(), statement_timestamp() + lives, CASE WHEN fresh THEN statement_timestamp() END);
END $$;

-- A token drawn by the database: it goes out in an answer, which no log of statements holds.
CREATE FUNCTION sec.draw() RETURNS text LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    SELECT encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex')
$$;

-- What the database keeps of a token: the hash of the secret that is made of it.
CREATE FUNCTION sec.hash_of(token text) RETURNS bytea LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT sha256(sha256(convert_to(token, 'UTF8')))
$$;

-- Somebody at the server, working for one branch. On a role of its own, which no process that serves pages has.
CREATE FUNCTION sec.begin_command(branch uuid, why text, minutes integer) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    token CONSTANT text := sec.draw();
BEGIN
    PERFORM sec.mint('command', branch, why, make_interval(mins => minutes), sec.hash_of(token), fresh => true);
    PERFORM set_config('sec.token', sec.mark(sec.hash_of(token)), true);
    PERFORM sec.log('command.begin', why => 'command', as_role => 'command', detail => jsonb_build_object('for', why));
    RETURN token;
END $$;

-- Whoever came in with a proof, as a person or as a command goes out again by themself; false if they were out already.
CREATE FUNCTION sec.go_out() RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM public.vault_principal p WHERE p.hash = sec.own_hash() AND p.kind IN ('proof', 'user', 'command');
    RETURN FOUND;
END $$;

-- Whether the principal proved within these minutes that it is who it says (password, second factor).
CREATE FUNCTION sec.is_fresh(minutes integer) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(w.fresh_at > statement_timestamp() - make_interval(mins => minutes), false) FROM sec.principal() w
$$;

-- Keys come in with the record that they belong to and are never replaced. Called by definer functions only.
CREATE FUNCTION sec.add_key(new_subject uuid, new_kind text, wrapped_data bytea, wrapped_audit bytea) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO public.vault_subjectkey (subject, kind, data, audit) VALUES (new_subject, new_kind, wrapped_data, wrapped_audit)
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA sec FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.is_fresh, sec.principal TO confidential_app, confidential_signin, confidential_worker;
-- Rights are given before the functions change hands: afterwards only the door could give them.
GRANT EXECUTE ON FUNCTION sec.admit TO confidential_signin, confidential_worker, confidential_command;
GRANT EXECUTE ON FUNCTION sec.begin_command TO confidential_command;
GRANT EXECUTE ON FUNCTION sec.go_out TO confidential_command, confidential_signin;
GRANT EXECUTE ON FUNCTION sec.day_of, sec.today, sec.pad, sec.xor, sec.is_proof_of, sec.uncovered, sec.mark, sec.draw, sec.hash_of, sec.refuse_late TO confidential_door;
ALTER FUNCTION sec.principal OWNER TO confidential_door;
ALTER FUNCTION sec.own_hash OWNER TO confidential_door;
ALTER FUNCTION sec.admit OWNER TO confidential_door;
ALTER FUNCTION sec.say_purpose OWNER TO confidential_door;
ALTER FUNCTION sec.said_purpose OWNER TO confidential_door;
ALTER FUNCTION sec.mint OWNER TO confidential_door;
ALTER FUNCTION sec.begin_command OWNER TO confidential_door;
ALTER FUNCTION sec.go_out OWNER TO confidential_door;
ALTER FUNCTION sec.is_fresh OWNER TO confidential_door;
ALTER FUNCTION sec.add_key OWNER TO confidential_door;
GRANT SELECT, INSERT, UPDATE, DELETE ON vault_principal, vault_secret TO confidential_door;
GRANT SELECT, INSERT ON vault_subjectkey TO confidential_door;
GRANT SELECT ON django_migrations TO confidential_app, confidential_signin, confidential_worker, confidential_sealer, confidential_verifier, confidential_command;
