-- Consulting a colleague (P5): on one of two grounds, for a bounded time, what was chosen and nothing else.

-- Whom the principal may consult about a client: whoever serves in the branch, is bound by the code and has no conflict.
-- Who is missing, and why, it does not say. Whom an open complaint of that client names is in it, or it would tell: they are
-- refused where they are asked, in the words of any refusal (derive). Nobody for a client whose notes the principal may not read.
CREATE FUNCTION sec.consultable(of_client uuid) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    in_branch uuid := (SELECT c.branch_id FROM public.clients_client c WHERE c.id = of_client);
BEGIN
    IF NOT sec.has_permission(of_client, 'view_notes') THEN
        RETURN '{}';
    END IF;
    RETURN (SELECT coalesce(array_agg(DISTINCT d.person_id), '{}') FROM public.volunteers_duty d
        WHERE d.branch_id = in_branch AND d.person_id <> sec.cleared_person() AND sec.is_live(d)
          AND sec.is_serving_in(d.person_id, in_branch) AND NOT sec.is_in_conflict(d.person_id, of_client));
END $$;

-- Asks a colleague. Whole contacts open as they are, each by a grant of its own; parts of them, and everything where
-- the identity is withheld, are copies that the asker adds afterwards. Without ``days`` it was only a talk, on ``talked_on``.
CREATE FUNCTION sec.consult(new_id uuid, of_client uuid, with_whom uuid, on_ground text, hide_identity boolean,
    whole uuid[], days integer, talked_on date) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
    in_branch uuid := (SELECT c.branch_id FROM public.clients_client c WHERE c.id = of_client);
    until timestamptz := CASE WHEN days IS NOT NULL THEN statement_timestamp() + make_interval(days => days) END;
BEGIN
    IF with_whom = ANY (sec.consultable(of_client)) IS NOT TRUE OR on_ground IN ('client', 'volunteer') IS NOT TRUE
        OR (days IS NULL) = (talked_on IS NULL) OR days NOT BETWEEN 1 AND 90 OR talked_on > sec.today()
        OR (hide_identity AND whole <> '{}') OR (days IS NULL AND whole <> '{}')
        -- Who is protected is named to nobody who was not named for them.
        OR (days IS NOT NULL AND NOT hide_identity AND EXISTS (SELECT FROM public.clients_client c WHERE c.id = of_client AND c.protected)) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    INSERT INTO public.clients_consultation (id, client_id, branch_id, ground, withheld, asked_by_id, colleague_id, happened_on, starts_at, ends_at)
    VALUES (new_id, of_client, in_branch, on_ground, hide_identity, me, with_whom, talked_on, statement_timestamp(), until);
    PERFORM sec.log('consultation.ask', of_client, 'client', in_branch, 'consultation',
        (SELECT p.basis FROM public.clients_clientpermission p WHERE p.content_object_id = of_client AND p.user_id = me AND p.code = 'view_notes'
            AND sec.is_binding(p, (SELECT sec.serves()), (SELECT sec.coordinated()), (SELECT sec.withheld())) ORDER BY p.starts_at LIMIT 1),
        sec.role_in(in_branch), 'clients_consultation', new_id,
        detail => jsonb_build_object('ground', on_ground, 'withheld', hide_identity, 'talk', days IS NULL));
    IF days IS NULL THEN
        RETURN;
    END IF;
    -- Whoever may read for four hours, or for a reason that ends, shares for no longer.
    UPDATE public.clients_consultation k SET ends_at = sec.reads_until(of_client, until) WHERE k.id = new_id RETURNING k.ends_at INTO until;
    INSERT INTO public.clients_grant (id, client_id, branch_id, person_id, scope, basis, purpose, act, granted_by_id, starts_at, ends_at)
    VALUES (gen_random_uuid(), of_client, in_branch, with_whom, 'consult', 'consultation', on_ground, new_id, me, statement_timestamp(), until);
    -- What the asker may not read themself is passed over, so that nobody shares what was not theirs.
    INSERT INTO public.clients_grant (id, client_id, branch_id, person_id, scope, contact_id, basis, purpose, act, granted_by_id, starts_at, ends_at)
    SELECT gen_random_uuid(), of_client, in_branch, with_whom, 'contact', c.id, 'consultation', on_ground, new_id, me, statement_timestamp(), until
    FROM public.clients_contact c WHERE c.client_id = of_client AND c.id = ANY (whole) AND sec.may_read_contact(c);
END $$;

-- Until when, at most, the principal reads the notes of a client.
CREATE FUNCTION sec.reads_until(of_client uuid, at_most timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT least(at_most, max(coalesce(p.ends_at, 'infinity'))) FROM public.clients_clientpermission p
        WHERE p.content_object_id = of_client AND p.user_id = sec.cleared_person()
            AND p.code = 'view_notes' AND sec.is_binding(p, (SELECT sec.serves()), (SELECT sec.coordinated()), (SELECT sec.withheld())));
END $$;

-- Whether the principal's own notes permission reaches this contact: not before the day that a handover set.
CREATE FUNCTION sec.may_read_contact(c public.clients_contact) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.clients_clientpermission p WHERE p.content_object_id = c.client_id AND p.user_id = sec.cleared_person()
        AND p.code = 'view_notes' AND (p.since IS NULL OR c.happened_on >= p.since) AND sec.is_binding(p, (SELECT sec.serves()), (SELECT sec.coordinated()), (SELECT sec.withheld())));
END $$;

-- Ends it in this second: by whoever asked, by the colleague, or by a coordinator of the branch.
CREATE FUNCTION sec.end_consultation(which uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c public.clients_consultation;
BEGIN
    SELECT * INTO c FROM public.clients_consultation k WHERE k.id = which FOR UPDATE;
    IF NOT FOUND OR sec.cleared_person() IS NULL OR NOT (sec.cleared_person() IN (c.asked_by_id, c.colleague_id) OR sec.is_looking_after(c.client_id)) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    -- By the clock: somebody whose statement began after this one may have ended it while this one waited.
    IF c.ends_at IS NULL OR c.ends_at <= clock_timestamp() THEN
        RETURN false;
    END IF;
    PERFORM sec.close_consultation(c);
    RETURN true;
END $$;

-- Ends one in this second, with what was shared. For definer functions.
CREATE FUNCTION sec.close_consultation(k public.clients_consultation) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.clients_consultation x SET ends_at = statement_timestamp() WHERE x.id = k.id;
    PERFORM sec.end_grants(of_act => k.id);
    PERFORM sec.log('consultation.end', k.client_id, 'client', k.branch_id, 'consultation', 'consultation', sec.role_in(k.branch_id), 'clients_consultation', k.id);
END $$;

-- What somebody shared ends when they may no longer read it themself, or at the end that is now set for them.
CREATE FUNCTION sec.end_what_was_shared() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    until timestamptz := (SELECT max(coalesce(p.ends_at, 'infinity')) FROM public.clients_clientpermission p
        WHERE p.content_object_id = new.client_id AND p.user_id = new.person_id AND p.code = 'view_notes' AND sec.is_binding_for_holder(p));
    k record;
BEGIN
    until := coalesce(until, statement_timestamp());
    FOR k IN UPDATE public.clients_consultation c SET ends_at = until
            WHERE c.client_id = new.client_id AND c.asked_by_id = new.person_id AND c.ends_at > greatest(until, clock_timestamp()) RETURNING c.id, c.branch_id LOOP
        UPDATE public.clients_grant g SET ends_at = until, ended_by_id = sec.signed_in_person() WHERE g.act = k.id AND g.ends_at > until;
        PERFORM sec.log('consultation.end', new.client_id, 'client', k.branch_id, 'consultation', 'consultation', object => 'clients_consultation', object_id => k.id);
    END LOOP;
    RETURN NULL;
END $$;
-- After "derive", which ends the permissions: triggers fire in the order of their names.
CREATE TRIGGER end_what_was_shared AFTER UPDATE OF ends_at ON clients_grant FOR EACH ROW
    WHEN (new.scope IN ('full', 'read')) EXECUTE FUNCTION sec.end_what_was_shared();

-- Whoever ends the one line by which a colleague reads a consultation ends the whole of it.
CREATE FUNCTION sec.end_the_whole() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.clients_consultation c SET ends_at = new.ends_at WHERE c.id = new.act AND c.ends_at > new.ends_at;
    UPDATE public.clients_grant g SET ends_at = new.ends_at, ended_by_id = new.ended_by_id WHERE g.act = new.act AND g.ends_at > new.ends_at;
    RETURN NULL;
END $$;
CREATE TRIGGER end_the_whole AFTER UPDATE OF ends_at ON clients_grant FOR EACH ROW WHEN (new.scope = 'consult') EXECUTE FUNCTION sec.end_the_whole();

-- Whether the principal may write in a record, or it is their own, and what they say there counts.
CREATE FUNCTION sec.may_speak_in(of_client uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (of_client = sec.own_client() AND sec.is_own_space_counted()) OR sec.may_write(of_client);
END $$;

SELECT sec.guard(t::regclass, 'client_id', 'client') FROM unnest(ARRAY['clients_consultationentry', 'clients_whomayknow']) t;
SELECT sec.bind('clients_consultation');
SELECT sec.attest_rows('clients_consultation');
GRANT SELECT ON clients_consultation, clients_consultationentry, clients_whomayknow TO confidential_app, confidential_worker;
GRANT INSERT ON clients_consultationentry, clients_whomayknow TO confidential_app;
GRANT UPDATE (revision, sealed, until, revoked_at) ON clients_whomayknow TO confidential_app;
GRANT SELECT, INSERT ON clients_consultation TO confidential_door;
GRANT UPDATE (ends_at) ON clients_consultation TO confidential_door;
CREATE POLICY door ON clients_consultation FOR ALL TO confidential_door USING (true) WITH CHECK (true);

-- That there was one: whoever has the client, coordinators, the client. Its colleague while it lasts, by the grant.
CREATE POLICY see ON clients_consultation FOR SELECT TO confidential_app, confidential_worker
    USING ((branch_id = ANY ((SELECT sec.coordinated())::uuid[]) AND client_id <> ALL ((SELECT sec.barred())::uuid[]))
        OR client_id = (SELECT sec.own_open())
        OR (colleague_id = (SELECT sec.cleared_person()) AND ends_at > statement_timestamp()
            AND EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id AND p.code = 'consult'))
        OR EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id AND p.code = 'log_contact'));
-- Its words: the two of them, and whoever may read the client's notes; the client reads what was shared.
CREATE POLICY see ON clients_consultationentry FOR SELECT TO confidential_app, confidential_worker
    USING ((client_id = (SELECT sec.own_open()) AND kind = 'part')
        OR EXISTS (SELECT FROM clients_consultation k WHERE k.id = consultation_id AND k.colleague_id = (SELECT sec.cleared_person()) AND k.ends_at > statement_timestamp())
        OR EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id AND p.code = 'view_notes' AND p.since IS NULL)
        OR (EXISTS (SELECT FROM clients_consultation k WHERE k.id = consultation_id AND k.asked_by_id = (SELECT sec.cleared_person()))
            AND EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id AND p.code = 'view_notes')));
CREATE POLICY add ON clients_consultationentry FOR INSERT TO confidential_app
    WITH CHECK (by_id = (SELECT sec.cleared_person()) AND EXISTS (SELECT FROM clients_consultation k WHERE k.id = consultation_id AND k.ends_at > statement_timestamp()
        AND CASE WHEN kind = 'answer' THEN (SELECT sec.cleared_person()) IN (k.asked_by_id, k.colleague_id)
            -- The question and what is shared are written in the act of asking, and not afterwards.
            ELSE k.asked_by_id = (SELECT sec.cleared_person()) AND k.starts_at > statement_timestamp() - interval '1 minute' END));

-- Whom the client lets be told: whoever sees the record, and the client, quiet or not: it is their own word.
CREATE POLICY see ON clients_whomayknow FOR SELECT TO confidential_app, confidential_worker
    USING (EXISTS (SELECT FROM clients_client c WHERE c.id = client_id));
CREATE POLICY add ON clients_whomayknow FOR INSERT TO confidential_app
    WITH CHECK (by_id IS NOT DISTINCT FROM (SELECT sec.cleared_person()) AND revoked_at IS NULL AND sec.may_speak_in(client_id));
CREATE POLICY change ON clients_whomayknow FOR UPDATE TO confidential_app
    USING (revoked_at IS NULL AND sec.may_speak_in(client_id))
    WITH CHECK (sec.may_speak_in(client_id));

GRANT EXECUTE ON FUNCTION sec.consultable, sec.consult, sec.end_consultation, sec.may_speak_in TO confidential_app;
SELECT sec.adopt_functions();
