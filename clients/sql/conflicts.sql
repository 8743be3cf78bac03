-- Conflicts of interest, complaints, people who belong together, and protected records.

-- Who hears a complaint: whoever it was handed to; coordinators of the branch, where it is about a volunteer or the
-- association; the president, where it is about a coordinator, the association or nobody named; the data-protection
-- lead; and the client. Never anybody to whom it is closed.
CREATE FUNCTION sec.hears(m public.clients_complaint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.uid();
BEGIN
    IF me IS NULL THEN  -- before another of the team has spoken to the client, only what was said through this very space
        RETURN coalesce(m.client_id = sec.own_open() AND (sec.counts(sec.own_access()) OR (m.opened_by_id IS NULL
            AND m.opened_at >= (SELECT a.opened_at FROM public.clients_portalaccess a WHERE a.id = sec.own_access()))), false);
    END IF;
    -- Without an id there is no such complaint: what is absent looks like what is closed.
    RETURN m.id IS NOT NULL AND NOT sec.closed_complaint(m, me) AND (sec.holds('protection')
        OR (m.handler_id IS NOT DISTINCT FROM me AND m.handed_at >= sec.came_in(me) AND (cardinality(sec.coordinated()) > 0 OR sec.holds('president')))
        OR (m.about_kind <> 'volunteer' AND sec.holds('president'))
        OR (m.about_kind IN ('volunteer', 'association') AND m.branch_id = ANY (sec.coordinated()) AND coalesce(m.client_id <> ALL (sec.barred()), true)));
END $$;

-- The same by its id, for policies and pages: whoever could hand in a row would ask about invented ones.
CREATE FUNCTION sec.hears(which uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT sec.hears(x) FROM public.clients_complaint x WHERE x.id = which), false);
END $$;

-- Opens a complaint: about a volunteer, a coordinator, the association, or nobody named.
CREATE FUNCTION sec.complain(new_id uuid, of_client uuid, kind text, about_whom uuid, ref text, wrapped_data bytea, wrapped_audit bytea,
    of_branch uuid DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.uid();
    in_branch uuid := CASE WHEN of_client IS NULL THEN (SELECT b.id FROM public.volunteers_branch b WHERE b.id = of_branch)
        ELSE (SELECT c.branch_id FROM public.clients_client c WHERE c.id = of_client) END;
    as_kind text := kind;
BEGIN
    -- By the client in the portal, about somebody they know; by whoever has the record; by the data-protection lead for
    -- somebody who wrote; by the president and the lead without a record, for somebody who rang and has no reference.
    IF in_branch IS NULL OR kind NOT IN ('volunteer', 'coordinator', 'association', 'unsaid') OR about_whom = me
        OR (CASE WHEN of_client IS NULL THEN me IS NOT NULL AND (sec.holds('president') OR sec.holds('protection'))
            WHEN me IS NULL THEN of_client = sec.own_client() AND (about_whom IS NULL OR about_whom IN (SELECT o.person FROM sec.own_people() o))
            ELSE sec.looks_after(of_client) OR sec.has(of_client, 'view_client') OR sec.holds('protection') END) IS NOT TRUE THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    -- Nothing is given to them at this moment: a grant in the making holds this row too (see derive).
    PERFORM FROM public.volunteers_person p WHERE p.user_id = about_whom FOR UPDATE;
    -- What somebody is, the register of duties says, not the form.
    IF about_whom IS NOT NULL AND EXISTS (SELECT FROM public.volunteers_duty d WHERE d.person_id = about_whom AND d.kind = 'coordinator' AND sec.live(d)) THEN
        as_kind := 'coordinator';
    END IF;
    INSERT INTO public.clients_complaint (id, reference, client_id, branch_id, about_kind, about_id, state, opened_by_id, opened_at)
    VALUES (new_id, ref, of_client, in_branch, as_kind, about_whom, 'open', me, statement_timestamp());
    PERFORM sec.add_key(new_id, 'complaint', wrapped_data, wrapped_audit);
    PERFORM sec.log('complaint.open', new_id, 'complaint', in_branch, 'complaint', as_role => sec.role_in(in_branch), object => 'clients_complaint', object_id => new_id);
    -- While it is open they read no notes that they had opened, or were let read, as a coordinator; see accused().
    UPDATE public.clients_grant g SET ends_at = statement_timestamp(), ended_by_id = sec.person()
    WHERE g.client_id = of_client AND g.person_id = about_whom AND g.basis = 'branch_duty' AND g.scope = 'read'
      AND (g.ends_at IS NULL OR g.ends_at > clock_timestamp());
END $$;

-- Whom a client may name in a complaint: those with whom they have talked, and the coordinators of their branch.
CREATE FUNCTION sec.own_people() RETURNS TABLE (person uuid, name text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine uuid := sec.own_open();
BEGIN
    RETURN QUERY SELECT p.user_id, p.working_name::text FROM public.volunteers_person p
    WHERE p.user_id IN (SELECT c.by_id FROM public.clients_contact c WHERE c.client_id = mine AND c.reached)
       OR p.user_id IN (SELECT d.person_id FROM public.volunteers_duty d JOIN public.clients_client c ON c.branch_id = d.branch_id
            WHERE c.id = mine AND d.kind = 'coordinator' AND sec.live(d))
    ORDER BY p.working_name;
END $$;

-- Whether a complaint may be about somebody although nobody was named: they coordinate its branch, and the president has not
-- said that it is not about them.
CREATE FUNCTION sec.may_be_about(which uuid, who uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.clients_complaint m WHERE m.id = which AND m.about_id IS NULL AND m.about_kind IN ('coordinator', 'unsaid')
        AND sec.coordinates_there(who, m.branch_id)
        AND NOT EXISTS (SELECT FROM public.clients_complaintclearance x WHERE x.complaint_id = which AND x.person_id = who));
END $$;

-- These people, for the president who hears it and may say whom it is not about.
CREATE FUNCTION sec.to_clear(which uuid) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF sec.uid() IS NULL OR NOT sec.holds('president') OR NOT sec.hears(which) THEN
        RETURN '{}';
    END IF;
    RETURN (SELECT coalesce(array_agg(DISTINCT d.person_id), '{}') FROM public.clients_complaint m JOIN public.volunteers_duty d ON d.branch_id = m.branch_id
        WHERE m.id = which AND m.state = 'open' AND d.person_id <> sec.uid() AND sec.may_be_about(which, d.person_id));
END $$;

-- The president says whom it is not about, having asked the client. From then on it can be handed to them.
CREATE FUNCTION sec.clear_complaint(which uuid, whom uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m public.clients_complaint;
BEGIN
    SELECT * INTO m FROM public.clients_complaint x WHERE x.id = which FOR UPDATE;
    IF NOT FOUND OR sec.uid() IS NULL OR NOT sec.hears(m) OR NOT sec.holds('president') OR NOT sec.fresh(15) OR whom IS NULL OR whom = sec.uid() OR m.state <> 'open' THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF whom <> ALL (sec.to_clear(which)) THEN
        RETURN false;
    END IF;
    INSERT INTO public.clients_complaintclearance (id, complaint_id, person_id, by_id, made_at) VALUES (gen_random_uuid(), which, whom, sec.uid(), statement_timestamp());
    PERFORM sec.log('complaint.clear', which, 'complaint', m.branch_id, 'complaint', as_role => sec.role_in(m.branch_id), object => 'clients_complaint', object_id => which,
        detail => jsonb_build_object('person', whom));
    RETURN true;
END $$;

-- Whether an open complaint of this client names somebody: until it is answered they are given no notes of that client and
-- decide nothing of theirs. Asked by definer functions only: an answer would tell that there is one.
CREATE FUNCTION sec.accused(who uuid, of_client uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.clients_complaint m WHERE m.client_id = of_client AND m.about_id = who AND m.state = 'open');
END $$;

-- Whether the principal decides what becomes of a client: by coordinating, and with no complaint of theirs about them.
CREATE FUNCTION sec.decides_on(of_client uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN sec.looks_after(of_client) AND NOT sec.accused(sec.uid(), of_client);
END $$;

-- The client with this reference, for the data-protection lead who takes down a complaint: the lead sees no record, but
-- the log names them by reference. Says no more than sec.references() does.
CREATE FUNCTION sec.client_of(ref text) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF sec.uid() IS NULL OR NOT sec.holds('protection') THEN
        RETURN NULL;
    END IF;
    RETURN (SELECT c.id FROM public.clients_client c WHERE c.reference = ref);
END $$;

-- To whom the principal may hand a complaint: the president or the data-protection lead to anybody who coordinates or
-- holds such an office and may know of it; a coordinator who hears it to another coordinator of the branch. Where the
-- branch, or theirs, is a legal body of its own, a coordinator of another branch is an outside recipient.
CREATE FUNCTION sec.complaint_handlers(which uuid) RETURNS TABLE (person uuid, outside boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m public.clients_complaint;
BEGIN
    SELECT * INTO m FROM public.clients_complaint x WHERE x.id = which;
    IF sec.uid() IS NULL OR NOT sec.hears(m) OR m.state <> 'open' THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT d.person_id, bool_and(d.branch_id IS NOT NULL AND d.branch_id <> m.branch_id AND (own.legal_body OR b.legal_body))
    FROM public.volunteers_duty d JOIN public.volunteers_person p ON p.user_id = d.person_id
        JOIN public.volunteers_branch own ON own.id = m.branch_id LEFT JOIN public.volunteers_branch b ON b.id = d.branch_id
    WHERE d.kind IN ('coordinator', 'president', 'protection') AND sec.live(d) AND (p.left_at IS NULL OR p.left_at > statement_timestamp())
      AND (d.branch_id = m.branch_id OR sec.holds('president') OR sec.holds('protection'))
      AND d.person_id IS DISTINCT FROM m.handler_id AND sec.signed(d.person_id) AND NOT sec.must_not_hear(m, d.person_id)
      AND NOT sec.may_be_about(which, d.person_id)
    GROUP BY d.person_id;
END $$;

-- Hands a complaint to one of these.
CREATE FUNCTION sec.hand_complaint(which uuid, to_whom uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m public.clients_complaint;
BEGIN
    SELECT * INTO m FROM public.clients_complaint x WHERE x.id = which FOR UPDATE;
    IF NOT FOUND OR NOT sec.fresh(15) OR NOT EXISTS (SELECT FROM sec.complaint_handlers(which) h WHERE h.person = to_whom) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    UPDATE public.clients_complaint x SET handler_id = to_whom, handed_at = statement_timestamp() WHERE x.id = which;
    PERFORM sec.log('complaint.hand', which, 'complaint', m.branch_id, 'complaint', as_role => sec.role_in(m.branch_id), object => 'clients_complaint', object_id => which,
        detail => jsonb_build_object('person', to_whom));
END $$;

-- The answer closes it: by whoever it was handed to, or, while it is nobody's, by whoever hears it.
CREATE FUNCTION sec.answer_complaint(which uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m public.clients_complaint;
BEGIN
    SELECT * INTO m FROM public.clients_complaint x WHERE x.id = which FOR UPDATE;
    IF NOT FOUND OR sec.uid() IS NULL OR NOT sec.hears(m) OR (m.handler_id IS NOT NULL AND m.handler_id <> sec.uid()) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF m.state <> 'open' THEN
        RAISE 'this complaint has been answered' USING ERRCODE = '23514', CONSTRAINT = 'complaint_answered';
    END IF;
    UPDATE public.clients_complaint x SET state = 'answered', answered_by_id = sec.uid(), answered_at = statement_timestamp() WHERE x.id = which;
    PERFORM sec.log('complaint.answer', which, 'complaint', m.branch_id, 'complaint', as_role => sec.role_in(m.branch_id), object => 'clients_complaint', object_id => which);
END $$;

-- ---- Conflicts ----

-- Marks a conflict: anybody for themself; for others a coordinator for the branch's clients and people, the president for
-- everybody, those who hear a complaint for it. Nobody keeps others away from themself, and only themself or each other
-- marks the president and the data-protection lead: a coordinator would blind those who check. What the person could
-- see of that client, and what they shared of it, ends in this second.
CREATE FUNCTION sec.mark_conflict(new_id uuid, who uuid, with_client uuid, with_colleague uuid, with_complaint uuid, why text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.uid();
    about uuid := with_client;
    m public.clients_complaint;
    may boolean;
BEGIN
    IF with_complaint IS NOT NULL THEN
        SELECT * INTO m FROM public.clients_complaint x WHERE x.id = with_complaint;
        may := sec.hears(m);
    ELSIF with_client IS NOT NULL THEN
        -- Whoever hears a complaint closes the record of its client to whom it is about.
        may := sec.decides_on(with_client) OR EXISTS (SELECT FROM public.clients_complaint x WHERE x.client_id = with_client
                AND x.about_id = who AND x.state = 'open' AND sec.hears(x))
            OR (who = me AND EXISTS (SELECT FROM sec.permitted(ARRAY[with_client])));
    ELSE
        may := who = me OR sec.holds('president') OR (with_colleague <> me AND (sec.coordinates(who) OR sec.coordinates(with_colleague)));
    END IF;
    IF who <> me AND NOT (sec.holds('president') OR sec.holds('protection')) AND EXISTS (SELECT FROM public.volunteers_duty d
            WHERE d.person_id IN (who, with_colleague) AND d.kind IN ('president', 'protection') AND sec.live(d)) THEN
        may := false;
    END IF;
    IF me IS NULL OR may IS NOT TRUE OR who = with_colleague OR why NOT IN ('family', 'friend', 'work', 'involved', 'other')
        OR num_nonnulls(with_client, with_colleague, with_complaint) <> 1 THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF sec.last_named(who, with_client) THEN
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
    me uuid := sec.uid();
BEGIN
    IF sec.last_named(who, of_client) THEN
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

-- By whoever coordinates the record, who says in the same act whom the client lets see it.
CREATE FUNCTION sec.mark_serves(new_id uuid, who uuid, of_client uuid, named uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF sec.uid() IS NULL OR NOT sec.decides_on(of_client) OR NOT sec.fresh(15) OR who = sec.uid() OR who = ANY (named)
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
    IF sec.uid() IS NULL OR NOT sec.fresh(15) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    SELECT c.id INTO found FROM public.clients_client c WHERE c.reference = upper(name)
        OR EXISTS (SELECT FROM public.clients_portalaccess a WHERE a.client_id = c.id AND a.username = lower(name));
    IF found IS NULL THEN
        PERFORM sec.log('conflict.mark', object => 'clients_conflict', how => 'denied');
    ELSE
        PERFORM sec.tie_own(gen_random_uuid(), sec.uid(), found);
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
    IF sec.uid() IS NULL OR k.id IS NULL OR sec.tied(sec.uid(), k.person_id) OR sec.tied(sec.uid(), k.colleague_id) OR NOT sec.fresh(15)
        OR NOT coalesce(CASE WHEN k.complaint_id IS NOT NULL THEN sec.hears(m) WHEN k.reason = 'own' AND NOT (SELECT c.protected FROM public.clients_client c WHERE c.id = k.client_id) THEN false
            WHEN k.client_id IS NOT NULL THEN sec.decides_on(k.client_id) ELSE sec.holds('president') OR sec.coordinates(k.person_id) END, false) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF k.ends_at IS NOT NULL THEN
        RETURN false;
    END IF;
    UPDATE public.clients_conflict x SET ends_at = statement_timestamp(), ended_by_id = sec.uid() WHERE x.id = which;
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
    me uuid := sec.uid();
    in_branch uuid;
BEGIN
    SELECT c.branch_id INTO in_branch FROM public.clients_client c WHERE c.id = of_client FOR UPDATE;
    IF me IS NULL OR on_now IS NULL OR named IS NULL OR NOT sec.decides_on(of_client) OR NOT sec.fresh(15) OR EXISTS (SELECT FROM unnest(named) n WHERE NOT sec.serves_there(n, in_branch)) THEN
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
            WHERE d.person_id = n.person AND d.kind = 'coordinator' AND d.branch_id = in_branch AND sec.live(d));
    END IF;
    PERFORM sec.log(CASE WHEN on_now THEN 'client.protect' ELSE 'client.unprotect' END, of_client, 'client', in_branch, 'protection', 'branch_duty', 'coordinator', 'clients_client', of_client);
END $$;

-- Whether somebody is the only one who coordinates a protected record: without them nobody could name another.
CREATE FUNCTION sec.last_named(who uuid, of_client uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    named uuid[] := ARRAY(SELECT g.person_id FROM public.clients_grant g JOIN public.clients_client c ON c.id = g.client_id
        WHERE g.client_id = of_client AND c.protected AND g.scope = 'named' AND sec.serves_there(g.person_id, g.branch_id)
          AND sec.coordinates_there(g.person_id, g.branch_id) AND (g.ends_at IS NULL OR g.ends_at > clock_timestamp()));
BEGIN
    RETURN who = ANY (named) AND who = ALL (named);
END $$;

-- ---- A protected record whose last coordinator has left ----

-- Protected records that nobody coordinates: whoever was named has left, or does not coordinate the branch any more. The
-- president and the data-protection lead see that they wait, by reference; of one with which they have a conflict, nothing.
CREATE FUNCTION sec.uncoordinated() RETURNS TABLE (client uuid, reference text, branch uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF sec.uid() IS NULL OR NOT (sec.holds('president') OR sec.holds('protection')) THEN
        RETURN;
    END IF;
    -- Whoever has yet to sign a new code stays named: or adopting one would hand all protected records to an office.
    RETURN QUERY SELECT c.id, c.reference::text, c.branch_id FROM public.clients_client c
    WHERE c.protected AND NOT sec.in_conflict(sec.uid(), c.id)
      -- Nor by whoever ended the duty of somebody who was named: one person alone would choose who reads.
      AND NOT EXISTS (SELECT FROM public.clients_grant g JOIN public.audit_event e ON e.subject = g.person_id AND e.action = 'duty.end' AND e.actor = sec.uid()
        WHERE g.client_id = c.id AND g.scope = 'named' AND e.branch = c.branch_id)
      AND NOT EXISTS (SELECT FROM public.clients_grant g
        WHERE g.client_id = c.id AND g.scope = 'named' AND (g.ends_at IS NULL OR g.ends_at > clock_timestamp())
          AND sec.coordinates_there(g.person_id, c.branch_id))
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
    IF NOT sec.fresh(15) OR NOT EXISTS (SELECT FROM sec.uncoordinated() u WHERE u.client = of_client)
        OR NOT sec.coordinates_there(who, in_branch) OR NOT sec.serves_there(who, in_branch) OR sec.tied(sec.uid(), who)
        OR sec.in_conflict(who, of_client) OR sec.accused(who, of_client) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    INSERT INTO public.clients_grant (id, client_id, branch_id, person_id, scope, basis, purpose, granted_by_id, starts_at)
    VALUES (gen_random_uuid(), of_client, in_branch, who, 'named', 'branch_duty', 'protection', sec.uid(), statement_timestamp());
END $$;

-- Ends that a coordinator is named for a protected record: by one who is named. The last one names another first.
CREATE FUNCTION sec.end_naming(which uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    g record;
BEGIN
    SELECT * INTO g FROM public.clients_grant x WHERE x.id = which AND x.scope = 'named';
    IF NOT FOUND OR sec.uid() IS NULL OR NOT (CASE g.person_id WHEN sec.uid() THEN sec.looks_after(g.client_id) ELSE sec.decides_on(g.client_id) END) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    -- Of two who step out at this moment the second finds the first gone.
    PERFORM FROM public.clients_client c WHERE c.id = g.client_id FOR UPDATE;
    IF g.ends_at <= clock_timestamp() THEN
        RETURN false;
    ELSIF sec.last_named(g.person_id, g.client_id) THEN
        RAISE 'nobody would coordinate this record' USING ERRCODE = '23514', CONSTRAINT = 'naming_last';
    END IF;
    UPDATE public.clients_grant x SET ends_at = statement_timestamp(), ended_by_id = sec.uid()
    WHERE x.id = which AND (x.ends_at IS NULL OR x.ends_at > clock_timestamp());
    RETURN FOUND;
END $$;

-- Who may add which words to a complaint. In the act of complaining the principal may already be shut out of it: a
-- coordinator who takes down a complaint about another hands it up with its words.
CREATE FUNCTION sec.complains(which uuid, entry_kind text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m public.clients_complaint;
    me uuid := sec.uid();
BEGIN
    SELECT * INTO m FROM public.clients_complaint x WHERE x.id = which;
    RETURN coalesce(CASE
        WHEN me IS NULL THEN entry_kind = 'complaint' AND m.client_id = sec.own_client()
        WHEN entry_kind = 'complaint' THEN m.opened_by_id = me AND m.opened_at > statement_timestamp() - interval '1 minute'
        WHEN entry_kind = 'note' THEN sec.hears(m)
        ELSE m.answered_by_id = me AND m.answered_at >= sec.came_in(me) END, false);
END $$;

-- ---- Rows ----
SELECT sec.guard('clients_complaintentry', 'complaint_id', 'complaint');
SELECT sec.bind('clients_complaint', 'clients_complaintclearance', 'clients_conflict', 'clients_link');
SELECT sec.attested('clients_complaint'), sec.attested('clients_complaintclearance'), sec.attested('clients_conflict'), sec.attested('clients_link');
GRANT SELECT ON clients_complaintclearance TO confidential_app;
GRANT SELECT, INSERT ON clients_complaintclearance TO confidential_door;
CREATE POLICY door ON clients_complaintclearance FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY see ON clients_complaintclearance FOR SELECT TO confidential_app
    USING ((SELECT sec.uid()) IS NOT NULL AND EXISTS (SELECT FROM clients_complaint m WHERE m.id = complaint_id));
GRANT SELECT ON clients_complaint, clients_complaintentry TO confidential_app, confidential_worker;
GRANT SELECT ON clients_conflict, clients_link TO confidential_app;
GRANT INSERT ON clients_complaintentry, clients_link TO confidential_app;
GRANT UPDATE (ended_at) ON clients_link TO confidential_app;
GRANT SELECT, INSERT, UPDATE ON clients_complaint, clients_conflict TO confidential_door;
CREATE POLICY door ON clients_complaint FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON clients_conflict FOR ALL TO confidential_door USING (true) WITH CHECK (true);

CREATE POLICY see ON clients_complaint FOR SELECT TO confidential_app, confidential_worker USING (sec.hears(id));
CREATE POLICY see ON clients_complaintentry FOR SELECT TO confidential_app, confidential_worker
    USING (EXISTS (SELECT FROM clients_complaint m WHERE m.id = complaint_id) AND (kind <> 'note' OR (SELECT sec.uid()) IS NOT NULL));
-- The client adds to the complaint; those who hear it note and answer.
CREATE POLICY add ON clients_complaintentry FOR INSERT TO confidential_app
    WITH CHECK (by_id IS NOT DISTINCT FROM (SELECT sec.uid()) AND sec.complains(complaint_id, kind));
CREATE POLICY see ON clients_conflict FOR SELECT TO confidential_app
    USING (CASE WHEN reason = 'own' THEN (SELECT sec.uid()) IS NOT NULL AND EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.protected)
        WHEN client_id IS NOT NULL THEN EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.branch_id = ANY ((SELECT sec.coordinated())::uuid[]))
        WHEN complaint_id IS NOT NULL THEN EXISTS (SELECT FROM clients_complaint m WHERE m.id = complaint_id) AND (SELECT sec.uid()) IS NOT NULL
        -- Between colleagues: who marked it, those who lead, and oneself where one marked oneself.
        ELSE (marked_by_id = (SELECT sec.uid()) OR (SELECT sec.holds('president')) OR sec.coordinates(person_id)) AND colleague_id IS DISTINCT FROM (SELECT sec.uid()) END);
-- People who belong together: only for whoever may see both; never in a portal.
CREATE POLICY see ON clients_link FOR SELECT TO confidential_app
    USING ((SELECT sec.uid()) IS NOT NULL AND EXISTS (SELECT FROM clients_client c WHERE c.id = first_id) AND EXISTS (SELECT FROM clients_client c WHERE c.id = second_id));
CREATE POLICY add ON clients_link FOR INSERT TO confidential_app
    WITH CHECK (made_by_id = (SELECT sec.uid()) AND EXISTS (SELECT FROM clients_client c WHERE c.id = first_id) AND EXISTS (SELECT FROM clients_client c WHERE c.id = second_id)
        AND (sec.writes(first_id) OR sec.writes(second_id)));
-- Both again: how many rows an UPDATE without a condition touches would tell whoever sees one of them.
CREATE POLICY finish ON clients_link FOR UPDATE TO confidential_app
    USING (ended_at IS NULL AND EXISTS (SELECT FROM clients_client c WHERE c.id = first_id) AND EXISTS (SELECT FROM clients_client c WHERE c.id = second_id)
        AND (sec.writes(first_id) OR sec.writes(second_id)))
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

GRANT EXECUTE ON FUNCTION sec.hears(uuid) TO confidential_app, confidential_worker;
GRANT EXECUTE ON FUNCTION sec.complains, sec.complain, sec.client_of, sec.complaint_handlers, sec.hand_complaint, sec.answer_complaint,
    sec.own_people, sec.clear_complaint, sec.to_clear, sec.mark_conflict, sec.end_conflict, sec.protect, sec.end_naming, sec.mark_serves,
    sec.uncoordinated, sec.name_coordinator TO confidential_app;
-- Not on the connection that could look, and take it back, what it closed.
GRANT EXECUTE ON FUNCTION sec.mark_own TO confidential_signin;
SELECT sec.adopt_functions();
