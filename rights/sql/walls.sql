-- Requests and exports: the client's own, and the coordinators of the branch. Jobs run as the one client they serve.
CREATE FUNCTION sec.request_step() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me CONSTANT uuid := sec.cleared_person();
    wrong text;
BEGIN
    IF tg_op = 'UPDATE' AND new.branch_id <> old.branch_id AND to_jsonb(new) - 'branch_id' = to_jsonb(old) - 'branch_id' THEN
        RETURN new;  -- the client changed branch; the application cannot write this column
    ELSIF tg_op = 'UPDATE' AND (new.state, new.handled_by_id, new.handled_at) IS NOT DISTINCT FROM (old.state, old.handled_by_id, old.handled_at) THEN
        NULL;  -- what is noted to it, or a second person (requests.sql): the application cannot write these columns
    ELSIF tg_op = 'UPDATE' THEN
        wrong := CASE
            WHEN to_jsonb(new) - '{state,handled_by_id,handled_at}'::text[] <> to_jsonb(old) - '{state,handled_by_id,handled_at}'::text[]
                OR old.state NOT IN ('new', 'in_progress') OR new.handled_by_id IS DISTINCT FROM me OR new.state = 'new'
                -- The client takes it back, and nobody does that for them.
                OR (new.state = 'taken_back') <> coalesce(new.client_id = sec.own_client(), false) THEN 'request_step'
            WHEN sec.is_accused(me, new.client_id) THEN 'request_elsewhere'
            WHEN new.state = 'done' AND new.kind = 'deletion' AND sec.are_tied(new.by_id, me) THEN 'request_own'
            WHEN new.state = 'done' AND NOT sec.is_counted(new.access_id) THEN 'request_unconfirmed'
            WHEN new.state = 'done' AND NOT sec.is_known_who_asks(new) THEN 'request_identity'
            WHEN new.state = 'done' AND (sec.is_noted(new, 'complete', 'no') OR sec.is_noted(new, 'entitled', 'no') OR sec.is_noted(new, 'founded', 'no'))
                THEN 'request_checks'
            WHEN new.state IN ('done', 'refused') AND sec.must_not_decide_alone(new, me, new.state = 'refused') THEN 'request_alone'
            -- An answer has words, and a refusal reasons: whoever decides has put some into what is sealed. An empty one adds 12 bytes.
            WHEN new.state IN ('done', 'refused') AND NOT EXISTS (SELECT FROM public.rights_subjectrequestwords w JOIN public.clients_revision v
                ON v."table" = 'rights_subjectrequestwords' AND v.row = w.id AND v.revision = w.revision - 1 AND v.replaced_by = me
                WHERE w.request_id = new.id AND octet_length(w.sealed) > octet_length(v.sealed) + 12) THEN 'request_reasons'
        END;
        IF wrong IS NOT NULL THEN
            RAISE 'a request cannot go this way' USING ERRCODE = '23514', CONSTRAINT = wrong;
        END IF;
        IF (new.state, new.handled_by_id, new.handled_at) IS DISTINCT FROM (old.state, old.handled_by_id, old.handled_at) THEN
            new.handled_at := statement_timestamp();
        END IF;
        new.to_tell := CASE WHEN new.state IN ('done', 'refused') THEN nullif(NOT sec.is_read_online(new), false) WHEN new.state = 'in_progress' THEN new.to_tell END;
    ELSIF new.state <> 'new' THEN
        RAISE 'a request starts as new' USING ERRCODE = '23514', CONSTRAINT = 'request_step';
    ELSIF sec.own_client() IS NULL AND sec.is_dead(new.client_id) THEN
        RAISE 'what heirs ask is recorded elsewhere' USING ERRCODE = '23514', CONSTRAINT = 'request_dead';
    ELSE
        new.access_id := sec.own_access();
        new.by_id := me;
        -- The times are ours, whatever is given.
        new.made_at := statement_timestamp();
        new.handled_by_id := NULL;
        new.handled_at := NULL;
        IF sec.own_client() IS NOT NULL THEN
            new.received_on := sec.today();
            new.how := 'portal';
            new.quality := 'self';
        ELSE
            new.received_on := coalesce(new.received_on, sec.today());
        END IF;
        IF new.received_on NOT BETWEEN sec.today() - 366 AND sec.today() OR (new.how = 'portal' AND new.access_id IS NULL)
            OR num_nonnulls(new.extended_on, new.paused_on, new.paused_days, new.to_tell, new.seconded_by_id, new.seconded_at) > 0 THEN
            RAISE 'a request cannot go this way' USING ERRCODE = '23514', CONSTRAINT = 'request_step';
        END IF;
    END IF;
    IF new.state IN ('new', 'in_progress') THEN
        -- Nobody writes a day of their own. One that was received before these days were counted keeps its own until something is noted.
        IF tg_op = 'INSERT' OR (new.received_on, new.paused_days, new.extended_on) IS DISTINCT FROM (old.received_on, old.paused_days, old.extended_on) OR new.latest_on IS NOT NULL THEN
            SELECT d.due, d.latest INTO new.due_on, new.latest_on FROM sec.days_to_answer(coalesce(new.received_on, sec.day_of(new.made_at)),
                coalesce(new.paused_days, 0), new.extended_on, EXISTS (SELECT FROM public.rights_localholidays h WHERE h.branch_id = new.branch_id)) d;
        END IF;
    END IF;
    IF tg_op = 'INSERT' OR (new.state, new.handled_by_id, new.handled_at) IS DISTINCT FROM (old.state, old.handled_by_id, old.handled_at) THEN
        PERFORM sec.log('request.' || new.state, new.client_id, 'client', new.branch_id, new.kind, object => 'rights_subjectrequest', object_id => new.id);
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER step BEFORE INSERT OR UPDATE ON rights_subjectrequest FOR EACH ROW EXECUTE FUNCTION sec.request_step();

-- A job runs as the client whose export is queued, for ten minutes, on the worker's connection only. What was written since a copy
-- of the team was read is in no such copy: it is given up.
CREATE FUNCTION sec.begin_export(which uuid) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    e record;
    token CONSTANT text := sec.draw();
BEGIN
    SELECT * INTO e FROM public.rights_export x WHERE x.id = which AND x.state = 'queued';
    IF NOT FOUND THEN
        RAISE 'no export waits under this id' USING ERRCODE = '42501';
    ELSIF e.prepared_id IS NOT NULL AND sec.is_copy_outdated(e.prepared_id) THEN
        RETURN NULL;
    END IF;
    PERFORM sec.mint('job', e.client_id, CASE WHEN e.prepared_id IS NULL THEN 'export' ELSE 'prepared' END, interval '10 minutes', sec.hash_of(token));
    PERFORM sec.log('export.begin', why => 'own_record', as_role => 'job', object => 'rights_export', object_id => which);
    RETURN token;
END $$;

SELECT sec.guard('rights_subjectrequestwords', 'client_id', 'client');
SELECT sec.bind('rights_subjectrequest', 'rights_export');
SELECT sec.attest_rows('rights_subjectrequest');
GRANT SELECT ON rights_subjectrequest, rights_subjectrequestwords, rights_export TO confidential_app, confidential_worker;
GRANT INSERT ON rights_subjectrequest, rights_subjectrequestwords, rights_export TO confidential_app;
GRANT UPDATE (state, handled_by_id, handled_at) ON rights_subjectrequest TO confidential_app;
GRANT UPDATE ON rights_subjectrequestwords TO confidential_app;
GRANT UPDATE (taken_at) ON rights_export TO confidential_app;
GRANT UPDATE (state, progress, file, size, ready_at, expires_at) ON rights_export TO confidential_worker;
GRANT SELECT ON rights_export, rights_subjectrequest TO confidential_door;
GRANT UPDATE (due_on, latest_on, received_on, extended_on, paused_on, paused_days, to_tell, seconded_by_id, seconded_at) ON rights_subjectrequest TO confidential_door;
CREATE POLICY door_notes ON rights_subjectrequest FOR UPDATE TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON rights_export FOR SELECT TO confidential_door USING (true);
CREATE POLICY door ON rights_subjectrequest FOR SELECT TO confidential_door USING (true);
CREATE POLICY see ON rights_subjectrequest FOR SELECT TO confidential_app, confidential_worker
    USING ((branch_id = ANY ((SELECT sec.coordinated())::uuid[]) AND client_id <> ALL ((SELECT sec.barred())::uuid[]))
        -- Whoever took it down, until somebody sees to it, and while the client is given to them.
        OR (by_id = (SELECT sec.cleared_person()) AND state = 'new' AND EXISTS (SELECT FROM clients_clientpermission p
            WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id AND p.code = 'view_client'))
        -- In a quiet or unconfirmed space what was asked in it, not what was said before.
        OR (client_id = (SELECT sec.own_client()) AND ((SELECT sec.own_open()) IS NOT NULL OR access_id = (SELECT sec.own_access()))));
CREATE POLICY add ON rights_subjectrequest FOR INSERT TO confidential_app
    -- By the client, by a coordinator, or by whoever hears it, also while the record is restricted.
    WITH CHECK (client_id = (SELECT sec.own_client()) OR (branch_id = ANY ((SELECT sec.coordinated())::uuid[]) AND client_id <> ALL ((SELECT sec.barred())::uuid[]))
        OR (by_id = (SELECT sec.cleared_person()) AND sec.may_hear_client(client_id)
            AND EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.branch_id = rights_subjectrequest.branch_id)));
CREATE POLICY change ON rights_subjectrequest FOR UPDATE TO confidential_app USING ((branch_id = ANY ((SELECT sec.coordinated())::uuid[]) AND client_id <> ALL ((SELECT sec.barred())::uuid[])));
-- The client takes back what nobody has answered, where their space shows it.
CREATE POLICY take_back ON rights_subjectrequest FOR UPDATE TO confidential_app
    USING (client_id = (SELECT sec.own_client()) AND state IN ('new', 'in_progress')
        AND ((SELECT sec.own_open()) IS NOT NULL OR access_id = (SELECT sec.own_access())))
    WITH CHECK (client_id = (SELECT sec.own_client()) AND state = 'taken_back');
CREATE POLICY see ON rights_subjectrequestwords FOR SELECT TO confidential_app, confidential_worker
    USING (EXISTS (SELECT FROM rights_subjectrequest r WHERE r.id = request_id));
CREATE POLICY add ON rights_subjectrequestwords FOR INSERT TO confidential_app
    WITH CHECK (EXISTS (SELECT FROM rights_subjectrequest r WHERE r.id = request_id));
CREATE POLICY change ON rights_subjectrequestwords FOR UPDATE TO confidential_app
    USING (EXISTS (SELECT FROM rights_subjectrequest r WHERE r.id = request_id AND r.branch_id = ANY ((SELECT sec.coordinated())::uuid[])
        AND r.state IN ('new', 'in_progress')));
-- A copy is for the space in which it was asked for: whoever makes a new card later finds none there.
CREATE POLICY see ON rights_export FOR SELECT TO confidential_app, confidential_worker
    USING (client_id = (SELECT sec.own_open()) AND made_at >= (SELECT sec.own_access_since())
        -- What the team prepares is theirs to hand over, and is no file of the space.
        AND (prepared_id IS NULL OR (SELECT w.kind FROM sec.principal() w) = 'job'));
-- A queued export names no file: the worker removes the file that a failed one names. A copy of everything is for a
-- client whose space somebody else of the team has confirmed.
CREATE POLICY add ON rights_export FOR INSERT TO confidential_app
    WITH CHECK (client_id = (SELECT sec.own_open()) AND made_at <= statement_timestamp() + interval '1 minute' AND state = 'queued' AND file IS NULL AND size IS NULL
        AND ready_at IS NULL AND expires_at IS NULL AND taken_at IS NULL AND progress = 0 AND prepared_id IS NULL AND taken = 0);
CREATE POLICY change ON rights_export FOR UPDATE TO confidential_app, confidential_worker
    USING (client_id = (SELECT sec.own_open()) AND made_at >= (SELECT sec.own_access_since())
        AND (prepared_id IS NULL OR (SELECT w.kind FROM sec.principal() w) = 'job'));

-- What was made, failed or is over does not wait again: the worker would make a copy that nobody asks for.
CREATE FUNCTION sec.refuse_waiting_again() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE 'an export waits once' USING ERRCODE = '42501';
END $$;
CREATE TRIGGER waits_once BEFORE UPDATE ON rights_export FOR EACH ROW
    WHEN (new.state = 'queued' AND old.state <> 'queued') EXECUTE FUNCTION sec.refuse_waiting_again();

-- The job queue holds ids only, and is the worker's. The application has one way into it: the job of an export of the
-- client's own that waits. The queue's own triggers name their tables without a schema.
CREATE FUNCTION sec.defer_export(which uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.rights_export x WHERE x.id = which AND x.state = 'queued' AND x.client_id = sec.own_open()) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    PERFORM set_config('search_path', 'pg_catalog, public, pg_temp', true);
    INSERT INTO public.procrastinate_jobs (queue_name, task_name, priority, lock, args)
    VALUES ('default', 'rights.make_export', 0, 'export-' || which, jsonb_build_object('export_id', which));
END $$;
GRANT SELECT, INSERT ON procrastinate_jobs, procrastinate_events TO confidential_door;
GRANT USAGE ON SEQUENCE procrastinate_jobs_id_seq, procrastinate_events_id_seq TO confidential_door;
GRANT EXECUTE ON FUNCTION sec.defer_export TO confidential_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers TO confidential_worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO confidential_worker;

-- Whether the data-protection lead may read a line that tells of a complaint. By the line's id, for the same reason.
CREATE FUNCTION sec.may_see_event(event uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN sec.has_duty('protection') AND coalesce((SELECT coalesce(e.subject <> ALL (sec.barred()), true) AND (e.purpose <> 'complaint' OR e.actor IS NOT DISTINCT FROM sec.cleared_person()
            -- Of a disclosure it is the time at which it was asked for: what follows the request stays or goes with it.
            OR NOT sec.has_closed_complaint(e.subject, least(e.at, (SELECT d.asked_at FROM public.disclosures_disclosure d WHERE d.id = e.object_id))))
        FROM public.audit_event e WHERE e.id = may_see_event.event), false);
END $$;

-- The log, for those who may read it: the client their own, but for what is apart and not told to them;
-- the data-protection lead all of it once the code is signed (P2), but for what a conflict of interest or a complaint
-- about them closes, for lines that would tell of such a complaint, and for what is past the time of the security log: it
-- stays for the client alone.
CREATE POLICY see ON audit_event FOR SELECT TO confidential_app, confidential_worker
    -- "IS NOT NULL" first: for the team the next term is NULL, which ends no AND, and what is told would be asked of each line.
    USING (((SELECT sec.own_open()) IS NOT NULL AND subject = (SELECT sec.own_open())
            AND (NOT sec.is_apart(action, object_type) OR sec.may_be_told(object_type, object_id)))
        OR ((SELECT sec.cleared_person()) IS NOT NULL AND (SELECT sec.has_duty('protection')) AND at >= (SELECT sec.kept_since('security'))
            AND coalesce(subject <> ALL ((SELECT sec.barred())::uuid[]), true)
            AND (subject_kind <> 'complaint' OR EXISTS (SELECT FROM clients_complaint m WHERE m.id = subject))
            AND (purpose <> 'complaint' OR sec.may_see_event(id))));

GRANT EXECUTE ON FUNCTION sec.begin_export TO confidential_worker;
GRANT EXECUTE ON FUNCTION sec.may_see_event TO confidential_app, confidential_worker;

SELECT sec.adopt_functions();
