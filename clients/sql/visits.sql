-- Lone visits: somebody says where and until when; the place opens to one buddy, on alarm only, and is then destroyed.
-- A visit goes on to its end whatever code is adopted meanwhile: only starting one asks for a signature (decision 53).

-- Somebody goes out alone: who looks out for them, and until when.
CREATE FUNCTION sec.visit_start(new_id uuid, in_branch uuid, buddy uuid, until timestamptz, wrapped_data bytea, wrapped_audit bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
BEGIN
    -- One at a time, so that "I am back" is one press.
    PERFORM FROM public.volunteers_person p WHERE p.user_id = me FOR UPDATE;
    IF EXISTS (SELECT FROM public.clients_lonevisit v WHERE v.person_id = me AND v.safe_at IS NULL) THEN
        RAISE 'still out' USING ERRCODE = '23514', CONSTRAINT = 'visit_one';
    END IF;
    IF me IS NULL OR NOT (in_branch = ANY (sec.serves())) OR buddy = me OR NOT sec.is_serving_in(buddy, in_branch)
        OR until <= statement_timestamp() OR until > statement_timestamp() + interval '24 hours' THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    INSERT INTO public.clients_lonevisit (id, person_id, buddy_id, branch_id, starts_at, until)
    VALUES (new_id, me, buddy, in_branch, statement_timestamp(), until);
    PERFORM sec.add_key(new_id, 'visit', wrapped_data, wrapped_audit);
    PERFORM sec.log('visit.start', new_id, 'visit', in_branch, object => 'clients_lonevisit', object_id => new_id);
END $$;

-- Whether it alarms: somebody pressed, or the time passed by a quarter of an hour without a word.
CREATE FUNCTION sec.is_alarming(v public.clients_lonevisit) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN v.safe_at IS NULL AND (v.alarm_at IS NOT NULL OR v.until < statement_timestamp() - interval '15 minutes');
END $$;

-- Who may read the place: whoever is out, and on alarm the buddy.
CREATE FUNCTION sec.may_find_visit(v public.clients_lonevisit) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce(v.safe_at IS NULL AND (v.person_id = sec.signed_in_person() OR (v.buddy_id = sec.signed_in_person() AND sec.is_alarming(v))), false);
END $$;

-- The same by its id: whoever could hand in a row would ask about invented ones.
CREATE FUNCTION sec.may_find_visit(visit uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT sec.may_find_visit(x) FROM public.clients_lonevisit x WHERE x.id = visit), false);
END $$;

-- More time, before it alarms: afterwards somebody is looking already, and only "safe" calls them off.
CREATE FUNCTION sec.visit_later(which uuid, new_until timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v public.clients_lonevisit;
BEGIN
    SELECT * INTO v FROM public.clients_lonevisit x WHERE x.id = which FOR UPDATE;
    IF NOT FOUND OR v.person_id IS DISTINCT FROM sec.signed_in_person() OR new_until IS NULL OR new_until > statement_timestamp() + interval '24 hours' THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF v.safe_at IS NOT NULL OR sec.is_alarming(v) OR new_until <= v.until THEN
        RETURN false;
    END IF;
    UPDATE public.clients_lonevisit x SET until = new_until WHERE x.id = which;
    PERFORM sec.log('visit.later', which, 'visit', v.branch_id, object => 'clients_lonevisit', object_id => which);
    RETURN true;
END $$;

-- Pressed by the one who is out, or by the buddy who cannot reach them: logged, and never to be undone.
CREATE FUNCTION sec.visit_alarm(which uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v record;
BEGIN
    SELECT * INTO v FROM public.clients_lonevisit x WHERE x.id = which FOR UPDATE;
    -- The buddy waits until the time is over: before it, being curious would be a press away.
    IF NOT FOUND OR sec.signed_in_person() IS NULL OR NOT (v.person_id = sec.signed_in_person() OR (v.buddy_id = sec.signed_in_person() AND v.until <= statement_timestamp())) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF v.safe_at IS NOT NULL OR v.alarm_at IS NOT NULL THEN
        RETURN false;
    END IF;
    UPDATE public.clients_lonevisit x SET alarm_at = statement_timestamp() WHERE x.id = which;
    PERFORM sec.log('visit.alarm', which, 'visit', v.branch_id, object => 'clients_lonevisit', object_id => which);
    RETURN true;
END $$;

-- Back safe: by whoever was out, or after an alarm by the buddy who found them. The place and its key are destroyed.
CREATE FUNCTION sec.visit_safe(which uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v public.clients_lonevisit;
BEGIN
    SELECT * INTO v FROM public.clients_lonevisit x WHERE x.id = which FOR UPDATE;
    IF NOT FOUND OR sec.signed_in_person() IS NULL OR NOT (v.person_id = sec.signed_in_person() OR (v.buddy_id = sec.signed_in_person() AND (v.safe_at IS NOT NULL OR sec.is_alarming(v)))) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF v.safe_at IS NOT NULL THEN
        RETURN false;
    END IF;
    UPDATE public.clients_lonevisit x SET safe_at = statement_timestamp() WHERE x.id = which;
    PERFORM sec.forget_visit(which);
    PERFORM sec.log('visit.safe', which, 'visit', v.branch_id, object => 'clients_lonevisit', object_id => which);
    RETURN true;
END $$;

-- The place goes for good, and the key that would open it in a backup of the row. The audit key stays: it opens the
-- leaves of the log, which hold no place.
CREATE FUNCTION sec.forget_visit(which uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM public.clients_lonevisitplace p WHERE p.visit_id = which;
    UPDATE public.vault_subjectkey k SET data = '' WHERE k.subject = which AND k.kind = 'visit';
$$;

-- Whom else to ring about a visit: the coordinators of its branch by their working names, to whoever may know where somebody is. The
-- buddy may not have signed the code, and sees no other colleague.
CREATE FUNCTION sec.visit_coordinators(which uuid) RETURNS SETOF text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT p.working_name::text FROM public.clients_lonevisit v
        JOIN public.volunteers_duty d ON d.branch_id = v.branch_id AND d.kind = 'coordinator' AND sec.is_live(d)
        JOIN public.volunteers_person p ON p.user_id = d.person_id
    WHERE v.id = which AND sec.may_find_visit(which) AND p.user_id NOT IN (v.person_id, v.buddy_id) ORDER BY p.working_name;
END $$;

-- With whom the principal is in a visit that has not ended: each sees who the other is, the code signed or not.
CREATE FUNCTION sec.out_with() RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.signed_in_person();
BEGIN
    RETURN ARRAY(SELECT CASE v.person_id WHEN me THEN v.buddy_id ELSE v.person_id END FROM public.clients_lonevisit v
        WHERE v.safe_at IS NULL AND me IN (v.person_id, v.buddy_id) AND v.starts_at >= sec.came_in(me));
END $$;

SELECT sec.guard('clients_lonevisitplace', 'visit_id', 'visit');
SELECT sec.bind('clients_lonevisit');
GRANT SELECT ON clients_lonevisit, clients_lonevisitplace TO confidential_app;
GRANT INSERT ON clients_lonevisitplace TO confidential_app;
GRANT SELECT, INSERT, UPDATE ON clients_lonevisit TO confidential_door;
GRANT UPDATE (data) ON vault_subjectkey TO confidential_door;
GRANT SELECT (visit_id), DELETE ON clients_lonevisitplace TO confidential_door;
CREATE POLICY door ON clients_lonevisit FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON clients_lonevisitplace FOR ALL TO confidential_door USING (true);
CREATE POLICY see ON clients_lonevisit FOR SELECT TO confidential_app USING ((SELECT sec.signed_in_person()) IN (person_id, buddy_id) AND starts_at >= (SELECT sec.came_in(sec.signed_in_person())));
CREATE POLICY see ON clients_lonevisitplace FOR SELECT TO confidential_app
    USING (sec.may_find_visit(visit_id));
CREATE POLICY out ON volunteers_person FOR SELECT TO confidential_app USING (user_id = ANY (ARRAY(SELECT unnest(sec.out_with()))));
CREATE POLICY add ON clients_lonevisitplace FOR INSERT TO confidential_app
    WITH CHECK (EXISTS (SELECT FROM clients_lonevisit v WHERE v.id = visit_id AND v.person_id = (SELECT sec.cleared_person()) AND v.safe_at IS NULL));

GRANT EXECUTE ON FUNCTION sec.visit_start, sec.visit_later, sec.visit_alarm, sec.visit_safe, sec.may_find_visit(uuid), sec.out_with,
    sec.visit_coordinators TO confidential_app;
SELECT sec.adopt_functions();
