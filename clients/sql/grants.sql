-- The ledger of grants: what guardian reads of it, how a grant ends, and who sees which. guardian reads
-- clients_clientpermission and clients_contactpermission, which a trigger derives from clients_grant.

-- What a scope lets its holder do becomes guardian's rows. A grant never changes but for an earlier end, and what ended
-- stays ended. An end is never set before now: that would deny a past.
CREATE FUNCTION sec.derive() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
BEGIN
    IF tg_op = 'UPDATE' THEN
        IF new.branch_id <> old.branch_id AND to_jsonb(new) - 'branch_id' = to_jsonb(old) - 'branch_id'
                AND new.ends_at <= statement_timestamp() THEN
            -- What ended goes along when the client changes branch (the foreign key does it).
            UPDATE public.clients_clientpermission SET branch_id = new.branch_id WHERE grant_id = new.id;
            UPDATE public.clients_contactpermission SET branch_id = new.branch_id WHERE grant_id = new.id;
            RETURN NULL;
        END IF;
        IF to_jsonb(new) - 'ends_at' - 'ended_by_id' <> to_jsonb(old) - 'ends_at' - 'ended_by_id'
            OR new.ends_at IS NULL OR new.ends_at > coalesce(old.ends_at, 'infinity') OR old.ends_at <= statement_timestamp()
            OR new.ends_at < statement_timestamp() - interval '1 minute' THEN
            RAISE 'of a grant only the end can be set, and only earlier' USING ERRCODE = '42501';
        END IF;
        UPDATE public.clients_clientpermission SET ends_at = new.ends_at WHERE grant_id = new.id;
        UPDATE public.clients_contactpermission SET ends_at = new.ends_at WHERE grant_id = new.id;
        PERFORM sec.log('grant.end', new.client_id, 'client', new.branch_id, new.purpose, new.basis, object => 'clients_grant', object_id => new.id,
            rev => sec.next_write('clients_grant', new.id), hash => sec.row_digest(to_jsonb(new), '{branch_id}'));
        RETURN NULL;
    END IF;
    -- Whoever marks a conflict locks the person: one marked at this moment is seen, or waits and ends this. The foreign
    -- key would lock at COMMIT only.
    PERFORM FROM public.volunteers_person p WHERE p.user_id IN (new.person_id, new.granted_by_id) ORDER BY p.user_id FOR KEY SHARE;
    IF sec.is_in_conflict(new.person_id, new.client_id) THEN
        RAISE 'this person must not deal with this client' USING ERRCODE = '42501';
    ELSIF (new.scope IN ('full', 'read', 'consult', 'contact') AND sec.is_accused(new.person_id, new.client_id))
        -- Nor do they choose who else knows the client. What belongs to an act (a consultation) its own function has judged.
        OR (new.act IS NULL AND sec.is_accused(new.granted_by_id, new.client_id)) THEN
        -- In the words of a policy: whom a complaint is about reads of no reason here.
        RAISE 'new row violates row-level security policy for table "clients_grant"' USING ERRCODE = '42501';
    END IF;
    IF new.contact_id IS NOT NULL THEN
        INSERT INTO public.clients_contactpermission (grant_id, permission_id, user_id, content_object_id, basis, branch_id, starts_at, ends_at, given_in)
        SELECT new.id, c.permission, new.person_id, new.contact_id, new.basis, new.branch_id, new.starts_at, new.ends_at, pg_current_xact_id()
        FROM sec.codes() c WHERE c.scope = new.scope;
    ELSE
        -- It binds from the next transaction on; at once only for whoever takes in a client and writes what they said.
        INSERT INTO public.clients_clientpermission (grant_id, permission_id, user_id, content_object_id, code, basis, branch_id, since, starts_at, ends_at, given_in)
        SELECT new.id, c.permission, new.person_id, new.client_id, c.code, new.basis, new.branch_id, new.since, new.starts_at, new.ends_at,
            CASE WHEN new.purpose <> 'intake' OR new.person_id <> new.granted_by_id THEN pg_current_xact_id() END
        FROM sec.codes() c WHERE c.scope = new.scope;
    END IF;
    IF NOT FOUND THEN
        RAISE 'the permissions of clients are not installed: run migrate';
    END IF;
    PERFORM sec.log('grant.add', new.client_id, 'client', new.branch_id, new.purpose, new.basis, object => 'clients_grant', object_id => new.id,
        rev => 1, hash => sec.row_digest(to_jsonb(new), '{branch_id}'), detail => jsonb_build_object('scope', new.scope, 'person', new.person_id, 'until', new.ends_at));
    RETURN NULL;
END $$;
-- The ledger compared with what was derived from it, line by line; guardian's permissions of groups are not used at all.
SET LOCAL ROLE confidential_door;
CREATE OR REPLACE FUNCTION sec.rows_derived(first uuid, last uuid) RETURNS TABLE (target text, "row" text, fault text, "from" uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH follows AS (SELECT g.id AS line, c.permission, g.person_id, coalesce(g.contact_id, g.client_id) AS object, nullif(c.code, 'view_contact') AS code,
            g.basis, g.branch_id, CASE WHEN g.contact_id IS NULL THEN g.since END AS since, g.starts_at, g.ends_at, g.contact_id IS NULL AS whole
        FROM public.clients_grant g JOIN sec.codes() c ON c.scope = g.scope WHERE g.id BETWEEN first AND last),
    there AS (SELECT p.grant_id AS line, p.permission_id AS permission, p.user_id AS person_id, p.content_object_id AS object, p.code,
            p.basis, p.branch_id, p.since, p.starts_at, p.ends_at, true AS whole, p.id
        FROM public.clients_clientpermission p WHERE p.grant_id BETWEEN first AND last
        UNION ALL SELECT p.grant_id, p.permission_id, p.user_id, p.content_object_id, NULL, p.basis, p.branch_id, NULL, p.starts_at, p.ends_at, false, p.id
        FROM public.clients_contactpermission p WHERE p.grant_id BETWEEN first AND last)
    SELECT CASE WHEN coalesce(t.whole, f.whole) THEN 'clients_clientpermission' ELSE 'clients_contactpermission' END, t.id::text,
        CASE WHEN t.line IS NULL THEN 'removed' WHEN f.line IS NULL THEN 'added' ELSE 'changed' END, coalesce(f.line, t.line)
    FROM follows f FULL JOIN there t ON t.line = f.line AND t.permission = f.permission AND t.whole = f.whole
    WHERE (f.person_id, f.object, f.code, f.basis, f.branch_id, f.since, f.starts_at, f.ends_at) IS DISTINCT FROM
        (t.person_id, t.object, t.code, t.basis, t.branch_id, t.since, t.starts_at, t.ends_at)
    UNION ALL SELECT 'clients_clientgrouppermission', g.id::text, 'added', NULL FROM public.clients_clientgrouppermission g WHERE first = '00000000-0000-0000-0000-000000000000'
    UNION ALL SELECT 'clients_contactgrouppermission', g.id::text, 'added', NULL FROM public.clients_contactgrouppermission g WHERE first = '00000000-0000-0000-0000-000000000000'
$$;
RESET ROLE;
CREATE TRIGGER derive AFTER INSERT OR UPDATE ON clients_grant FOR EACH ROW EXECUTE FUNCTION sec.derive();

-- The nil id: an argument that was not given. NULL cannot say that, as it also says "not found".
CREATE FUNCTION sec.any_id() RETURNS uuid
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ SELECT '00000000-0000-0000-0000-000000000000'::uuid $$;

-- Ends every live grant that is of all that is given: of an act (a consultation, an emergency), a person, a client, a
-- branch. What is not given is the nil id; NULL is something that was looked for and not found, and never means all.
CREATE FUNCTION sec.end_grants(of_act uuid DEFAULT sec.any_id(), of_person uuid DEFAULT sec.any_id(), of_client uuid DEFAULT sec.any_id(),
    of_branch uuid DEFAULT sec.any_id()) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF num_nulls(of_act, of_person, of_client, of_branch) > 0 OR sec.any_id() = ALL (ARRAY[of_act, of_person, of_client]) THEN
        RAISE 'whose grants?';
    END IF;
    -- One that has not begun yet ends as well. By the clock: what somebody else ended while this waited is not ended again.
    UPDATE public.clients_grant g SET ends_at = statement_timestamp(), ended_by_id = sec.signed_in_person()
    WHERE (of_act = sec.any_id() OR g.act = of_act) AND (of_person = sec.any_id() OR g.person_id = of_person)
      AND (of_client = sec.any_id() OR g.client_id = of_client) AND (of_branch = sec.any_id() OR g.branch_id = of_branch)
      AND (g.ends_at IS NULL OR g.ends_at > clock_timestamp());
END $$;

-- Whoever stops serving in a branch keeps no record of it: the end of the duty ends their grants there, in the same
-- second. The ledger stays the one place that says who may see what, so the coordinator sees these clients as
-- clients without a volunteer. Notes that somebody opened as a coordinator close with that duty in any case.
CREATE FUNCTION sec.leave_branch() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.clients_grant g SET ends_at = new.ends_at, ended_by_id = sec.signed_in_person()
    WHERE g.person_id = new.person_id AND g.branch_id = new.branch_id AND (g.ends_at IS NULL OR g.ends_at > greatest(new.ends_at, clock_timestamp()))
      AND ((g.basis = 'branch_duty' AND new.kind = 'coordinator')
        OR NOT EXISTS (SELECT FROM public.volunteers_duty d WHERE d.person_id = new.person_id AND d.branch_id = new.branch_id
            AND d.id <> new.id AND d.kind IN ('volunteer', 'coordinator') AND sec.is_live(d)));
    RETURN NULL;
END $$;
CREATE TRIGGER leave_branch AFTER UPDATE OF ends_at ON volunteers_duty FOR EACH ROW
    WHEN (new.ends_at IS NOT NULL AND new.branch_id IS NOT NULL) EXECUTE FUNCTION sec.leave_branch();

-- A duty that ends by its own date ends by the clock, with no UPDATE: what was given under it does not come back.
CREATE FUNCTION sec.end_stale_grants(of_person uuid, of_branch uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF of_branch IS NULL THEN
        RETURN;  -- a duty of the whole association: nothing was given under it
    ELSIF NOT EXISTS (SELECT FROM public.volunteers_duty d WHERE d.person_id = of_person AND d.branch_id = of_branch
            AND d.kind IN ('volunteer', 'coordinator') AND sec.is_live(d)) THEN
        PERFORM sec.end_grants(of_person => of_person, of_branch => of_branch);
    ELSIF NOT sec.is_coordinator_in(of_person, of_branch) THEN
        -- They went on as a volunteer: what they had as a coordinator is over all the same.
        UPDATE public.clients_grant g SET ends_at = statement_timestamp(), ended_by_id = sec.signed_in_person()
        WHERE g.person_id = of_person AND g.branch_id = of_branch AND g.basis = 'branch_duty' AND (g.ends_at IS NULL OR g.ends_at > clock_timestamp());
    END IF;
END $$;

SELECT sec.bind('clients_client', 'clients_grant', 'clients_clientpermission', 'clients_clientgrouppermission',
    'clients_contactpermission', 'clients_contactgrouppermission');
SELECT sec.compare('clients_grant');
SELECT sec.attest_rows('clients_client', 'last_contact_on');

-- ---- Rows ----
GRANT SELECT ON clients_client, clients_grant, clients_clientpermission, clients_clientgrouppermission, clients_contactpermission,
    clients_contactgrouppermission TO confidential_app, confidential_worker;
GRANT INSERT ON clients_grant TO confidential_app;
GRANT UPDATE (state, state_since, language, pseudonym) ON clients_client TO confidential_app;
GRANT UPDATE (ends_at, ended_by_id) ON clients_grant TO confidential_app;
GRANT SELECT, INSERT, UPDATE ON clients_client, clients_clientpermission, clients_contactpermission TO confidential_door;
GRANT SELECT, INSERT ON clients_grant TO confidential_door;
GRANT UPDATE (ends_at, ended_by_id) ON clients_grant TO confidential_door;
GRANT SELECT ON auth_permission, django_content_type, clients_clientgrouppermission, clients_contactgrouppermission TO confidential_door;
GRANT USAGE ON SEQUENCE clients_clientpermission_id_seq, clients_contactpermission_id_seq TO confidential_door;
CREATE POLICY door ON clients_client FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON clients_grant FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON clients_clientpermission FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON clients_contactpermission FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON clients_clientgrouppermission FOR SELECT TO confidential_door USING (true);
CREATE POLICY door ON clients_contactgrouppermission FOR SELECT TO confidential_door USING (true);

-- The record: my branches' (cheap term first), my own, or those a live permission gives me.
CREATE POLICY see ON clients_client FOR SELECT TO confidential_app, confidential_worker
    USING ((branch_id = ANY ((SELECT sec.coordinated())::uuid[]) AND id <> ALL ((SELECT sec.barred())::uuid[])) OR id = (SELECT sec.own_client())
        OR EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = clients_client.id
            AND p.code = 'view_client'));
CREATE POLICY change ON clients_client FOR UPDATE TO confidential_app
    USING ((branch_id = ANY ((SELECT sec.coordinated())::uuid[]) AND id <> ALL ((SELECT sec.barred())::uuid[]))
        OR EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = clients_client.id AND p.code = 'log_contact'));
-- Permissions: a person's own, while they bind and while that person serves in the branch; as its coordinator, where
-- that duty gave it and no complaint withholds it. Ended is invisible, so guardian stops honouring it in that second.
CREATE POLICY see ON clients_clientpermission FOR SELECT TO confidential_app, confidential_worker
    USING (user_id = (SELECT sec.cleared_person()) AND sec.is_binding(clients_clientpermission, (SELECT sec.serves()), (SELECT sec.coordinated()), (SELECT sec.withheld())));
CREATE POLICY see ON clients_contactpermission FOR SELECT TO confidential_app, confidential_worker
    USING (user_id = (SELECT sec.cleared_person()) AND branch_id = ANY ((SELECT sec.serves())::uuid[])
        AND (given_in = pg_current_xact_id_if_assigned()) IS NOT TRUE
        AND starts_at <= statement_timestamp() AND (ends_at IS NULL OR ends_at > statement_timestamp()));
CREATE POLICY see ON clients_clientgrouppermission FOR SELECT TO confidential_app, confidential_worker USING (false);
CREATE POLICY see ON clients_contactgrouppermission FOR SELECT TO confidential_app, confidential_worker USING (false);

-- The ledger is read by the branch's coordinators, the client, whoever has the client, and the holder of a line. Lines
-- of 0.2.0 that say "a complaint" would betray one: they are left out for volunteers, and for whom a complaint is closed to.
CREATE POLICY see ON clients_grant FOR SELECT TO confidential_app, confidential_worker
    USING ((branch_id = ANY ((SELECT sec.coordinated())::uuid[]) AND client_id <> ALL ((SELECT sec.barred())::uuid[])
            AND (purpose <> 'complaint' OR sec.may_see_line(id)))
        OR (person_id = (SELECT sec.cleared_person()) AND starts_at >= (SELECT sec.came_in(sec.cleared_person())))
        OR client_id = (SELECT sec.own_open())
        OR (purpose <> 'complaint' AND EXISTS (SELECT FROM clients_clientpermission p
            WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id AND p.code = 'log_contact')));
-- A coordinator grants in the branch, having just proved who they are, and not to somebody who may be themself; reading
-- notes oneself needs a reason and ends within a day. Whoever coordinates the branch has the record by that duty: another
-- can let them read the notes, for a reason and until a day, or two coordinators would open all notes to each other. An
-- assignment may begin on a later day. Consultations, emergencies and names for protected records are granted by definer
-- functions.
CREATE POLICY add ON clients_grant FOR INSERT TO confidential_app
    WITH CHECK (granted_by_id = (SELECT sec.cleared_person()) AND branch_id = ANY ((SELECT sec.coordinated())::uuid[]) AND starts_at >= statement_timestamp() - interval '1 minute'
        AND client_id <> ALL ((SELECT sec.barred())::uuid[]) AND contact_id IS NULL AND act IS NULL AND (SELECT sec.is_fresh(15))
        AND CASE WHEN person_id = (SELECT sec.cleared_person())
            THEN basis = 'branch_duty' AND scope = 'read' AND ends_at <= statement_timestamp() + interval '24 hours' AND since IS NULL
                AND purpose IN ('coordination', 'request', 'handover')
            WHEN sec.is_coordinator_in(person_id, branch_id)
            THEN basis = 'branch_duty' AND scope = 'read' AND ends_at <= starts_at + interval '93 days' AND since IS NULL
                AND purpose IN ('standing_in', 'coordination', 'request', 'handover') AND NOT sec.are_tied((SELECT sec.cleared_person()), person_id)
            ELSE basis = 'assignment' AND scope IN ('full', 'errand', 'read') AND sec.is_coordinator_of(person_id) AND NOT sec.are_tied((SELECT sec.cleared_person()), person_id) END
        -- Of a restricted record the notes are read for what Art. 18(2) leaves, now and for a day.
        AND (basis = 'assignment' OR (purpose IN ('coordination', 'request') AND starts_at <= statement_timestamp() + interval '1 minute'
                AND ends_at <= statement_timestamp() + interval '24 hours')
            OR NOT EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.restricted_at IS NOT NULL)));
-- Who is named for a protected record ends by sec.unname_coordinator() or sec.protect(), so that somebody stays.
CREATE POLICY finish ON clients_grant FOR UPDATE TO confidential_app
    USING (scope <> 'named' AND ((branch_id = ANY ((SELECT sec.coordinated())::uuid[]) AND client_id <> ALL ((SELECT sec.barred())::uuid[])) OR person_id = (SELECT sec.cleared_person())))
    WITH CHECK (ended_by_id = (SELECT sec.cleared_person()));

SELECT sec.adopt_functions();
