-- The team's own data: what somebody asks of what is held about them, who answers it, and what the log knows of them.

-- Whether the principal may answer what this person asked, while it waits: the data-protection lead or the president, and nobody who
-- may be that person. It opens the person's key for the words; private details stay closed by their own policy.
CREATE FUNCTION sec.may_answer_person(who uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
BEGIN
    RETURN me IS NOT NULL AND (sec.has_duty('protection') OR sec.has_duty('president'))
        AND EXISTS (SELECT FROM public.volunteers_personrequest r WHERE r.person_id = who AND r.state = 'new' AND r.made_at >= sec.came_in(who))
        AND NOT sec.are_tied(who, me);
END $$;

-- Asks, for oneself and nobody else, also before the code is signed. One of a kind waits at a time; the answer is due in a month.
CREATE FUNCTION sec.person_ask(new_id uuid, what text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.signed_in_person();
BEGIN
    IF me IS NULL THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    PERFORM FROM public.volunteers_person p WHERE p.user_id = me FOR UPDATE;
    IF EXISTS (SELECT FROM public.volunteers_personrequest r WHERE r.person_id = me AND r.kind = what AND r.state = 'new'
            AND r.made_at >= sec.came_in(me)) THEN
        RAISE 'this waits already' USING ERRCODE = '23514', CONSTRAINT = 'personrequest_waits';
    END IF;
    INSERT INTO public.volunteers_personrequest (id, person_id, kind, state, made_at, due_on)
    VALUES (new_id, me, what, 'new', statement_timestamp(), (sec.days_to_answer(sec.today(), 0, NULL, false)).due);
    PERFORM sec.log('person.ask', me, 'person', why => 'request', as_role => 'self', object => 'volunteers_personrequest', object_id => new_id);
END $$;

-- Answers it for good, with a fresh sign-in, and with words written just before. False where it was answered.
CREATE FUNCTION sec.person_answer(which uuid, as_done boolean) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r public.volunteers_personrequest;
    me uuid := sec.cleared_person();
BEGIN
    SELECT * INTO r FROM public.volunteers_personrequest x WHERE x.id = which FOR UPDATE;
    IF NOT FOUND OR me IS NULL OR NOT (sec.has_duty('protection') OR sec.has_duty('president')) OR sec.are_tied(r.person_id, me) OR NOT sec.is_fresh(15) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF r.state <> 'new' THEN
        RETURN false;
    ELSIF NOT EXISTS (SELECT FROM public.volunteers_personrequestwords w WHERE w.request_id = which AND w.answer AND w.by_id = me
            AND w.made_at > statement_timestamp() - interval '1 minute') THEN
        RAISE 'there are no words' USING ERRCODE = '23514', CONSTRAINT = 'personrequest_words';
    END IF;
    UPDATE public.volunteers_personrequest x SET state = CASE WHEN as_done THEN 'done' ELSE 'refused' END, answered_by_id = me, answered_at = statement_timestamp()
        WHERE x.id = which;
    PERFORM sec.log('person.answer', r.person_id, 'person', why => 'request', object => 'volunteers_personrequest', object_id => which,
        as_role => CASE WHEN sec.has_duty('protection') THEN 'protection' ELSE 'president' END);
    RETURN true;
END $$;

-- Who opened what is under the principal's own key, their details, papers or requests: when, in which role and why. Whatever act it
-- was. Of oneself alone, since one came.
CREATE FUNCTION sec.own_looks() RETURNS TABLE (at timestamptz, did text, role text, purpose text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.signed_in_person();
BEGIN
    RETURN QUERY SELECT e.at, e.action::text, e.actor_role::text, e.purpose::text FROM public.audit_event e
        WHERE e.subject = me AND e.subject_kind = 'person' AND e.basis <> '' AND e.outcome = 'done'
            AND e.actor IS DISTINCT FROM me AND e.at >= sec.came_in(me) ORDER BY e.at DESC LIMIT 200;
END $$;

-- How many lines of the log name the principal as whoever acted, by year: numbers only. What was done stands with the clients.
CREATE FUNCTION sec.own_lines() RETURNS TABLE (year integer, lines bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.signed_in_person();
BEGIN
    RETURN QUERY SELECT extract(year FROM sec.day_of(e.at))::integer, count(*) FROM public.audit_event e WHERE e.actor = me GROUP BY 1 ORDER BY 1;
END $$;

-- ---- Rows ----
SELECT sec.guard('volunteers_personrequestwords', 'person_id', 'person');
SELECT sec.bind('volunteers_personrequest');
SELECT sec.attest_rows('volunteers_personrequest');
GRANT SELECT ON volunteers_personrequest, volunteers_personrequestwords TO confidential_app;
GRANT INSERT ON volunteers_personrequestwords TO confidential_app;
GRANT SELECT, INSERT, UPDATE ON volunteers_personrequest TO confidential_door;
CREATE POLICY door ON volunteers_personrequest FOR ALL TO confidential_door USING (true) WITH CHECK (true);
-- One's own, and all for the lead and the president; but not what was asked before somebody left and came back.
CREATE POLICY see ON volunteers_personrequest FOR SELECT TO confidential_app
    USING ((person_id = (SELECT sec.signed_in_person()) AND made_at >= (SELECT sec.came_in(sec.signed_in_person())))
        OR ((SELECT sec.cleared_person()) IS NOT NULL AND ((SELECT sec.has_duty('protection')) OR (SELECT sec.has_duty('president')))
            AND made_at >= sec.came_in(person_id)));
-- The words: whose they are, and who answers, while it waits.
CREATE POLICY see ON volunteers_personrequestwords FOR SELECT TO confidential_app
    USING (EXISTS (SELECT FROM volunteers_personrequest r WHERE r.id = request_id
        AND (r.person_id = (SELECT sec.signed_in_person()) OR (r.state = 'new' AND sec.may_answer_person(r.person_id)))));
CREATE POLICY add ON volunteers_personrequestwords FOR INSERT TO confidential_app
    WITH CHECK (by_id = (SELECT sec.signed_in_person()) AND made_at BETWEEN statement_timestamp() - interval '1 minute' AND clock_timestamp()
        AND EXISTS (SELECT FROM volunteers_personrequest r
        WHERE r.id = request_id AND r.person_id = volunteers_personrequestwords.person_id AND r.state = 'new'
            AND CASE WHEN answer THEN sec.may_answer_person(r.person_id) ELSE r.person_id = (SELECT sec.signed_in_person()) END));

GRANT EXECUTE ON FUNCTION sec.may_answer_person, sec.person_ask, sec.person_answer, sec.own_looks, sec.own_lines TO confidential_app;

SELECT sec.adopt_functions();
