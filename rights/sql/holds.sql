-- Legal holds (GDPR 17(3), 18(2)): a record that must be kept for the time being, for several reasons at once, each released by
-- itself. While there is one, nothing erases the record, and it stands in no list of records whose time is over.

-- Whether a record must be kept: what erasure and retention ask, each time. Not for the application: the answer would tell of a
-- complaint.
CREATE FUNCTION sec.is_held(of_client uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.rights_hold h WHERE h.client_id = of_client AND h.released_at IS NULL);
END $$;

-- Whether the principal may know of this hold: the client in a space that shows all; whoever looks after the client as coordinator;
-- the data-protection lead and the president. One because of a complaint betrays it to nobody to whom a complaint of the client is
-- closed. Asked by the hold's id: hidden and absent look alike.
CREATE FUNCTION sec.may_see_hold(which uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT h.client_id = sec.own_open() OR (sec.cleared_person() IS NOT NULL
            AND (sec.is_looking_after(h.client_id) OR ((sec.has_duty('protection') OR sec.has_duty('president')) AND h.client_id <> ALL (sec.barred())
                AND NOT EXISTS (SELECT FROM public.clients_client c WHERE c.id = h.client_id AND c.going_at IS NOT NULL)))
            AND (h.ground <> 'complaint' OR h.placed_by_id = sec.cleared_person() OR NOT sec.has_closed_complaint(h.client_id, h.placed_at)))
        FROM public.rights_hold h WHERE h.id = which), false);
END $$;

-- Places one, as this role: for the two functions below.
CREATE FUNCTION sec.add_hold(new_id uuid, of_client uuid, on_ground text, as_role text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- An erasure that begins at this moment waits and sees it, or has begun, and then nothing keeps the record any more.
    PERFORM FROM public.clients_client c WHERE c.id = of_client AND c.going_at IS NULL FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE 'not possible now' USING ERRCODE = '23514', CONSTRAINT = 'hold_not_now';
    END IF;
    INSERT INTO public.rights_hold (id, client_id, ground, placed_at, placed_by_id)
    VALUES (new_id, of_client, on_ground, statement_timestamp(), sec.cleared_person());
    PERFORM sec.log('hold.place', of_client, 'client', (SELECT c.branch_id FROM public.clients_client c WHERE c.id = of_client), 'retention',
        as_role => as_role, object => 'rights_hold', object_id => new_id);
END $$;

-- Whoever looks after the client as coordinator places one. Whom a complaint of the client names is refused in the act.
CREATE FUNCTION sec.place_hold(new_id uuid, of_client uuid, on_ground text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF sec.cleared_person() IS NULL OR NOT coalesce(sec.is_looking_after(of_client), false) OR NOT sec.is_fresh(15) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF NOT sec.may_decide_on(of_client) THEN
        RAISE 'not possible now' USING ERRCODE = '23514', CONSTRAINT = 'hold_not_now';
    END IF;
    PERFORM sec.add_hold(new_id, of_client, on_ground, 'coordinator');
END $$;

-- The data-protection lead or the president places one on the record with this reference, which they do not see. False where there
-- is none for them to decide about; hidden and absent look alike.
CREATE FUNCTION sec.place_hold_by_reference(new_id uuid, client_ref text, on_ground text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found_id uuid;
BEGIN
    IF sec.cleared_person() IS NULL OR NOT (sec.has_duty('protection') OR sec.has_duty('president')) OR NOT sec.is_fresh(15) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    SELECT c.id INTO found_id FROM public.clients_client c WHERE c.reference = upper(client_ref) AND c.going_at IS NULL AND c.id <> ALL (sec.barred())
        AND NOT sec.is_accused(sec.cleared_person(), c.id);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM sec.add_hold(new_id, found_id, on_ground, CASE WHEN sec.has_duty('protection') THEN 'protection' ELSE 'president' END);
    RETURN true;
END $$;

-- Releases one; the others bind on. False where it was released before. Whoever may see it: but not whom a complaint of the client
-- names.
CREATE FUNCTION sec.release_hold(which uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
    h public.rights_hold;
    leads boolean;
BEGIN
    SELECT * INTO h FROM public.rights_hold x WHERE x.id = which FOR UPDATE;
    IF NOT FOUND OR me IS NULL OR NOT sec.may_see_hold(which) OR NOT sec.is_fresh(15) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF sec.is_accused(me, h.client_id) THEN
        RAISE 'not possible now' USING ERRCODE = '23514', CONSTRAINT = 'hold_not_now';
    ELSIF h.released_at IS NOT NULL THEN
        RETURN false;
    END IF;
    leads := sec.is_looking_after(h.client_id);
    UPDATE public.rights_hold x SET released_at = statement_timestamp(), released_by_id = me WHERE x.id = which;
    PERFORM sec.log('hold.release', h.client_id, 'client', (SELECT c.branch_id FROM public.clients_client c WHERE c.id = h.client_id), 'retention',
        as_role => CASE WHEN leads THEN 'coordinator' WHEN sec.has_duty('protection') THEN 'protection' ELSE 'president' END,
        object => 'rights_hold', object_id => which);
    RETURN true;
END $$;

-- Since when a record is held, for the line of its page: of the oldest hold that the principal may know of. Only for whoever looks
-- after it as coordinator.
CREATE FUNCTION sec.held_since(of_client uuid) RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    since timestamptz;
BEGIN
    -- The rare thing first.
    IF NOT sec.is_held(of_client) OR NOT sec.is_looking_after(of_client) THEN
        RETURN NULL;
    END IF;
    SELECT min(h.placed_at) INTO since FROM public.rights_hold h WHERE h.client_id = of_client AND h.released_at IS NULL AND sec.may_see_hold(h.id);
    RETURN since;
END $$;

-- The client's reference, for whoever may know of a hold and does not see the record.
CREATE FUNCTION sec.hold_reference(which uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT c.reference FROM public.rights_hold h JOIN public.clients_client c ON c.id = h.client_id WHERE h.id = which AND sec.may_see_hold(which));
END $$;

-- ---- Rows ----
SELECT sec.guard('rights_holdwords', 'client_id', 'client');
SELECT sec.bind('rights_hold');
SELECT sec.attest_rows('rights_hold');
GRANT SELECT ON rights_hold, rights_holdwords TO confidential_app, confidential_worker;
GRANT INSERT ON rights_holdwords TO confidential_app;
GRANT SELECT, INSERT, UPDATE ON rights_hold TO confidential_door;
CREATE POLICY door ON rights_hold FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY see ON rights_hold FOR SELECT TO confidential_app, confidential_worker USING (client_id = (SELECT sec.own_open()) OR sec.may_see_hold(id));
-- In which words: as words. Each end has a row of its own, added by whoever placed or released it.
CREATE POLICY see ON rights_holdwords FOR SELECT TO confidential_app, confidential_worker
    USING (client_id = (SELECT sec.own_open())
        OR (EXISTS (SELECT FROM rights_hold h WHERE h.id = hold_id) AND EXISTS (SELECT FROM clients_clientpermission p
            WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id AND p.code = 'view_notes')));
CREATE POLICY add ON rights_holdwords FOR INSERT TO confidential_app
    WITH CHECK (EXISTS (SELECT FROM rights_hold h WHERE h.id = hold_id AND h.client_id = rights_holdwords.client_id
        AND CASE WHEN released THEN h.released_by_id = (SELECT sec.cleared_person()) AND h.released_at > statement_timestamp() - interval '1 minute'
            ELSE h.placed_by_id = (SELECT sec.cleared_person()) AND h.placed_at > statement_timestamp() - interval '1 minute' END));

GRANT EXECUTE ON FUNCTION sec.place_hold, sec.place_hold_by_reference, sec.release_hold, sec.held_since, sec.hold_reference, sec.may_see_hold TO confidential_app;
GRANT EXECUTE ON FUNCTION sec.may_see_hold TO confidential_worker;

SELECT sec.adopt_functions();
