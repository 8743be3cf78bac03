-- Emergency access: one record, at most four hours, words within a day, a review within three.

-- Asks for the record of somebody: an event that names nobody, committed before it is looked for. After ten within an hour
-- that opened none it asks no more, so that nobody goes through a list of names. NULL then.
CREATE FUNCTION sec.ask_emergency(in_branch uuid, of_this bytea, why text) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
BEGIN
    IF me IS NULL OR NOT (in_branch = ANY (sec.serves())) OR NOT sec.is_fresh(15) OR why NOT IN ('danger', 'call', 'missed') THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    PERFORM FROM public.volunteers_person p WHERE p.user_id = me FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM public.clients_emergency e WHERE e.person_id = me AND e.ends_at > statement_timestamp()) THEN
        RETURN NULL; -- one at a time: sec.emergency_open says so
    ELSIF (SELECT count(*) FILTER (WHERE t.action = 'emergency.ask') - count(*) FILTER (WHERE t.action = 'emergency.open') FROM public.audit_event t
            WHERE t.actor = me AND t.action IN ('emergency.ask', 'emergency.open') AND t.outcome = 'done' AND t.at > statement_timestamp() - interval '1 hour') >= 10 THEN
        PERFORM sec.log('emergency.ask', of_branch => in_branch, why => why, on_basis => 'emergency', as_role => sec.role_in(in_branch), how => 'denied');
        RETURN NULL;
    END IF;
    RETURN sec.log('emergency.ask', of_branch => in_branch, why => why, on_basis => 'emergency', as_role => sec.role_in(in_branch), hash => of_this);
END $$;

-- Opens the record that was asked for, of somebody of a branch in which the principal serves, found by its reference or by
-- keyed hashes of a name or number. Gives the client's id; nothing where there is no such record, or more than one, or it
-- is closed to the asker: these look alike. The safe contact comes first, the rest on a second press.
-- Why it was opened is told to the client with the review (decision 35): until then everything says "emergency" only.
CREATE FUNCTION sec.emergency_open(asked uuid, new_id uuid, in_branch uuid, client_ref text, hashes bytea[], why text, ref text,
    wrapped_data bytea, wrapped_audit bytea) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
    barred uuid[];
    found uuid[];
    until timestamptz := statement_timestamp() + interval '4 hours';
BEGIN
    IF me IS NULL OR NOT (in_branch = ANY (sec.serves())) OR NOT sec.is_fresh(15) OR why NOT IN ('danger', 'call', 'missed') THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    -- One at a time: whoever needs another ends this one first.
    PERFORM FROM public.volunteers_person p WHERE p.user_id = me FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM public.clients_emergency e WHERE e.person_id = me AND e.ends_at > statement_timestamp()) THEN
        RAISE 'another record is open in an emergency' USING ERRCODE = '23514', CONSTRAINT = 'emergency_one';
    END IF;
    barred := sec.barred();
    IF sec.is_asked(asked, 'emergency.ask', in_branch, client_ref, hashes, '{}') THEN
        found := ARRAY(SELECT c.id FROM public.clients_client c WHERE c.branch_id = in_branch AND c.id <> ALL (barred)
            AND (c.reference = client_ref OR c.id IN (SELECT f.client_id FROM public.clients_fingerprint f
                WHERE f.branch_id = in_branch AND f.kind IN ('person', 'phone') AND f.hash = ANY (hashes))) LIMIT 2);
    END IF;
    IF cardinality(found) IS DISTINCT FROM 1 THEN
        PERFORM sec.log('emergency.open', of_branch => in_branch, why => why, on_basis => 'emergency', as_role => sec.role_in(in_branch), how => 'denied');
        RETURN NULL;
    END IF;
    INSERT INTO public.clients_emergency (id, reference, client_id, branch_id, person_id, by_coordinator, reason, opened_at, ends_at, words_due_at, review_due_at, outcome)
    VALUES (new_id, ref, found[1], in_branch, me, in_branch = ANY (sec.coordinated()), why, statement_timestamp(), until,
        statement_timestamp() + interval '24 hours', statement_timestamp() + interval '72 hours', '');
    PERFORM sec.add_key(new_id, 'emergency', wrapped_data, wrapped_audit);
    PERFORM sec.log('emergency.open', found[1], 'client', in_branch, 'emergency', 'emergency', sec.role_in(in_branch), 'clients_emergency', new_id);
    INSERT INTO public.clients_grant (id, client_id, branch_id, person_id, scope, basis, purpose, act, granted_by_id, starts_at, ends_at)
    VALUES (gen_random_uuid(), found[1], in_branch, me, 'errand', 'emergency', 'emergency', new_id, me, statement_timestamp(), until);
    RETURN found[1];
END $$;

-- The second press: contacts and notes as well, until the same time, while what the first one opened is still open.
CREATE FUNCTION sec.emergency_rest(which uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    e record;
BEGIN
    SELECT * INTO e FROM public.clients_emergency x WHERE x.id = which AND x.person_id = sec.cleared_person() AND x.ends_at > clock_timestamp() FOR UPDATE;
    -- Whose first press was ended (by a coordinator, a conflict, a protection) has no second.
    IF NOT FOUND OR NOT (e.branch_id = ANY (sec.serves())) OR NOT EXISTS (SELECT FROM public.clients_grant g
            WHERE g.act = which AND g.person_id = e.person_id AND g.starts_at <= statement_timestamp() AND g.ends_at > statement_timestamp()) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF e.rest_opened_at IS NOT NULL THEN
        RETURN false;
    END IF;
    UPDATE public.clients_emergency x SET rest_opened_at = statement_timestamp() WHERE x.id = which;
    PERFORM sec.log('emergency.rest', e.client_id, 'client', e.branch_id, 'emergency', 'emergency', sec.role_in(e.branch_id), 'clients_emergency', which);
    -- Nothing more for whom the client was given to: they read it already.
    IF sec.has_permission(e.client_id, 'view_notes') THEN
        RETURN true;
    END IF;
    INSERT INTO public.clients_grant (id, client_id, branch_id, person_id, scope, basis, purpose, act, granted_by_id, starts_at, ends_at)
    VALUES (gen_random_uuid(), e.client_id, e.branch_id, e.person_id, 'read', 'emergency', 'emergency', which, e.person_id, statement_timestamp(), e.ends_at);
    RETURN true;
END $$;

-- Ends it early: by whoever opened it, or a coordinator of the branch.
CREATE FUNCTION sec.emergency_end(which uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    e public.clients_emergency;
BEGIN
    SELECT * INTO e FROM public.clients_emergency x WHERE x.id = which FOR UPDATE;
    IF NOT FOUND OR sec.cleared_person() IS NULL OR NOT (e.person_id = sec.cleared_person() OR sec.is_looking_after(e.client_id)) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF e.ends_at <= clock_timestamp() THEN  -- somebody may have ended it while this waited
        RETURN false;
    END IF;
    PERFORM sec.close_emergency(e);
    RETURN true;
END $$;

-- Ends one in this second. For definer functions.
CREATE FUNCTION sec.close_emergency(e public.clients_emergency) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.clients_emergency x SET ends_at = statement_timestamp() WHERE x.id = e.id;
    PERFORM sec.end_grants(of_act => e.id);
    PERFORM sec.log('emergency.end', e.client_id, 'client', e.branch_id, 'emergency', 'emergency', sec.role_in(e.branch_id), 'clients_emergency', e.id);
END $$;

-- Who reads the words about it: whoever opened it, those who review it or did, the client once it is reviewed; and of what
-- should not have been, the data-protection lead, who answers for the breach.
CREATE FUNCTION sec.may_read_emergency(e public.clients_emergency) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
BEGIN
    RETURN coalesce((e.person_id = me AND e.opened_at >= sec.came_in(me)) OR (e.client_id = sec.own_open() AND sec.may_be_told('clients_emergency', e.id)) OR sec.may_review(e)
        OR (e.client_id <> ALL (sec.barred()) AND ((e.reviewed_by_id = me AND e.reviewed_at >= sec.came_in(me))
            OR (me IS NOT NULL AND e.outcome = 'misuse' AND sec.has_duty('protection')))), false);
END $$;

-- Who reviews it: a coordinator of the branch other than whoever opened it. The data-protection lead as well where that
-- was a coordinator, where no other coordinator can, or where nobody has done it in time. Nobody with a conflict of
-- interest, and nobody who may be the same human being.
CREATE FUNCTION sec.may_review(e public.clients_emergency) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
BEGIN
    RETURN coalesce(me <> e.person_id
        AND (e.branch_id = ANY (sec.coordinated())
            OR (sec.has_duty('protection') AND (e.by_coordinator OR (e.reviewed_at IS NULL AND e.review_due_at <= statement_timestamp())
                OR NOT EXISTS (SELECT FROM public.volunteers_duty d WHERE d.kind = 'coordinator' AND d.branch_id = e.branch_id AND sec.is_live(d)
                    AND NOT sec.are_tied(d.person_id, e.person_id) AND NOT sec.must_not_judge(d.person_id, e.person_id) AND NOT sec.is_in_conflict(d.person_id, e.client_id)))))
        AND NOT sec.must_not_judge(me, e.person_id) AND NOT sec.are_tied(me, e.person_id) AND e.client_id <> ALL (sec.barred()), false);
END $$;

-- Both by the id of what there is: whoever could hand in a row would ask about invented ones.
CREATE FUNCTION sec.may_review(emergency uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT sec.may_review(x) FROM public.clients_emergency x WHERE x.id = emergency), false);
END $$;

CREATE FUNCTION sec.may_read_emergency(emergency uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT sec.may_read_emergency(x) FROM public.clients_emergency x WHERE x.id = emergency), false);
END $$;

-- The review, once. What should not have been is opened as a breach.
CREATE FUNCTION sec.emergency_review(which uuid, verdict text, breach_ref text) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    e public.clients_emergency;
    breach uuid;
BEGIN
    SELECT * INTO e FROM public.clients_emergency x WHERE x.id = which FOR UPDATE;
    IF NOT FOUND OR NOT sec.may_review(e) OR sec.is_accused_by_others(sec.cleared_person(), e.client_id, e.person_id) OR verdict NOT IN ('justified', 'misuse') THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF e.reviewed_at IS NOT NULL THEN
        RAISE 'somebody else has reviewed this' USING ERRCODE = '23514', CONSTRAINT = 'emergency_reviewed';
    END IF;
    UPDATE public.clients_emergency x SET reviewed_at = statement_timestamp(), reviewed_by_id = sec.cleared_person(), outcome = verdict WHERE x.id = which;
    IF e.ends_at > statement_timestamp() AND verdict = 'misuse' THEN
        PERFORM sec.emergency_end(which);
    END IF;
    PERFORM sec.log('emergency.review', e.client_id, 'client', e.branch_id, 'emergency', 'branch_duty', sec.role_in(e.branch_id), 'clients_emergency', which,
        detail => jsonb_build_object('outcome', verdict));
    IF verdict = 'misuse' THEN
        INSERT INTO public.clients_breach (id, reference, emergency_id, branch_id, opened_at, opened_by_id)
        VALUES (gen_random_uuid(), breach_ref, which, e.branch_id, statement_timestamp(), sec.cleared_person()) RETURNING id INTO breach;
        PERFORM sec.log('breach.open', of_branch => e.branch_id, as_role => sec.role_in(e.branch_id), object => 'clients_breach', object_id => breach);
    END IF;
    RETURN breach;
END $$;

-- Words by whoever opened it are the ones that are due.
CREATE FUNCTION sec.emergency_said() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF new.kind = 'words' THEN
        UPDATE public.clients_emergency e SET words_at = coalesce(e.words_at, statement_timestamp()) WHERE e.id = new.emergency_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER said AFTER INSERT ON clients_emergencyentry FOR EACH ROW EXECUTE FUNCTION sec.emergency_said();

SELECT sec.guard('clients_emergencyentry', 'emergency_id', 'emergency');
SELECT sec.bind('clients_emergency', 'clients_breach');
SELECT sec.attest_rows('clients_emergency'), sec.attest_rows('clients_breach');
GRANT SELECT ON clients_emergency, clients_emergencyentry TO confidential_app, confidential_worker;
GRANT SELECT ON clients_breach TO confidential_app;
GRANT INSERT ON clients_emergencyentry TO confidential_app;
GRANT SELECT, INSERT, UPDATE ON clients_emergency TO confidential_door;
GRANT SELECT, INSERT ON clients_breach TO confidential_door;
CREATE POLICY door ON clients_emergency FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON clients_breach FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY see ON clients_emergency FOR SELECT TO confidential_app, confidential_worker
    USING ((person_id = (SELECT sec.cleared_person()) AND opened_at >= (SELECT sec.came_in(sec.cleared_person())))
        OR ((SELECT sec.own_open()) IS NOT NULL AND client_id = (SELECT sec.own_open()) AND sec.may_be_told('clients_emergency', id))
        OR (branch_id = ANY ((SELECT sec.coordinated())::uuid[]) AND client_id <> ALL ((SELECT sec.barred())::uuid[]))
        OR ((SELECT sec.cleared_person()) IS NOT NULL AND (SELECT sec.has_duty('protection')) AND client_id <> ALL ((SELECT sec.barred())::uuid[])));
CREATE POLICY see ON clients_emergencyentry FOR SELECT TO confidential_app, confidential_worker
    USING (sec.may_read_emergency(emergency_id));
CREATE POLICY add ON clients_emergencyentry FOR INSERT TO confidential_app
    WITH CHECK (by_id = (SELECT sec.cleared_person()) AND EXISTS (SELECT FROM clients_emergency e WHERE e.id = emergency_id
        AND CASE kind WHEN 'words' THEN e.person_id = (SELECT sec.cleared_person()) ELSE e.reviewed_by_id = (SELECT sec.cleared_person()) END));
CREATE POLICY see ON clients_breach FOR SELECT TO confidential_app
    USING ((opened_by_id = (SELECT sec.cleared_person()) AND opened_at >= (SELECT sec.came_in(sec.cleared_person())))
        OR ((SELECT sec.cleared_person()) IS NOT NULL AND (SELECT sec.has_duty('protection'))));

GRANT EXECUTE ON FUNCTION sec.ask_emergency TO confidential_signin;
GRANT EXECUTE ON FUNCTION sec.emergency_open, sec.emergency_rest, sec.emergency_end, sec.emergency_review, sec.may_review(uuid), sec.may_read_emergency(uuid) TO confidential_app;
GRANT EXECUTE ON FUNCTION sec.may_read_emergency(uuid) TO confidential_worker;
SELECT sec.adopt_functions();
