-- What stands against a step, and its marks: each step writes its own only, at the database's own time.

-- What of the chosen notes keeps whoever decides or releases from it: one is gone from the record, or they may not read it. Nobody
-- approves what they cannot read.
CREATE FUNCTION sec.note_hindrance(of_disclosure uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN bool_or(NOT EXISTS (SELECT FROM public.clients_contactnote n WHERE n.contact_id = i.contact_id)) THEN 'disclosure_note_gone'
        WHEN bool_or(NOT sec.has_permission_on(i.client_id, i.contact_id, 'view_notes')) THEN 'disclosure_note_unread' END
    FROM public.disclosures_disclosureitem i WHERE i.disclosure_id = of_disclosure AND i.chosen
$$;

-- What keeps a disclosure from being approved, in a word: complaints, conflicts, its notes, or that nothing is chosen. Else NULL.
-- One that names no complaint (whoever asked hears none) answers any of the client's: there must be one, and the decider
-- hears them all, those that came since as well (is_for_closed_complaint). Nobody decides on what somebody asked with whom they have a conflict of interest, and
-- what somebody asked who must not deal with the complaint is not approved.
CREATE FUNCTION sec.disclosure_hindrance(d public.disclosures_disclosure) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce(CASE
        -- Of two people of whom one let the other in, neither is the second person; asked again when it is released.
        WHEN sec.are_tied(d.decided_by_id, d.requested_by_id) THEN 'disclosure_tied'
        WHEN sec.must_not_judge(sec.cleared_person(), d.requested_by_id) THEN 'disclosure_conflict'
        WHEN d.ground <> 'complaint' THEN NULL
        WHEN NOT EXISTS (SELECT FROM public.clients_complaint m WHERE m.client_id = d.client_id) THEN 'disclosure_no_complaint'
        WHEN EXISTS (SELECT FROM public.clients_complaint m WHERE m.client_id = d.client_id AND (d.complaint_id IS NULL OR m.id = d.complaint_id)
            AND sec.must_not_hear(m, d.requested_by_id)) THEN 'disclosure_asker' END,
        sec.note_hindrance(d.id),
        CASE WHEN NOT EXISTS (SELECT FROM public.disclosures_disclosureitem i WHERE i.disclosure_id = d.id AND i.chosen)
            AND NOT EXISTS (SELECT FROM public.disclosures_disclosuredetail t WHERE t.disclosure_id = d.id AND t.chosen) THEN 'disclosure_nothing' END);
END $$;

-- Fires before the trigger "step" (triggers fire in the order of their names).
CREATE FUNCTION sec.disclosure_marks() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    was public.disclosures_disclosure;
    step text := CASE tg_op WHEN 'INSERT' THEN '-' ELSE old.state END || ' ' || new.state;
BEGIN
    IF tg_op = 'UPDATE' THEN
        was := old;
    END IF;
    IF (step <> 'draft asked' AND new.asked_at IS DISTINCT FROM was.asked_at)
        OR (step NOT IN ('asked approved', 'asked refused', 'stopped approved', 'stopped refused') AND (new.decided_by_id, new.decided_at, new.decided_on_hash)
            IS DISTINCT FROM (was.decided_by_id, was.decided_at, was.decided_on_hash))
        OR (step <> 'approved released' AND (new.released_by_id, new.released_at) IS DISTINCT FROM (was.released_by_id, was.released_at))
        OR (step <> 'released received' AND new.received_at IS DISTINCT FROM was.received_at)
        OR (step NOT IN ('asked approved', 'approved approved', 'released released', 'received received', 'recalled recalled')
            AND (coalesce(new.untold, ''), new.look_again_on) IS DISTINCT FROM (coalesce(was.untold, ''), was.look_again_on))
        OR (new.state <> 'cancelled' AND (new.cancelled_by_id, new.cancelled_at) IS DISTINCT FROM (was.cancelled_by_id, was.cancelled_at)) THEN
        RAISE 'this step cannot write those marks: %', step USING ERRCODE = '23514', CONSTRAINT = 'disclosure_marks';
    END IF;
    CASE step
        WHEN 'draft asked' THEN new.asked_at := statement_timestamp();
        WHEN 'asked approved', 'asked refused', 'stopped approved', 'stopped refused' THEN new.decided_at := statement_timestamp();
        WHEN 'approved released' THEN new.released_at := statement_timestamp();
        WHEN 'draft cancelled', 'asked cancelled', 'approved cancelled', 'stopped cancelled' THEN new.cancelled_at := statement_timestamp();
        ELSE NULL;
    END CASE;
    RETURN new;
END $$;
CREATE TRIGGER marks BEFORE INSERT OR UPDATE ON disclosures_disclosure FOR EACH ROW EXECUTE FUNCTION sec.disclosure_marks();

SELECT sec.adopt_functions();
