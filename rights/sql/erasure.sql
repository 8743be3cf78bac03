-- Erasure (decision 68): which tables go, who proposes, decides and takes back, who sees it. How it is carried out is in erasing.sql.

-- The tables that hold something of a client, children first, and by what they belong to it: $1 is the client. What may outlive the record
-- is not here.
CREATE FUNCTION sec.erased_tables() RETURNS TABLE (target text, belongs text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    VALUES ('rights_holdwords', 'client_id = $1'), ('rights_hold', 'client_id = $1'), ('rights_longerkept', 'client_id = $1'),
        ('rights_leftout', 'client_id = $1'), ('rights_export', 'client_id = $1'), ('rights_preparedcopy', 'client_id = $1'),
        ('rights_requestnote', 'client_id = $1'), ('rights_subjectrequestwords', 'client_id = $1'), ('rights_subjectrequest', 'client_id = $1'),
        ('rights_namesdecision', 'client_id = $1'), ('disclosures_recipienttold', 'client_id = $1'), ('disclosures_disclosurewords', 'client_id = $1'),
        ('disclosures_will', 'client_id = $1'), ('disclosures_disclosureoutcome', 'client_id = $1'), ('disclosures_disclosureitem', 'client_id = $1'),
        ('disclosures_disclosuredetail', 'client_id = $1'), ('disclosures_delivery', 'client_id = $1'), ('disclosures_disclosure', 'client_id = $1'),
        ('clients_statementwords', 'client_id = $1'), ('clients_statement', 'client_id = $1'), ('clients_whomayknow', 'client_id = $1'),
        ('clients_consultationentry', 'client_id = $1'), ('clients_consultation', 'client_id = $1'), ('clients_restrictionwords', 'client_id = $1'),
        ('clients_restriction', 'client_id = $1'), ('clients_messagewords', 'client_id = $1'), ('clients_message', 'client_id = $1'),
        ('clients_heirwords', 'client_id = $1'), ('clients_heirrequest', 'client_id = $1'), ('clients_deathtold', 'client_id = $1'),
        ('clients_directivewords', 'client_id = $1'), ('clients_directive', 'client_id = $1'), ('clients_clientpermission', 'content_object_id = $1'),
        ('clients_clientgrouppermission', 'content_object_id = $1'),
        ('clients_contactpermission', 'content_object_id IN (SELECT k.id FROM public.clients_contact k WHERE k.client_id = $1)'),
        ('clients_contactgrouppermission', 'content_object_id IN (SELECT k.id FROM public.clients_contact k WHERE k.client_id = $1)'),
        ('clients_grant', 'client_id = $1'), ('clients_misplaced', 'client_id = $1'),
        ('clients_emergencyentry', 'emergency_id IN (SELECT k.id FROM public.clients_emergency k WHERE k.client_id = $1)'),
        ('clients_emergency', 'client_id = $1'), ('clients_attachment', 'client_id = $1'), ('clients_contactnote', 'client_id = $1'),
        ('clients_contact', 'client_id = $1'), ('clients_link', 'first_id = $1'), ('clients_link', 'second_id = $1'),
        ('clients_conflict', 'client_id = $1'), ('clients_conflict', 'complaint_id IN (SELECT k.id FROM public.clients_complaint k WHERE k.client_id = $1)'),
        ('clients_complaintentry', 'complaint_id IN (SELECT k.id FROM public.clients_complaint k WHERE k.client_id = $1)'),
        ('clients_complaintclearance', 'complaint_id IN (SELECT k.id FROM public.clients_complaint k WHERE k.client_id = $1)'),
        ('clients_complaint', 'client_id = $1'), ('clients_agreementwords', 'client_id = $1'), ('clients_agreement', 'client_id = $1'),
        ('clients_explanationwords', 'client_id = $1'), ('clients_explanation', 'client_id = $1'), ('clients_draft', 'client_id = $1'),
        ('clients_portalaccess', 'client_id = $1'), ('clients_revision', 'client_id = $1'), ('clients_likeness', 'client_id = $1'),
        ('clients_fingerprint', 'client_id = $1'), ('clients_background', 'client_id = $1'), ('clients_safecontact', 'client_id = $1'),
        ('clients_identity', 'client_id = $1')
$$;

-- Clients whose record is closed and goes.
CREATE FUNCTION sec.going() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(c.id), '{}') FROM public.clients_client c WHERE c.going_at IS NOT NULL
$$;

-- Whether a row that is removed belongs to one of them: it leaves no line in the log, where nothing is to lead to the person.
SET LOCAL ROLE confidential_door;
CREATE OR REPLACE FUNCTION sec.is_erased(target text, was jsonb) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF target = 'clients_client' THEN
        RETURN was ->> 'going_at' IS NOT NULL;
    END IF;
    RETURN EXISTS (SELECT FROM public.clients_client c WHERE c.going_at IS NOT NULL AND c.id IN ((was ->> 'client_id')::uuid, (was ->> 'first_id')::uuid,
            (was ->> 'second_id')::uuid, (SELECT m.client_id FROM public.clients_complaint m WHERE m.id = (was ->> 'complaint_id')::uuid),
            (SELECT m.client_id FROM public.clients_emergency m WHERE m.id = (was ->> 'emergency_id')::uuid)));
END $$;
RESET ROLE;

-- ---- The decision ----
-- Whether a ground for erasing holds, now: asked when it is proposed and again when it begins.
CREATE FUNCTION sec.is_ground(why text, of_client uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE why
        WHEN 'request' THEN EXISTS (SELECT FROM public.rights_subjectrequest r WHERE r.client_id = of_client AND r.kind = 'deletion'
            AND r.state IN ('new', 'in_progress', 'done') AND sec.is_counted(r.access_id) AND sec.is_known_who_asks(r))
        WHEN 'no_agreement' THEN EXISTS (SELECT FROM public.clients_client c WHERE c.id = of_client AND c.agreed IN ('no_record', 'withdrawn'))
        WHEN 'time_over' THEN sec.is_over(of_client)
        WHEN 'mistake' THEN true
        ELSE false END;
END $$;

-- What keeps a record from being erased for now (GDPR 17(3)): a hold; a complaint or an emergency that nobody has answered yet. It goes
-- on by itself afterwards. For the worker: an answer to anybody else would tell of a complaint.
CREATE FUNCTION sec.must_stay(of_client uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN sec.is_held(of_client) OR EXISTS (SELECT FROM public.clients_complaint m WHERE m.client_id = of_client AND m.state = 'open')
        OR EXISTS (SELECT FROM public.clients_emergency e WHERE e.client_id = of_client AND e.reviewed_at IS NULL);
END $$;

-- Whether two people are needed: something was said or written by or about the client, they asked for something else, it left the
-- house, or was opened in an emergency. Nobody makes alone vanish what could speak against them. Of complaints it says nothing.
CREATE FUNCTION sec.must_be_two(of_client uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.clients_contact k WHERE k.client_id = of_client AND k.reached)
        OR EXISTS (SELECT FROM public.disclosures_disclosure d WHERE d.client_id = of_client AND d.released_at IS NOT NULL)
        OR EXISTS (SELECT FROM public.clients_emergency e WHERE e.client_id = of_client)
        OR EXISTS (SELECT FROM public.clients_message m WHERE m.client_id = of_client)
        OR EXISTS (SELECT FROM public.clients_statement s WHERE s.client_id = of_client)
        OR EXISTS (SELECT FROM public.clients_attachment a WHERE a.client_id = of_client)
        OR EXISTS (SELECT FROM public.rights_subjectrequest r WHERE r.client_id = of_client AND r.kind <> 'deletion');
END $$;

-- Proposes it: a coordinator who looks after the client. The client has two weeks to think again, where it is for them to say.
CREATE FUNCTION sec.propose_erasure(new_id uuid, of_client uuid, why text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c public.clients_client;
BEGIN
    IF sec.cleared_person() IS NULL OR NOT coalesce(sec.is_looking_after(of_client), false) OR NOT sec.is_fresh(15) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    SELECT * INTO c FROM public.clients_client x WHERE x.id = of_client FOR UPDATE;
    IF NOT sec.may_decide_on(of_client) THEN
        RAISE 'not possible now' USING ERRCODE = '23514', CONSTRAINT = 'erasure_not_now';
    ELSIF sec.is_ground(why, of_client) IS NOT TRUE THEN
        RAISE 'this is no ground now' USING ERRCODE = '23514', CONSTRAINT = 'erasure_ground';
    END IF;
    INSERT INTO public.rights_erasure (id, client_id, branch_id, ground, state, proposed_by_id, proposed_at, not_before)
    VALUES (new_id, of_client, c.branch_id, why, 'proposed', sec.cleared_person(), statement_timestamp(),
        statement_timestamp() + CASE WHEN why IN ('request', 'no_agreement') THEN interval '14 days' ELSE interval '1 day' END);
    PERFORM sec.log('erasure.propose', of_client, 'client', c.branch_id, 'deletion', object => 'rights_erasure', object_id => new_id);
END $$;

-- Whether the principal decides on it: another coordinator of the branch; the data-protection lead where there is none; whoever proposed
-- it where nothing is at stake.
CREATE FUNCTION sec.may_decide_erasure(which uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
    e public.rights_erasure;
BEGIN
    SELECT * INTO e FROM public.rights_erasure x WHERE x.id = which AND x.state = 'proposed';
    IF NOT FOUND OR me IS NULL OR sec.is_in_conflict(me, e.client_id) THEN
        RETURN false;
    ELSIF sec.are_tied(me, e.proposed_by_id) THEN
        RETURN sec.is_looking_after(e.client_id) AND NOT sec.must_be_two(e.client_id);
    END IF;
    RETURN me = ANY (sec.copy_releasers(e.client_id, e.proposed_by_id, true))
        OR (sec.has_duty('protection') AND NOT sec.is_accused(me, e.client_id) AND sec.copy_releasers(e.client_id, e.proposed_by_id, false) = '{}');
END $$;

-- Decides: it will be erased, or not. False where it went on meanwhile.
CREATE FUNCTION sec.decide_erasure(which uuid, yes boolean) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    e public.rights_erasure;
BEGIN
    SELECT * INTO e FROM public.rights_erasure x WHERE x.id = which FOR UPDATE;
    IF NOT FOUND OR NOT sec.may_see_erasure(which) OR NOT sec.is_fresh(15) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF e.state <> 'proposed' THEN
        RETURN false;
    ELSIF NOT sec.may_decide_erasure(which) THEN
        RAISE 'somebody else decides' USING ERRCODE = '23514', CONSTRAINT = 'erasure_two';
    ELSIF sec.is_accused(sec.cleared_person(), e.client_id) THEN
        RAISE 'not possible now' USING ERRCODE = '23514', CONSTRAINT = 'erasure_not_now';
    ELSIF yes AND sec.is_ground(e.ground, e.client_id) IS NOT TRUE THEN
        RAISE 'this is no ground now' USING ERRCODE = '23514', CONSTRAINT = 'erasure_ground';
    END IF;
    UPDATE public.rights_erasure x SET state = CASE WHEN yes THEN 'decided' ELSE 'refused' END, decided_by_id = sec.cleared_person(),
        decided_at = statement_timestamp() WHERE x.id = which;
    PERFORM sec.log(CASE WHEN yes THEN 'erasure.decide' ELSE 'erasure.refuse' END, e.client_id, 'client', e.branch_id, 'deletion',
        object => 'rights_erasure', object_id => which);
    RETURN true;
END $$;

-- The client needs no time to think: they say so in their space, or to whoever looks after them.
CREATE FUNCTION sec.waive_erasure(which uuid, how text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    e public.rights_erasure;
    own boolean;
BEGIN
    SELECT * INTO e FROM public.rights_erasure x WHERE x.id = which FOR UPDATE;
    own := coalesce(e.client_id = sec.own_open(), false);
    IF NOT FOUND OR (own OR sec.is_looking_after(e.client_id)) IS NOT TRUE OR NOT sec.is_fresh(15) OR own <> (how = 'portal')
        OR e.ground NOT IN ('request', 'no_agreement') THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF NOT own AND NOT sec.may_decide_on(e.client_id) THEN
        RAISE 'not possible now' USING ERRCODE = '23514', CONSTRAINT = 'erasure_not_now';
    ELSIF e.state NOT IN ('proposed', 'decided') OR e.waived_at IS NOT NULL THEN
        RETURN false;
    END IF;
    UPDATE public.rights_erasure x SET waived_at = statement_timestamp(), waived_how = how, not_before = statement_timestamp() WHERE x.id = which;
    PERFORM sec.log('erasure.waive', e.client_id, 'client', e.branch_id, 'deletion', object => 'rights_erasure', object_id => which);
    RETURN true;
END $$;

-- Takes it back, as long as nothing has begun: the client, or whoever looks after them; with a fresh sign-in, as whoever finds an open
-- page neither hastens nor stops it.
CREATE FUNCTION sec.withdraw_erasure(which uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    e public.rights_erasure;
    own boolean;
BEGIN
    SELECT * INTO e FROM public.rights_erasure x WHERE x.id = which FOR UPDATE;
    own := coalesce(e.client_id = sec.own_open() AND e.ground IN ('request', 'no_agreement'), false);
    IF NOT FOUND OR (own OR sec.is_looking_after(e.client_id)) IS NOT TRUE OR NOT sec.is_fresh(15) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF NOT own AND NOT sec.may_decide_on(e.client_id) THEN
        RAISE 'not possible now' USING ERRCODE = '23514', CONSTRAINT = 'erasure_not_now';
    ELSIF e.state NOT IN ('proposed', 'decided') THEN
        RETURN false;
    END IF;
    PERFORM sec.take_back_erasure(e);
    RETURN true;
END $$;

-- For the function above, and where a ground has gone.
CREATE FUNCTION sec.take_back_erasure(e public.rights_erasure) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.rights_erasure x SET state = 'withdrawn' WHERE x.id = e.id;
    PERFORM sec.log('erasure.withdraw', e.client_id, 'client', e.branch_id, 'deletion', object => 'rights_erasure', object_id => e.id);
END $$;

-- ---- Rows ----
-- Whether the principal sees an erasure: whoever looks after the client, may decide, or watches over data protection; the client.
CREATE FUNCTION sec.may_see_erasure(which uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    e public.rights_erasure;
BEGIN
    SELECT * INTO e FROM public.rights_erasure x WHERE x.id = which;
    RETURN CASE WHEN NOT FOUND THEN false WHEN sec.own_client() IS NOT NULL THEN coalesce(e.client_id = sec.own_open(), false)
        WHEN sec.cleared_person() IS NULL THEN false
        WHEN e.client_id IS NULL OR e.state IN ('begun', 'lined', 'keyless') THEN sec.has_duty('protection') OR e.branch_id = ANY (sec.coordinated())
        ELSE sec.is_looking_after(e.client_id) OR (sec.has_duty('protection') AND e.client_id <> ALL (sec.barred())
            AND NOT sec.is_accused(sec.cleared_person(), e.client_id)) END;
END $$;

-- The client's reference, for whoever decides and does not see the record.
CREATE FUNCTION sec.reference_of_erasure(which uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT c.reference FROM public.rights_erasure e JOIN public.clients_client c ON c.id = e.client_id WHERE e.id = which AND sec.may_see_erasure(which));
END $$;

SELECT sec.bind('rights_erasure');
SELECT sec.attest_rows('rights_erasure');
GRANT SELECT ON rights_erasure TO confidential_app, confidential_worker;
GRANT SELECT, INSERT, UPDATE ON rights_erasure TO confidential_door;
CREATE POLICY door ON rights_erasure FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY see ON rights_erasure FOR SELECT TO confidential_app, confidential_worker USING (sec.may_see_erasure(id));

-- The door deletes rows of records that go, and no others.
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT x.target, string_agg(replace(x.belongs, '= $1', '= ANY (sec.going())'), ' OR ') AS belongs FROM sec.erased_tables() x
            GROUP BY x.target UNION ALL VALUES ('clients_client', 'id = ANY (sec.going())') LOOP
        EXECUTE format('GRANT SELECT, DELETE ON %I TO confidential_door', t.target);
        EXECUTE format('CREATE POLICY erased ON %I FOR DELETE TO confidential_door USING (%s)', t.target, t.belongs);
    END LOOP;
END $$;
GRANT DELETE ON vault_subjectkey, audit_leafcount, volunteers_user, audit_savedquestion TO confidential_door;
GRANT SELECT ON audit_savedquestion TO confidential_door;
GRANT UPDATE (emergency_id, misplaced_id) ON clients_breach TO confidential_door;
CREATE POLICY erased ON audit_savedquestion FOR DELETE TO confidential_door USING (true);
CREATE POLICY erased_read ON audit_savedquestion FOR SELECT TO confidential_door USING (true);

GRANT EXECUTE ON FUNCTION sec.propose_erasure, sec.decide_erasure, sec.waive_erasure, sec.withdraw_erasure, sec.may_decide_erasure, sec.reference_of_erasure,
    sec.may_see_erasure TO confidential_app;
GRANT EXECUTE ON FUNCTION sec.may_see_erasure TO confidential_worker;
GRANT EXECUTE ON FUNCTION sec.erased_tables, sec.going TO confidential_door;

SELECT sec.adopt_functions();
