-- A contact that was noted on the wrong client: it is noted anew in the right record, and its words, files and earlier texts are
-- deleted in the wrong one, where a date and "noted here by mistake" stay. One act; neither record names the other.

-- Whether the principal may move a contact there: its author, who still has the client, or a coordinator of the branch; who reads it,
-- has just proved who they are, and writes in the other record. Of what is hidden: no. Of complaints it says nothing: pages ask it.
CREATE FUNCTION sec.may_move_contact(of_contact uuid, to_client uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
    c public.clients_contact;
BEGIN
    SELECT * INTO c FROM public.clients_contact x WHERE x.id = of_contact AND x.taken_out_at IS NULL;
    RETURN FOUND AND me IS NOT NULL AND to_client <> c.client_id AND sec.is_fresh(15)
        AND sec.has_permission_on(c.client_id, of_contact, 'view_notes')
        AND (sec.is_looking_after(c.client_id) OR (coalesce(c.by_id = me, false) AND sec.has_permission_on(c.client_id, of_contact, 'log_contact')))
        AND sec.may_write(to_client) AND NOT sec.is_restricted(to_client);
END $$;

-- Who could read a contact since it was noted or moved there, without whoever wrote it and whoever asks, each once, by role: from the
-- log, and only who had the notes open then, or was given a part of this one. A copy, or a letter about a correction, shows it to
-- whoever makes it ready, whatever their line says. The client, where they looked at their contacts or had a copy made.
CREATE FUNCTION sec.contact_seen_by(of_contact uuid) RETURNS TABLE (role text, people bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT x.role, count(DISTINCT x.actor) FROM (
        SELECT e.actor, CASE WHEN e.actor_role IN ('client', 'job') THEN 'client' WHEN e.actor_role IN ('volunteer', 'coordinator') THEN e.actor_role ELSE 'other' END AS role
        FROM public.clients_contact c JOIN public.audit_event e ON e.subject = c.client_id AND e.outcome = 'done' AND e.at >= coalesce((SELECT max(p.at)
            FROM public.audit_event p WHERE p.subject = c.client_id AND p.action = 'contact.put_right' AND p.object_id = of_contact), c.made_at)
        WHERE c.id = of_contact AND e.actor IS DISTINCT FROM c.by_id AND e.actor IS DISTINCT FROM sec.cleared_person()
          AND (e.action IN ('portal.contacts', 'export.make', 'copy.form', 'copy.take', 'disclosure.letter') OR (e.action IN ('client.view', 'client.found',
                'contact.view', 'contact.list', 'contact.correct', 'contact.history', 'attachment.get', 'consultation.view', 'statement.view', 'disclosure.decide',
                'disclosure.release')
            AND EXISTS (SELECT FROM public.clients_grant g WHERE g.client_id = c.client_id AND g.person_id = e.actor AND g.starts_at <= e.at
                AND (g.ends_at IS NULL OR g.ends_at > e.at) AND (g.scope IN ('full', 'read') OR g.contact_id = of_contact OR (g.scope = 'consult'
                    AND EXISTS (SELECT FROM public.clients_consultationentry k WHERE k.consultation_id = g.act AND k.contact_id = of_contact)))
                AND (g.since IS NULL OR g.since <= c.happened_on))))) x
    GROUP BY x.role
$$;

-- What is being prepared to leave, or waits to be fetched, and holds a contact that goes: it is not what was asked or decided on. An
-- unopened package is closed, as if recalled, and what was sent and has not left is cancelled: its words were about that contact. What
-- the client was told, or somebody received, stays as a disclosure, without what was copied.
CREATE FUNCTION sec.take_out_of_disclosures(of_contact uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    d uuid;
BEGIN
    FOR d IN SELECT x.id FROM public.disclosures_disclosure x WHERE x.state = 'released' AND x.id IN (SELECT i.disclosure_id
            FROM public.disclosures_disclosureitem i WHERE i.contact_id = of_contact AND i.chosen) ORDER BY x.id FOR UPDATE LOOP
        PERFORM sec.close_delivery(d);
    END LOOP;
    UPDATE public.disclosures_disclosure x SET state = 'cancelled', cancelled_by_id = sec.cleared_person()
        WHERE x.state IN ('asked', 'approved', 'stopped') AND x.id IN (SELECT i.disclosure_id
            FROM public.disclosures_disclosureitem i WHERE i.contact_id = of_contact AND i.chosen);
    DELETE FROM public.clients_revision v WHERE v."table" = 'disclosures_disclosureitem'
        AND v.row IN (SELECT i.id FROM public.disclosures_disclosureitem i WHERE i.contact_id = of_contact);
    DELETE FROM public.disclosures_disclosureitem i WHERE i.contact_id = of_contact;
END $$;

-- Copies of the wrong record, made or being made, are over. Those that the team prepares end for both: somebody looked through what
-- has changed, and the contact in the right record bears its old date.
CREATE FUNCTION sec.take_out_of_copies(of_contact uuid, wrong uuid, rightful uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    x record;
BEGIN
    UPDATE public.rights_export e SET expires_at = statement_timestamp() WHERE e.state = 'ready' AND e.expires_at > statement_timestamp()
        AND (e.client_id = wrong OR (e.client_id = rightful AND e.prepared_id IS NOT NULL));
    FOR x IN UPDATE public.rights_export e SET state = 'failed' WHERE e.state = 'queued'
            AND (e.client_id = wrong OR (e.client_id = rightful AND e.prepared_id IS NOT NULL)) RETURNING e.id, e.client_id LOOP
        PERFORM sec.log('export.fail', x.client_id, 'client', why => 'own_record', object => 'rights_export', object_id => x.id);
    END LOOP;
    FOR x IN UPDATE public.rights_preparedcopy p SET state = 'ended', ended_at = statement_timestamp()
            WHERE p.client_id IN (wrong, rightful) AND p.state IN ('prepared', 'sent') RETURNING p.id, p.client_id LOOP
        PERFORM sec.log('copy.end', x.client_id, 'client', (SELECT c.branch_id FROM public.clients_client c WHERE c.id = x.client_id), 'request',
            object => 'rights_preparedcopy', object_id => x.id);
    END LOOP;
    DELETE FROM public.clients_revision v WHERE v."table" = 'rights_leftout' AND v.row IN (SELECT o.id FROM public.rights_leftout o WHERE o.contact_id = of_contact);
    DELETE FROM public.rights_leftout o WHERE o.contact_id = of_contact;
END $$;

-- Moves a contact. What is sealed for the right client comes in as it is to lie there: the note, and for each file ``of`` which
-- attachment it is. Refused where either is not what was read. A contact that somebody else could read is opened as a breach.
CREATE FUNCTION sec.move_contact(new_id uuid, of_contact uuid, to_client uuid, new_contact uuid, new_note uuid, note_sealed bytea, note_revision integer,
    files jsonb, breach_ref text) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
    c public.clients_contact;
    n public.clients_contactnote;
    wrong_branch uuid;
    right_branch uuid;
    breach uuid;
BEGIN
    -- Both records first, in one order, as all that writes there waits for them.
    PERFORM FROM public.clients_client x WHERE x.id IN (to_client, (SELECT k.client_id FROM public.clients_contact k WHERE k.id = of_contact)) ORDER BY x.id FOR NO KEY UPDATE;
    SELECT * INTO c FROM public.clients_contact x WHERE x.id = of_contact FOR UPDATE;
    IF NOT FOUND OR sec.may_move_contact(of_contact, to_client) IS NOT TRUE THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF sec.is_accused(me, c.client_id) OR sec.is_accused(me, to_client) THEN
        -- It would be a way to remove what speaks against them. Asked at the moment of the act only.
        RAISE 'not possible now' USING ERRCODE = '23514', CONSTRAINT = 'contact_elsewhere';
    END IF;
    SELECT * INTO n FROM public.clients_contactnote x WHERE x.contact_id = of_contact FOR UPDATE;
    IF n.revision IS DISTINCT FROM note_revision OR (n.id IS NULL) <> (note_sealed IS NULL)
        OR (SELECT array_agg(a.id ORDER BY a.id) FROM public.clients_attachment a WHERE a.contact_id = of_contact)
            IS DISTINCT FROM (SELECT array_agg((f ->> 'of')::uuid ORDER BY (f ->> 'of')::uuid) FROM jsonb_array_elements(files) f) THEN
        RAISE 'this contact has changed' USING ERRCODE = '23514', CONSTRAINT = 'contact_changed';
    END IF;
    -- Both records were opened for it: it cancels disclosures that whoever moves the contact may not see, and ends copies of both.
    IF NOT (sec.has_opened('contact.move', c.client_id) AND sec.has_opened('contact.move', to_client)) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    SELECT x.branch_id INTO right_branch FROM public.clients_client x WHERE x.id = to_client;
    SELECT x.branch_id INTO wrong_branch FROM public.clients_client x WHERE x.id = c.client_id;

    -- In the right record, as it was: by whom and when.
    INSERT INTO public.clients_contact (id, client_id, branch_id, channel, happened_on, reached, minutes, kilometres, follow_up_on, followed_up_at, urgent, by_id, made_at, revision)
    VALUES (new_contact, to_client, right_branch, c.channel, c.happened_on, c.reached, c.minutes, c.kilometres, c.follow_up_on, c.followed_up_at, c.urgent, c.by_id, c.made_at, 1);
    IF n.id IS NOT NULL THEN
        INSERT INTO public.clients_contactnote (id, client_id, contact_id, by_id, saved_at, revision, sealed)
        VALUES (new_note, to_client, new_contact, n.by_id, n.saved_at, 1, note_sealed);
    END IF;
    INSERT INTO public.clients_attachment (id, client_id, contact_id, file, size, sha256, by_id, made_at, revision, sealed)
    SELECT (f ->> 'id')::uuid, to_client, new_contact, (f ->> 'file')::uuid, (f ->> 'size')::integer, decode(f ->> 'sha256', 'hex'), a.by_id, a.made_at, 1, decode(f ->> 'sealed', 'hex')
    FROM jsonb_array_elements(files) f JOIN public.clients_attachment a ON a.id = (f ->> 'of')::uuid AND a.contact_id = of_contact;
    PERFORM sec.log('contact.put_right', to_client, 'client', right_branch, object => 'clients_contact', object_id => new_contact);

    -- In the wrong one: who saw it, then nothing of it but that it was there.
    INSERT INTO public.clients_misplaced (id, client_id, contact_id, by_id, made_at, seen_by_volunteers, seen_by_coordinators, seen_by_others, seen_by_client)
    SELECT new_id, c.client_id, of_contact, me, statement_timestamp(), coalesce(sum(s.people) FILTER (WHERE s.role = 'volunteer'), 0),
        coalesce(sum(s.people) FILTER (WHERE s.role = 'coordinator'), 0), coalesce(sum(s.people) FILTER (WHERE s.role = 'other'), 0),
        coalesce(bool_or(s.role = 'client'), false) FROM sec.contact_seen_by(of_contact) s;
    UPDATE public.clients_statement s SET state = 'accepted', answered_by_id = me, answered_at = statement_timestamp() WHERE s.contact_id = of_contact AND s.state = 'open';
    UPDATE public.clients_grant g SET ends_at = statement_timestamp(), ended_by_id = me WHERE g.contact_id = of_contact AND (g.ends_at IS NULL OR g.ends_at > clock_timestamp());
    DELETE FROM public.clients_revision v WHERE v.client_id = c.client_id AND (v.row = n.id OR v.row IN (SELECT a.id FROM public.clients_attachment a WHERE a.contact_id = of_contact
        UNION ALL SELECT k.id FROM public.clients_consultationentry k WHERE k.contact_id = of_contact));
    DELETE FROM public.clients_consultationentry k WHERE k.contact_id = of_contact;
    DELETE FROM public.clients_attachment a WHERE a.contact_id = of_contact;
    DELETE FROM public.clients_contactnote x WHERE x.contact_id = of_contact;
    PERFORM sec.take_out_of_disclosures(of_contact);
    PERFORM sec.take_out_of_copies(of_contact, c.client_id, to_client);
    UPDATE public.clients_contact x SET taken_out_at = statement_timestamp(), taken_out_by = CASE WHEN c.by_id = me THEN 'author' ELSE 'coordinator' END,
        followed_up_at = CASE WHEN x.follow_up_on IS NOT NULL THEN coalesce(x.followed_up_at, statement_timestamp()) END, revision = x.revision + 1 WHERE x.id = of_contact;
    UPDATE public.clients_client x SET last_contact_on = (SELECT max(k.happened_on) FROM public.clients_contact k WHERE k.client_id = x.id AND k.taken_out_at IS NULL)
        WHERE x.id = c.client_id;
    PERFORM sec.log('contact.take_out', c.client_id, 'client', wrong_branch, object => 'clients_contact', object_id => of_contact);
    IF EXISTS (SELECT FROM public.clients_misplaced m WHERE m.id = new_id AND (m.seen_by_client OR m.seen_by_volunteers + m.seen_by_coordinators + m.seen_by_others > 0)) THEN
        INSERT INTO public.clients_breach (id, reference, misplaced_id, branch_id, opened_at, opened_by_id)
        VALUES (gen_random_uuid(), breach_ref, new_id, wrong_branch, statement_timestamp(), me) RETURNING id INTO breach;
        PERFORM sec.log('breach.open', of_branch => wrong_branch, as_role => sec.role_in(wrong_branch), object => 'clients_breach', object_id => breach);
    END IF;
    RETURN new_id;
END $$;

-- Nothing is added to what was taken out. Asked after the insert, so that row-level security speaks first.
CREATE FUNCTION sec.refuse_taken_out() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM public.clients_contact c WHERE c.id = new.contact_id FOR KEY SHARE;
    IF EXISTS (SELECT FROM public.clients_contact c WHERE c.id = new.contact_id AND c.taken_out_at IS NOT NULL) THEN
        RAISE 'this contact was taken out' USING ERRCODE = '23514', CONSTRAINT = 'contact_taken_out';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_taken_out AFTER INSERT ON clients_contactnote FOR EACH ROW EXECUTE FUNCTION sec.refuse_taken_out();
CREATE TRIGGER refuse_taken_out AFTER INSERT ON clients_attachment FOR EACH ROW EXECUTE FUNCTION sec.refuse_taken_out();
CREATE TRIGGER refuse_taken_out AFTER INSERT ON clients_statement FOR EACH ROW EXECUTE FUNCTION sec.refuse_taken_out();
CREATE TRIGGER refuse_taken_out AFTER INSERT ON clients_consultationentry FOR EACH ROW EXECUTE FUNCTION sec.refuse_taken_out();
CREATE TRIGGER refuse_taken_out AFTER INSERT ON disclosures_disclosureitem FOR EACH ROW EXECUTE FUNCTION sec.refuse_taken_out();

-- ---- Rows ----
SELECT sec.bind('clients_misplaced');
SELECT sec.attest_rows('clients_misplaced');
GRANT SELECT ON clients_misplaced TO confidential_app, confidential_worker;
GRANT SELECT, INSERT ON clients_misplaced TO confidential_door;
GRANT INSERT, UPDATE ON clients_contact TO confidential_door;
GRANT INSERT, UPDATE, DELETE ON clients_contactnote, clients_attachment TO confidential_door;
GRANT DELETE ON clients_revision, clients_consultationentry, disclosures_disclosureitem, rights_leftout TO confidential_door;
GRANT UPDATE (expires_at, state) ON rights_export TO confidential_door;
CREATE POLICY door ON clients_misplaced FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door_moves ON clients_contactnote FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door_takes_out ON clients_consultationentry FOR DELETE TO confidential_door USING (true);
CREATE POLICY door_takes_out ON disclosures_disclosureitem FOR DELETE TO confidential_door USING (true);
CREATE POLICY door_takes_out ON rights_leftout FOR DELETE TO confidential_door USING (true);
-- Whoever sees the contact; and the data-protection lead, who answers for the breach.
CREATE POLICY see ON clients_misplaced FOR SELECT TO confidential_app, confidential_worker
    USING (client_id = (SELECT sec.own_open()) OR EXISTS (SELECT FROM clients_contact c WHERE c.id = contact_id)
        OR ((SELECT sec.cleared_person()) IS NOT NULL AND (SELECT sec.has_duty('protection')) AND client_id <> ALL ((SELECT sec.barred())::uuid[])));

GRANT EXECUTE ON FUNCTION sec.may_move_contact, sec.move_contact TO confidential_app;

SELECT sec.adopt_functions();
