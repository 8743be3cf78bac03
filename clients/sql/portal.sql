-- The client's online space: who opens it, who confirms that it is the client's, and what ends it until then.
-- Somebody of the team makes the account and could sign in to it themself. So until another of the team has spoken to
-- the client it is provisional: nothing agreed in it counts, and it ends with the right of whoever opened it. Afterwards
-- it is the client's own.

-- Whether whoever opened an access still has the right under which they did: that very assignment, or that very duty.
CREATE FUNCTION sec.is_opener_entitled(which uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.clients_portalaccess a JOIN public.clients_client c ON c.id = a.client_id
        WHERE a.id = which AND sec.is_serving_in(a.opened_by_id, c.branch_id) AND NOT sec.is_in_conflict(a.opened_by_id, c.id)
          AND (EXISTS (SELECT FROM public.clients_grant g WHERE g.id = a.opened_under AND g.starts_at <= statement_timestamp()
                    AND (g.ends_at IS NULL OR g.ends_at > statement_timestamp()))
            OR EXISTS (SELECT FROM public.volunteers_duty d WHERE d.id = a.opened_under AND d.branch_id = c.branch_id AND sec.is_live(d)))
          AND (NOT c.protected OR EXISTS (SELECT FROM public.clients_clientpermission p WHERE p.content_object_id = c.id
            AND p.user_id = a.opened_by_id AND p.code = 'view_client' AND sec.is_binding_for_holder(p))));
END $$;

-- Where an access stands: confirmed; provisional; waiting (a new card beside a space that is in use); ended. Confirmed
-- before its first use, it still hangs on whoever opened it: they know the code. There is none while the record is not open,
-- whoever closed it and when.
CREATE FUNCTION sec.access_state(which uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT CASE WHEN a.ended_at IS NOT NULL THEN 'ended'
            WHEN NOT EXISTS (SELECT FROM public.clients_client c WHERE c.id = a.client_id AND c.state = 'open') THEN 'ended'
            WHEN (a.confirmed_at IS NULL OR a.first_used_at IS NULL) AND NOT sec.is_opener_entitled(a.id) THEN 'ended'
            WHEN a.confirmed_at IS NOT NULL THEN 'confirmed'
            WHEN EXISTS (SELECT FROM public.clients_portalaccess b WHERE b.id = a.replaces_id AND b.ended_at IS NULL) THEN 'waiting'
            ELSE 'provisional' END
        FROM public.clients_portalaccess a WHERE a.id = which);
END $$;

-- The same for whoever sees the client. Of what is hidden and of what is absent there is none.
CREATE FUNCTION sec.shown_access_state(which uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT sec.access_state(a.id) FROM public.clients_portalaccess a WHERE a.id = which
        AND (a.client_id = sec.own_client() OR sec.is_looking_after(a.client_id) OR sec.has_permission(a.client_id, 'view_client')));
END $$;

-- Whether the client closed their space until a day that is not there yet.
CREATE FUNCTION sec.is_paused(a public.clients_portalaccess) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ SELECT coalesce(a.paused_until > sec.today(), false) $$;

-- The access through which a client is signed in.
CREATE FUNCTION sec.own_access() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    -- Looked up first: joined, the state of every access there is would be worked out.
    account uuid := (SELECT w.subject FROM sec.principal() w WHERE w.kind = 'user');
BEGIN
    RETURN (SELECT a.id FROM public.clients_portalaccess a WHERE a."user" = account AND NOT sec.is_paused(a)
        AND sec.access_state(a.id) IN ('confirmed', 'provisional'));
END $$;

-- Whether what is said through an access counts: somebody else of the team has spoken to the client. Without an access it
-- did not come through one.
CREATE FUNCTION sec.is_counted(access uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN access IS NULL OR EXISTS (SELECT FROM public.clients_portalaccess a WHERE a.id = access AND a.confirmed_at IS NOT NULL);
END $$;

-- Whether the principal is a client whose space is confirmed. A job has no access: a copy is made for a confirmed space only.
CREATE FUNCTION sec.is_own_space_counted() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN sec.own_client() IS NOT NULL AND sec.is_counted(sec.own_access());
END $$;

-- Ends one access in this second: with its sessions and its account.
CREATE FUNCTION sec.end_access(which uuid, act text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    a record;
    m record;
BEGIN
    UPDATE public.clients_portalaccess x SET ended_at = statement_timestamp() WHERE x.id = which AND x.ended_at IS NULL
    RETURNING x."user", x.client_id, (SELECT c.branch_id FROM public.clients_client c WHERE c.id = x.client_id) AS branch INTO a;
    IF FOUND THEN
        PERFORM sec.end_sign_ins(a."user");
        UPDATE public.volunteers_user u SET is_active = false WHERE u.id = a."user";
        SELECT * INTO m FROM sec.permitted(ARRAY[a.client_id]);
        PERFORM sec.log(act, a.client_id, 'client', a.branch, 'portal', coalesce(m.basis, ''), coalesce(m.role, ''), 'clients_portalaccess', which);
    END IF;
END $$;

-- What is not confirmed since its first use ends for good with the right of whoever opened it. Where that ends by the clock, access_state()
-- says so in that second, and this is made up for when something is next done.
CREATE FUNCTION sec.end_lapsed(of_client uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.end_access(a.id, 'portal.lapse') FROM public.clients_portalaccess a
    WHERE a.client_id = of_client AND a.ended_at IS NULL AND (a.confirmed_at IS NULL OR a.first_used_at IS NULL) AND NOT sec.is_opener_entitled(a.id);
END $$;
-- A duty, a line of the ledger, a conflict or the record changed: whoever opened a space under it may have lost the right.
CREATE FUNCTION sec.opener_changed() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF tg_table_name = 'volunteers_duty' THEN
        PERFORM sec.end_lapsed(a.client_id) FROM public.clients_portalaccess a WHERE a.opened_under = new.id AND a.ended_at IS NULL;
    ELSE
        PERFORM sec.end_lapsed(CASE tg_table_name WHEN 'clients_client' THEN (to_jsonb(new)->>'id')::uuid ELSE (to_jsonb(new)->>'client_id')::uuid END);
    END IF;
    RETURN NULL;
END $$;
-- By its name it fires after derive and leave_branch; what those end fires it again.
CREATE TRIGGER opener_changed AFTER UPDATE OF ends_at ON volunteers_duty FOR EACH ROW EXECUTE FUNCTION sec.opener_changed();
CREATE TRIGGER opener_changed AFTER UPDATE OF ends_at ON clients_grant FOR EACH ROW EXECUTE FUNCTION sec.opener_changed();
CREATE TRIGGER opener_changed AFTER INSERT ON clients_conflict FOR EACH ROW WHEN (new.client_id IS NOT NULL) EXECUTE FUNCTION sec.opener_changed();
CREATE TRIGGER opener_changed AFTER UPDATE OF protected, branch_id ON clients_client FOR EACH ROW EXECUTE FUNCTION sec.opener_changed();

-- Opening the portal makes an account that reads the whole record: not for somebody on an errand. Where the client uses a
-- space already, the new card waits beside it until another of the team has spoken to them: nobody locks a client out.
CREATE FUNCTION sec.portal_open(of_client uuid, new_user uuid, name text, salt text, covered bytea, lang text, in_quiet boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
    m record;
    a record;
    used uuid;
    under uuid;
    made uuid := gen_random_uuid();
BEGIN
    SELECT * INTO m FROM sec.permitted(ARRAY[of_client]);
    IF NOT FOUND OR m.role NOT IN ('coordinator', 'volunteer') OR sec.may_write(of_client) IS NOT TRUE OR NOT sec.is_fresh(15)
        OR (m.role = 'coordinator' AND sec.is_accused(me, of_client)) THEN -- they are given no notes, so no card that opens them
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    PERFORM FROM public.clients_client c WHERE c.id = of_client AND c.state = 'open' FOR UPDATE;  -- somebody may be closing it
    IF NOT FOUND THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    PERFORM sec.end_lapsed(of_client);
    FOR a IN SELECT x.id, x.confirmed_at, x.first_used_at FROM public.clients_portalaccess x WHERE x.client_id = of_client AND x.ended_at IS NULL LOOP
        IF a.confirmed_at IS NOT NULL OR a.first_used_at IS NOT NULL THEN
            used := a.id;
        ELSE  -- a card that nobody has used
            PERFORM sec.end_access(a.id, 'portal.close');
        END IF;
    END LOOP;
    under := coalesce(
        (SELECT g.id FROM public.clients_grant g WHERE g.client_id = of_client AND g.person_id = me AND g.scope = 'full'
            AND g.starts_at <= statement_timestamp() AND (g.ends_at IS NULL OR g.ends_at > statement_timestamp()) ORDER BY g.starts_at LIMIT 1),
        (SELECT d.id FROM public.volunteers_duty d WHERE d.person_id = me AND d.branch_id = m.branch AND d.kind = 'coordinator' AND sec.is_live(d) LIMIT 1));
    INSERT INTO public.volunteers_user (id, username, password, kind, language, is_active, is_superuser, must_change_password, created_at)
    VALUES (new_user, name, salt, 'client', lang, used IS NULL, false, true, statement_timestamp());
    PERFORM sec.keep_password(new_user, covered);
    INSERT INTO public.clients_portalaccess (id, client_id, "user", username, quiet, opened_at, opened_by_id, opened_as, opened_under, replaces_id)
    VALUES (made, of_client, new_user, name, in_quiet, statement_timestamp(), me, m.role, under, used);
    PERFORM sec.log(CASE WHEN used IS NULL THEN 'portal.open' ELSE 'portal.replace' END, of_client, 'client', m.branch, 'portal', m.basis, m.role,
        'clients_portalaccess', made);
END $$;

-- Ends a client's portal access in this second, and cards that wait beside it.
CREATE FUNCTION sec.portal_close(of_client uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m record;
BEGIN
    SELECT * INTO m FROM sec.permitted(ARRAY[of_client]);
    -- The client may be reading an answer there: another of the team closes it.
    IF NOT FOUND OR (m.role <> 'client' AND (sec.may_write(of_client) IS NOT TRUE OR sec.is_accused_coordinator(of_client))) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    PERFORM sec.end_access(a.id, 'portal.close') FROM public.clients_portalaccess a WHERE a.client_id = of_client AND a.ended_at IS NULL;
END $$;

-- For sec.set_password(): a client has put in a password; the first time, in place of the paper code, that is the first use.
-- Whoever knew the code can be the one, so what was confirmed before it takes a second word: somebody asks the client
-- whether it was they.
CREATE FUNCTION sec.portal_password(access uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine uuid;
    in_branch uuid;
BEGIN
    SELECT c.id, c.branch_id INTO mine, in_branch FROM public.clients_portalaccess a JOIN public.clients_client c ON c.id = a.client_id WHERE a.id = access;
    PERFORM sec.log('portal.password', mine, 'client', in_branch, 'own_record', 'own_record', 'client', 'clients_portalaccess', access);
    UPDATE public.clients_portalaccess a SET first_used_at = statement_timestamp(), confirmed_at = NULL, confirmed_by_id = NULL, spoken_on = NULL
    WHERE a.id = access AND a.first_used_at IS NULL;
    IF FOUND THEN
        PERFORM sec.log('portal.begin', mine, 'client', in_branch, 'own_record', 'own_record', 'client', 'clients_portalaccess', access);
    END IF;
END $$;

-- ---- Confirming: another of the team has spoken to the client, and says so ----

-- Who can: whoever writes in the record and did not open the space.
CREATE FUNCTION sec.may_confirm(which uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.clients_portalaccess a WHERE a.id = which AND sec.is_another(a.opened_by_id) AND sec.may_write(a.client_id));
END $$;

-- Whether the principal coordinates a client's branch, and a complaint of this client is about them. Asked at the moment of an
-- act, and of no volunteer: a page that asked it, or a volunteer who tried, would learn of it in that second (decision 43).
CREATE FUNCTION sec.is_accused_coordinator(of_client uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.clients_client c WHERE c.id = of_client AND c.branch_id = ANY (sec.coordinated())) AND sec.is_accused(sec.cleared_person(), of_client);
END $$;

-- Whether the principal is another person than this one, as far as it decides anything.
CREATE FUNCTION sec.is_another(than uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN sec.cleared_person() IS NOT NULL AND than IS NOT NULL AND NOT sec.are_tied(sec.cleared_person(), than);
END $$;

-- What both ways of confirming do. Where it has been used, the client says that it was they (theirs), on that day or later.
-- All its sessions end. A card that waited takes the place of the space that it replaces; through one that has ended, what
-- was asked counts from now on.
CREATE FUNCTION sec.confirm_access(which uuid, spoken date, theirs boolean, as_role text, on_basis text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    a public.clients_portalaccess;
    state text;
BEGIN
    PERFORM FROM public.clients_client c JOIN public.clients_portalaccess x ON x.client_id = c.id WHERE x.id = which FOR UPDATE OF c;
    SELECT * INTO a FROM public.clients_portalaccess x WHERE x.id = which FOR UPDATE;
    PERFORM sec.end_lapsed(a.client_id);
    state := sec.access_state(which);
    IF NOT sec.is_fresh(15) OR spoken IS NULL OR spoken > sec.today()
        OR spoken < sec.day_of(a.opened_at) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF a.confirmed_at IS NOT NULL THEN
        RAISE 'somebody has confirmed this' USING ERRCODE = '23514', CONSTRAINT = 'portal_confirmed';
    ELSIF a.first_used_at IS NOT NULL AND (theirs IS NOT TRUE OR spoken < sec.day_of(a.first_used_at)) THEN
        RAISE 'somebody has used this' USING ERRCODE = '23514', CONSTRAINT = 'portal_used', DETAIL = a.first_used_at::text;
    END IF;
    UPDATE public.clients_portalaccess x SET confirmed_at = statement_timestamp(), confirmed_by_id = sec.cleared_person(), spoken_on = spoken WHERE x.id = which;
    IF state = 'waiting' THEN
        PERFORM sec.end_access(a.replaces_id, 'portal.close');
    END IF;
    -- What was complained of in it counts from now on, for good.
    UPDATE public.clients_complaint m SET counts_since = statement_timestamp() WHERE m.opened_through = which AND m.counts_since IS NULL;
    PERFORM sec.end_sign_ins(a."user");
    IF state <> 'ended' THEN
        UPDATE public.volunteers_user u SET is_active = true WHERE u.id = a."user";
    END IF;
    PERFORM sec.log('portal.confirm', a.client_id, 'client', (SELECT c.branch_id FROM public.clients_client c WHERE c.id = a.client_id), 'portal',
        on_basis, as_role, 'clients_portalaccess', which);
END $$;

-- Confirms a space: somebody else who has the record spoke to the client on that day, and it is theirs.
CREATE FUNCTION sec.portal_confirm(which uuid, spoken date, theirs boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m record;
BEGIN
    SELECT p.* INTO m FROM public.clients_portalaccess a, sec.permitted(ARRAY[a.client_id]) p WHERE a.id = which;
    IF NOT FOUND OR NOT sec.may_confirm(which) OR sec.is_accused_coordinator((SELECT a.client_id FROM public.clients_portalaccess a WHERE a.id = which)) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    PERFORM sec.confirm_access(which, spoken, theirs, m.role, m.basis);
END $$;

-- Where nobody else has the record: the president, who sees none, has let the client read out the user name on the card.
-- False where no space waits under this name: hidden and absent look alike.
CREATE FUNCTION sec.portal_confirm_named(name text, spoken date, theirs boolean) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found uuid;
BEGIN
    IF sec.cleared_person() IS NULL OR NOT sec.has_duty('president') OR NOT sec.is_fresh(15) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    SELECT a.id INTO found FROM public.clients_portalaccess a WHERE a.username = lower(name) AND a.confirmed_at IS NULL
        AND sec.access_state(a.id) IN ('provisional', 'waiting') AND sec.is_another(a.opened_by_id) AND a.client_id <> ALL (sec.barred())
        AND NOT sec.is_accused(sec.cleared_person(), a.client_id) AND sec.day_of(a.opened_at) <= spoken;
    IF found IS NULL THEN
        RETURN false;
    END IF;
    PERFORM sec.confirm_access(found, spoken, theirs, 'president', '');
    RETURN true;
END $$;

-- It was a mistake: by whoever confirmed, or a coordinator. The space is provisional again.
CREATE FUNCTION sec.portal_unconfirm(which uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    a public.clients_portalaccess;
BEGIN
    SELECT * INTO a FROM public.clients_portalaccess x WHERE x.id = which FOR UPDATE;
    IF NOT FOUND OR NOT sec.is_fresh(15) OR NOT sec.may_unconfirm(which) OR sec.is_accused_coordinator(a.client_id) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF a.confirmed_at IS NULL THEN
        RETURN false;
    END IF;
    UPDATE public.clients_portalaccess x SET confirmed_at = NULL, confirmed_by_id = NULL, spoken_on = NULL WHERE x.id = which;
    PERFORM sec.log('portal.unconfirm', a.client_id, 'client', m.branch, 'portal', m.basis, m.role, 'clients_portalaccess', which)
    FROM sec.permitted(ARRAY[a.client_id]) m;
    PERFORM sec.end_lapsed(a.client_id);
    RETURN true;
END $$;

-- Who takes a confirmation back: whoever looks after the client, and whoever confirmed, while they may write.
CREATE FUNCTION sec.may_unconfirm(which uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.clients_portalaccess a WHERE a.id = which
        AND (sec.is_looking_after(a.client_id) OR (a.confirmed_by_id = sec.cleared_person() AND sec.may_write(a.client_id))));
END $$;

GRANT EXECUTE ON FUNCTION sec.portal_open, sec.portal_close TO confidential_signin;
GRANT EXECUTE ON FUNCTION sec.portal_confirm, sec.portal_confirm_named, sec.portal_unconfirm, sec.may_confirm,
    sec.may_unconfirm, sec.shown_access_state, sec.is_own_space_counted, sec.own_access TO confidential_app;
GRANT EXECUTE ON FUNCTION sec.is_own_space_counted, sec.own_access TO confidential_worker;
SELECT sec.adopt_functions();
