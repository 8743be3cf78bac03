-- What a client wants after their death: directives made in life (loi Informatique et Libertés, art. 85), and who was told.

-- Whether somebody has died, as their record says.
CREATE FUNCTION sec.is_dead(of_client uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.clients_client c WHERE c.id = of_client AND c.state = 'died')
$$;

-- Whether a version was noted on the day of the death or later: it may be what somebody wanted who is not the client, and takes the
-- place of no earlier one by itself.
CREATE FUNCTION sec.is_noted_late(d public.clients_directive) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.clients_client c WHERE c.id = d.client_id AND c.state = 'died' AND sec.day_of(d.made_at) >= c.state_since);
END $$;

-- Whether the death opens a version to the principal: to whoever writes in the record, but for a coordinator whom an open complaint
-- of the client names. It was noted in a transaction before this one: one that is rolled back has opened nothing. What was taken
-- back or replaced stays closed. By its id, for policies: hidden and absent look alike.
CREATE FUNCTION sec.may_read_wishes(which uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    d public.clients_directive;
BEGIN
    SELECT * INTO d FROM public.clients_directive x WHERE x.id = which;
    RETURN FOUND AND EXISTS (SELECT FROM public.clients_client c WHERE c.id = d.client_id AND c.state = 'died'
            AND coalesce(c.state_at < transaction_timestamp(), true))
        AND sec.may_write(d.client_id) AND NOT sec.is_accused_coordinator(d.client_id)
        AND NOT EXISTS (SELECT FROM public.clients_directive x WHERE x.client_id = d.client_id AND x.made_at > d.made_at
            AND (NOT sec.is_noted_late(x) OR sec.is_noted_late(d)));
END $$;

-- Notes a version of them, or that they are taken back: by whoever hears the client, also of a restricted record, or by the client in
-- a space that shows all, who has just proved who they are. In life only; and not by whom an open complaint of the client names: it says
-- who decides, once the client cannot.
CREATE FUNCTION sec.direct(new_id uuid, of_client uuid, what text, people smallint, how text, on_day date) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    in_branch uuid := (SELECT c.branch_id FROM public.clients_client c WHERE c.id = of_client);
BEGIN
    IF NOT (coalesce(of_client = sec.own_open() AND sec.is_fresh(15), false) OR sec.may_hear_client(of_client))
        OR (on_day BETWEEN '1900-01-01' AND sec.today() AND people BETWEEN 0 AND 10) IS NOT TRUE THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    IF sec.is_accused(sec.cleared_person(), of_client) THEN
        RAISE 'somebody else notes this' USING ERRCODE = '23514', CONSTRAINT = 'directive_elsewhere';
    END IF;
    -- Whoever notes the death at this moment is seen, or waits.
    PERFORM FROM public.clients_client c WHERE c.id = of_client FOR UPDATE;
    IF sec.is_dead(of_client) THEN
        RAISE 'directives are made in life' USING ERRCODE = '23514', CONSTRAINT = 'directive_in_life';
    ELSIF (SELECT count(*) FROM public.clients_directive d WHERE d.client_id = of_client AND d.made_at > statement_timestamp() - interval '1 day') >= 50 THEN
        RAISE 'many today' USING ERRCODE = '23514', CONSTRAINT = 'many_today';
    END IF;
    INSERT INTO public.clients_directive (id, client_id, fate, to_tell, channel, happened_on, by_id, made_at)
    VALUES (new_id, of_client, what, people, how, on_day, sec.cleared_person(), clock_timestamp());
    PERFORM sec.log(CASE WHEN what = 'revoked' THEN 'directive.revoke' ELSE 'directive.note' END, of_client, 'client',
        in_branch, as_role => sec.role_in(in_branch), object => 'clients_directive', object_id => new_id);
END $$;

-- Whether the principal, of the team, noted this client's directives just now: their words come with them, also where the record is
-- restricted and they do not see them.
CREATE FUNCTION sec.is_own_directive(which uuid, of_client uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.clients_directive d WHERE d.id = which AND d.client_id = of_client AND d.by_id = sec.cleared_person()
        AND d.made_at > statement_timestamp() - interval '1 minute')
$$;

-- Whether a telling counts: it was not undone, and is of this death, not of one that was noted by mistake before.
CREATE FUNCTION sec.is_told(t public.clients_deathtold) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN t.undone_at IS NULL AND EXISTS (SELECT FROM public.clients_client c WHERE c.id = t.client_id AND (c.state_at IS NULL OR t.made_at >= c.state_at));
END $$;

-- It was noted by mistake: by whoever may note it. False where that is undone, or nobody noted it.
CREATE FUNCTION sec.untell_of_death(which uuid, place smallint) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    of_client uuid := (SELECT d.client_id FROM public.clients_directive d WHERE d.id = which);
    in_branch uuid := (SELECT c.branch_id FROM public.clients_client c WHERE c.id = of_client);
BEGIN
    PERFORM FROM public.clients_client c WHERE c.id = of_client FOR UPDATE;
    IF NOT sec.may_read_wishes(which) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    UPDATE public.clients_deathtold t SET undone_at = statement_timestamp(), undone_by_id = sec.cleared_person()
    WHERE t.directive_id = which AND t.line = place AND sec.is_told(t);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM sec.log('death.untell', of_client, 'client', in_branch, as_role => sec.role_in(in_branch), object => 'clients_directive', object_id => which);
    RETURN true;
END $$;

-- Notes that the person in a line of the directives that count was told of the death. False where somebody has noted it.
CREATE FUNCTION sec.tell_of_death(which uuid, place smallint, on_day date) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    d public.clients_directive;
    in_branch uuid;
BEGIN
    SELECT * INTO d FROM public.clients_directive x WHERE x.id = which;
    in_branch := (SELECT c.branch_id FROM public.clients_client c WHERE c.id = d.client_id);
    PERFORM FROM public.clients_client c WHERE c.id = d.client_id FOR UPDATE;
    IF (sec.may_read_wishes(which) AND place BETWEEN 1 AND d.to_tell AND on_day BETWEEN '1900-01-01' AND sec.today()) IS NOT TRUE THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF EXISTS (SELECT FROM public.clients_deathtold t WHERE t.directive_id = which AND t.line = place AND sec.is_told(t)) THEN
        RETURN false;
    END IF;
    INSERT INTO public.clients_deathtold (id, client_id, directive_id, line, told_on, by_id, made_at)
    VALUES (gen_random_uuid(), d.client_id, which, place, on_day, sec.cleared_person(), statement_timestamp());
    PERFORM sec.log('death.tell', d.client_id, 'client', in_branch, as_role => sec.role_in(in_branch),
        object => 'clients_directive', object_id => which);
    RETURN true;
END $$;

-- ---- Rows ----
SELECT sec.guard('clients_directivewords', 'client_id', 'client');
SELECT sec.bind('clients_directive', 'clients_deathtold');
SELECT sec.attest_rows('clients_directive'), sec.attest_rows('clients_deathtold');
GRANT SELECT ON clients_directive, clients_directivewords, clients_deathtold TO confidential_app, confidential_worker;
GRANT INSERT ON clients_directivewords TO confidential_app;
GRANT SELECT, INSERT ON clients_directive, clients_deathtold TO confidential_door;
GRANT UPDATE (undone_at, undone_by_id) ON clients_deathtold TO confidential_door;
CREATE POLICY door ON clients_directive FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON clients_deathtold FOR ALL TO confidential_door USING (true) WITH CHECK (true);
-- That there are some, and what is wanted of the record: the client, whoever writes in the record, and coordinators.
CREATE POLICY see ON clients_directive FOR SELECT TO confidential_app, confidential_worker
    USING (client_id = (SELECT sec.own_open())
        OR EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
            AND p.code = 'log_contact')
        OR (client_id <> ALL ((SELECT sec.barred())::uuid[]) AND EXISTS (SELECT FROM clients_client c WHERE c.id = client_id
            AND c.branch_id = ANY ((SELECT sec.coordinated())::uuid[]))));
CREATE POLICY see ON clients_deathtold FOR SELECT TO confidential_app, confidential_worker
    USING (client_id = (SELECT sec.own_open()) OR EXISTS (SELECT FROM clients_directive d WHERE d.id = directive_id));
-- Who is named in them, and in which words: in life as notes, from the day on that a handover set. The death opens them to
-- coordinators and to whoever writes in the record; of a restricted one, to coordinators alone.
CREATE POLICY see ON clients_directivewords FOR SELECT TO confidential_app, confidential_worker
    USING (client_id = (SELECT sec.own_open())
        OR EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
            AND p.code = 'view_notes' AND (p.since IS NULL
                OR EXISTS (SELECT FROM clients_directive d WHERE d.id = directive_id AND sec.day_of(d.made_at) >= p.since)))
        OR sec.may_read_wishes(directive_id));
-- With the version, by whoever noted it: nobody adds words to an older one.
CREATE POLICY add ON clients_directivewords FOR INSERT TO confidential_app
    WITH CHECK (EXISTS (SELECT FROM clients_directive d WHERE d.id = directive_id AND d.client_id = clients_directivewords.client_id
        AND d.by_id IS NOT DISTINCT FROM (SELECT sec.cleared_person()) AND d.made_at > statement_timestamp() - interval '1 minute')
        OR sec.is_own_directive(directive_id, client_id));

GRANT EXECUTE ON FUNCTION sec.is_own_directive, sec.direct, sec.tell_of_death, sec.untell_of_death TO confidential_app;
GRANT EXECUTE ON FUNCTION sec.may_read_wishes TO confidential_app, confidential_worker;

SELECT sec.adopt_functions();
