-- Signing in. The database itself sees that the password was right: it keeps the hash of what Argon2 makes of it, and
-- is shown that by a proof (see principals.sql). The web process can therefore begin a session for whoever has typed
-- their password, and for nobody else. Codes of second factors it takes from the web process: of these it sees that
-- one was used just now. What makes and ends sessions is here, and nothing else makes a principal of a person.

-- Whether this account waits after wrong passwords from this address (axes counts).
CREATE FUNCTION sec.is_locked(name text, address text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.axes_accessattempt a WHERE a.username = name AND a.ip_address = address::inet
        AND a.failures_since_start >= 5 AND a.attempt_time > statement_timestamp() - interval '15 minutes')
$$;

-- The password was right: a proof of it for ten minutes, under a hash that comes under its cover. It opens nothing
-- but the two functions below. Where a second factor is still awaited, that is worth a line.
CREATE FUNCTION sec.prove(account uuid, proof bytea, covered bytea, address text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s record;
BEGIN
    SELECT x.hash INTO s FROM public.vault_secret x JOIN public.volunteers_user u ON u.id = x.account
    WHERE x.account = prove.account AND u.is_active AND NOT sec.is_locked(u.username, address) AND sec.is_proof_of(x.hash, proof)
      AND NOT EXISTS (SELECT FROM public.clients_portalaccess a WHERE a."user" = x.account AND (sec.access_state(a.id) = 'ended' OR sec.is_paused(a)))
    FOR SHARE OF x; -- a new password waits for this proof, and ends it
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM sec.mint('proof', account, '', interval '10 minutes', sec.uncovered(s.hash, covered), fresh => true);
    IF EXISTS (SELECT FROM public.volunteers_secondfactor m WHERE m.user_id = account) THEN
        PERFORM sec.log('signin.password', object => 'volunteers_user', object_id => account);
    END IF;
    RETURN true;
END $$;

-- Whether a password is the account's own, for who is signed in: a new one must differ.
CREATE FUNCTION sec.is_own_password(proof bytea) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM sec.principal() w JOIN public.vault_secret s ON s.account = w.subject WHERE w.kind = 'user' AND sec.is_proof_of(s.hash, proof))
$$;

-- How an invitation stands for who holds its code: good, expired, or unknown, which a used one is too.
CREATE FUNCTION sec.invitation_standing(name text, proof bytea, OUT standing text, OUT invitation uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT CASE WHEN p.expires_at > statement_timestamp() THEN 'good' ELSE 'expired' END, p.subject INTO standing, invitation
    FROM public.vault_principal p
    WHERE encode(sha256(p.hash), 'hex') = name AND p.kind = 'invitation' AND sec.is_proof_of(p.hash, proof);
    standing := coalesce(standing, 'unknown');
END $$;

-- What trust in a device hangs on, as a digest that changes with the password and with each second factor: for whoever asks,
-- as nobody is signed in yet. Nothing for an account without a factor: no seed would hide its password's hash there.
CREATE FUNCTION sec.trust_mark(of_account uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT encode(sha256(s.hash || convert_to(string_agg(concat_ws('|', m.id, m.kind, m.seed), ';' ORDER BY m.id), 'UTF8')), 'hex')
    FROM public.vault_secret s JOIN public.volunteers_secondfactor m ON m.user_id = s.account WHERE s.account = of_account GROUP BY s.hash
$$;

-- Which second factor an account has shown, as far as the database can see: none where it has none; the one that was
-- used within this minute; or a device that it trusts, which proves too little for anything dangerous.
CREATE FUNCTION sec.is_factor_shown(account uuid, factor text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN NOT EXISTS (SELECT FROM public.volunteers_secondfactor m WHERE m.user_id = account) THEN factor = ''
        WHEN factor = 'trusted' THEN true
        ELSE EXISTS (SELECT FROM public.volunteers_secondfactor m WHERE m.user_id = account AND m.kind = factor
            AND m.last_used_at > clock_timestamp() - interval '1 minute') END
$$;

-- Signing in, as the holder of a proof: it is used up. Without the second factor that the association asks for, the
-- session is limited: it sets one up, and sees nothing before.
CREATE FUNCTION sec.begin_session(covered bytea, factor text, must_set_up boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w record;
    new_hash bytea := sec.uncovered(sec.own_hash(), covered);
BEGIN
    SELECT * INTO w FROM sec.principal();
    IF w.kind IS DISTINCT FROM 'proof' OR NOT sec.is_factor_shown(w.subject, factor)
        OR NOT EXISTS (SELECT FROM public.volunteers_user u WHERE u.id = w.subject AND u.is_active) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    -- The client closed the space, or it ended, after the password was proved: as with a wrong one.
    ELSIF EXISTS (SELECT FROM public.clients_portalaccess a WHERE a."user" = w.subject AND (sec.access_state(a.id) = 'ended' OR sec.is_paused(a))) THEN
        RAISE 'not permitted' USING ERRCODE = '42501', CONSTRAINT = 'space_closed';
    END IF;
    -- Gone, where the password was changed while this waited.
    IF NOT sec.go_out() THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    PERFORM sec.mint('user', w.subject, '', interval '30 minutes', new_hash, fresh => factor <> 'trusted');
    UPDATE public.vault_principal p SET factor = begin_session.factor, limited = must_set_up AND begin_session.factor = '' WHERE p.hash = new_hash;
    PERFORM set_config('sec.token', sec.mark(new_hash), true);
    PERFORM sec.log('signin.ok', object => 'volunteers_user', detail => jsonb_build_object(
        'factor', CASE factor WHEN '' THEN 'password' ELSE factor END, 'trusted', (factor = 'trusted')::integer));
END $$;

-- Proving it again inside a session, as the holder of a new proof: the session of this name becomes fresh.
CREATE FUNCTION sec.refresh_session(name text, factor text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w record;
    found_hash bytea;
BEGIN
    SELECT * INTO w FROM sec.principal();
    SELECT p.hash INTO found_hash FROM public.vault_principal p WHERE encode(sha256(p.hash), 'hex') = name AND p.kind = 'user' AND p.subject = w.subject
      AND p.expires_at > statement_timestamp();
    IF w.kind IS DISTINCT FROM 'proof' OR found_hash IS NULL OR factor = 'trusted' OR NOT sec.is_factor_shown(w.subject, factor) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    -- Gone, where the password was changed while this waited.
    IF NOT sec.go_out() THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    UPDATE public.vault_principal p SET fresh_at = statement_timestamp() WHERE p.hash = found_hash;
    PERFORM set_config('sec.token', sec.mark(found_hash), true);
    PERFORM sec.log('signin.again');
END $$;

-- A principal of a person lives as long as the row of its session, and goes with it in the same second.
CREATE FUNCTION sec.session_changed() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF tg_op = 'DELETE' THEN
        DELETE FROM public.vault_principal p WHERE encode(sha256(p.hash), 'hex') = old.principal AND p.kind = 'user' AND p.subject = old.user_id;
    ELSE
        UPDATE public.vault_principal p SET expires_at = least(new.expires_at, p.made_at + interval '12 hours', statement_timestamp() + interval '30 minutes')
        WHERE encode(sha256(p.hash), 'hex') = new.principal AND p.kind = 'user' AND p.subject = new.user_id AND p.expires_at > statement_timestamp();
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER changed AFTER DELETE OR UPDATE OF expires_at ON volunteers_session FOR EACH ROW EXECUTE FUNCTION sec.session_changed();

-- What was proved with less than the account asks for now ends: sessions and proofs from before it had a second
-- factor. The session that sets it up has just shown a code of it, and goes on.
CREATE FUNCTION sec.factor_changed() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine CONSTANT bytea := sec.own_hash();
BEGIN
    UPDATE public.vault_principal p SET factor = new.kind, limited = false WHERE p.hash = mine AND p.kind = 'user' AND p.subject = new.user_id;
    DELETE FROM public.vault_principal p WHERE p.subject = new.user_id AND p.kind = 'proof' AND p.factor = '';
    DELETE FROM public.volunteers_session s USING public.vault_principal p
    WHERE s.user_id = new.user_id AND s.principal = encode(sha256(p.hash), 'hex') AND p.factor = '';
    DELETE FROM public.vault_principal p WHERE p.subject = new.user_id AND p.kind = 'user' AND p.factor = '';
    RETURN NULL;
END $$;
CREATE TRIGGER changed AFTER INSERT ON volunteers_secondfactor FOR EACH ROW EXECUTE FUNCTION sec.factor_changed();

-- ---- Passwords: the salt in the account, the hash here, where only definer functions look. ----

-- What a new account proves itself with; its hash comes under cover of whoever makes it. For definer functions.
CREATE FUNCTION sec.keep_password(of_account uuid, covered bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    new_hash bytea := sec.uncovered(sec.own_hash(), covered);
BEGIN
    IF new_hash IS NULL THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    INSERT INTO public.vault_secret (account, hash) VALUES (of_account, new_hash)
    ON CONFLICT (account) DO UPDATE SET hash = excluded.hash, set_at = statement_timestamp();
    DELETE FROM public.vault_principal p WHERE p.kind = 'proof' AND p.subject = of_account;
END $$;

-- One's own new password: at the first use of a code on paper, or after a fresh sign-in. Every other session ends.
CREATE FUNCTION sec.set_password(salt text, covered bytea) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w record;
    ended bigint;
BEGIN
    SELECT * INTO w FROM sec.principal();
    IF w.kind IS DISTINCT FROM 'user' OR NOT (sec.is_fresh(15) OR (SELECT u.must_change_password FROM public.volunteers_user u WHERE u.id = w.subject)) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    -- An account that is a client's has a password only as long as its space is open: else its first use would not be noted.
    IF sec.own_access() IS NULL AND EXISTS (SELECT FROM public.clients_portalaccess a WHERE a."user" = w.subject) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    UPDATE public.volunteers_user u SET password = salt, must_change_password = false WHERE u.id = w.subject;
    PERFORM sec.keep_password(w.subject, covered);
    DELETE FROM public.volunteers_session s WHERE s.user_id = w.subject AND s.principal <> encode(sha256(sec.own_hash()), 'hex');
    GET DIAGNOSTICS ended = ROW_COUNT;
    DELETE FROM public.vault_principal p WHERE p.kind = 'user' AND p.subject = w.subject AND p.hash <> sec.own_hash();
    IF sec.own_access() IS NULL THEN
        PERFORM sec.log('password.change', object => 'volunteers_user');
    ELSE
        PERFORM sec.portal_password(sec.own_access());
    END IF;
    RETURN ended;
END $$;

-- Every session of an account ends in this second, and every proof of its password.
CREATE FUNCTION sec.end_sign_ins(of_account uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    -- Proofs first: a sign-in in flight holds its own, and what it begins is seen by the next statements.
    DELETE FROM public.vault_principal p WHERE p.kind = 'proof' AND p.subject = of_account;
    DELETE FROM public.volunteers_session s WHERE s.user_id = of_account;
    DELETE FROM public.vault_principal p WHERE p.kind = 'user' AND p.subject = of_account
$$;

-- A first password anew for somebody who serves, by a command at the server: factors, sessions and locks go.
CREATE FUNCTION sec.recover(account uuid, salt text, covered bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (SELECT w.kind FROM sec.principal() w) IS DISTINCT FROM 'command' OR NOT EXISTS (SELECT FROM public.volunteers_person p
            WHERE p.user_id = account AND (p.left_at IS NULL OR p.left_at > statement_timestamp())) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    UPDATE public.volunteers_user u SET password = salt, must_change_password = true WHERE u.id = account AND u.is_active;
    PERFORM sec.keep_password(account, covered);
    DELETE FROM public.volunteers_secondfactor m WHERE m.user_id = account;
    PERFORM sec.end_sign_ins(account);
    DELETE FROM public.axes_accessattempt a WHERE a.username IN ('second-factor:' || account, (SELECT u.username FROM public.volunteers_user u WHERE u.id = account));
    -- Whoever knew the old one may be somebody else: a third confirms the person anew.
    PERFORM sec.let_in(account, NULL, 'new_sign_in');
    PERFORM sec.log('account.recover', account, 'person', object => 'volunteers_user', object_id => account);
END $$;

-- Second factors are seen and changed by their owner alone, signed in or with the password just proved.
ALTER TABLE volunteers_secondfactor ENABLE ROW LEVEL SECURITY;
ALTER TABLE volunteers_secondfactor FORCE ROW LEVEL SECURITY;
CREATE POLICY door ON volunteers_secondfactor FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY own ON volunteers_secondfactor FOR ALL TO confidential_signin
    USING (user_id = (SELECT w.subject FROM sec.principal() w WHERE w.kind IN ('user', 'proof')))
    WITH CHECK (user_id = (SELECT w.subject FROM sec.principal() w WHERE w.kind IN ('user', 'proof')));

-- A factor is replaced, never taken away: only a command at the server, or leaving, does that.
GRANT SELECT, INSERT, UPDATE (secret, last_counter, codes, seed, created_at, last_used_at) ON volunteers_secondfactor TO confidential_signin;
GRANT SELECT ON volunteers_user TO confidential_door;
GRANT SELECT, DELETE ON volunteers_session, volunteers_secondfactor, axes_accessattempt TO confidential_door;
GRANT EXECUTE ON FUNCTION sec.trust_mark, sec.prove, sec.begin_session, sec.refresh_session, sec.set_password, sec.is_own_password, sec.invitation_standing TO confidential_signin;
GRANT EXECUTE ON FUNCTION sec.recover TO confidential_command;
-- Of an account the sign-in connection changes its language and the time of the last sign-in; it makes none.
GRANT SELECT, UPDATE (language, last_login) ON volunteers_user TO confidential_signin;
GRANT SELECT, INSERT, UPDATE, DELETE ON volunteers_session TO confidential_signin;

SELECT sec.adopt_functions();
