-- What clients choose for their own space: whether it shows them what was noted, and a day until which nobody signs in to it.

-- Not to be shown the words of notes, or again: of one's own space, once it is confirmed. What may be read does not change.
CREATE FUNCTION sec.show_notes(shown boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine uuid := sec.own_open();
    changed uuid;
BEGIN
    IF mine IS NULL OR sec.own_access() IS NULL OR shown IS NULL THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    UPDATE public.clients_portalaccess a SET notes_hidden_at = CASE WHEN NOT shown THEN statement_timestamp() END
    WHERE a.id = sec.own_access() AND (a.notes_hidden_at IS NULL) <> shown RETURNING a.id INTO changed;
    IF changed IS NOT NULL THEN
        PERFORM sec.log('portal.notes', mine, 'client', (SELECT c.branch_id FROM public.clients_client c WHERE c.id = mine),
            object => 'clients_portalaccess', object_id => changed);
    END IF;
END $$;

-- Closes one's own space until a day, at most three months: the right password is a wrong one until then (sec.prove), and what is
-- signed in elsewhere ends. Whoever is signed in as the client without having just typed the password does not.
CREATE FUNCTION sec.pause_space(until date) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine uuid := sec.own_open();
    which uuid := sec.own_access();
    account uuid := (SELECT w.subject FROM sec.principal() w WHERE w.kind = 'user');
BEGIN
    IF mine IS NULL OR which IS NULL OR NOT sec.is_fresh(15) OR (until BETWEEN sec.today() + 1 AND sec.today() + 92) IS NOT TRUE THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    PERFORM sec.log('portal.pause', mine, 'client', (SELECT c.branch_id FROM public.clients_client c WHERE c.id = mine),
        object => 'clients_portalaccess', object_id => which);
    UPDATE public.clients_portalaccess a SET paused_until = until WHERE a.id = which;
    DELETE FROM public.vault_principal p WHERE p.kind = 'proof' AND p.subject = account;
    DELETE FROM public.volunteers_session s WHERE s.user_id = account AND s.principal <> encode(sha256(sec.own_hash()), 'hex');
    DELETE FROM public.vault_principal p WHERE p.kind = 'user' AND p.subject = account AND p.hash <> sec.own_hash();
END $$;

-- Opens it again before that day, at the client's word: whoever writes in the record. False where it is not closed.
CREATE FUNCTION sec.resume_space(which uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    a public.clients_portalaccess;
BEGIN
    SELECT * INTO a FROM public.clients_portalaccess x WHERE x.id = which FOR UPDATE;
    IF NOT FOUND OR NOT sec.is_fresh(15) OR sec.may_write(a.client_id) IS NOT TRUE OR sec.is_accused_coordinator(a.client_id) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF NOT sec.is_paused(a) THEN
        RETURN false;
    END IF;
    UPDATE public.clients_portalaccess x SET paused_until = NULL WHERE x.id = which;
    PERFORM sec.log('portal.resume', a.client_id, 'client', (SELECT c.branch_id FROM public.clients_client c WHERE c.id = a.client_id),
        object => 'clients_portalaccess', object_id => which);
    RETURN true;
END $$;

GRANT EXECUTE ON FUNCTION sec.show_notes, sec.pause_space, sec.resume_space TO confidential_app;
SELECT sec.adopt_functions();
