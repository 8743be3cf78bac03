-- Disclosures: who sees them, which state may follow which, two persons, and the hash of what was decided on.

-- May the client know of a disclosure, or of something in it? Once they agreed; or once it has left, unless it must not
-- be told yet. That it could do harm keeps nothing from a copy that somebody released for them (GDPR 15, 23).
SET LOCAL ROLE confidential_door;
CREATE OR REPLACE FUNCTION sec.may_be_told(object_type text, object_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    which uuid;
BEGIN
    CASE object_type
        WHEN 'disclosures_disclosure' THEN which := object_id;
        WHEN 'disclosures_disclosurewords', 'disclosures_disclosureoutcome', 'disclosures_disclosureitem', 'disclosures_disclosuredetail', 'disclosures_delivery' THEN
            EXECUTE format('SELECT t.disclosure_id FROM public.%I t WHERE t.id = $1', object_type) INTO which USING object_id;
        -- What the client said: of one disclosure as that is; of all that was asked, always.
        WHEN 'disclosures_will' THEN
            SELECT w.disclosure_id INTO which FROM public.disclosures_will w WHERE w.id = object_id AND w.client_id = sec.own_open();
            IF NOT FOUND OR which IS NULL THEN
                RETURN FOUND;
            END IF;
        -- Why a record was opened in an emergency, and what came of it: with its review.
        WHEN 'clients_emergency' THEN
            RETURN EXISTS (SELECT FROM public.clients_emergency e WHERE e.id = object_id AND e.client_id = sec.own_open() AND e.reviewed_at IS NOT NULL);
        ELSE RETURN false;
    END CASE;
    RETURN EXISTS (SELECT FROM public.disclosures_disclosure d WHERE d.id = which AND d.client_id = sec.own_open()
        AND (d.consent = 'given' OR (d.state IN ('released', 'received', 'recalled')
            AND (d.untold = '' OR (d.untold = 'harm' AND sec.is_answering())))));
END $$;
RESET ROLE;

-- The picked fields, and the rows of the record from which they are taken as these are now. Nothing where nothing is picked.
CREATE FUNCTION sec.details_digest(which uuid) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(string_agg(sha256(convert_to(t.detail, 'UTF8')) || sha256(t.sealed), '' ORDER BY t.detail, t.id), '')
        || coalesce((SELECT sha256(i.sealed) FROM public.clients_identity i WHERE i.client_id = min(t.client_id::text)::uuid
            AND bool_or(t.detail IN ('name', 'known_as', 'born_on', 'address'))), '')
        || coalesce((SELECT sha256(c.sealed) FROM public.clients_safecontact c WHERE c.client_id = min(t.client_id::text)::uuid
            AND bool_or(t.detail IN ('phone', 'other_phone', 'times', 'ask_for'))), '')
    FROM public.disclosures_disclosuredetail t WHERE t.disclosure_id = which AND t.chosen
$$;

-- Whether what the client says counts for a disclosure: said since the day on which they talked about it; else since it was asked
-- for. A day yet to come keeps no yes that was taken back.
CREATE FUNCTION sec.is_said_since(w public.disclosures_will, d public.disclosures_disclosure) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN d.discussed_on IS NULL THEN w.made_at >= coalesce(d.asked_at, d.made_at)
        ELSE sec.day_of(w.made_at) >= least(d.discussed_on, sec.today()) END
$$;

-- What would leave, as one hash: the words of the request, the chosen items, their notes as they are now; and what the client has
-- said since, so that nobody decides on a yes that was taken back meanwhile.
CREATE FUNCTION sec.contents_digest(which uuid) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT sha256(
        coalesce((SELECT sha256(w.sealed) FROM public.disclosures_disclosurewords w WHERE w.disclosure_id = which), '')
        || coalesce((SELECT string_agg(sha256(i.sealed) || sha256(coalesce(n.sealed, '')) || sec.statements_digest(c.id) || sha256(convert_to(
                jsonb_build_array(c.id, c.channel, c.happened_on)::text, 'UTF8')), '' ORDER BY i.id)
            FROM public.disclosures_disclosureitem i JOIN public.clients_contact c ON c.id = i.contact_id
            LEFT JOIN public.clients_contactnote n ON n.contact_id = i.contact_id
            WHERE i.disclosure_id = which AND i.chosen), '')
        || sec.details_digest(which)
        || coalesce((SELECT string_agg(sha256(w.sealed), '' ORDER BY w.made_at)
            FROM public.disclosures_disclosure d JOIN public.disclosures_will w ON w.client_id = d.client_id AND (w.disclosure_id = d.id OR w.disclosure_id IS NULL)
            WHERE d.id = which AND sec.is_said_since(w, d)), ''))
$$;

-- Whether a disclosure is the principal's to work on: they look after the client, or asked for it and still see the client.
CREATE FUNCTION sec.has_disclosure(which uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.disclosures_disclosure d WHERE d.id = which AND ((sec.is_looking_after(d.client_id) AND sec.may_see_disclosure(which))
        OR (d.requested_by_id = sec.cleared_person() AND (sec.is_looking_after(d.client_id) OR sec.has_permission(d.client_id, 'view_client'))
            AND (d.complaint_id IS NULL OR EXISTS (SELECT FROM public.clients_complaint m WHERE m.id = d.complaint_id AND sec.may_hear(m))))));
END $$;

-- The same for whoever has it. Of what is hidden and of what is absent there is none.
CREATE FUNCTION sec.disclosure_hash(which uuid) RETURNS bytea
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE WHEN sec.has_disclosure(which) THEN sec.contents_digest(which) END;
END $$;

-- Whether a disclosure answers, or may answer, a complaint that was opened until then and the principal must not know of.
CREATE FUNCTION sec.is_for_closed_complaint(d public.disclosures_disclosure, until timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN d.ground = 'complaint' AND CASE WHEN d.complaint_id IS NULL THEN sec.has_closed_complaint(d.client_id, until)
        ELSE EXISTS (SELECT FROM public.clients_complaint m WHERE m.id = d.complaint_id AND sec.is_complaint_closed(m, sec.signed_in_person())) END;
END $$;

-- Whether whoever looks after the client sees a disclosure. For the policy by its id: asked about a client, whoever is
-- complained about would have the answer. What they asked themself without naming a complaint they know. One that names none is
-- seen by nobody else before it is asked for, and no later complaint hides it: whoever that is about would see it go.
CREATE FUNCTION sec.may_see_disclosure(which uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT CASE
            WHEN NOT (d.branch_id = ANY (sec.coordinated()) AND d.client_id <> ALL (sec.barred())) THEN false  -- as if it were not there
            WHEN d.ground <> 'complaint' THEN true
            WHEN d.complaint_id IS NULL THEN d.requested_by_id = sec.cleared_person() OR (d.asked_at IS NOT NULL AND NOT sec.is_for_closed_complaint(d, d.asked_at))
            ELSE NOT sec.is_for_closed_complaint(d, 'infinity') END
        FROM public.disclosures_disclosure d WHERE d.id = which), false);
END $$;

-- Each step from one state to the next: who may take it, and what must be there by then. The table is disclosures/workflow.py.
CREATE FUNCTION sec.disclosure_step() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
    acting text := (SELECT w.kind FROM sec.principal() w);
    -- Nobody chooses who decides on what they asked, by complaining about another.
    coordinates boolean := sec.is_looking_after(new.client_id) AND NOT sec.is_accused_by_others(me, new.client_id, new.requested_by_id)
        AND NOT sec.is_for_closed_complaint(new, 'infinity');
    step text := CASE tg_op WHEN 'INSERT' THEN '-' ELSE old.state END || ' ' || new.state;
    today date := sec.today();
    allowed boolean;
    hindrance text;
    -- With a contact that leaves the record in this very statement (misplaced.sql), by whoever moves it.
    moved boolean := EXISTS (SELECT FROM public.clients_misplaced m WHERE m.client_id = new.client_id AND m.by_id = me AND m.made_at = statement_timestamp());
    deciding boolean := split_part(step, ' ', 1) IN ('asked', 'stopped') AND new.state IN ('approved', 'refused');
    taken_back timestamptz := CASE WHEN new.consent = 'given' OR step = 'draft draft' THEN sec.taken_back_at(new) END;
BEGIN
    -- A client who changes branch takes the disclosures along (the foreign key does it); the move is the event. What is
    -- not finished is finished first, by those who know what it is about; what is hidden from whoever moves the client goes
    -- along: a refusal would tell of it.
    IF tg_op = 'UPDATE' AND new.branch_id <> old.branch_id AND to_jsonb(new) - 'branch_id' = to_jsonb(old) - 'branch_id'
            AND new.branch_id = (SELECT c.branch_id FROM public.clients_client c WHERE c.id = new.client_id) THEN
        IF new.state IN ('draft', 'asked', 'approved', 'stopped') AND sec.may_see_disclosure(new.id) THEN
            RAISE 'a disclosure of this client is not finished' USING ERRCODE = '23514', CONSTRAINT = 'disclosure_unfinished';
        END IF;
        RETURN new;
    END IF;
    IF tg_op = 'UPDATE' AND (new.id, new.client_id, new.branch_id, new.requested_by_id, new.made_at, new.reference, new.picked)
            IS DISTINCT FROM (old.id, old.client_id, old.branch_id, old.requested_by_id, old.made_at, old.reference, old.picked) THEN
        RAISE 'a disclosure keeps who asked for it, and about whom' USING ERRCODE = '42501';
    END IF;
    IF tg_op = 'UPDATE' AND old.state <> 'draft' AND (new.ground, new.consent, new.discussed_on, new.complaint_id) IS DISTINCT FROM (old.ground, old.consent, old.discussed_on, old.complaint_id) THEN
        RAISE 'what was asked does not change any more' USING ERRCODE = '42501';
    END IF;
    IF tg_op = 'UPDATE' AND old.decided_by_id IS NOT NULL AND old.state <> 'stopped'  -- that one is decided anew
            AND (new.decided_by_id, new.decided_at, new.decided_on_hash) IS DISTINCT FROM (old.decided_by_id, old.decided_at, old.decided_on_hash) THEN
        RAISE 'a decision does not change any more' USING ERRCODE = '42501';
    END IF;
    IF tg_op = 'INSERT' THEN
        new.made_at := statement_timestamp();
        new.picked := true;
    END IF;
    allowed := CASE step
        WHEN '- draft' THEN new.requested_by_id = me
        -- The client's word falls away by itself when they take it back (will.sql); so do these.
        WHEN 'draft draft' THEN new.requested_by_id = me OR (new.consent = '' AND taken_back IS NOT NULL AND to_jsonb(new) - 'consent' = to_jsonb(old) - 'consent')
        WHEN 'asked stopped' THEN taken_back IS NOT NULL
        WHEN 'approved stopped' THEN taken_back IS NOT NULL
        -- With its package, which definer functions close alone: by the client's word, by whoever recalls it, or with a contact that goes.
        WHEN 'released recalled' THEN EXISTS (SELECT FROM public.disclosures_delivery y WHERE y.disclosure_id = new.id AND y.recalled_at IS NOT NULL)
        WHEN 'draft asked' THEN new.requested_by_id = me AND new.consent <> '' AND new.asked_at IS NOT NULL
            AND (new.consent <> 'given' OR new.discussed_on <= today)
            AND EXISTS (SELECT FROM public.disclosures_disclosurewords w WHERE w.disclosure_id = new.id)
        WHEN 'asked approved' THEN coordinates AND new.decided_by_id = me AND me <> new.requested_by_id AND sec.is_fresh(15)
        WHEN 'asked refused' THEN coordinates AND new.decided_by_id = me AND me <> new.requested_by_id AND sec.is_fresh(15)
        WHEN 'stopped approved' THEN coordinates AND new.decided_by_id = me AND me <> new.requested_by_id AND sec.is_fresh(15)
        WHEN 'stopped refused' THEN coordinates AND new.decided_by_id = me AND me <> new.requested_by_id AND sec.is_fresh(15)
        WHEN 'approved released' THEN coordinates AND new.released_by_id = me AND sec.is_fresh(15)
            AND old.decided_at > statement_timestamp() - interval '30 days'  -- an approval that is not used expires
            AND EXISTS (SELECT FROM public.disclosures_delivery y WHERE y.disclosure_id = new.id)
        WHEN 'draft cancelled' THEN new.cancelled_by_id = me OR (new.cancelled_by_id IS NULL AND acting IS NULL
            AND new.made_at <= statement_timestamp() - interval '14 days')  -- by itself
        WHEN 'asked cancelled' THEN new.cancelled_by_id = me AND (coordinates OR new.requested_by_id = me OR moved)
        WHEN 'approved cancelled' THEN new.cancelled_by_id = me AND (coordinates OR new.requested_by_id = me OR moved)
        WHEN 'stopped cancelled' THEN new.cancelled_by_id = me AND (coordinates OR new.requested_by_id = me OR moved)
        WHEN 'released received' THEN acting = 'recipient'
        -- When the client is told: what was told cannot be taken back. To keep it from them begins with a decision, which has
        -- the words for it; afterwards it goes on for that reason, or ends.
        ELSE step IN ('approved approved', 'released released', 'received received', 'recalled recalled') AND coordinates AND sec.is_fresh(15)
             AND old.untold <> '' AND new.untold IN ('', old.untold) AND (new.untold, new.look_again_on) IS DISTINCT FROM (old.untold, old.look_again_on)
             AND to_jsonb(new) - 'untold' - 'look_again_on' = to_jsonb(old) - 'untold' - 'look_again_on' END;
    IF allowed IS NOT TRUE THEN
        RAISE 'a disclosure cannot go this way: %', step USING ERRCODE = '23514', CONSTRAINT = 'disclosure_step';
    END IF;
    IF new.look_again_on IS DISTINCT FROM (CASE tg_op WHEN 'UPDATE' THEN old.look_again_on END)
            AND new.look_again_on NOT BETWEEN today + 1 AND today + 184 THEN
        RAISE 'when the client is told is looked at again within half a year' USING ERRCODE = '23514', CONSTRAINT = 'disclosure_look_again';
    END IF;
    -- A yes that was taken back since it was given is no yes.
    IF step = 'draft asked' AND taken_back IS NOT NULL THEN
        RAISE 'the client took back their yes' USING ERRCODE = '23514', CONSTRAINT = 'disclosure_taken_back_before';
    END IF;
    -- Against a yes that was taken back only a decision of a later date stands, and on no other ground than these two.
    IF (step = 'asked approved' AND taken_back IS NOT NULL) OR (step = 'approved released' AND taken_back > new.decided_at)
            OR (step = 'stopped approved' AND taken_back IS NOT NULL AND new.ground NOT IN ('law', 'public_interest')) THEN
        RAISE 'the client took back their yes' USING ERRCODE = '23514', CONSTRAINT = 'disclosure_taken_back';
    END IF;
    hindrance := CASE WHEN deciding OR step = 'approved released' THEN sec.disclosure_hindrance(new) END;
    IF hindrance IN ('disclosure_conflict', 'disclosure_tied') OR (hindrance IS NOT NULL AND new.state <> 'refused') THEN
        RAISE 'something stands against this: %', hindrance USING ERRCODE = '23514', CONSTRAINT = hindrance;
    END IF;
    IF (deciding OR step = 'approved released') AND sec.contents_digest(new.id) IS DISTINCT FROM new.decided_on_hash THEN
        RAISE 'what would leave has changed since it was shown' USING ERRCODE = '23514', CONSTRAINT = 'disclosure_hash';
    END IF;
    IF split_part(step, ' ', 1) <> new.state THEN
        PERFORM sec.log('disclosure.' || new.state, new.client_id, 'client', new.branch_id, new.ground,
            as_role => CASE WHEN acting IS NULL THEN 'job' ELSE '' END, object => 'disclosures_disclosure', object_id => new.id);
    END IF;
    IF tg_op = 'UPDATE' AND (new.untold, new.look_again_on) IS DISTINCT FROM (old.untold, old.look_again_on) THEN
        PERFORM sec.log(CASE new.untold WHEN '' THEN 'disclosure.told' ELSE 'disclosure.untold' END, new.client_id, 'client', new.branch_id, new.ground,
            object => 'disclosures_disclosure', object_id => new.id, detail => jsonb_strip_nulls(jsonb_build_object('because', nullif(new.untold, ''), 'until', new.look_again_on)));
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER step BEFORE INSERT OR UPDATE ON disclosures_disclosure FOR EACH ROW EXECUTE FUNCTION sec.disclosure_step();

-- What was begun and not sent within two weeks ends by itself: nobody reads on through a draft. How many these were.
CREATE FUNCTION sec.end_old_drafts() RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ended integer;
BEGIN
    UPDATE public.disclosures_disclosure d SET state = 'cancelled' WHERE d.state = 'draft' AND d.made_at <= statement_timestamp() - interval '14 days';
    GET DIAGNOSTICS ended = ROW_COUNT;
    RETURN ended;
END $$;

SELECT sec.guard(t::regclass, 'client_id', 'client') FROM unnest(ARRAY['disclosures_disclosurewords', 'disclosures_disclosureoutcome', 'disclosures_disclosureitem', 'disclosures_disclosuredetail']) t;
SELECT sec.bind('disclosures_disclosure', 'disclosures_delivery');
SELECT sec.attest_rows('disclosures_disclosure'), sec.attest_rows('disclosures_delivery');
GRANT SELECT ON disclosures_disclosure, disclosures_disclosurewords, disclosures_disclosureoutcome, disclosures_disclosureitem, disclosures_disclosuredetail,
    disclosures_delivery TO confidential_app, confidential_worker;
GRANT INSERT ON disclosures_disclosure, disclosures_disclosurewords, disclosures_disclosureoutcome, disclosures_disclosureitem, disclosures_disclosuredetail, disclosures_delivery TO confidential_app;
GRANT UPDATE ON disclosures_disclosure, disclosures_disclosurewords, disclosures_disclosureoutcome, disclosures_disclosureitem, disclosures_disclosuredetail TO confidential_app;
GRANT SELECT, UPDATE ON disclosures_disclosure, disclosures_delivery TO confidential_door;
GRANT SELECT ON disclosures_disclosurewords, disclosures_disclosureitem, disclosures_disclosureoutcome, clients_contactnote TO confidential_door;
CREATE POLICY door ON disclosures_disclosure FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON disclosures_delivery FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON disclosures_disclosurewords FOR SELECT TO confidential_door USING (true);
CREATE POLICY door ON disclosures_disclosureitem FOR SELECT TO confidential_door USING (true);
CREATE POLICY door ON disclosures_disclosureoutcome FOR SELECT TO confidential_door USING (true);
CREATE POLICY door ON clients_contactnote FOR SELECT TO confidential_door USING (true);

-- Coordinators of the branch, whoever asked while they may see the client, and the client once it concerns them.
CREATE POLICY see ON disclosures_disclosure FOR SELECT TO confidential_app, confidential_worker
    USING ((branch_id = ANY ((SELECT sec.coordinated())::uuid[]) AND client_id <> ALL ((SELECT sec.barred())::uuid[])
            AND (ground <> 'complaint' OR sec.may_see_disclosure(id)))
        OR ((SELECT sec.own_open()) IS NOT NULL AND client_id = (SELECT sec.own_open()) AND sec.may_be_told('disclosures_disclosure', id))
        OR (requested_by_id = (SELECT sec.cleared_person()) AND (complaint_id IS NULL OR EXISTS (SELECT FROM clients_complaint m WHERE m.id = complaint_id))
            AND EXISTS (SELECT FROM clients_client c WHERE c.id = client_id)));
CREATE POLICY add ON disclosures_disclosure FOR INSERT TO confidential_app
    WITH CHECK (requested_by_id = (SELECT sec.cleared_person()) AND EXISTS (SELECT FROM clients_client c WHERE c.id = client_id)
        AND (complaint_id IS NULL OR EXISTS (SELECT FROM clients_complaint m WHERE m.id = complaint_id)));
-- Asks all that "see" asks of the team: an UPDATE that reads no column is not asked "see".
CREATE POLICY change ON disclosures_disclosure FOR UPDATE TO confidential_app
    USING ((branch_id = ANY ((SELECT sec.coordinated())::uuid[]) AND client_id <> ALL ((SELECT sec.barred())::uuid[])
            AND (ground <> 'complaint' OR sec.may_see_disclosure(id)))
        OR (requested_by_id = (SELECT sec.cleared_person()) AND (complaint_id IS NULL OR EXISTS (SELECT FROM clients_complaint m WHERE m.id = complaint_id))
            AND EXISTS (SELECT FROM clients_client c WHERE c.id = client_id)));

-- Words and items belong to whoever prepares the request, while it is prepared.
CREATE POLICY see ON disclosures_disclosurewords FOR SELECT TO confidential_app, confidential_worker
    USING (EXISTS (SELECT FROM disclosures_disclosure d WHERE d.id = disclosure_id));
CREATE POLICY add ON disclosures_disclosurewords FOR INSERT TO confidential_app
    WITH CHECK (EXISTS (SELECT FROM disclosures_disclosure d WHERE d.id = disclosure_id AND d.state = 'draft'
            AND d.requested_by_id = (SELECT sec.cleared_person())));
CREATE POLICY change ON disclosures_disclosurewords FOR UPDATE TO confidential_app
    USING (EXISTS (SELECT FROM disclosures_disclosure d WHERE d.id = disclosure_id AND d.state = 'draft'
            AND d.requested_by_id = (SELECT sec.cleared_person())))
    WITH CHECK (EXISTS (SELECT FROM disclosures_disclosure d WHERE d.id = disclosure_id AND d.state = 'draft'
            AND d.requested_by_id = (SELECT sec.cleared_person())));

-- What one may not see cannot be chosen.
CREATE POLICY see ON disclosures_disclosureitem FOR SELECT TO confidential_app, confidential_worker
    USING (EXISTS (SELECT FROM disclosures_disclosure d WHERE d.id = disclosure_id));
CREATE POLICY add ON disclosures_disclosureitem FOR INSERT TO confidential_app
    WITH CHECK (EXISTS (SELECT FROM disclosures_disclosure d WHERE d.id = disclosure_id AND d.state = 'draft'
            AND d.requested_by_id = (SELECT sec.cleared_person()))
        AND EXISTS (SELECT FROM clients_contact c WHERE c.id = contact_id));
CREATE POLICY change ON disclosures_disclosureitem FOR UPDATE TO confidential_app
    USING (EXISTS (SELECT FROM disclosures_disclosure d WHERE d.id = disclosure_id AND d.state = 'draft'
            AND d.requested_by_id = (SELECT sec.cleared_person())))
    WITH CHECK (EXISTS (SELECT FROM disclosures_disclosure d WHERE d.id = disclosure_id AND d.state = 'draft'
            AND d.requested_by_id = (SELECT sec.cleared_person()))
        AND EXISTS (SELECT FROM clients_contact c WHERE c.id = contact_id));

CREATE POLICY see ON disclosures_disclosuredetail FOR SELECT TO confidential_app, confidential_worker
    USING (EXISTS (SELECT FROM disclosures_disclosure d WHERE d.id = disclosure_id));
CREATE POLICY add ON disclosures_disclosuredetail FOR INSERT TO confidential_app
    WITH CHECK (EXISTS (SELECT FROM disclosures_disclosure d WHERE d.id = disclosure_id AND d.state = 'draft'
            AND d.requested_by_id = (SELECT sec.cleared_person())));
CREATE POLICY change ON disclosures_disclosuredetail FOR UPDATE TO confidential_app
    USING (EXISTS (SELECT FROM disclosures_disclosure d WHERE d.id = disclosure_id AND d.state = 'draft'
            AND d.requested_by_id = (SELECT sec.cleared_person())))
    WITH CHECK (EXISTS (SELECT FROM disclosures_disclosure d WHERE d.id = disclosure_id AND d.state = 'draft'
            AND d.requested_by_id = (SELECT sec.cleared_person())));

CREATE POLICY see ON disclosures_disclosureoutcome FOR SELECT TO confidential_app, confidential_worker
    USING (EXISTS (SELECT FROM disclosures_disclosure d WHERE d.id = disclosure_id));
CREATE POLICY add ON disclosures_disclosureoutcome FOR INSERT TO confidential_app
    WITH CHECK (EXISTS (SELECT FROM disclosures_disclosure d WHERE d.id = disclosure_id AND (SELECT sec.cleared_person()) IN (d.decided_by_id, d.cancelled_by_id)));
CREATE POLICY change ON disclosures_disclosureoutcome FOR UPDATE TO confidential_app
    USING (EXISTS (SELECT FROM disclosures_disclosure d WHERE d.id = disclosure_id AND (SELECT sec.cleared_person()) IN (d.decided_by_id, d.cancelled_by_id)));

CREATE POLICY see ON disclosures_delivery FOR SELECT TO confidential_app, confidential_worker
    USING (EXISTS (SELECT FROM disclosures_disclosure d WHERE d.id = disclosure_id));
CREATE POLICY add ON disclosures_delivery FOR INSERT TO confidential_app
    WITH CHECK (EXISTS (SELECT FROM disclosures_disclosure d WHERE d.id = disclosure_id AND d.state = 'approved' AND d.branch_id = ANY ((SELECT sec.coordinated())::uuid[])));

GRANT EXECUTE ON FUNCTION sec.disclosure_hash TO confidential_app;
GRANT EXECUTE ON FUNCTION sec.may_see_disclosure TO confidential_app, confidential_worker;
GRANT EXECUTE ON FUNCTION sec.end_old_drafts TO confidential_worker;

SELECT sec.adopt_functions();
