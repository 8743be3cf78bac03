-- "Somebody of this name may be known here", and records that share a name or a number.

-- Asks whether somebody has a record in a branch: an event that is about nobody (a line in the log of whoever is found would
-- tell who rang), committed before there is an answer. After ten within an hour that led to no new record a volunteer asks
-- no more, so that nobody goes through a list of names. NULL then, and for whoever does not serve there.
CREATE FUNCTION sec.ask_known(in_branch uuid, of_these bytea) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
BEGIN
    IF me IS NULL OR NOT (in_branch = ANY (sec.coordinated() || sec.serves())) THEN
        RETURN NULL;
    END IF;
    PERFORM FROM public.volunteers_person p WHERE p.user_id = me FOR NO KEY UPDATE;
    IF NOT in_branch = ANY (sec.coordinated()) AND (SELECT count(*) FROM public.audit_event e WHERE e.actor = me AND e.action = 'client.known'
            AND e.at > greatest(statement_timestamp() - interval '1 hour', (SELECT max(t.at) FROM public.audit_event t
                WHERE t.actor = me AND t.action = 'client.take_in' AND t.at > statement_timestamp() - interval '1 hour'))) >= 10 THEN
        PERFORM sec.log('client.known', of_branch => in_branch, why => 'intake', as_role => sec.role_in(in_branch), how => 'denied');
        RETURN NULL;
    END IF;
    RETURN sec.log('client.known', of_branch => in_branch, why => 'intake', as_role => sec.role_in(in_branch), hash => of_these);
END $$;

-- The answer to what was asked. A coordinator, and whoever sees the record anyway, gets its id; a volunteer otherwise learns of
-- the same name only, without an id: who rings from the same number may be somebody from whom it is kept. What is closed to
-- the asker is not known here.
CREATE FUNCTION sec.seems_known(asked uuid, in_branch uuid, names bytea[], numbers bytea[]) RETURNS TABLE (client uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    coordinates boolean := in_branch = ANY (sec.coordinated());
    barred uuid[] := sec.barred();
BEGIN
    RETURN QUERY SELECT DISTINCT CASE WHEN coordinates OR sec.has_permission(f.client_id, 'view_client') THEN f.client_id END
    FROM public.clients_fingerprint f
    WHERE sec.is_asked(asked, 'client.known', in_branch, '', names, numbers)
        AND f.branch_id = in_branch AND f.client_id <> ALL (barred)
        AND ((f.kind = 'person' AND f.hash = ANY (names))
            OR (f.kind = 'phone' AND f.hash = ANY (numbers) AND (coordinates OR sec.has_permission(f.client_id, 'view_client'))));
END $$;

-- A record that shares a name or a number with another one of its branch: for its coordinators to look at, once.
CREATE FUNCTION sec.note_likeness() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM public.clients_fingerprint f WHERE f.branch_id = new.branch_id AND f.kind = new.kind AND f.hash = new.hash AND f.client_id <> new.client_id)
            AND NOT EXISTS (SELECT FROM public.clients_likeness l WHERE l.client_id = new.client_id AND l.hash = new.hash) THEN
        INSERT INTO public.clients_likeness (id, client_id, hash, found_at) VALUES (gen_random_uuid(), new.client_id, new.hash, statement_timestamp());
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER likeness AFTER INSERT ON clients_fingerprint FOR EACH ROW WHEN (new.kind IN ('person', 'phone')) EXECUTE FUNCTION sec.note_likeness();

-- Those that wait, the longest first: the record, and a few of those that it is like. Neither is closed to the coordinator.
CREATE FUNCTION sec.alike(most integer) RETURNS TABLE (likeness uuid, client uuid, others uuid[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    branches uuid[] := sec.coordinated();
    barred uuid[] := sec.barred();
BEGIN
    RETURN QUERY SELECT l.id, l.client_id, o.ids FROM public.clients_likeness l
        JOIN public.clients_client c ON c.id = l.client_id AND c.branch_id = ANY (branches) AND c.id <> ALL (barred)
        CROSS JOIN LATERAL (SELECT ARRAY(SELECT DISTINCT f.client_id FROM public.clients_fingerprint f WHERE f.branch_id = c.branch_id AND f.kind IN ('person', 'phone')
            AND f.hash = l.hash AND f.client_id <> c.id AND f.client_id <> ALL (barred) LIMIT 3) AS ids) o
        WHERE l.looked_at IS NULL AND cardinality(o.ids) > 0 ORDER BY l.found_at, l.id LIMIT most;
END $$;

-- A coordinator has looked; false when somebody had before, or there is no such thing. About nobody, like the question.
CREATE FUNCTION sec.look_at_likeness(which uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    branch uuid;
BEGIN
    UPDATE public.clients_likeness l SET looked_at = statement_timestamp(), looked_by_id = sec.cleared_person() FROM public.clients_client c
    WHERE l.id = which AND l.looked_at IS NULL AND c.id = l.client_id AND c.branch_id = ANY (sec.coordinated()) AND c.id <> ALL (sec.barred())
    RETURNING c.branch_id INTO branch;
    IF branch IS NULL THEN
        RETURN false;
    END IF;
    PERFORM sec.log('likeness.look', of_branch => branch, why => 'coordination', as_role => 'coordinator', object => 'clients_likeness', object_id => which);
    RETURN true;
END $$;

SELECT sec.bind('clients_likeness');
GRANT SELECT, INSERT, UPDATE ON clients_likeness TO confidential_door;
CREATE POLICY door ON clients_likeness FOR ALL TO confidential_door USING (true) WITH CHECK (true);
GRANT EXECUTE ON FUNCTION sec.ask_known TO confidential_signin;
GRANT EXECUTE ON FUNCTION sec.seems_known, sec.alike, sec.look_at_likeness TO confidential_app;

SELECT sec.adopt_functions();
