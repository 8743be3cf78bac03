-- Conflicts of interest, protected records, and people who belong together.

-- Marks a conflict: anybody for themself; for others a coordinator for the branch's clients and people, the president for
-- everybody, those who hear a complaint for it. Nobody keeps others away from themself, and only themself or each other
-- marks the president and the data-protection lead: a coordinator would blind those who check. What the person could
-- see of that client, and what they shared of it, ends in this second.
CREATE FUNCTION sec.mark_conflict(new_id uuid, who uuid, with_client uuid, with_colleague uuid, with_complaint uuid, why text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
    about uuid := with_client;
    m public.clients_complaint;
    may boolean;
BEGIN
    IF with_complaint IS NOT NULL THEN
        SELECT * INTO m FROM public.clients_complaint x WHERE x.id = with_complaint;
        may := sec.may_deal_with(m);
    ELSIF with_client IS NOT NULL THEN
        -- Whoever hears a complaint closes the record of its client to whom it is about.
        may := (sec.is_looking_after(with_client) AND NOT sec.is_accused_by_others(me, with_client, who)) OR EXISTS (SELECT FROM public.clients_complaint x WHERE x.client_id = with_client
                AND x.about_id = who AND x.state = 'open' AND sec.may_hear(x))
            OR (who = me AND EXISTS (SELECT FROM sec.permitted(ARRAY[with_client])));
    ELSE
        may := who = me OR sec.has_duty('president') OR (with_colleague <> me AND (sec.is_coordinator_of(who) OR sec.is_coordinator_of(with_colleague)));
    END IF;
    IF who <> me AND NOT (sec.has_duty('president') OR sec.has_duty('protection')) AND EXISTS (SELECT FROM public.volunteers_duty d
            WHERE d.person_id IN (who, with_colleague) AND d.kind IN ('president', 'protection') AND sec.is_live(d)) THEN
        may := false;
    END IF;
    IF me IS NULL OR may IS NOT TRUE OR who = with_colleague OR why NOT IN ('family', 'friend', 'work', 'involved', 'other')
        OR num_nonnulls(with_client, with_colleague, with_complaint) <> 1 THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF sec.is_last_named(who, with_client) THEN
        RAISE 'nobody would coordinate this record' USING ERRCODE = '23514', CONSTRAINT = 'naming_last';
    END IF;
    -- A grant that is being made at this moment holds the person's row by its foreign key: after it, it is ended here.
    PERFORM FROM public.volunteers_person p WHERE p.user_id = who FOR UPDATE;
    INSERT INTO public.clients_conflict (id, person_id, client_id, colleague_id, complaint_id, reason, marked_by_id, starts_at)
    VALUES (new_id, who, with_client, with_colleague, with_complaint, why, me, statement_timestamp());
    IF with_client IS NOT NULL THEN
        PERFORM sec.shut_out(who, with_client);
    END IF;
    PERFORM sec.log('conflict.mark', coalesce(with_client, with_complaint, who), CASE WHEN with_client IS NOT NULL THEN 'client' WHEN with_complaint IS NOT NULL THEN 'complaint' ELSE 'person' END,
        (SELECT c.branch_id FROM public.clients_client c WHERE c.id = with_client), object => 'clients_conflict', object_id => new_id,
        detail => jsonb_build_object('person', who, 'self', who = me));
END $$;

-- What somebody could see of a client, and what they shared of it, ends in this second.
CREATE FUNCTION sec.shut_out(who uuid, of_client uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.end_grants(of_person => who, of_client => of_client);
    PERFORM sec.end_grants(of_act => k.id) FROM public.clients_consultation k WHERE k.client_id = of_client AND k.asked_by_id = who AND k.ends_at > statement_timestamp();
    UPDATE public.clients_consultation k SET ends_at = statement_timestamp() WHERE k.client_id = of_client AND who IN (k.colleague_id, k.asked_by_id) AND k.ends_at > statement_timestamp();
    UPDATE public.clients_emergency e SET ends_at = statement_timestamp() WHERE e.client_id = of_client AND e.person_id = who AND e.ends_at > statement_timestamp();
    DELETE FROM public.clients_draft d WHERE d.person_id = who AND d.client_id = of_client;
END $$;

-- ---- "This client serves here": the client and somebody of the team are one human being ----

-- A conflict of a kind of its own, so that whatever asks for conflicts asks for this too. It goes by the person's id, and so
-- lasts when they leave and come back. Only those read it who are named for the record, which stays protected as long.
CREATE FUNCTION sec.tie_own(new_id uuid, who uuid, of_client uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
BEGIN
    IF sec.is_last_named(who, of_client) THEN
        RAISE 'nobody would coordinate this record' USING ERRCODE = '23514', CONSTRAINT = 'naming_last';
    END IF;
    PERFORM FROM public.volunteers_person p WHERE p.user_id = who FOR UPDATE;
    IF NOT EXISTS (SELECT FROM public.clients_conflict k WHERE k.person_id = who AND k.client_id = of_client AND k.reason = 'own' AND k.ends_at IS NULL) THEN
        INSERT INTO public.clients_conflict (id, person_id, client_id, reason, marked_by_id, starts_at)
        VALUES (new_id, who, of_client, 'own', me, statement_timestamp());
        -- In the words of any other conflict, and without the person: the log is read by others.
        PERFORM sec.log('conflict.mark', of_client, 'client', (SELECT c.branch_id FROM public.clients_client c WHERE c.id = of_client),
            object => 'clients_conflict', object_id => new_id, detail => jsonb_build_object('self', who = me));
    END IF;
    PERFORM sec.shut_out(who, of_client);
END $$;

-- By whoever coordinates the record, who says in the same act whom the client lets see it. Not of the president and the
-- data-protection lead, who check on coordinators: they mark it themselves.
CREATE FUNCTION sec.mark_serves(new_id uuid, who uuid, of_client uuid, named uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF sec.cleared_person() IS NULL OR NOT sec.may_decide_on(of_client) OR NOT sec.is_fresh(15) OR who = sec.cleared_person() OR who = ANY (named)
        OR EXISTS (SELECT FROM public.volunteers_duty d WHERE d.person_id = who AND d.kind IN ('president', 'protection') AND sec.is_live(d))
        OR NOT EXISTS (SELECT FROM public.volunteers_person p WHERE p.user_id = who) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    PERFORM sec.protect(of_client, true, named);
    PERFORM sec.tie_own(new_id, who, of_client);
END $$;

-- By the person, with the reference of their own record, or the user name of their own space. Says nothing: whether there is
-- such a record is not told.
CREATE FUNCTION sec.mark_own(name text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found uuid;
BEGIN
    IF sec.cleared_person() IS NULL OR NOT sec.is_fresh(15) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    SELECT c.id INTO found FROM public.clients_client c WHERE c.reference = upper(name)
        OR EXISTS (SELECT FROM public.clients_portalaccess a WHERE a.client_id = c.id AND a.username = lower(name));
    IF found IS NULL THEN
        PERFORM sec.log('conflict.mark', object => 'clients_conflict', how => 'denied');
    ELSE
        PERFORM sec.tie_own(gen_random_uuid(), sec.cleared_person(), found);
    END IF;
END $$;

-- Nobody takes back a conflict of their own, or of somebody who may be themself: a coordinator, the president, or whoever hears the complaint does.
CREATE FUNCTION sec.end_conflict(which uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    k record;
    m public.clients_complaint;
BEGIN
    SELECT * INTO k FROM public.clients_conflict x WHERE x.id = which FOR UPDATE;
    SELECT * INTO m FROM public.clients_complaint x WHERE x.id = k.complaint_id;
    IF sec.cleared_person() IS NULL OR k.id IS NULL OR sec.are_tied(sec.cleared_person(), k.person_id) OR sec.are_tied(sec.cleared_person(), k.colleague_id) OR NOT sec.is_fresh(15)
        OR NOT coalesce(CASE WHEN k.complaint_id IS NOT NULL THEN sec.may_hear(m) WHEN k.reason = 'own' AND NOT (SELECT c.protected FROM public.clients_client c WHERE c.id = k.client_id) THEN false
            WHEN k.client_id IS NOT NULL THEN sec.may_decide_on(k.client_id) ELSE sec.has_duty('president') OR sec.is_coordinator_of(k.person_id) END, false) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF k.ends_at IS NOT NULL THEN
        RETURN false;
    END IF;
    UPDATE public.clients_conflict x SET ends_at = statement_timestamp(), ended_by_id = sec.cleared_person() WHERE x.id = which;
    PERFORM sec.log('conflict.end', coalesce(k.client_id, k.complaint_id, k.person_id),
        CASE WHEN k.client_id IS NOT NULL THEN 'client' WHEN k.complaint_id IS NOT NULL THEN 'complaint' ELSE 'person' END,
        object => 'clients_conflict', object_id => which);
    RETURN true;
END $$;

-- ---- Protected records: a client in hiding, or related to somebody who serves ----

-- Narrows a record to named people: everybody else's grants end. Coordinators among the named see who it is and how to
-- reach them; whoever does this is one of them. Or lifts it.
CREATE FUNCTION sec.protect(of_client uuid, on_now boolean, named uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
    in_branch uuid;
BEGIN
    SELECT c.branch_id INTO in_branch FROM public.clients_client c WHERE c.id = of_client FOR UPDATE;
    IF me IS NULL OR on_now IS NULL OR named IS NULL OR NOT sec.may_decide_on(of_client) OR NOT sec.is_fresh(15) OR EXISTS (SELECT FROM unnest(named) n WHERE NOT sec.is_serving_in(n, in_branch)) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    IF NOT on_now AND EXISTS (SELECT FROM public.clients_conflict k WHERE k.client_id = of_client AND k.reason = 'own' AND k.ends_at IS NULL) THEN
        RAISE 'this client serves here' USING ERRCODE = '23514', CONSTRAINT = 'protect_serves';
    END IF;
    UPDATE public.clients_client c SET protected = on_now WHERE c.id = of_client;
    UPDATE public.clients_grant g SET ends_at = statement_timestamp(), ended_by_id = me
    WHERE g.client_id = of_client AND (g.ends_at IS NULL OR g.ends_at > clock_timestamp())
      AND (g.scope = 'named' OR (on_now AND g.person_id <> ALL (named) AND g.person_id <> me));
    IF on_now THEN
        UPDATE public.clients_emergency e SET ends_at = statement_timestamp()
        WHERE e.client_id = of_client AND e.ends_at > statement_timestamp() AND e.person_id <> ALL (named) AND e.person_id <> me;
        UPDATE public.clients_consultation k SET ends_at = statement_timestamp()
        WHERE k.client_id = of_client AND k.ends_at > statement_timestamp() AND k.colleague_id <> ALL (named) AND k.colleague_id <> me;
        INSERT INTO public.clients_grant (id, client_id, branch_id, person_id, scope, basis, purpose, granted_by_id, starts_at)
        SELECT gen_random_uuid(), of_client, in_branch, n.person, 'named', 'branch_duty', 'protection', me, statement_timestamp()
        FROM (SELECT me AS person UNION SELECT unnest(named)) n WHERE EXISTS (SELECT FROM public.volunteers_duty d
            WHERE d.person_id = n.person AND d.kind = 'coordinator' AND d.branch_id = in_branch AND sec.is_live(d));
    END IF;
    PERFORM sec.log(CASE WHEN on_now THEN 'client.protect' ELSE 'client.unprotect' END, of_client, 'client', in_branch, 'protection', 'branch_duty', 'coordinator', 'clients_client', of_client);
END $$;

-- Whether somebody is the only one who coordinates a protected record: without them nobody could name another.
CREATE FUNCTION sec.is_last_named(who uuid, of_client uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    named uuid[] := ARRAY(SELECT g.person_id FROM public.clients_grant g JOIN public.clients_client c ON c.id = g.client_id
        WHERE g.client_id = of_client AND c.protected AND g.scope = 'named' AND sec.is_serving_in(g.person_id, g.branch_id)
          AND sec.is_coordinator_in(g.person_id, g.branch_id) AND (g.ends_at IS NULL OR g.ends_at > clock_timestamp()));
BEGIN
    RETURN who = ANY (named) AND who = ALL (named);
END $$;

-- ---- A protected record whose last coordinator has left ----

-- Protected records that nobody coordinates: whoever was named has left, or does not coordinate the branch any more. The
-- president and the data-protection lead see that they wait, by reference; of one with which they have a conflict, nothing.
CREATE FUNCTION sec.uncoordinated() RETURNS TABLE (client uuid, reference text, branch uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF sec.cleared_person() IS NULL OR NOT (sec.has_duty('president') OR sec.has_duty('protection')) THEN
        RETURN;
    END IF;
    -- Whoever has yet to sign a new code stays named: or adopting one would hand all protected records to an office.
    RETURN QUERY SELECT c.id, c.reference::text, c.branch_id FROM public.clients_client c
    WHERE c.protected AND NOT sec.is_in_conflict(sec.cleared_person(), c.id)
      -- Nor by whoever ended the duty of somebody who was named: one person alone would choose who reads.
      AND NOT EXISTS (SELECT FROM public.clients_grant g JOIN public.audit_event e ON e.subject = g.person_id AND e.action = 'duty.end' AND e.actor = sec.cleared_person()
        WHERE g.client_id = c.id AND g.scope = 'named' AND e.branch = c.branch_id)
      AND NOT EXISTS (SELECT FROM public.clients_grant g
        WHERE g.client_id = c.id AND g.scope = 'named' AND (g.ends_at IS NULL OR g.ends_at > clock_timestamp())
          AND sec.is_coordinator_in(g.person_id, c.branch_id))
    ORDER BY c.reference;
END $$;

-- One of these two names a coordinator of the branch for it, and sees nothing of it; nobody who may be themself.
CREATE FUNCTION sec.name_coordinator(of_client uuid, who uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    in_branch uuid;
BEGIN
    -- Of two who name at this moment the second finds the first one's.
    SELECT c.branch_id INTO in_branch FROM public.clients_client c WHERE c.id = of_client FOR UPDATE;
    IF NOT sec.is_fresh(15) OR NOT EXISTS (SELECT FROM sec.uncoordinated() u WHERE u.client = of_client)
        OR NOT sec.is_coordinator_in(who, in_branch) OR NOT sec.is_serving_in(who, in_branch) OR sec.are_tied(sec.cleared_person(), who)
        OR sec.is_in_conflict(who, of_client) OR sec.is_accused(who, of_client) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    INSERT INTO public.clients_grant (id, client_id, branch_id, person_id, scope, basis, purpose, granted_by_id, starts_at)
    VALUES (gen_random_uuid(), of_client, in_branch, who, 'named', 'branch_duty', 'protection', sec.cleared_person(), statement_timestamp());
END $$;

-- Ends that a coordinator is named for a protected record: by one who is named. The last one names another first.
CREATE FUNCTION sec.unname_coordinator(which uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    g record;
BEGIN
    SELECT * INTO g FROM public.clients_grant x WHERE x.id = which AND x.scope = 'named';
    IF NOT FOUND OR sec.cleared_person() IS NULL OR NOT (CASE g.person_id WHEN sec.cleared_person() THEN sec.is_looking_after(g.client_id) ELSE sec.may_decide_on(g.client_id) END) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    -- Of two who step out at this moment the second finds the first gone.
    PERFORM FROM public.clients_client c WHERE c.id = g.client_id FOR UPDATE;
    IF g.ends_at <= clock_timestamp() THEN
        RETURN false;
    ELSIF sec.is_last_named(g.person_id, g.client_id) THEN
        RAISE 'nobody would coordinate this record' USING ERRCODE = '23514', CONSTRAINT = 'naming_last';
    END IF;
    UPDATE public.clients_grant x SET ends_at = statement_timestamp(), ended_by_id = sec.cleared_person()
    WHERE x.id = which AND (x.ends_at IS NULL OR x.ends_at > clock_timestamp());
    RETURN FOUND;
END $$;

-- ---- Rows ----
SELECT sec.bind('clients_conflict', 'clients_link');
SELECT sec.attest_rows('clients_conflict'), sec.attest_rows('clients_link');
GRANT SELECT ON clients_conflict, clients_link TO confidential_app;
GRANT INSERT ON clients_link TO confidential_app;
GRANT UPDATE (ended_at) ON clients_link TO confidential_app;
GRANT SELECT, INSERT, UPDATE ON clients_conflict TO confidential_door;
CREATE POLICY door ON clients_conflict FOR ALL TO confidential_door USING (true) WITH CHECK (true);

CREATE POLICY see ON clients_conflict FOR SELECT TO confidential_app
    USING (CASE WHEN reason = 'own' THEN (SELECT sec.cleared_person()) IS NOT NULL AND EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.protected)
        WHEN client_id IS NOT NULL THEN EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.branch_id = ANY ((SELECT sec.coordinated())::uuid[]))
        WHEN complaint_id IS NOT NULL THEN EXISTS (SELECT FROM clients_complaint m WHERE m.id = complaint_id) AND (SELECT sec.cleared_person()) IS NOT NULL
        -- Between colleagues: who marked it, those who lead, and oneself where one marked oneself.
        ELSE (marked_by_id = (SELECT sec.cleared_person()) OR (SELECT sec.has_duty('president')) OR sec.is_coordinator_of(person_id))
            AND colleague_id IS DISTINCT FROM (SELECT sec.cleared_person()) END);
-- People who belong together: only for whoever may see both; never in a portal.
CREATE POLICY see ON clients_link FOR SELECT TO confidential_app
    USING ((SELECT sec.cleared_person()) IS NOT NULL AND EXISTS (SELECT FROM clients_client c WHERE c.id = first_id) AND EXISTS (SELECT FROM clients_client c WHERE c.id = second_id));
CREATE POLICY add ON clients_link FOR INSERT TO confidential_app
    WITH CHECK (made_by_id = (SELECT sec.cleared_person()) AND EXISTS (SELECT FROM clients_client c WHERE c.id = first_id) AND EXISTS (SELECT FROM clients_client c WHERE c.id = second_id)
        AND (sec.may_speak_in(first_id) OR sec.may_speak_in(second_id)));
-- Both again: how many rows an UPDATE without a condition touches would tell whoever sees one of them.
CREATE POLICY finish ON clients_link FOR UPDATE TO confidential_app
    USING (ended_at IS NULL AND EXISTS (SELECT FROM clients_client c WHERE c.id = first_id) AND EXISTS (SELECT FROM clients_client c WHERE c.id = second_id)
        AND (sec.may_speak_in(first_id) OR sec.may_speak_in(second_id)))
    WITH CHECK (ended_at IS NOT NULL);

-- Links leave an event at both records, each without the other in it.
CREATE FUNCTION sec.link_changed() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.log(CASE tg_op WHEN 'INSERT' THEN 'client.link' ELSE 'client.unlink' END, c.id, 'client', c.branch_id)
    FROM public.clients_client c WHERE c.id IN (new.first_id, new.second_id);
    RETURN NULL;
END $$;
CREATE TRIGGER changed AFTER INSERT OR UPDATE ON clients_link FOR EACH ROW EXECUTE FUNCTION sec.link_changed();

GRANT EXECUTE ON FUNCTION sec.mark_conflict, sec.end_conflict, sec.mark_serves, sec.protect, sec.unname_coordinator, sec.uncoordinated,
    sec.name_coordinator TO confidential_app;
-- Not on the connection that could look, and take it back, what it closed.
GRANT EXECUTE ON FUNCTION sec.mark_own TO confidential_signin;

SELECT sec.adopt_functions();
