-- What heirs of a client who died ask (loi Informatique et Libertés, art. 84 to 86). The answer is no until two people have said
-- yes; nothing is given while another heir objects; and nothing is ever given by it: that goes the way of a disclosure.

-- Records a request: whoever writes in the record of somebody who died. The answer is due in one calendar month.
CREATE FUNCTION sec.heir_record(new_id uuid, ref text, of_client uuid, as_quality text, what text, paper text, paper_on date, beside text, how text, on_day date) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    in_branch uuid := (SELECT c.branch_id FROM public.clients_client c WHERE c.id = of_client);
BEGIN
    IF sec.cleared_person() IS NULL OR NOT sec.may_write(of_client) OR NOT sec.is_dead(of_client)
        OR (on_day BETWEEN '1900-01-01' AND sec.today() AND coalesce(paper_on BETWEEN '1900-01-01' AND sec.today(), true)) IS NOT TRUE THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    PERFORM FROM public.clients_client c WHERE c.id = of_client FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM public.clients_heirrequest r WHERE r.client_id = of_client AND r.made_at > statement_timestamp() - interval '1 day') >= 50 THEN
        RAISE 'many today' USING ERRCODE = '23514', CONSTRAINT = 'many_today';
    END IF;
    INSERT INTO public.clients_heirrequest (id, reference, client_id, quality, wish, proof, proof_seen_on, along, directive_id, channel, received_on, due_on, state, by_id, made_at)
    VALUES (new_id, ref, of_client, as_quality, what, paper, paper_on, beside,
        (SELECT d.id FROM public.clients_directive d WHERE d.client_id = of_client ORDER BY sec.is_noted_late(d), d.made_at DESC LIMIT 1),
        how, on_day, (sec.days_to_answer(on_day, 0, NULL, false)).due, 'new', sec.cleared_person(), statement_timestamp());
    PERFORM sec.log('heir.record', of_client, 'client', in_branch, as_role => sec.role_in(in_branch),
        object => 'clients_heirrequest', object_id => new_id);
END $$;

-- Whether the principal can be the second person: neither whoever proposed the answer nor whoever took the request down, nor one who
-- may be them. Another coordinator whom no complaint of the client names, or the data-protection lead, who sees no words of it.
CREATE FUNCTION sec.may_second(r public.clients_heirrequest) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
BEGIN
    RETURN coalesce(me IS NOT NULL AND NOT sec.are_tied(r.proposed_by_id, me) AND NOT sec.are_tied(r.by_id, me) AND (sec.may_decide_on(r.client_id)
        OR (sec.has_duty('protection') AND r.client_id <> ALL (sec.barred()) AND NOT sec.is_accused(me, r.client_id))), false);
END $$;

-- The same by its id, for pages: whoever could hand in a row would ask about invented ones. False of what is hidden.
CREATE FUNCTION sec.may_second(which uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT sec.may_second(x) FROM public.clients_heirrequest x WHERE x.id = which), false);
END $$;

-- Another paper was seen, or it goes with the directives or against them: whoever writes in the record, while no answer is proposed.
CREATE FUNCTION sec.heir_correct(which uuid, paper text, paper_on date, beside text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r public.clients_heirrequest;
    in_branch uuid;
BEGIN
    SELECT * INTO r FROM public.clients_heirrequest x WHERE x.id = which FOR UPDATE;
    IF NOT FOUND OR sec.cleared_person() IS NULL OR NOT sec.may_write(r.client_id) OR NOT sec.is_dead(r.client_id) OR sec.is_accused_coordinator(r.client_id)
        OR coalesce(paper_on BETWEEN '1900-01-01' AND sec.today(), true) IS NOT TRUE THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF r.state <> 'new' THEN
        RETURN false;
    END IF;
    in_branch := (SELECT c.branch_id FROM public.clients_client c WHERE c.id = r.client_id);
    UPDATE public.clients_heirrequest x SET proof = paper, proof_seen_on = paper_on, along = beside WHERE x.id = which;
    PERFORM sec.log('heir.correct', r.client_id, 'client', in_branch, as_role => sec.role_in(in_branch), object => 'clients_heirrequest', object_id => which);
    RETURN true;
END $$;

-- One step of a request, by the table of clients/heirs/workflow.py. False where it is not at such a step any more. What is proposed,
-- an objection and what settled it have words, written just before by the same person: a refusal without reasons cannot be. Yes has
-- a paper, and does not go against the directives; where whoever recorded it proposes it too, the second saw the paper themselves.
CREATE FUNCTION sec.heir_step(which uuid, step text, seen date DEFAULT NULL) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
    r public.clients_heirrequest;
    after text;
    in_branch uuid;
    in_words text := CASE step WHEN 'grant' THEN 'decision' WHEN 'refuse' THEN 'decision' WHEN 'object' THEN 'objection' WHEN 'settle' THEN 'settled' END;
BEGIN
    SELECT * INTO r FROM public.clients_heirrequest x WHERE x.id = which FOR UPDATE;
    IF NOT FOUND OR me IS NULL OR NOT sec.is_dead(r.client_id) OR (step <> 'object' AND NOT sec.is_fresh(15)) OR NOT (CASE
            WHEN step = 'object' THEN sec.may_write(r.client_id)
            WHEN step IN ('grant', 'refuse', 'settle') THEN sec.may_decide_on(r.client_id)
            WHEN step IN ('back', 'confirm') THEN sec.may_second(r)
            ELSE false END) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    after := CASE WHEN step = 'grant' AND r.state = 'new' THEN 'to_grant' WHEN step = 'refuse' AND r.state = 'new' THEN 'to_refuse'
        WHEN step = 'confirm' AND r.state = 'to_grant' THEN 'granted' WHEN step = 'confirm' AND r.state = 'to_refuse' THEN 'refused'
        WHEN step = 'back' AND r.state IN ('to_grant', 'to_refuse') THEN 'new'
        WHEN step IN ('object', 'settle') AND r.state IN ('new', 'to_grant', 'to_refuse') THEN r.state END;
    IF after IS NULL OR (step = 'object' AND r.objected_at IS NOT NULL AND r.settled_at IS NULL) THEN
        RETURN false;
    ELSIF after IN ('to_grant', 'granted') AND step <> 'object' AND step <> 'settle' AND r.objected_at IS NOT NULL AND r.settled_at IS NULL THEN
        RAISE 'another heir objects' USING ERRCODE = '23514', CONSTRAINT = 'heirrequest_no_objection';
    ELSIF after IN ('to_grant', 'granted') AND step IN ('grant', 'confirm') AND (r.proof IN ('none', 'identity') OR r.along = 'against') THEN
        RAISE 'no paper, or against the directives' USING ERRCODE = '23514', CONSTRAINT = 'heirrequest_proof';
    ELSIF after = 'granted' AND (r.proposed_by_id = r.by_id OR sec.are_tied(r.proposed_by_id, r.by_id))
            AND (seen BETWEEN sec.day_of(r.made_at) - 366 AND sec.today()) IS NOT TRUE THEN
        RAISE 'one person alone has seen the paper' USING ERRCODE = '23514', CONSTRAINT = 'heirrequest_seen';
    ELSIF in_words IS NOT NULL AND NOT EXISTS (SELECT FROM public.clients_heirwords w WHERE w.request_id = which AND w.kind = in_words AND w.by_id = me
            AND w.made_at > statement_timestamp() - interval '1 minute') THEN
        RAISE 'there are no words' USING ERRCODE = '23514', CONSTRAINT = 'heirrequest_words';
    END IF;
    in_branch := (SELECT c.branch_id FROM public.clients_client c WHERE c.id = r.client_id);
    UPDATE public.clients_heirrequest x SET state = after,
        objected_at = CASE step WHEN 'object' THEN statement_timestamp() ELSE x.objected_at END,
        settled_at = CASE step WHEN 'object' THEN NULL WHEN 'settle' THEN CASE WHEN x.objected_at IS NOT NULL THEN statement_timestamp() END ELSE x.settled_at END,
        proposed_by_id = CASE WHEN step IN ('grant', 'refuse') THEN me WHEN step = 'back' THEN NULL ELSE x.proposed_by_id END,
        proposed_at = CASE WHEN step IN ('grant', 'refuse') THEN statement_timestamp() WHEN step = 'back' THEN NULL ELSE x.proposed_at END,
        second_seen_on = CASE step WHEN 'confirm' THEN seen END,
        decided_by_id = CASE step WHEN 'confirm' THEN me ELSE x.decided_by_id END,
        decided_at = CASE step WHEN 'confirm' THEN statement_timestamp() ELSE x.decided_at END WHERE x.id = which;
    PERFORM sec.log(CASE step WHEN 'grant' THEN 'heir.grant' WHEN 'refuse' THEN 'heir.refuse' WHEN 'confirm' THEN 'heir.confirm' WHEN 'back' THEN 'heir.back'
            WHEN 'object' THEN 'heir.object' ELSE 'heir.settle' END, r.client_id, 'client', in_branch, as_role => sec.role_in(in_branch),
        object => 'clients_heirrequest', object_id => which);
    RETURN true;
END $$;

-- Whether the principal reads the words of a request as a coordinator: not one whom an open complaint of the client names. By its id,
-- for the policy: hidden and absent look alike.
CREATE FUNCTION sec.may_read_heir(which uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT sec.may_decide_on(r.client_id) FROM public.clients_heirrequest r WHERE r.id = which), false);
END $$;

-- ---- Rows ----
SELECT sec.guard('clients_heirwords', 'client_id', 'client');
SELECT sec.bind('clients_heirrequest');
SELECT sec.attest_rows('clients_heirrequest');
GRANT SELECT ON clients_heirrequest, clients_heirwords TO confidential_app, confidential_worker;
GRANT INSERT ON clients_heirwords TO confidential_app;
GRANT SELECT, INSERT, UPDATE ON clients_heirrequest TO confidential_door;
CREATE POLICY door ON clients_heirrequest FOR ALL TO confidential_door USING (true) WITH CHECK (true);
-- Coordinators; whoever took it down, while the client is given to them; the data-protection lead, without a word of it; and the
-- client, who turns out to live.
CREATE POLICY see ON clients_heirrequest FOR SELECT TO confidential_app, confidential_worker
    USING (client_id = (SELECT sec.own_open())
        OR (client_id <> ALL ((SELECT sec.barred())::uuid[]) AND ((SELECT sec.cleared_person()) IS NOT NULL AND (SELECT sec.has_duty('protection'))
            OR EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.branch_id = ANY ((SELECT sec.coordinated())::uuid[]))))
        OR (by_id = (SELECT sec.cleared_person()) AND EXISTS (SELECT FROM clients_clientpermission p
            WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id AND p.code = 'log_contact')));
CREATE POLICY see ON clients_heirwords FOR SELECT TO confidential_app, confidential_worker
    USING (client_id = (SELECT sec.own_open()) OR sec.may_read_heir(request_id)
        OR (by_id = (SELECT sec.cleared_person()) AND EXISTS (SELECT FROM clients_heirrequest r WHERE r.id = request_id)));
CREATE POLICY add ON clients_heirwords FOR INSERT TO confidential_app
    WITH CHECK (by_id = (SELECT sec.cleared_person()) AND made_at BETWEEN statement_timestamp() - interval '1 minute' AND clock_timestamp()
        AND EXISTS (SELECT FROM clients_heirrequest r WHERE r.id = request_id AND r.client_id = clients_heirwords.client_id
            AND r.state NOT IN ('granted', 'refused', 'moot')));

GRANT EXECUTE ON FUNCTION sec.heir_record, sec.heir_correct, sec.heir_step, sec.may_second(uuid) TO confidential_app;
GRANT EXECUTE ON FUNCTION sec.may_read_heir TO confidential_app, confidential_worker;

SELECT sec.adopt_functions();
