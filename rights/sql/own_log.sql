-- The client's own log: how many of its leaves are theirs, and names where the data-protection lead has decided so.
SELECT sec.bind('rights_namesdecision');
SELECT sec.attest_rows('rights_namesdecision');
GRANT SELECT ON rights_namesdecision TO confidential_app, confidential_worker;
GRANT SELECT, INSERT, UPDATE ON rights_namesdecision TO confidential_door;
CREATE POLICY door ON rights_namesdecision FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY see ON rights_namesdecision FOR SELECT TO confidential_app, confidential_worker
    USING (client_id = (SELECT sec.own_open())
        OR ((SELECT sec.cleared_person()) IS NOT NULL AND (SELECT sec.has_duty('protection')) AND client_id <> ALL ((SELECT sec.barred())::uuid[])));

-- For the client with this reference: names until a day, half a year ahead at most, and no shorter than decided before: to take
-- them away is an act of its own. Says whether there is such a client
-- whom the lead may decide about; hidden and absent look alike.
CREATE FUNCTION sec.decide_names(new_id uuid, client_ref text, why text, until_day date) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
    c record;
    today date := sec.today();
BEGIN
    IF me IS NULL OR NOT sec.has_duty('protection') OR NOT sec.is_fresh(15) OR why NOT IN ('doubt', 'contest', 'court')
            OR until_day < today OR until_day > today + 184 THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    SELECT x.id, x.branch_id INTO c FROM public.clients_client x WHERE x.reference = upper(client_ref) AND x.id <> ALL (sec.barred());
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    SELECT greatest(until_day, max(d.until)) INTO until_day FROM public.rights_namesdecision d WHERE d.client_id = c.id AND d.ended_at IS NULL;
    UPDATE public.rights_namesdecision SET ended_at = statement_timestamp() WHERE client_id = c.id AND ended_at IS NULL;
    INSERT INTO public.rights_namesdecision (id, client_id, reason, until, made_by_id) VALUES (new_id, c.id, why, until_day, me);
    PERFORM sec.log('names.decide', c.id, 'client', c.branch_id, 'access', as_role => 'protection', object => 'rights_namesdecision', object_id => new_id,
        detail => jsonb_build_object('reason', why, 'until', until_day));
    RETURN true;
END $$;
-- Takes such a decision back. False when it is over already, or hidden.
CREATE FUNCTION sec.end_names(which uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    about uuid;
BEGIN
    IF sec.cleared_person() IS NULL OR NOT sec.has_duty('protection') OR NOT sec.is_fresh(15) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    UPDATE public.rights_namesdecision SET ended_at = statement_timestamp() WHERE id = which AND ended_at IS NULL AND client_id <> ALL (sec.barred())
        AND NOT sec.is_accused(sec.cleared_person(), client_id)
    RETURNING client_id INTO about;
    IF about IS NULL THEN
        RETURN false;
    END IF;
    PERFORM sec.log('names.end', about, 'client', (SELECT c.branch_id FROM public.clients_client c WHERE c.id = about), 'access',
        as_role => 'protection', object => 'rights_namesdecision', object_id => which);
    RETURN true;
END $$;

-- Who is behind the lines of the client's own log: only while such a decision binds, and only people who are in it.
CREATE FUNCTION sec.own_names() RETURNS TABLE (actor uuid, name text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    mine uuid := sec.own_open();
BEGIN
    IF mine IS NULL OR NOT EXISTS (SELECT FROM public.rights_namesdecision d
            WHERE d.client_id = mine AND d.ended_at IS NULL AND d.until >= sec.today()) THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT p.user_id, p.working_name::text FROM public.volunteers_person p
    WHERE p.user_id IN (SELECT e.actor FROM public.audit_event e WHERE e.subject = mine AND (NOT sec.is_apart(e.action, e.object_type) OR sec.may_be_told(e.object_type, e.object_id)));
END $$;

-- How many leaves of the log are in the client's own count; NULL in a space that nobody has confirmed.
CREATE FUNCTION sec.own_count() RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE WHEN sec.own_open() IS NOT NULL THEN coalesce((SELECT c.leaves FROM public.audit_leafcount c WHERE c.subject = sec.own_open()), 0) END;
END $$;
GRANT EXECUTE ON FUNCTION sec.decide_names, sec.end_names, sec.own_names, sec.own_count TO confidential_app;
-- A copy holds the log with its proofs.
GRANT EXECUTE ON FUNCTION sec.own_count TO confidential_worker;

SELECT sec.adopt_functions();
