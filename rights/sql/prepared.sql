-- A copy that the team prepares for a client, and somebody else releases (decision 64). Every step is a function: nobody prints
-- somebody's record alone.

-- Whether the principal may prepare one: a coordinator of the client's branch, whom no complaint of the client names. Not of
-- somebody who died: what heirs ask goes another way (decision 65). Not for the application: looking would tell of a complaint.
CREATE FUNCTION sec.may_prepare_copy(of_client uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN sec.cleared_person() IS NOT NULL AND coalesce(sec.may_decide_on(of_client), false) AND NOT sec.is_dead(of_client);
END $$;

-- Refuses a step to whoever looks after the client and may not take it now: in one word for a complaint and all else.
CREATE FUNCTION sec.check_copy(of_client uuid) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF sec.cleared_person() IS NULL OR NOT coalesce(sec.is_looking_after(of_client), false) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF sec.is_dead(of_client) THEN
        RAISE 'what heirs ask goes another way' USING ERRCODE = '23514', CONSTRAINT = 'copy_dead';
    ELSIF NOT sec.may_prepare_copy(of_client) THEN
        RAISE 'not possible now' USING ERRCODE = '23514', CONSTRAINT = 'copy_not_now';
    END IF;
END $$;

-- Whether the request that a copy answers, if it answers one, is open and it is known who asks, and that they may. A request of
-- somebody for the client, or under Art. 15, is one that was recorded.
CREATE FUNCTION sec.is_copy_asked_for(why text, answers uuid, of_client uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE WHEN answers IS NULL THEN why = 'asked'
        ELSE EXISTS (SELECT FROM public.rights_subjectrequest r WHERE r.id = answers AND r.client_id = of_client AND r.state IN ('new', 'in_progress')
            AND sec.is_counted(r.access_id) AND sec.is_known_who_asks(r)
            AND NOT (sec.is_noted(r, 'complete', 'no') OR sec.is_noted(r, 'entitled', 'no') OR sec.is_noted(r, 'founded', 'no'))) END;
END $$;

-- Coordinators of the client's branch other than this person, who could release a copy: not tied to them, without a conflict,
-- and not named in a complaint, unless these are counted too.
CREATE FUNCTION sec.copy_releasers(of_client uuid, preparer uuid, with_accused boolean) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(array_agg(DISTINCT d.person_id), '{}') FROM public.volunteers_duty d JOIN public.clients_client c ON c.branch_id = d.branch_id
        WHERE c.id = of_client AND d.kind = 'coordinator' AND sec.is_live(d) AND sec.has_signed(d.person_id) AND NOT sec.are_tied(d.person_id, preparer)
            AND (with_accused OR NOT sec.is_accused(d.person_id, of_client)) AND NOT sec.is_in_conflict(d.person_id, of_client)
            AND (NOT c.protected OR EXISTS (SELECT FROM public.clients_grant g WHERE g.client_id = c.id AND g.person_id = d.person_id
                AND g.starts_at <= statement_timestamp() AND (g.ends_at IS NULL OR g.ends_at > statement_timestamp()))));
END $$;

-- Whether the principal is shown this copy, which waits, as theirs to release: another coordinator; the data-protection lead where
-- there is none. Whom a complaint names is refused in the act: what is shown does not tell of it.
CREATE FUNCTION sec.may_release_copy(which uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
    p public.rights_preparedcopy;
BEGIN
    SELECT * INTO p FROM public.rights_preparedcopy x WHERE x.id = which AND x.state = 'sent';
    IF NOT FOUND OR me IS NULL OR sec.are_tied(me, p.prepared_by_id) OR sec.is_in_conflict(me, p.client_id) THEN
        RETURN false;
    END IF;
    RETURN me = ANY (sec.copy_releasers(p.client_id, p.prepared_by_id, true))
        OR (sec.has_duty('protection') AND NOT sec.is_accused(me, p.client_id) AND sec.copy_releasers(p.client_id, p.prepared_by_id, false) = '{}');
END $$;

-- Whether the principal may give this copy up before it is released: whoever prepared it; where they have left, any coordinator
-- who looks after the client, or the data-protection lead.
CREATE FUNCTION sec.may_end_copy(which uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
    p public.rights_preparedcopy;
BEGIN
    SELECT * INTO p FROM public.rights_preparedcopy x WHERE x.id = which AND x.state IN ('prepared', 'sent');
    IF NOT FOUND OR me IS NULL THEN
        RETURN false;
    ELSIF p.prepared_by_id = me THEN
        RETURN sec.is_looking_after(p.client_id);
    END IF;
    RETURN NOT sec.is_serving_in(p.prepared_by_id, (SELECT c.branch_id FROM public.clients_client c WHERE c.id = p.client_id))
        AND (sec.is_looking_after(p.client_id) OR (sec.has_duty('protection') AND p.client_id <> ALL (sec.barred()) AND NOT sec.is_accused(me, p.client_id)));
END $$;

-- Whether the principal sees that this copy is there: looks after the client, may release or end it, or released it.
CREATE FUNCTION sec.may_see_copy(which uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
BEGIN
    RETURN me IS NOT NULL AND EXISTS (SELECT FROM public.rights_preparedcopy p WHERE p.id = which AND (sec.is_looking_after(p.client_id)
        OR (p.released_by_id = me AND sec.has_duty('protection') AND NOT sec.is_accused(me, p.client_id)) OR sec.may_release_copy(which)
        OR sec.may_end_copy(which)));
END $$;

-- How many contacts and passages a copy leaves out because a law or an authority forbids telling: for whoever releases it, never
-- for the client.
CREATE FUNCTION sec.forbidden_in_copy(which uuid) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE WHEN sec.may_see_copy(which) THEN (SELECT count(*) FROM public.rights_leftout o WHERE o.copy_id = which AND o.reason = 'forbidden') ELSE 0 END;
END $$;

-- The client's reference, for whoever sees the copy and not the record.
CREATE FUNCTION sec.reference_of_copy(which uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT c.reference FROM public.rights_preparedcopy p JOIN public.clients_client c ON c.id = p.client_id WHERE p.id = which AND sec.may_see_copy(which));
END $$;

-- Begins one. The request that it answers, if any, is the same client's.
CREATE FUNCTION sec.prepare_copy(new_id uuid, of_client uuid, why text, how text, in_language text, in_large boolean, answers uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.check_copy(of_client);
    IF NOT sec.is_fresh(15) OR (answers IS NOT NULL AND NOT EXISTS (SELECT FROM public.rights_subjectrequest r WHERE r.id = answers AND r.client_id = of_client)) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF NOT sec.is_copy_asked_for(why, answers, of_client) THEN
        RAISE 'it is not known who asks' USING ERRCODE = '23514', CONSTRAINT = 'copy_request';
    END IF;
    INSERT INTO public.rights_preparedcopy (id, client_id, request_id, reason, way, language, large, state, prepared_by_id)
    VALUES (new_id, of_client, answers, why, how, in_language, in_large, 'prepared', sec.cleared_person());
    PERFORM sec.log('copy.prepare', of_client, 'client', (SELECT c.branch_id FROM public.clients_client c WHERE c.id = of_client), 'request',
        as_role => 'coordinator', object => 'rights_preparedcopy', object_id => new_id, detail => jsonb_build_object('reason', why, 'way', how));
END $$;

-- Sends it to be released: what it leaves out is fixed, and counted for whoever releases it without reading it. What was written
-- after the record was read, nobody has looked at. What is forbidden to tell is in no number that the client sees.
CREATE FUNCTION sec.send_copy(which uuid, drawn timestamptz, writes integer) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p public.rights_preparedcopy;
BEGIN
    SELECT * INTO p FROM public.rights_preparedcopy x WHERE x.id = which FOR UPDATE;
    IF NOT FOUND OR p.state <> 'prepared' OR p.prepared_by_id IS DISTINCT FROM sec.cleared_person()
            OR (drawn BETWEEN p.prepared_at AND statement_timestamp()) IS NOT TRUE THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    PERFORM sec.check_copy(p.client_id);
    UPDATE public.rights_preparedcopy x SET state = 'sent', sent_at = statement_timestamp(), read_at = drawn, read_writes = writes,
        contacts = (SELECT count(*) FROM public.clients_contact c WHERE c.client_id = p.client_id
            AND NOT EXISTS (SELECT FROM public.rights_leftout o WHERE o.copy_id = which AND o.contact_id = c.id AND o.reason = 'forbidden')),
        left_out = (SELECT count(*) FROM public.rights_leftout o WHERE o.copy_id = which AND o.contact_id IS NOT NULL AND o.reason <> 'forbidden'),
        struck = (SELECT count(*) FROM public.rights_leftout o WHERE o.copy_id = which AND o.contact_id IS NULL AND o.reason <> 'forbidden')
    WHERE x.id = which;
    PERFORM sec.log('copy.send', p.client_id, 'client', (SELECT c.branch_id FROM public.clients_client c WHERE c.id = p.client_id), 'request',
        as_role => 'coordinator', object => 'rights_preparedcopy', object_id => which);
END $$;

-- What a copy leaves out is chosen while it is prepared, and not after it was sent: its row is held until this is done.
CREATE FUNCTION sec.refuse_left_out() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    stands text;
BEGIN
    SELECT p.state INTO stands FROM public.rights_preparedcopy p WHERE p.id = new.copy_id FOR UPDATE;
    IF stands IS DISTINCT FROM 'prepared' THEN
        RAISE 'this copy was sent' USING ERRCODE = '23514', CONSTRAINT = 'copy_sent';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_left_out AFTER INSERT ON rights_leftout FOR EACH ROW EXECUTE FUNCTION sec.refuse_left_out();

-- How many writes about the client of a copy the log knows, since a while before it was begun: no transaction lasts that long. The log
-- knows each sealed or kept row. Counted, because a write that is committed after the page was drawn may have begun before.
CREATE FUNCTION sec.writes_since(p public.rights_preparedcopy) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT count(*)::integer FROM public.audit_event e WHERE e.at > p.prepared_at - interval '10 minutes'
        AND (e.subject = p.client_id OR e.subject IN (SELECT m.id FROM public.clients_emergency m WHERE m.client_id = p.client_id))
        AND e.revision IS NOT NULL AND e.digest IS NOT NULL AND e.action <> 'row.seal'
        AND e.object_type NOT IN ('rights_leftout', 'clients_fingerprint', 'clients_likeness', 'clients_draft')
$$;

-- The same, with the time, for whoever prepares the copy and is about to read the record.
CREATE FUNCTION sec.begin_to_read(which uuid) RETURNS TABLE (drawn timestamptz, writes integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT statement_timestamp(), sec.writes_since(p) FROM public.rights_preparedcopy p
    WHERE p.id = which AND p.state = 'prepared' AND p.prepared_by_id = sec.cleared_person()
$$;

-- Whether something was written about the client since the record was read for this copy: nobody has looked at that for what is
-- about others. One that was sent before these were counted is over.
CREATE FUNCTION sec.is_copy_outdated(which uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.rights_preparedcopy p WHERE p.id = which AND p.read_writes IS DISTINCT FROM sec.writes_since(p))
$$;

-- Releases it, by another person than whoever prepared it, and puts its making into the queue.
CREATE FUNCTION sec.release_copy(which uuid, new_export uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p public.rights_preparedcopy;
    wrong text;
BEGIN
    SELECT * INTO p FROM public.rights_preparedcopy x WHERE x.id = which FOR UPDATE;
    IF NOT FOUND OR NOT sec.may_release_copy(which) OR NOT sec.is_fresh(15) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    wrong := CASE WHEN sec.is_dead(p.client_id) THEN 'copy_dead' WHEN sec.is_accused(sec.cleared_person(), p.client_id) THEN 'copy_not_now'
        WHEN NOT sec.is_copy_asked_for(p.reason, p.request_id, p.client_id) THEN 'copy_request' END;
    IF wrong IS NOT NULL THEN
        RAISE 'not possible now' USING ERRCODE = '23514', CONSTRAINT = wrong;
    ELSIF sec.is_copy_outdated(which) THEN
        RAISE 'the record has changed since' USING ERRCODE = '23514', CONSTRAINT = 'copy_outdated';
    END IF;
    UPDATE public.rights_preparedcopy x SET state = 'released', released_by_id = sec.cleared_person(), released_at = statement_timestamp() WHERE x.id = which;
    INSERT INTO public.rights_export (id, client_id, prepared_id, state, progress, language, made_at, taken)
    VALUES (new_export, p.client_id, which, 'queued', 0, p.language, statement_timestamp(), 0);
    PERFORM set_config('search_path', 'pg_catalog, public, pg_temp', true);
    INSERT INTO public.procrastinate_jobs (queue_name, task_name, priority, lock, args)
    VALUES ('default', 'rights.make_export', 0, 'export-' || new_export, jsonb_build_object('export_id', new_export));
    PERFORM sec.log('copy.release', p.client_id, 'client', (SELECT c.branch_id FROM public.clients_client c WHERE c.id = p.client_id), 'request',
        object => 'rights_preparedcopy', object_id => which);
END $$;

-- Does not release it; or, by whoever may end it, gives it up before anybody did. False where it went on meanwhile.
CREATE FUNCTION sec.end_copy(which uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p public.rights_preparedcopy;
    mine boolean;
BEGIN
    SELECT * INTO p FROM public.rights_preparedcopy x WHERE x.id = which FOR UPDATE;
    mine := sec.may_end_copy(which);
    IF p.id IS NOT NULL AND p.state NOT IN ('prepared', 'sent') AND sec.may_see_copy(which) THEN
        RETURN false;
    ELSIF p.id IS NULL OR NOT (mine OR sec.may_release_copy(which)) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF p.prepared_by_id IS DISTINCT FROM sec.cleared_person() AND sec.is_accused(sec.cleared_person(), p.client_id) THEN
        RAISE 'not possible now' USING ERRCODE = '23514', CONSTRAINT = 'copy_not_now';
    END IF;
    UPDATE public.rights_preparedcopy x SET state = CASE WHEN mine THEN 'ended' ELSE 'refused' END, ended_at = statement_timestamp() WHERE x.id = which;
    PERFORM sec.log(CASE WHEN mine THEN 'copy.end' ELSE 'copy.refuse' END, p.client_id, 'client',
        (SELECT c.branch_id FROM public.clients_client c WHERE c.id = p.client_id), 'request', object => 'rights_preparedcopy', object_id => which);
    RETURN true;
END $$;

-- Takes the file of a copy that is ready: a coordinator of the branch, three times at most. Says whether it may be given out.
CREATE FUNCTION sec.take_copy(which uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    x public.rights_export;
BEGIN
    SELECT * INTO x FROM public.rights_export e WHERE e.id = which AND e.prepared_id IS NOT NULL FOR UPDATE;
    IF NOT FOUND OR NOT sec.is_fresh(15) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    PERFORM sec.check_copy(x.client_id);
    IF x.state <> 'ready' OR x.expires_at <= statement_timestamp() OR x.taken >= 3 THEN
        RETURN false;
    END IF;
    UPDATE public.rights_export e SET taken = e.taken + 1, taken_at = statement_timestamp() WHERE e.id = which;
    RETURN true;
END $$;

SELECT sec.guard('rights_leftout', 'client_id', 'client');
SELECT sec.bind('rights_preparedcopy');
SELECT sec.attest_rows('rights_preparedcopy');
GRANT SELECT ON rights_preparedcopy, rights_leftout TO confidential_app, confidential_worker;
GRANT INSERT ON rights_leftout TO confidential_app;
GRANT SELECT, INSERT, UPDATE ON rights_preparedcopy TO confidential_door;
GRANT SELECT ON rights_leftout TO confidential_door;
GRANT INSERT ON rights_export TO confidential_door;
GRANT UPDATE (taken, taken_at) ON rights_export TO confidential_door;
CREATE POLICY door ON rights_preparedcopy FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON rights_leftout FOR SELECT TO confidential_door USING (true);
CREATE POLICY door_makes ON rights_export FOR INSERT TO confidential_door WITH CHECK (prepared_id IS NOT NULL);
-- A coordinator of the client's branch; once it is sent, whoever may release it, or did; the client, whose copy says which there were.
CREATE POLICY see ON rights_preparedcopy FOR SELECT TO confidential_app, confidential_worker
    USING (client_id = (SELECT sec.own_open())
        OR ((cardinality((SELECT sec.coordinated())) > 0 OR (SELECT sec.has_duty('protection'))) AND sec.may_see_copy(id)));
-- What is struck out is about others: whoever prepares it, and the job that makes it; never the client.
CREATE POLICY see ON rights_leftout FOR SELECT TO confidential_app, confidential_worker
    USING (((SELECT sec.is_answering()) AND client_id = (SELECT sec.own_open()))
        OR EXISTS (SELECT FROM rights_preparedcopy p WHERE p.id = copy_id AND p.prepared_by_id = (SELECT sec.cleared_person())));
CREATE POLICY add ON rights_leftout FOR INSERT TO confidential_app
    WITH CHECK (EXISTS (SELECT FROM rights_preparedcopy p WHERE p.id = copy_id AND p.state = 'prepared' AND p.prepared_by_id = (SELECT sec.cleared_person()))
        AND (contact_id IS NULL OR EXISTS (SELECT FROM clients_contact c WHERE c.id = contact_id)));
-- The file of such a copy is for the team of its branch, not for the client's space.
CREATE POLICY see_prepared ON rights_export FOR SELECT TO confidential_app
    USING (prepared_id IS NOT NULL AND EXISTS (SELECT FROM rights_preparedcopy p WHERE p.id = prepared_id) AND (SELECT sec.own_client()) IS NULL);
GRANT EXECUTE ON FUNCTION sec.may_release_copy, sec.may_end_copy, sec.prepare_copy, sec.begin_to_read, sec.send_copy, sec.release_copy, sec.end_copy, sec.take_copy,
    sec.may_see_copy, sec.forbidden_in_copy, sec.reference_of_copy TO confidential_app;
GRANT EXECUTE ON FUNCTION sec.may_see_copy TO confidential_worker;

SELECT sec.adopt_functions();
