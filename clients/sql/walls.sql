-- Who sees which client, and which part of the record. guardian reads clients_clientpermission,
-- which a trigger derives from the ledger clients_grant.

-- The client whose own record this is: in the portal, or of a job made for that client.
CREATE FUNCTION sec.own_client() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w record;
BEGIN
    SELECT * INTO w FROM sec.who();
    IF w.kind = 'job' THEN
        RETURN w.subject;
    ELSIF w.kind = 'user' THEN
        RETURN (SELECT a.client_id FROM public.clients_portalaccess a WHERE a."user" = w.subject AND a.ended_at IS NULL);
    END IF;
    RETURN NULL;
END $$;

-- Only the door may replace what belongs to the door.
SET LOCAL ROLE confidential_door;
-- Asked at each opening: who that is, is looked up once, and only what that kind of principal can have.
CREATE OR REPLACE FUNCTION sec.permitted(subjects uuid[])
RETURNS TABLE (subject uuid, kind text, branch uuid, basis text, role text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    w record;
    me uuid;
    mine uuid;
    branches uuid[] := '{}';
BEGIN
    SELECT * INTO w FROM sec.who();
    IF w.kind = 'user' THEN
        me := sec.uid();
    END IF;
    IF me IS NOT NULL OR w.kind = 'command' THEN
        branches := sec.coordinated();
    ELSE
        mine := sec.own_client();
    END IF;
    RETURN QUERY
    SELECT c.id, 'client'::text, c.branch_id,
        CASE WHEN c.id = mine THEN 'own_record' ELSE coalesce(g.basis, 'branch_duty') END::text,
        CASE WHEN c.id = mine THEN CASE w.kind WHEN 'job' THEN 'job' ELSE 'client' END WHEN w.kind = 'command' THEN 'command'
             WHEN c.branch_id = ANY (branches) THEN 'coordinator' ELSE 'volunteer' END::text
    FROM public.clients_client c LEFT JOIN LATERAL (
        SELECT p.basis FROM public.clients_clientpermission p
        WHERE p.content_object_id = c.id AND p.user_id = me AND p.starts_at <= statement_timestamp()
          AND (p.ends_at IS NULL OR p.ends_at > statement_timestamp()) ORDER BY p.starts_at LIMIT 1) g ON true
    WHERE c.id = ANY (subjects) AND (c.branch_id = ANY (branches) OR g.basis IS NOT NULL OR c.id = mine);
    IF (SELECT count(*) FROM public.clients_client c WHERE c.id = ANY (subjects)) = cardinality(subjects) THEN
        RETURN;  -- clients only, as nearly always
    END IF;
    RETURN QUERY
    SELECT p.user_id, 'person', NULL::uuid, CASE WHEN p.user_id = w.subject THEN 'own_record' ELSE 'branch_duty' END,
        CASE WHEN p.user_id = w.subject THEN 'self' ELSE 'coordinator' END
    FROM public.volunteers_person p
    WHERE p.user_id = ANY (subjects) AND (p.user_id = sec.person() OR sec.coordinates(p.user_id))
    UNION ALL
    SELECT b.id, 'branch', b.id, 'branch_duty', 'volunteer'
    FROM public.volunteers_branch b WHERE b.id = ANY (subjects) AND b.id = ANY (sec.serves());
END $$;

CREATE OR REPLACE FUNCTION sec.subject_of(object_type text, object_id uuid) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found_client uuid;
BEGIN
    IF object_type = 'clients_client' THEN
        RETURN (SELECT c.id FROM public.clients_client c WHERE c.id = object_id);
    ELSIF object_type IN ('clients_contact', 'clients_attachment', 'clients_grant', 'disclosures_disclosure',
            'rights_subjectrequest', 'rights_export') THEN
        EXECUTE format('SELECT t.client_id FROM public.%I t WHERE t.id = $1', object_type) INTO found_client USING object_id;
        RETURN found_client;
    END IF;
    RETURN NULL;
END $$;

RESET ROLE;

-- Taking in: the record, its keys and the first assignment in one act. There is no other way to a new
-- record, so nobody can grant themself one that exists and is hidden from them.
CREATE FUNCTION sec.take_in(new_id uuid, in_branch uuid, ref text, lang text, as_pseudonym boolean, wrapped_data bytea, wrapped_audit bytea)
RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.uid();
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

-- Keys of a branch, made once, by whoever serves there first.
CREATE FUNCTION sec.add_branch_key(branch uuid, wrapped_data bytea, wrapped_audit bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT (branch = ANY (sec.serves())) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    INSERT INTO public.vault_subjectkey (subject, kind, data, audit) VALUES (branch, 'branch', wrapped_data, wrapped_audit) ON CONFLICT DO NOTHING;
END $$;

-- The ledger: what a scope lets its holder do becomes guardian's rows. A grant never changes but for an
-- earlier end, and what ended stays ended.
CREATE FUNCTION sec.derive() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    codes text[];
BEGIN
    IF tg_op = 'UPDATE' THEN
        IF to_jsonb(new) - 'ends_at' - 'ended_by_id' <> to_jsonb(old) - 'ends_at' - 'ended_by_id'
            OR new.ends_at IS NULL OR new.ends_at > coalesce(old.ends_at, 'infinity') OR old.ends_at <= statement_timestamp() THEN
            RAISE 'of a grant only the end can be set, and only earlier' USING ERRCODE = '42501';
        END IF;
        UPDATE public.clients_clientpermission SET ends_at = new.ends_at WHERE grant_id = new.id;
        PERFORM sec.log('grant.end', new.client_id, 'client', new.branch_id, new.purpose, new.basis, object => 'clients_grant', object_id => new.id);
        RETURN NULL;
    END IF;
    codes := CASE new.scope WHEN 'full' THEN ARRAY['view_client', 'view_notes', 'log_contact']
        WHEN 'read' THEN ARRAY['view_client', 'view_notes'] ELSE ARRAY['view_client'] END;
    INSERT INTO public.clients_clientpermission (grant_id, permission_id, user_id, content_object_id, code, basis, starts_at, ends_at)
    SELECT new.id, p.id, new.person_id, new.client_id, p.codename, new.basis, new.starts_at, new.ends_at
    FROM public.auth_permission p JOIN public.django_content_type t ON t.id = p.content_type_id
    WHERE t.app_label = 'clients' AND t.model = 'client' AND p.codename = ANY (codes);
    IF NOT FOUND THEN
        RAISE 'the permissions of clients are not installed: run migrate';
    END IF;
    PERFORM sec.log('grant.add', new.client_id, 'client', new.branch_id, new.purpose, new.basis, object => 'clients_grant', object_id => new.id,
        detail => jsonb_build_object('scope', new.scope, 'person', new.person_id, 'until', new.ends_at));
    RETURN NULL;
END $$;
CREATE TRIGGER derive AFTER INSERT OR UPDATE ON clients_grant FOR EACH ROW EXECUTE FUNCTION sec.derive();
-- The branch is tied to the client's, so that the policies of the ledger need not look at clients.
ALTER TABLE clients_client ADD CONSTRAINT client_id_branch UNIQUE (id, branch_id);
ALTER TABLE clients_grant ADD CONSTRAINT grant_branch FOREIGN KEY (client_id, branch_id) REFERENCES clients_client (id, branch_id) ON UPDATE CASCADE;
ALTER TABLE clients_contact ADD CONSTRAINT contact_branch FOREIGN KEY (client_id, branch_id) REFERENCES clients_client (id, branch_id) ON UPDATE CASCADE;
-- A child belongs to the same client as its parent.
ALTER TABLE clients_contact ADD CONSTRAINT contact_id_client UNIQUE (id, client_id);
ALTER TABLE clients_contactnote ADD CONSTRAINT note_client FOREIGN KEY (contact_id, client_id) REFERENCES clients_contact (id, client_id);
ALTER TABLE clients_attachment ADD CONSTRAINT attachment_client FOREIGN KEY (contact_id, client_id) REFERENCES clients_contact (id, client_id);
ALTER TABLE clients_explanation ADD CONSTRAINT explanation_id_client UNIQUE (id, client_id);
ALTER TABLE clients_explanationwords ADD CONSTRAINT words_client FOREIGN KEY (explanation_id, client_id) REFERENCES clients_explanation (id, client_id);

-- P10: the policy is explained with the first contact. "Could not" lets that one be saved; after it,
-- only an urgent contact. Contacts that a command takes in from elsewhere happened before.
CREATE FUNCTION sec.explained_first() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (SELECT w.kind FROM sec.who() w) IS DISTINCT FROM 'command' AND NOT new.urgent
        AND NOT EXISTS (SELECT FROM public.clients_explanation e WHERE e.client_id = new.client_id AND e.given)
        AND (EXISTS (SELECT FROM public.clients_contact c WHERE c.client_id = new.client_id)
             OR NOT EXISTS (SELECT FROM public.clients_explanation e WHERE e.client_id = new.client_id)) THEN
        RAISE 'the policy has not been explained to this client' USING ERRCODE = '23514', CONSTRAINT = 'contact_explained_first';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER explained_first BEFORE INSERT ON clients_contact FOR EACH ROW EXECUTE FUNCTION sec.explained_first();

CREATE FUNCTION sec.last_contact() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.clients_client c SET last_contact_on = n.latest
    FROM (SELECT i.client_id, max(i.happened_on) AS latest FROM added i GROUP BY i.client_id) n
    WHERE c.id = n.client_id AND (c.last_contact_on IS NULL OR c.last_contact_on < n.latest);
    RETURN NULL;
END $$;
CREATE TRIGGER last_contact AFTER INSERT ON clients_contact REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION sec.last_contact();

-- "The same person seems to be known here", and "this row was imported": hashes, compared per branch.
CREATE FUNCTION sec.known(in_branch uuid, of_kind text, hashes bytea[]) RETURNS TABLE (hash bytea, client uuid, "row" uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    coordinates boolean := in_branch = ANY (sec.coordinated());
BEGIN
    IF NOT (coordinates OR in_branch = ANY (sec.serves())) THEN
        RETURN;
    END IF;
    -- A volunteer learns that somebody is known, not who.
    RETURN QUERY SELECT DISTINCT f.hash, CASE WHEN coordinates THEN f.client_id END, CASE WHEN coordinates THEN f.row END
    FROM public.clients_fingerprint f WHERE f.branch_id = in_branch AND f.kind = of_kind AND f.hash = ANY (hashes);
END $$;

-- The portal is opened for a client who wants it; the account is made here and nowhere else.
CREATE FUNCTION sec.portal_open(of_client uuid, new_user uuid, name text, hashed text, lang text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m record;
BEGIN
    SELECT * INTO m FROM sec.permitted(ARRAY[of_client]);
    IF NOT FOUND OR m.role NOT IN ('coordinator', 'volunteer') THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    PERFORM sec.portal_close(of_client);
    INSERT INTO public.volunteers_user (id, username, password, kind, language, is_active, is_superuser, must_change_password, created_at)
    VALUES (new_user, name, hashed, 'client', lang, true, false, true, statement_timestamp());
    INSERT INTO public.clients_portalaccess (id, client_id, "user", username, opened_at, opened_by_id)
    VALUES (gen_random_uuid(), of_client, new_user, name, statement_timestamp(), sec.uid());
    PERFORM sec.log('portal.open', of_client, 'client', m.branch, 'portal', m.basis, m.role);
END $$;

-- Ends a client's portal access in this second: access, sessions, account.
CREATE FUNCTION sec.portal_close(of_client uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m record;
    a record;
BEGIN
    SELECT * INTO m FROM sec.permitted(ARRAY[of_client]);
    IF NOT FOUND THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    FOR a IN UPDATE public.clients_portalaccess SET ended_at = statement_timestamp() WHERE client_id = of_client AND ended_at IS NULL RETURNING "user" LOOP
        DELETE FROM public.vault_principal p WHERE p.subject = a.user;
        UPDATE public.volunteers_user u SET is_active = false WHERE u.id = a.user;
        PERFORM sec.log('portal.close', of_client, 'client', m.branch, 'portal', m.basis, m.role);
    END LOOP;
END $$;

-- ---- Rows ----
SELECT sec.guard(t::regclass, 'client_id', 'client') FROM unnest(ARRAY['clients_identity', 'clients_safecontact', 'clients_background',
    'clients_explanationwords', 'clients_contactnote', 'clients_attachment']) t;
SELECT sec.guard('clients_contact', 'client_id', 'client', false);
SELECT sec.guard('clients_draft', 'person_id', 'person');
SELECT sec.bind('clients_client', 'clients_fingerprint', 'clients_revision', 'clients_portalaccess', 'clients_grant', 'clients_clientpermission',
    'clients_clientgrouppermission', 'clients_explanation', 'clients_enquiry');

GRANT SELECT ON clients_client, clients_identity, clients_safecontact, clients_background, clients_explanation, clients_explanationwords,
    clients_contact, clients_contactnote, clients_attachment, clients_grant, clients_clientpermission, clients_clientgrouppermission,
    clients_revision, clients_portalaccess TO confidential_app, confidential_worker;
GRANT SELECT ON clients_enquiry, clients_draft TO confidential_app;
GRANT INSERT ON clients_identity, clients_safecontact, clients_background, clients_explanation, clients_explanationwords, clients_contact,
    clients_contactnote, clients_attachment, clients_grant, clients_fingerprint, clients_enquiry, clients_draft TO confidential_app;
GRANT UPDATE ON clients_identity, clients_safecontact, clients_background, clients_contactnote, clients_contact, clients_draft TO confidential_app;
GRANT UPDATE (state, state_since, language, pseudonym) ON clients_client TO confidential_app;
GRANT UPDATE (ends_at, ended_by_id) ON clients_grant TO confidential_app;
GRANT DELETE ON clients_draft TO confidential_app;  -- drafts are nobody's record

GRANT SELECT, INSERT, UPDATE ON clients_client, clients_clientpermission, clients_portalaccess TO confidential_door;
GRANT SELECT, INSERT ON clients_grant, clients_revision TO confidential_door;
GRANT SELECT ON clients_explanation, clients_contact, clients_fingerprint, clients_attachment, auth_permission, django_content_type TO confidential_door;
GRANT UPDATE (is_active) ON volunteers_user TO confidential_door;
GRANT SELECT (id) ON volunteers_user TO confidential_door;
GRANT USAGE ON SEQUENCE clients_revision_id_seq, clients_clientpermission_id_seq TO confidential_door;
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['client', 'clientpermission', 'portalaccess', 'grant', 'revision', 'explanation', 'contact', 'fingerprint', 'attachment'] LOOP
        EXECUTE format('CREATE POLICY door ON %I FOR ALL TO confidential_door USING (true) WITH CHECK (true)', 'clients_' || t);
    END LOOP;
END $$;

-- The record: my branches' (cheap term first), my own, or those a live permission gives me.
CREATE POLICY see ON clients_client FOR SELECT TO confidential_app, confidential_worker
    USING (branch_id = ANY ((SELECT sec.coordinated())::uuid[]) OR id = (SELECT sec.own_client())
        OR EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.uid()) AND p.content_object_id = clients_client.id));
CREATE POLICY change ON clients_client FOR UPDATE TO confidential_app
    USING (branch_id = ANY ((SELECT sec.coordinated())::uuid[])
        OR EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.uid()) AND p.content_object_id = clients_client.id AND p.code = 'log_contact'));
-- Permissions: a person's own, while they bind. Ended is invisible, so guardian stops honouring it in that second.
CREATE POLICY see ON clients_clientpermission FOR SELECT TO confidential_app, confidential_worker
    USING (user_id = (SELECT sec.uid()) AND starts_at <= statement_timestamp() AND (ends_at IS NULL OR ends_at > statement_timestamp()));
CREATE POLICY see ON clients_clientgrouppermission FOR SELECT TO confidential_app, confidential_worker USING (false);
-- The ledger: a coordinator grants in the branch; reading notes oneself needs a reason and ends within a day.
CREATE POLICY see ON clients_grant FOR SELECT TO confidential_app, confidential_worker
    USING (branch_id = ANY ((SELECT sec.coordinated())::uuid[]) OR person_id = (SELECT sec.uid()) OR client_id = (SELECT sec.own_client()));
CREATE POLICY add ON clients_grant FOR INSERT TO confidential_app
    WITH CHECK (granted_by_id = (SELECT sec.uid()) AND branch_id = ANY ((SELECT sec.coordinated())::uuid[]) AND starts_at >= statement_timestamp() - interval '1 minute'
        AND CASE WHEN person_id = (SELECT sec.uid())
            THEN basis = 'branch_duty' AND scope = 'read' AND ends_at <= statement_timestamp() + interval '24 hours'
                AND purpose IN ('supervision', 'complaint', 'disclosure', 'request', 'handover')
            ELSE basis = 'assignment' AND sec.coordinates(person_id) END);
CREATE POLICY finish ON clients_grant FOR UPDATE TO confidential_app
    USING (branch_id = ANY ((SELECT sec.coordinated())::uuid[]) OR person_id = (SELECT sec.uid())) WITH CHECK (ended_by_id = (SELECT sec.uid()));

-- Who the client is and how to reach them: whoever sees the record.
DO $$
DECLARE
    t text;
    seen text := 'EXISTS (SELECT FROM clients_client c WHERE c.id = client_id)';
    notes text := 'client_id = (SELECT sec.own_client()) OR EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.uid()) AND p.content_object_id = client_id AND p.code = ''view_notes'')';
    writes text := 'EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.uid()) AND p.content_object_id = client_id AND p.code = ''log_contact'') OR EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.branch_id = ANY ((SELECT sec.coordinated())::uuid[]))';
BEGIN
    FOREACH t IN ARRAY ARRAY['clients_identity', 'clients_safecontact', 'clients_explanation', 'clients_portalaccess'] LOOP
        EXECUTE format('CREATE POLICY see ON %I FOR SELECT TO confidential_app, confidential_worker USING (%s)', t, seen);
    END LOOP;
    -- Words: whoever may read notes, and the client. A coordinator needs a grant with a reason.
    FOREACH t IN ARRAY ARRAY['clients_background', 'clients_explanationwords', 'clients_contactnote', 'clients_attachment', 'clients_revision'] LOOP
        EXECUTE format('CREATE POLICY see ON %I FOR SELECT TO confidential_app, confidential_worker USING (%s)', t, notes);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['clients_identity', 'clients_safecontact', 'clients_background', 'clients_explanationwords', 'clients_fingerprint'] LOOP
        EXECUTE format('CREATE POLICY add ON %I FOR INSERT TO confidential_app WITH CHECK (%s)', t, writes);
    END LOOP;
    -- What says who did it is added in one's own name; a command has none.
    FOREACH t IN ARRAY ARRAY['clients_explanation', 'clients_contact', 'clients_contactnote', 'clients_attachment'] LOOP
        EXECUTE format('CREATE POLICY add ON %I FOR INSERT TO confidential_app WITH CHECK (by_id IS NOT DISTINCT FROM (SELECT sec.uid()) AND (%s))', t, writes);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['clients_identity', 'clients_safecontact', 'clients_background', 'clients_contact'] LOOP
        EXECUTE format('CREATE POLICY change ON %I FOR UPDATE TO confidential_app USING (%s)', t, writes);
    END LOOP;
    EXECUTE format('CREATE POLICY change ON clients_contactnote FOR UPDATE TO confidential_app USING (%1$s) WITH CHECK (by_id IS NOT DISTINCT FROM (SELECT sec.uid()) AND (%1$s))', writes);
END $$;
-- Contacts without their words: the branch's coordinators, and whoever may read notes.
CREATE POLICY see ON clients_contact FOR SELECT TO confidential_app, confidential_worker
    USING (branch_id = ANY ((SELECT sec.coordinated())::uuid[]) OR client_id = (SELECT sec.own_client())
        OR EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.uid()) AND p.content_object_id = client_id AND p.code = 'view_notes'));
CREATE POLICY see ON clients_enquiry FOR SELECT TO confidential_app USING (branch_id = ANY ((SELECT sec.serves())::uuid[]));
CREATE POLICY add ON clients_enquiry FOR INSERT TO confidential_app WITH CHECK (by_id = (SELECT sec.uid()) AND branch_id = ANY ((SELECT sec.serves())::uuid[]));
CREATE POLICY own ON clients_draft FOR ALL TO confidential_app USING (person_id = (SELECT sec.uid())) WITH CHECK (person_id = (SELECT sec.uid()));

GRANT EXECUTE ON FUNCTION sec.own_client TO confidential_app, confidential_worker;
GRANT EXECUTE ON FUNCTION sec.take_in, sec.add_branch_key, sec.known TO confidential_app;
GRANT EXECUTE ON FUNCTION sec.portal_open, sec.portal_close TO confidential_signin;

SELECT sec.adopt_functions();
