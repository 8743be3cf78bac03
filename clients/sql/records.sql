-- Records: taking in, recognising, the explanation before the first contact; and who sees which
-- part of a record. Who sees the record at all is in ledger.sql and grants.sql.

-- Taking in: the record, its keys and the first assignment in one act. There is no other way to a new
-- record, so nobody can grant themself one that exists and is hidden from them.
CREATE FUNCTION sec.take_in(new_id uuid, in_branch uuid, ref text, lang text, as_pseudonym boolean, wrapped_data bytea, wrapped_audit bytea)
RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
    coordinates boolean := in_branch = ANY (sec.coordinated());
BEGIN
    IF NOT (coordinates OR in_branch = ANY (sec.serves())) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    INSERT INTO public.clients_client (id, branch_id, reference, state, language, pseudonym, taken_in_by_id, taken_in_at)
    VALUES (new_id, in_branch, ref, 'open', lang, as_pseudonym, me, statement_timestamp());
    PERFORM sec.add_key(new_id, 'client', wrapped_data, wrapped_audit);
    IF NOT coordinates THEN
        INSERT INTO public.clients_grant (id, client_id, branch_id, person_id, scope, basis, purpose, granted_by_id, starts_at)
        VALUES (gen_random_uuid(), new_id, in_branch, me, 'full', 'assignment', 'intake', me, statement_timestamp());
    END IF;
    RETURN sec.log('client.take_in', new_id, 'client', in_branch, 'intake', CASE WHEN coordinates THEN 'branch_duty' ELSE 'assignment' END,
        CASE WHEN coordinates THEN 'coordinator' ELSE 'volunteer' END, 'clients_client', new_id);
END $$;

-- The first key of a branch's hashes, made by whoever serves there first; whether this is the one. Later ones: hashes.sql.
CREATE FUNCTION sec.add_branch_key(branch uuid, wrapped_data bytea, wrapped_audit bytea) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT (branch = ANY (sec.serves())) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    IF EXISTS (SELECT FROM public.clients_hashkey h WHERE h.branch_id = branch) THEN
        RETURN false;
    END IF;
    INSERT INTO public.vault_subjectkey (subject, kind, data, audit) VALUES (branch, 'branch', wrapped_data, wrapped_audit) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO public.clients_hashkey (id, branch_id) VALUES (branch, branch);
    RETURN true;
END $$;

-- "This row was imported before": hashes, compared per branch. Names and numbers are compared in likeness.sql alone.
CREATE FUNCTION sec.known(in_branch uuid, of_kind text, hashes bytea[]) RETURNS TABLE (hash bytea, client uuid, "row" uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    coordinates boolean := in_branch = ANY (sec.coordinated());
    barred uuid[];
BEGIN
    IF NOT coordinates OR of_kind IN ('person', 'phone') THEN
        RETURN;
    END IF;
    barred := sec.barred();
    RETURN QUERY SELECT DISTINCT f.hash, f.client_id, f.row
    FROM public.clients_fingerprint f
    WHERE f.branch_id = in_branch AND f.kind = of_kind AND f.hash = ANY (hashes) AND f.client_id <> ALL (barred);
END $$;

-- Whether the principal may change things in a record: for the functions below.
CREATE FUNCTION sec.may_write(of_client uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN sec.is_looking_after(of_client) OR sec.has_permission(of_client, 'log_contact');
END $$;

-- Whether the principal may write down what a client says and asks: whoever coordinates the branch, or has the client. Also of a
-- restricted record: this is no use of it.
CREATE FUNCTION sec.may_hear_client(of_client uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN sec.is_looking_after(of_client) OR EXISTS (SELECT FROM public.clients_clientpermission p
        WHERE p.content_object_id = of_client AND p.user_id = sec.cleared_person() AND p.code = 'log_contact'
          AND sec.is_binding(p, (SELECT sec.serves()), (SELECT sec.coordinated()), '{}'));
END $$;

-- P10: the policy is explained with the first contact. "Could not" lets that one be saved; after it, only an urgent
-- contact, or a call that nobody answered, in which nothing could be explained. What a command takes in happened before. Asked after the insert,
-- so that row-level security speaks first: else the answer would tell a hidden client from an absent one.
CREATE FUNCTION sec.explained_first() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT new.reached OR new.urgent OR (SELECT w.kind FROM sec.principal() w) IS NOT DISTINCT FROM 'command'
        OR EXISTS (SELECT FROM public.clients_explanation e WHERE e.client_id = new.client_id AND e.given) THEN
        RETURN NULL;
    END IF;
    -- One at a time: of two first contacts at the same moment the second finds the first.
    PERFORM FROM public.clients_client c WHERE c.id = new.client_id FOR NO KEY UPDATE;
    IF (EXISTS (SELECT FROM public.clients_contact c WHERE c.client_id = new.client_id AND c.reached AND c.id <> new.id)
             OR NOT EXISTS (SELECT FROM public.clients_explanation e WHERE e.client_id = new.client_id)) THEN
        RAISE 'the policy has not been explained to this client' USING ERRCODE = '23514', CONSTRAINT = 'contact_explained_first';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER explained_first AFTER INSERT ON clients_contact FOR EACH ROW EXECUTE FUNCTION sec.explained_first();

-- The day of the latest contact, kept at the record for lists.
CREATE FUNCTION sec.last_contact() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.clients_client c SET last_contact_on = n.latest
    FROM (SELECT i.client_id, max(i.happened_on) AS latest FROM added i GROUP BY i.client_id) n
    WHERE c.id = n.client_id AND (c.last_contact_on IS NULL OR c.last_contact_on < n.latest);
    RETURN NULL;
END $$;
CREATE TRIGGER last_contact AFTER INSERT ON clients_contact REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION sec.last_contact();

-- What the application can change of a record without opening it leaves an event too.
CREATE FUNCTION sec.client_changed() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF new.state <> old.state AND sec.is_accused_coordinator(new.id) THEN  -- it would end what the client complains through
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    PERFORM sec.log('row.change', new.id, 'client', new.branch_id, object => 'clients_client', object_id => new.id,
        detail => jsonb_build_object('state', new.state, 'language', new.language, 'pseudonym', new.pseudonym));
    RETURN NULL;
END $$;
CREATE TRIGGER changed AFTER UPDATE ON clients_client FOR EACH ROW
    WHEN ((old.state, old.state_since, old.language, old.pseudonym) IS DISTINCT FROM (new.state, new.state_since, new.language, new.pseudonym))
    EXECUTE FUNCTION sec.client_changed();

-- ---- Rows ----
SELECT sec.guard(t::regclass, 'client_id', 'client') FROM unnest(ARRAY['clients_identity', 'clients_safecontact', 'clients_background',
    'clients_explanationwords', 'clients_contactnote', 'clients_attachment']) t;
SELECT sec.guard('clients_contact', 'client_id', 'client', false);
SELECT sec.guard('clients_draft', 'person_id', 'person');
SELECT sec.bind('clients_hashkey', 'clients_fingerprint', 'clients_revision', 'clients_portalaccess', 'clients_explanation', 'clients_enquiry');
SELECT sec.attest_rows('clients_portalaccess'), sec.attest_rows('clients_explanation');

GRANT SELECT ON clients_identity, clients_safecontact, clients_background, clients_explanation, clients_explanationwords,
    clients_contact, clients_contactnote, clients_attachment, clients_revision, clients_portalaccess TO confidential_app, confidential_worker;
GRANT SELECT ON clients_enquiry, clients_draft, clients_hashkey TO confidential_app;
GRANT INSERT ON clients_identity, clients_safecontact, clients_background, clients_explanation, clients_explanationwords, clients_contact,
    clients_contactnote, clients_attachment, clients_fingerprint, clients_enquiry, clients_draft TO confidential_app;
GRANT UPDATE ON clients_identity, clients_safecontact, clients_background, clients_contactnote, clients_draft TO confidential_app;
-- Of a contact only its follow-up changes: not who logged it, nor when it was, nor how.
GRANT UPDATE (follow_up_on, followed_up_at, revision) ON clients_contact TO confidential_app;
GRANT DELETE ON clients_draft TO confidential_app;  -- drafts are nobody's record

GRANT SELECT, INSERT, UPDATE ON clients_portalaccess TO confidential_door;
GRANT SELECT, INSERT ON clients_revision TO confidential_door;
GRANT SELECT ON clients_explanation, clients_contact, clients_attachment TO confidential_door;
GRANT SELECT, DELETE ON clients_fingerprint, clients_draft TO confidential_door;
GRANT SELECT, INSERT ON clients_hashkey TO confidential_door;
GRANT USAGE ON SEQUENCE clients_revision_id_seq TO confidential_door;
CREATE POLICY door ON clients_portalaccess FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON clients_revision FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON clients_explanation FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON clients_contact FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON clients_hashkey FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON clients_fingerprint FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON clients_attachment FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON clients_draft FOR ALL TO confidential_door USING (true) WITH CHECK (true);

-- Below, who may write in a record is whoever may log a contact in it, and the coordinators of its branch. What says who did
-- it (explanation, contact, note, attachment) is added in one's own name; a command has none.

-- Who the client is and how to reach them: whoever sees the record.
CREATE POLICY see ON clients_identity FOR SELECT TO confidential_app, confidential_worker
    USING (EXISTS (SELECT FROM clients_client c WHERE c.id = client_id));
CREATE POLICY add ON clients_identity FOR INSERT TO confidential_app
    WITH CHECK (EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
            AND p.code = 'log_contact')
        OR EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.branch_id = ANY ((SELECT sec.coordinated())::uuid[])));
CREATE POLICY change ON clients_identity FOR UPDATE TO confidential_app
    USING (EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
            AND p.code = 'log_contact')
        OR EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.branch_id = ANY ((SELECT sec.coordinated())::uuid[])));

CREATE POLICY see ON clients_safecontact FOR SELECT TO confidential_app, confidential_worker
    USING (EXISTS (SELECT FROM clients_client c WHERE c.id = client_id));
CREATE POLICY add ON clients_safecontact FOR INSERT TO confidential_app
    WITH CHECK (EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
            AND p.code = 'log_contact')
        OR EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.branch_id = ANY ((SELECT sec.coordinated())::uuid[])));
CREATE POLICY change ON clients_safecontact FOR UPDATE TO confidential_app
    USING (EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
            AND p.code = 'log_contact')
        OR EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.branch_id = ANY ((SELECT sec.coordinated())::uuid[])));

CREATE POLICY see ON clients_portalaccess FOR SELECT TO confidential_app, confidential_worker
    USING (EXISTS (SELECT FROM clients_client c WHERE c.id = client_id));

-- That the policy was explained, and when: whoever sees the record. In which words: as words.
CREATE POLICY see ON clients_explanation FOR SELECT TO confidential_app, confidential_worker
    USING (EXISTS (SELECT FROM clients_client c WHERE c.id = client_id));
CREATE POLICY add ON clients_explanation FOR INSERT TO confidential_app
    WITH CHECK (by_id IS NOT DISTINCT FROM (SELECT sec.cleared_person())
        AND (EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
                AND p.code = 'log_contact')
            OR EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.branch_id = ANY ((SELECT sec.coordinated())::uuid[]))));

-- Words: whoever may read notes, and the client. A coordinator needs a grant with a reason.
CREATE POLICY see ON clients_explanationwords FOR SELECT TO confidential_app, confidential_worker
    USING (client_id = (SELECT sec.own_open())
        OR EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
            AND p.code = 'view_notes'));
CREATE POLICY add ON clients_explanationwords FOR INSERT TO confidential_app
    WITH CHECK (EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
            AND p.code = 'log_contact')
        OR EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.branch_id = ANY ((SELECT sec.coordinated())::uuid[])));

CREATE POLICY see ON clients_background FOR SELECT TO confidential_app, confidential_worker
    USING (client_id = (SELECT sec.own_open())
        OR EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
            AND p.code = 'view_notes'));
CREATE POLICY add ON clients_background FOR INSERT TO confidential_app
    WITH CHECK (EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
            AND p.code = 'log_contact')
        OR EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.branch_id = ANY ((SELECT sec.coordinated())::uuid[])));
-- Only what one may read: an UPDATE that reads no column meets no policy for SELECT.
CREATE POLICY change ON clients_background FOR UPDATE TO confidential_app
    USING ((EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
                AND p.code = 'log_contact')
            OR EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.branch_id = ANY ((SELECT sec.coordinated())::uuid[])))
        AND EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
            AND p.code = 'view_notes'))
    WITH CHECK (EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
            AND p.code = 'log_contact')
        OR EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.branch_id = ANY ((SELECT sec.coordinated())::uuid[])));

-- Contacts without their words: the branch's coordinators, the client, whoever may read notes (from the day on that a handover
-- set), and whoever was given this one contact.
CREATE POLICY see ON clients_contact FOR SELECT TO confidential_app, confidential_worker
    USING ((branch_id = ANY ((SELECT sec.coordinated())::uuid[]) AND client_id <> ALL ((SELECT sec.barred())::uuid[]))
        OR client_id = (SELECT sec.own_open())
        OR EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
            AND p.code = 'view_notes' AND (p.since IS NULL OR happened_on >= p.since))
        OR EXISTS (SELECT FROM clients_contactpermission q WHERE q.user_id = (SELECT sec.cleared_person())
            AND q.content_object_id = clients_contact.id));
CREATE POLICY add ON clients_contact FOR INSERT TO confidential_app
    WITH CHECK (by_id IS NOT DISTINCT FROM (SELECT sec.cleared_person())
        AND (EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
                AND p.code = 'log_contact')
            OR EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.branch_id = ANY ((SELECT sec.coordinated())::uuid[]))));
-- Only what one may read, as above: from the day on that a handover set.
CREATE POLICY change ON clients_contact FOR UPDATE TO confidential_app
    USING (EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
            AND p.code = 'log_contact' AND (p.since IS NULL OR happened_on >= p.since))
        OR EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.branch_id = ANY ((SELECT sec.coordinated())::uuid[])))
    WITH CHECK (EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
            AND p.code = 'log_contact')
        OR EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.branch_id = ANY ((SELECT sec.coordinated())::uuid[])));

-- Words of a contact: whoever may read notes, from the day on that a handover set; whoever was given this one contact; and the
-- client.
CREATE POLICY see ON clients_contactnote FOR SELECT TO confidential_app, confidential_worker
    USING (client_id = (SELECT sec.own_open())
        OR EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
            AND p.code = 'view_notes'
            AND (p.since IS NULL OR EXISTS (SELECT FROM clients_contact c WHERE c.id = contact_id AND c.happened_on >= p.since)))
        OR EXISTS (SELECT FROM clients_contactpermission q WHERE q.user_id = (SELECT sec.cleared_person()) AND q.content_object_id = contact_id));
CREATE POLICY add ON clients_contactnote FOR INSERT TO confidential_app
    WITH CHECK (by_id IS NOT DISTINCT FROM (SELECT sec.cleared_person())
        AND (EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
                AND p.code = 'log_contact')
            OR EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.branch_id = ANY ((SELECT sec.coordinated())::uuid[]))));
CREATE POLICY change ON clients_contactnote FOR UPDATE TO confidential_app
    USING ((EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
                AND p.code = 'log_contact')
            OR EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.branch_id = ANY ((SELECT sec.coordinated())::uuid[])))
        AND EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
            AND p.code = 'view_notes'
            AND (p.since IS NULL OR EXISTS (SELECT FROM clients_contact c WHERE c.id = contact_id AND c.happened_on >= p.since))))
    WITH CHECK (by_id IS NOT DISTINCT FROM (SELECT sec.cleared_person())
        AND (EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
                AND p.code = 'log_contact')
            OR EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.branch_id = ANY ((SELECT sec.coordinated())::uuid[]))));

CREATE POLICY see ON clients_attachment FOR SELECT TO confidential_app, confidential_worker
    USING (client_id = (SELECT sec.own_open())
        OR EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
            AND p.code = 'view_notes'
            AND (p.since IS NULL OR EXISTS (SELECT FROM clients_contact c WHERE c.id = contact_id AND c.happened_on >= p.since))));
CREATE POLICY add ON clients_attachment FOR INSERT TO confidential_app
    WITH CHECK (by_id IS NOT DISTINCT FROM (SELECT sec.cleared_person())
        AND (EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
                AND p.code = 'log_contact')
            OR EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.branch_id = ANY ((SELECT sec.coordinated())::uuid[]))));

CREATE POLICY see ON clients_hashkey FOR SELECT TO confidential_app USING (branch_id = ANY ((SELECT sec.serves())::uuid[]));
CREATE POLICY add ON clients_fingerprint FOR INSERT TO confidential_app
    WITH CHECK (EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
            AND p.code = 'log_contact')
        OR EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.branch_id = ANY ((SELECT sec.coordinated())::uuid[])));

-- What was there before: the client, and a coordinator who opened the notes for a reason. What a note said before it was corrected
-- may be what hurt: it is for no later volunteer. sec.guard adds, for each table, that the row itself must be seen.
CREATE POLICY see ON clients_revision FOR SELECT TO confidential_app, confidential_worker
    USING (client_id = (SELECT sec.own_open())
        OR EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
            AND p.code = 'view_notes' AND p.since IS NULL AND (sealed IS NULL OR p.basis = 'branch_duty')));

CREATE POLICY see ON clients_enquiry FOR SELECT TO confidential_app USING (branch_id = ANY ((SELECT sec.serves())::uuid[]));
CREATE POLICY add ON clients_enquiry FOR INSERT TO confidential_app WITH CHECK (by_id = (SELECT sec.cleared_person()) AND branch_id = ANY ((SELECT sec.serves())::uuid[]));
-- A draft is about a client whom one sees, or saw (a consultation shows no client): its foreign key must not tell a hidden client from an absent one.
-- Not about one who said no to a record; of one whom the principal no longer sees that is not asked, or the answer would tell.
CREATE POLICY own ON clients_draft FOR ALL TO confidential_app USING (person_id = (SELECT sec.cleared_person()))
    WITH CHECK (person_id = (SELECT sec.cleared_person()) AND (client_id IS NULL
        OR EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND (c.agreed IN ('no_record', 'withdrawn')) IS NOT TRUE)
        OR (NOT EXISTS (SELECT FROM clients_client c WHERE c.id = client_id) AND EXISTS (SELECT FROM clients_grant g
            WHERE g.client_id = clients_draft.client_id AND g.person_id = (SELECT sec.cleared_person()) AND g.scope NOT IN ('consult', 'contact')))));

GRANT EXECUTE ON FUNCTION sec.take_in, sec.add_branch_key, sec.known, sec.may_hear_client TO confidential_app;

SELECT sec.adopt_functions();
