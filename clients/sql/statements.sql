-- What a client says about what was noted of them (GDPR 16): a statement beside a contact, or beside the background. It stands
-- wherever the words stand that it is about, and is answered once: the words were corrected, or were left, with reasons.

-- Whether the principal holds one of guardian's codes for a contact, or for the background where there is no contact: from the day
-- on that a handover set.
CREATE FUNCTION sec.has_permission_on(of_client uuid, of_contact uuid, wanted text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.clients_clientpermission p WHERE p.content_object_id = of_client AND p.user_id = sec.cleared_person()
        AND p.code = wanted AND sec.is_binding(p, (SELECT sec.serves()), (SELECT sec.coordinated()), (SELECT sec.withheld()))
        AND (p.since IS NULL OR of_contact IS NULL OR EXISTS (SELECT FROM public.clients_contact c WHERE c.id = of_contact AND c.happened_on >= p.since)));
END $$;

-- Writes down that the client said something: the client, in a space that shows all; or whoever heard it, who has the client or
-- coordinates the branch, with how and when; about a contact, not from before the day that a handover set. Also of a restricted
-- record: it is what the client asks.
CREATE FUNCTION sec.add_statement(new_id uuid, of_client uuid, of_contact uuid, how text, on_day date) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    own boolean := coalesce(of_client = sec.own_open(), false);
BEGIN
    IF (own OR (sec.may_hear_client(of_client) AND (of_contact IS NULL OR sec.is_looking_after(of_client) OR EXISTS (
            SELECT FROM public.clients_clientpermission p JOIN public.clients_contact c ON c.id = of_contact AND (p.since IS NULL OR c.happened_on >= p.since)
            WHERE p.content_object_id = of_client AND p.user_id = sec.cleared_person() AND p.code = 'log_contact'
                AND sec.is_binding(p, (SELECT sec.serves()), (SELECT sec.coordinated()), '{}'))))) IS NOT TRUE
        OR (CASE WHEN own THEN how = '' AND on_day IS NULL ELSE how <> '' AND on_day BETWEEN '1900-01-01' AND sec.today() END) IS NOT TRUE
        OR (of_contact IS NOT NULL AND NOT EXISTS (SELECT FROM public.clients_contact c WHERE c.id = of_contact AND c.client_id = of_client)) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF of_contact IS NULL AND NOT EXISTS (SELECT FROM public.clients_background b WHERE b.client_id = of_client) THEN
        RAISE 'there is no background' USING ERRCODE = '23514', CONSTRAINT = 'statement_about_nothing';
    END IF;
    -- One at a time, so that they can be counted.
    PERFORM FROM public.clients_client c WHERE c.id = of_client FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM public.clients_statement s WHERE s.client_id = of_client AND s.state = 'open') >= 50 THEN
        RAISE 'too many statements wait for an answer' USING ERRCODE = '23514', CONSTRAINT = 'statement_many';
    END IF;
    INSERT INTO public.clients_statement (id, client_id, contact_id, state, channel, said_on, by_id, made_at)
    VALUES (new_id, of_client, of_contact, 'open', how, on_day, sec.cleared_person(), statement_timestamp());
    PERFORM sec.log('statement.add', of_client, 'client', (SELECT c.branch_id FROM public.clients_client c WHERE c.id = of_client),
        object => 'clients_statement', object_id => new_id);
END $$;

-- Whether the principal, of the team, wrote down this client's statement just now: its words come with it, also where the record is
-- restricted and they do not see it.
CREATE FUNCTION sec.is_own_statement(which uuid, of_client uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.clients_statement s WHERE s.id = which AND s.client_id = of_client AND s.by_id = sec.cleared_person()
        AND s.made_at > statement_timestamp() - interval '1 minute')
$$;

-- Whether the principal may answer a statement so. That the words were corrected says whoever wrote them, or coordinates; that they
-- stay says a coordinator who did not write them, nor is tied to or in conflict with who did, unless there is no other. Both read the
-- words. Of what is hidden and of what is absent: no. Of complaints it says nothing: pages ask it.
CREATE FUNCTION sec.may_answer_statement(which uuid, said text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
    s public.clients_statement;
    author uuid;
BEGIN
    SELECT * INTO s FROM public.clients_statement x WHERE x.id = which AND x.state <> 'withdrawn';
    IF NOT FOUND OR me IS NULL OR NOT sec.has_permission_on(s.client_id, s.contact_id, 'view_notes') THEN
        RETURN false;
    END IF;
    author := (SELECT c.by_id FROM public.clients_contact c WHERE c.id = s.contact_id);
    IF said = 'accepted' THEN
        RETURN sec.is_looking_after(s.client_id) OR (sec.has_permission_on(s.client_id, s.contact_id, 'log_contact') AND (s.contact_id IS NULL OR author = me));
    END IF;
    RETURN said = 'refused' AND sec.is_looking_after(s.client_id) AND (NOT (sec.are_tied(me, author) OR (author IS NOT NULL AND sec.must_not_judge(me, author)))
        OR NOT EXISTS (SELECT FROM public.volunteers_duty d JOIN public.clients_client c ON c.branch_id = d.branch_id
            WHERE c.id = s.client_id AND d.kind = 'coordinator' AND d.person_id <> me AND sec.is_live(d)));
END $$;

-- Answers a statement, once. That the words were corrected is taken only where they were, since it was made.
CREATE FUNCTION sec.answer_statement(which uuid, said text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s public.clients_statement;
BEGIN
    SELECT * INTO s FROM public.clients_statement x WHERE x.id = which FOR UPDATE;
    IF NOT FOUND OR NOT sec.may_answer_statement(which, said) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF sec.is_accused(sec.cleared_person(), s.client_id) THEN
        RAISE 'not possible now' USING ERRCODE = '23514', CONSTRAINT = 'statement_elsewhere';
    ELSIF s.state <> 'open' THEN
        RAISE 'this statement is answered already' USING ERRCODE = '23514', CONSTRAINT = 'statement_answered';
    ELSIF said = 'accepted' AND NOT EXISTS (SELECT FROM public.clients_revision v WHERE v.client_id = s.client_id AND v.replaced_at >= s.made_at
            AND CASE WHEN s.contact_id IS NULL THEN v."table" = 'clients_background'
                ELSE v."table" = 'clients_contactnote' AND v.row = (SELECT n.id FROM public.clients_contactnote n WHERE n.contact_id = s.contact_id) END) THEN
        RAISE 'the words were not corrected' USING ERRCODE = '23514', CONSTRAINT = 'statement_uncorrected';
    END IF;
    UPDATE public.clients_statement x SET state = said, answered_by_id = sec.cleared_person(), answered_at = statement_timestamp() WHERE x.id = which;
    PERFORM sec.log('statement.answer', s.client_id, 'client', (SELECT c.branch_id FROM public.clients_client c WHERE c.id = s.client_id),
        object => 'clients_statement', object_id => which);
END $$;

-- The client takes back what they said, unless the words were corrected because of it; false where that is so, or it was done before.
CREATE FUNCTION sec.withdraw_statement(which uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s public.clients_statement;
BEGIN
    SELECT * INTO s FROM public.clients_statement x WHERE x.id = which FOR UPDATE;
    IF NOT FOUND OR (s.client_id = sec.own_open()) IS NOT TRUE THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF s.state NOT IN ('open', 'refused') THEN
        RETURN false;
    END IF;
    UPDATE public.clients_statement x SET state = 'withdrawn', withdrawn_at = statement_timestamp() WHERE x.id = which;
    PERFORM sec.log('statement.withdraw', s.client_id, 'client', (SELECT c.branch_id FROM public.clients_client c WHERE c.id = s.client_id),
        object => 'clients_statement', object_id => which);
    RETURN true;
END $$;

-- Whether a colleague asks the principal about anybody at this moment.
CREATE FUNCTION sec.is_asked_now() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.clients_consultation q WHERE q.colleague_id = sec.cleared_person() AND q.ends_at > statement_timestamp());
END $$;

-- Whether a part of this contact was copied for the principal, whom a colleague asks, and who it is was not left out. Not a definer
-- function: the policies of both tables decide. Written out in a policy, their plans were made for each page of a record.
CREATE FUNCTION sec.is_beside_a_part(of_contact uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.clients_consultationentry k JOIN public.clients_consultation q ON q.id = k.consultation_id
        WHERE k.contact_id = of_contact AND q.colleague_id = sec.cleared_person() AND NOT q.withheld AND q.ends_at > statement_timestamp());
END $$;

-- What leaves beside the note of a contact, for the hash of a disclosure; empty where nothing stands there.
CREATE FUNCTION sec.statements_digest(of_contact uuid) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce((SELECT string_agg(sha256(w.sealed), ''::bytea ORDER BY w.id) FROM public.clients_statement s
        JOIN public.clients_statementwords w ON w.statement_id = s.id AND NOT w.answer
        WHERE s.contact_id = of_contact AND s.state IN ('open', 'refused')), ''::bytea)
$$;

-- ---- Rows ----
SELECT sec.guard('clients_statementwords', 'client_id', 'client');
SELECT sec.bind('clients_statement');
SELECT sec.attest_rows('clients_statement');
GRANT SELECT ON clients_statement, clients_statementwords TO confidential_app, confidential_worker;
GRANT INSERT ON clients_statementwords TO confidential_app;
GRANT SELECT, INSERT, UPDATE ON clients_statement TO confidential_door;
GRANT SELECT ON clients_background, clients_contactnote, clients_statementwords TO confidential_door;
CREATE POLICY door ON clients_statement FOR ALL TO confidential_door USING (true) WITH CHECK (true);
-- That there is one: whoever sees the contact, or for the background the record's coordinators and whoever reads it; and the client.
-- What the client took back is there for nobody but them.
CREATE POLICY see ON clients_statement FOR SELECT TO confidential_app, confidential_worker
    USING (client_id = (SELECT sec.own_open())
        OR (state <> 'withdrawn' AND CASE WHEN contact_id IS NOT NULL THEN EXISTS (SELECT FROM clients_contact c WHERE c.id = contact_id)
            ELSE EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.branch_id = ANY ((SELECT sec.coordinated())::uuid[]))
                OR EXISTS (SELECT FROM clients_background b WHERE b.client_id = clients_statement.client_id) END)
        -- Beside a part of the contact that was copied for a colleague, where who it is was not left out, while they can read it.
        OR (state <> 'withdrawn' AND (SELECT sec.is_asked_now()) AND sec.is_beside_a_part(contact_id)));
-- In which words: whoever reads the words that it is about.
CREATE POLICY see ON clients_statementwords FOR SELECT TO confidential_app, confidential_worker
    USING (EXISTS (SELECT FROM clients_statement s WHERE s.id = statement_id AND (s.client_id = (SELECT sec.own_open())
        OR CASE WHEN s.contact_id IS NULL THEN EXISTS (SELECT FROM clients_background b WHERE b.client_id = s.client_id)
            ELSE EXISTS (SELECT FROM clients_contactnote n WHERE n.contact_id = s.contact_id)
                OR ((SELECT sec.is_asked_now()) AND sec.is_beside_a_part(s.contact_id)) END)));
CREATE POLICY add ON clients_statementwords FOR INSERT TO confidential_app
    WITH CHECK (EXISTS (SELECT FROM clients_statement s WHERE s.id = statement_id AND s.client_id = clients_statementwords.client_id
        AND CASE WHEN answer THEN s.answered_by_id = (SELECT sec.cleared_person()) AND s.answered_at > statement_timestamp() - interval '1 minute'
            ELSE s.by_id IS NOT DISTINCT FROM (SELECT sec.cleared_person()) AND s.made_at > statement_timestamp() - interval '1 minute' END)
        OR (NOT answer AND sec.is_own_statement(statement_id, client_id)));

GRANT EXECUTE ON FUNCTION sec.is_asked_now, sec.is_beside_a_part TO confidential_app, confidential_worker;
GRANT EXECUTE ON FUNCTION sec.is_own_statement, sec.add_statement, sec.may_answer_statement, sec.answer_statement, sec.withdraw_statement TO confidential_app;

SELECT sec.adopt_functions();
