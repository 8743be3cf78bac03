-- Requests and exports: the client's own, and the coordinators of the branch. Jobs run as the one client they serve.
ALTER TABLE rights_subjectrequest ADD CONSTRAINT request_branch FOREIGN KEY (client_id, branch_id) REFERENCES clients_client (id, branch_id) ON UPDATE CASCADE;
ALTER TABLE rights_subjectrequest ADD CONSTRAINT request_id_client UNIQUE (id, client_id);
ALTER TABLE rights_subjectrequestwords ADD CONSTRAINT words_client FOREIGN KEY (request_id, client_id) REFERENCES rights_subjectrequest (id, client_id);

CREATE FUNCTION sec.request_step() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF tg_op = 'UPDATE' AND new.branch_id <> old.branch_id AND to_jsonb(new) - 'branch_id' = to_jsonb(old) - 'branch_id' THEN
        RETURN new;  -- the client changed branch; the application cannot write this column
    ELSIF tg_op = 'UPDATE' THEN
        IF (new.id, new.client_id, new.branch_id, new.kind, new.made_at, new.due_on, new.access_id)
            IS DISTINCT FROM (old.id, old.client_id, old.branch_id, old.kind, old.made_at, old.due_on, old.access_id)
            OR old.state IN ('done', 'refused') OR new.handled_by_id IS DISTINCT FROM sec.uid() OR new.state = 'new' THEN
            RAISE 'a request cannot go this way' USING ERRCODE = '23514', CONSTRAINT = 'request_step';
        ELSIF sec.accused(sec.uid(), new.client_id) THEN
            RAISE 'somebody else answers this' USING ERRCODE = '23514', CONSTRAINT = 'request_elsewhere';
        ELSIF new.state = 'done' AND NOT sec.counts(new.access_id) THEN
            RAISE 'nobody else has spoken to the client' USING ERRCODE = '23514', CONSTRAINT = 'request_unconfirmed';
        END IF;
    ELSIF new.state <> 'new' THEN
        RAISE 'a request starts as new' USING ERRCODE = '23514', CONSTRAINT = 'request_step';
    ELSE
        new.access_id := sec.own_access();
    END IF;
    PERFORM sec.log('request.' || new.state, new.client_id, 'client', new.branch_id, new.kind, object => 'rights_subjectrequest', object_id => new.id);
    RETURN new;
END $$;
CREATE TRIGGER step BEFORE INSERT OR UPDATE ON rights_subjectrequest FOR EACH ROW EXECUTE FUNCTION sec.request_step();

-- A job runs as the client whose export is queued, for ten minutes, on the worker's connection only.
CREATE FUNCTION sec.begin_export(which uuid, token_hash bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    e record;
BEGIN
    SELECT * INTO e FROM public.rights_export x WHERE x.id = which AND x.state = 'queued';
    IF NOT FOUND THEN
        RAISE 'no export waits under this id' USING ERRCODE = '42501';
    END IF;
    INSERT INTO public.vault_principal (hash, kind, subject, purpose, expires_at)
    VALUES (token_hash, 'job', e.client_id, 'export', statement_timestamp() + interval '10 minutes');
END $$;

SELECT sec.guard('rights_subjectrequestwords', 'client_id', 'client');
SELECT sec.bind('rights_subjectrequest', 'rights_export');
GRANT SELECT ON rights_subjectrequest, rights_subjectrequestwords, rights_export TO confidential_app, confidential_worker;
GRANT INSERT ON rights_subjectrequest, rights_subjectrequestwords, rights_export TO confidential_app;
GRANT UPDATE (state, handled_by_id, handled_at) ON rights_subjectrequest TO confidential_app;
GRANT UPDATE ON rights_subjectrequestwords TO confidential_app;
GRANT UPDATE (taken_at) ON rights_export TO confidential_app;
GRANT UPDATE (state, progress, file, size, ready_at, expires_at) ON rights_export TO confidential_worker;
GRANT SELECT ON rights_export, rights_subjectrequest TO confidential_door;
CREATE POLICY door ON rights_export FOR SELECT TO confidential_door USING (true);
CREATE POLICY door ON rights_subjectrequest FOR SELECT TO confidential_door USING (true);
CREATE POLICY see ON rights_subjectrequest FOR SELECT TO confidential_app, confidential_worker
    USING ((branch_id = ANY ((SELECT sec.coordinated())::uuid[]) AND client_id <> ALL ((SELECT sec.barred())::uuid[])) OR client_id = (SELECT sec.own_client()));
CREATE POLICY add ON rights_subjectrequest FOR INSERT TO confidential_app
    WITH CHECK (client_id = (SELECT sec.own_client()) OR (branch_id = ANY ((SELECT sec.coordinated())::uuid[]) AND client_id <> ALL ((SELECT sec.barred())::uuid[])));
CREATE POLICY change ON rights_subjectrequest FOR UPDATE TO confidential_app USING ((branch_id = ANY ((SELECT sec.coordinated())::uuid[]) AND client_id <> ALL ((SELECT sec.barred())::uuid[])));
CREATE POLICY see ON rights_subjectrequestwords FOR SELECT TO confidential_app, confidential_worker
    USING (EXISTS (SELECT FROM rights_subjectrequest r WHERE r.id = request_id));
CREATE POLICY add ON rights_subjectrequestwords FOR INSERT TO confidential_app
    WITH CHECK (EXISTS (SELECT FROM rights_subjectrequest r WHERE r.id = request_id));
CREATE POLICY change ON rights_subjectrequestwords FOR UPDATE TO confidential_app
    USING (EXISTS (SELECT FROM rights_subjectrequest r WHERE r.id = request_id AND r.branch_id = ANY ((SELECT sec.coordinated())::uuid[])));
CREATE POLICY see ON rights_export FOR SELECT TO confidential_app, confidential_worker USING (client_id = (SELECT sec.own_client()));
-- A queued export names no file: the worker removes the file that a failed one names. A copy of everything is for a
-- client whose space somebody else of the team has confirmed.
CREATE POLICY add ON rights_export FOR INSERT TO confidential_app
    WITH CHECK (client_id = (SELECT sec.own_open()) AND (SELECT sec.own_counts()) AND state = 'queued' AND file IS NULL AND size IS NULL
        AND ready_at IS NULL AND expires_at IS NULL AND taken_at IS NULL AND progress = 0);
CREATE POLICY change ON rights_export FOR UPDATE TO confidential_app, confidential_worker USING (client_id = (SELECT sec.own_client()));

-- The job queue holds ids only. The application defers jobs; the worker runs them.
GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers TO confidential_worker;
GRANT SELECT, INSERT ON procrastinate_jobs, procrastinate_events TO confidential_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO confidential_worker;
GRANT USAGE ON SEQUENCE procrastinate_jobs_id_seq, procrastinate_events_id_seq TO confidential_app;

-- Whether at that moment a disclosure was being worked on which the client cannot see: work on disclosures then leaves no
-- line for them, because it would warn whoever looks over their shoulder. What became of nothing is kept back for that time only.
CREATE FUNCTION sec.kept_back(moment timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.disclosures_disclosure d WHERE d.client_id = sec.own_client()
        AND d.state NOT IN ('released', 'received') AND d.consent <> 'given' AND d.made_at <= moment
        AND moment <= coalesce(d.cancelled_at, CASE WHEN d.state = 'refused' THEN d.decided_at END, 'infinity') + interval '1 day');
END $$;

-- The log, for those who may read it: the client their own, but for what would tell that somebody close is a client too,
-- and steps of a disclosure that the client does not see yet;
-- the data-protection lead all of it once the code is signed (P2), but for what a conflict of interest or a complaint
-- about them closes, for lines that would tell of such a complaint, and for what is past the time of the security log: it
-- stays for the client alone.
CREATE POLICY see ON audit_event FOR SELECT TO confidential_app, confidential_worker
    USING ((subject = (SELECT sec.own_open()) AND (NOT sec.apart(action, object_type)
            OR (action LIKE 'disclosure.%' AND CASE object_type WHEN 'disclosures_disclosure'
                THEN EXISTS (SELECT FROM disclosures_disclosure d WHERE d.id = object_id) ELSE NOT sec.kept_back(at) END)))
        OR ((SELECT sec.uid()) IS NOT NULL AND (SELECT sec.holds('protection')) AND at >= (SELECT sec.kept_since('security')) AND coalesce(subject <> ALL ((SELECT sec.barred())::uuid[]), true)
            AND (subject_kind <> 'complaint' OR EXISTS (SELECT FROM clients_complaint m WHERE m.id = subject))
            AND (purpose <> 'complaint' OR NOT sec.complained_about(subject))));

GRANT EXECUTE ON FUNCTION sec.begin_export TO confidential_worker;
GRANT EXECUTE ON FUNCTION sec.kept_back TO confidential_app, confidential_worker;

SELECT sec.adopt_functions();
