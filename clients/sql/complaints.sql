-- Complaints: who opens one, hears it, hands it on and answers it.

-- Who hears a complaint: whoever it was handed to; coordinators of the branch, where it is about a volunteer or the
-- association; the president, where it names no volunteer; the data-protection lead; and the client. Never anybody to
-- whom it is closed.
CREATE FUNCTION sec.may_hear(m public.clients_complaint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
BEGIN
    IF me IS NULL THEN  -- before another of the team has spoken to the client, only what was said through this very space
        RETURN coalesce(m.client_id = sec.own_space() AND (sec.is_counted(sec.own_access()) OR m.opened_through = sec.own_access()), false);
    END IF;
    -- Without an id there is no such complaint: what is absent looks like what is closed. Whether it is closed is asked last:
    -- it takes longest, and most complaints come to other people.
    RETURN m.id IS NOT NULL AND (sec.has_duty('protection')
        OR (m.handler_id IS NOT DISTINCT FROM me AND m.handed_at >= sec.came_in(me) AND (cardinality(sec.coordinated()) > 0 OR sec.has_duty('president')))
        OR ((m.about_kind <> 'volunteer' OR m.about_id IS NULL) AND sec.has_duty('president'))
        OR (m.about_kind IN ('volunteer', 'association') AND m.branch_id = ANY (sec.coordinated()) AND coalesce(m.client_id <> ALL (sec.barred()), true)))
        AND NOT sec.is_complaint_closed(m, me);
END $$;

-- The same by its id, for policies and pages: whoever could hand in a row would ask about invented ones.
CREATE FUNCTION sec.may_hear(which uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT sec.may_hear(x) FROM public.clients_complaint x WHERE x.id = which), false);
END $$;

-- Opens a complaint: about a volunteer, a coordinator, the association, or nobody named.
CREATE FUNCTION sec.complain(new_id uuid, of_client uuid, kind text, about_whom uuid, ref text, wrapped_data bytea, wrapped_audit bytea,
    of_branch uuid DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
    in_branch uuid := CASE WHEN of_client IS NULL THEN (SELECT b.id FROM public.volunteers_branch b WHERE b.id = of_branch)
        ELSE (SELECT c.branch_id FROM public.clients_client c WHERE c.id = of_client) END;
    as_kind text := kind;
BEGIN
    -- By the client in the portal, about somebody they know; by whoever has the record; by the data-protection lead for
    -- somebody who wrote; by the president and the lead without a record, for somebody who rang and has no reference.
    IF in_branch IS NULL OR kind NOT IN ('volunteer', 'coordinator', 'association', 'unsaid') OR about_whom = me
        OR (CASE WHEN of_client IS NULL THEN me IS NOT NULL AND (sec.has_duty('president') OR sec.has_duty('protection'))
            WHEN me IS NULL THEN of_client = sec.own_client() AND (about_whom IS NULL OR about_whom IN (SELECT o.person FROM sec.own_people() o))
            ELSE sec.is_looking_after(of_client) OR sec.has_permission(of_client, 'view_client') OR sec.has_duty('protection') END) IS NOT TRUE THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    -- Nothing is given to them at this moment: a grant in the making holds this row too (see derive).
    PERFORM FROM public.volunteers_person p WHERE p.user_id = about_whom FOR UPDATE;
    -- What somebody is, the register of duties says, not the form.
    IF about_whom IS NOT NULL AND EXISTS (SELECT FROM public.volunteers_duty d WHERE d.person_id = about_whom AND d.kind = 'coordinator' AND sec.is_live(d)) THEN
        as_kind := 'coordinator';
    END IF;
    INSERT INTO public.clients_complaint (id, reference, client_id, branch_id, about_kind, about_id, state, opened_by_id, opened_at, opened_through, counts_since)
    VALUES (new_id, ref, of_client, in_branch, as_kind, about_whom, 'open', me, statement_timestamp(), sec.own_access(),
        CASE WHEN sec.is_counted(sec.own_access()) THEN statement_timestamp() END);
    PERFORM sec.add_key(new_id, 'complaint', wrapped_data, wrapped_audit);
    PERFORM sec.log('complaint.open', new_id, 'complaint', in_branch, 'complaint', as_role => sec.role_in(in_branch), object => 'clients_complaint', object_id => new_id);
END $$;

-- Whom a client may name in a complaint: those with whom they have talked, and the coordinators of their branch.
CREATE FUNCTION sec.own_people() RETURNS TABLE (person uuid, name text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine uuid := sec.own_space();
BEGIN
    RETURN QUERY SELECT p.user_id, p.working_name::text FROM public.volunteers_person p
    WHERE p.user_id IN (SELECT c.by_id FROM public.clients_contact c WHERE c.client_id = mine AND c.reached)
       OR p.user_id IN (SELECT d.person_id FROM public.volunteers_duty d JOIN public.clients_client c ON c.branch_id = d.branch_id
            WHERE c.id = mine AND d.kind = 'coordinator' AND sec.is_live(d))
    ORDER BY p.working_name;
END $$;

-- Those who hold a duty in which they could answer a complaint, and whom it may be about although nobody was named: for the
-- president or the data-protection lead, who hears it and may say whom it is not about.
CREATE FUNCTION sec.to_clear(which uuid) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF sec.cleared_person() IS NULL OR NOT (sec.has_duty('president') OR sec.has_duty('protection')) OR NOT sec.may_hear(which) THEN
        RETURN '{}';
    END IF;
    RETURN (SELECT coalesce(array_agg(DISTINCT d.person_id), '{}') FROM public.clients_complaint m
        JOIN public.volunteers_duty d ON d.kind IN ('coordinator', 'president', 'protection') AND sec.is_live(d)
        WHERE m.id = which AND m.state = 'open' AND d.person_id <> sec.cleared_person() AND sec.may_be_about(m, d.person_id));
END $$;

-- The president or the lead says whom it is not about, having asked the client. From then on they may hear it by their duty.
CREATE FUNCTION sec.clear_complaint(which uuid, whom uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m public.clients_complaint;
BEGIN
    SELECT * INTO m FROM public.clients_complaint x WHERE x.id = which FOR UPDATE;
    IF NOT FOUND OR sec.cleared_person() IS NULL OR NOT sec.may_hear(m)
        OR NOT (sec.has_duty('president') OR sec.has_duty('protection')) OR NOT sec.is_fresh(15) OR whom IS NULL OR whom = sec.cleared_person() OR m.state <> 'open' THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF whom <> ALL (sec.to_clear(which)) THEN
        RETURN false;
    END IF;
    INSERT INTO public.clients_complaintclearance (id, complaint_id, person_id, by_id, made_at) VALUES (gen_random_uuid(), which, whom, sec.cleared_person(), statement_timestamp());
    PERFORM sec.log('complaint.clear', which, 'complaint', m.branch_id, 'complaint', as_role => sec.role_in(m.branch_id), object => 'clients_complaint', object_id => which,
        detail => jsonb_build_object('person', whom));
    RETURN true;
END $$;

-- Whether a complaint waits for somebody to speak to the client, and the principal, who hears it, can say that they have.
CREATE FUNCTION sec.may_count(which uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.clients_complaint m JOIN public.clients_portalaccess a ON a.id = m.opened_through
        WHERE m.id = which AND m.state = 'open' AND NOT sec.is_counted(m) AND sec.may_hear(m) AND sec.is_another(a.opened_by_id));
END $$;

-- Whoever hears it has spoken to the client: it is theirs. False where it counts already.
CREATE FUNCTION sec.count_complaint(which uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m public.clients_complaint;
BEGIN
    SELECT * INTO m FROM public.clients_complaint x WHERE x.id = which FOR UPDATE;
    IF NOT FOUND OR sec.cleared_person() IS NULL OR NOT sec.may_deal_with(m) OR NOT sec.is_fresh(15) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF NOT sec.may_count(which) THEN
        RETURN false;
    END IF;
    UPDATE public.clients_complaint x SET counts_since = statement_timestamp() WHERE x.id = which;
    PERFORM sec.log('complaint.count', which, 'complaint', m.branch_id, 'complaint', as_role => sec.role_in(m.branch_id), object => 'clients_complaint', object_id => which);
    RETURN true;
END $$;

-- The client with this reference, for the data-protection lead who takes down a complaint: the lead sees no record, but
-- the log names them by reference. Says no more than sec.references() does.
CREATE FUNCTION sec.client_of(ref text) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF sec.cleared_person() IS NULL OR NOT sec.has_duty('protection') THEN
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
    IF sec.cleared_person() IS NULL OR NOT sec.may_hear(m) OR m.state <> 'open' THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT d.person_id, bool_and(d.branch_id IS NOT NULL AND d.branch_id <> m.branch_id AND (own.legal_body OR b.legal_body))
    FROM public.volunteers_duty d JOIN public.volunteers_person p ON p.user_id = d.person_id
        JOIN public.volunteers_branch own ON own.id = m.branch_id LEFT JOIN public.volunteers_branch b ON b.id = d.branch_id
    WHERE d.kind IN ('coordinator', 'president', 'protection') AND sec.is_live(d) AND (p.left_at IS NULL OR p.left_at > statement_timestamp())
      AND (d.branch_id = m.branch_id OR sec.has_duty('president') OR sec.has_duty('protection'))
      AND d.person_id IS DISTINCT FROM m.handler_id AND sec.has_signed(d.person_id) AND NOT sec.must_not_hear(m, d.person_id)
      AND NOT sec.may_be_about(m, d.person_id)
    GROUP BY d.person_id;
END $$;

-- Hands a complaint to one of these.
CREATE FUNCTION sec.hand_complaint(which uuid, to_whom uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m public.clients_complaint;
BEGIN
    SELECT * INTO m FROM public.clients_complaint x WHERE x.id = which FOR UPDATE;
    IF NOT FOUND OR NOT sec.is_fresh(15) OR NOT sec.may_hand_on(m) OR NOT EXISTS (SELECT FROM sec.complaint_handlers(which) h WHERE h.person = to_whom) THEN
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
    IF NOT FOUND OR sec.cleared_person() IS NULL OR NOT sec.may_deal_with(m) OR NOT sec.is_fresh(15) OR (m.handler_id IS NOT NULL AND m.handler_id <> sec.cleared_person()) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF m.state <> 'open' THEN
        RAISE 'this complaint has been answered' USING ERRCODE = '23514', CONSTRAINT = 'complaint_answered';
    END IF;
    UPDATE public.clients_complaint x SET state = 'answered', answered_by_id = sec.cleared_person(), answered_at = statement_timestamp() WHERE x.id = which;
    PERFORM sec.log('complaint.answer', which, 'complaint', m.branch_id, 'complaint', as_role => sec.role_in(m.branch_id), object => 'clients_complaint', object_id => which);
END $$;

-- Who may add which words to a complaint. In the act of complaining the principal may already be shut out of it: a
-- coordinator who takes down a complaint about another hands it up with its words.
CREATE FUNCTION sec.may_add_words(which uuid, entry_kind text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m public.clients_complaint;
    me uuid := sec.cleared_person();
BEGIN
    SELECT * INTO m FROM public.clients_complaint x WHERE x.id = which;
    RETURN coalesce(CASE
        WHEN me IS NULL THEN entry_kind = 'complaint' AND sec.may_hear(m)
        WHEN entry_kind = 'complaint' THEN m.opened_by_id = me AND m.opened_at > statement_timestamp() - interval '1 minute'
        WHEN entry_kind = 'note' THEN sec.may_hear(m)
        ELSE m.answered_by_id = me AND m.answered_at >= sec.came_in(me) END, false);
END $$;

-- ---- Rows ----
SELECT sec.guard('clients_complaintentry', 'complaint_id', 'complaint');
SELECT sec.bind('clients_complaint', 'clients_complaintclearance');
SELECT sec.attest_rows('clients_complaint'), sec.attest_rows('clients_complaintclearance');
GRANT SELECT ON clients_complaintclearance TO confidential_app;
GRANT SELECT ON clients_complaint, clients_complaintentry TO confidential_app, confidential_worker;
GRANT INSERT ON clients_complaintentry TO confidential_app;
GRANT SELECT, INSERT ON clients_complaintclearance TO confidential_door;
GRANT SELECT, INSERT, UPDATE ON clients_complaint TO confidential_door;
CREATE POLICY door ON clients_complaint FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON clients_complaintclearance FOR ALL TO confidential_door USING (true) WITH CHECK (true);

CREATE POLICY see ON clients_complaint FOR SELECT TO confidential_app, confidential_worker USING (sec.may_hear(id));
CREATE POLICY see ON clients_complaintclearance FOR SELECT TO confidential_app
    USING ((SELECT sec.cleared_person()) IS NOT NULL AND EXISTS (SELECT FROM clients_complaint m WHERE m.id = complaint_id));
CREATE POLICY see ON clients_complaintentry FOR SELECT TO confidential_app, confidential_worker
    USING (EXISTS (SELECT FROM clients_complaint m WHERE m.id = complaint_id) AND (kind <> 'note' OR (SELECT sec.cleared_person()) IS NOT NULL));
-- The client adds to the complaint; those who hear it note and answer.
CREATE POLICY add ON clients_complaintentry FOR INSERT TO confidential_app
    WITH CHECK (by_id IS NOT DISTINCT FROM (SELECT sec.cleared_person()) AND sec.may_add_words(complaint_id, kind));

GRANT EXECUTE ON FUNCTION sec.may_hear(uuid) TO confidential_app, confidential_worker;
GRANT EXECUTE ON FUNCTION sec.may_add_words, sec.complain, sec.client_of, sec.complaint_handlers, sec.hand_complaint, sec.answer_complaint,
    sec.own_people, sec.clear_complaint, sec.to_clear, sec.may_count, sec.count_complaint TO confidential_app;

SELECT sec.adopt_functions();
