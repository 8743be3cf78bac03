-- What a review found: permissions that outlived the duty they rest on, and acts on a record that were
-- open to more people than the pages say, or left no event.

-- ---- A permission binds while its holder serves in the client's branch, to the second ----
-- The branch stands in guardian's row too, for the database alone: so that the policy asks one cheap thing.
ALTER TABLE clients_clientpermission ADD COLUMN branch_id uuid;
SET LOCAL ROLE confidential_door;  -- the owner is bound by row-level security and would see no row
UPDATE public.clients_clientpermission p SET branch_id = g.branch_id FROM public.clients_grant g WHERE g.id = p.grant_id;
RESET ROLE;
ALTER TABLE clients_clientpermission ALTER COLUMN branch_id SET NOT NULL;

DROP POLICY see ON clients_clientpermission;
CREATE POLICY see ON clients_clientpermission FOR SELECT TO confidential_app, confidential_worker
    USING (user_id = (SELECT sec.uid()) AND branch_id = ANY ((SELECT sec.serves())::uuid[])
        AND starts_at <= statement_timestamp() AND (ends_at IS NULL OR ends_at > statement_timestamp()));

-- Whether the principal may change things in a record: for the functions below.
CREATE FUNCTION sec.may_write(of_client uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.clients_client c WHERE c.id = of_client AND c.branch_id = ANY (sec.coordinated()))
        OR EXISTS (SELECT FROM public.clients_clientpermission p WHERE p.content_object_id = of_client AND p.user_id = sec.uid()
            AND p.code = 'log_contact' AND p.branch_id = ANY (sec.serves())
            AND p.starts_at <= statement_timestamp() AND (p.ends_at IS NULL OR p.ends_at > statement_timestamp()));
END $$;

-- A duty that ends by its own date ends by the clock, with no UPDATE: what was given under it does not come back.
CREATE FUNCTION sec.end_stale_grants(of_person uuid, of_branch uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.volunteers_duty d WHERE d.person_id = of_person AND d.branch_id = of_branch
            AND d.starts_at <= statement_timestamp() AND (d.ends_at IS NULL OR d.ends_at > statement_timestamp())) THEN
        UPDATE public.clients_grant g SET ends_at = statement_timestamp(), ended_by_id = sec.person()
        WHERE g.person_id = of_person AND g.branch_id = of_branch AND (g.ends_at IS NULL OR g.ends_at > statement_timestamp());
    END IF;
END $$;

-- ---- Changes of a record that the application could make without an event ----
CREATE FUNCTION sec.client_changed() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.log('row.change', new.id, 'client', new.branch_id, object => 'clients_client', object_id => new.id,
        detail => jsonb_build_object('state', new.state, 'language', new.language, 'pseudonym', new.pseudonym));
    RETURN NULL;
END $$;
CREATE TRIGGER changed AFTER UPDATE ON clients_client FOR EACH ROW
    WHEN ((old.state, old.state_since, old.language, old.pseudonym) IS DISTINCT FROM (new.state, new.state_since, new.language, new.pseudonym))
    EXECUTE FUNCTION sec.client_changed();

-- Of a contact only its follow-up changes: not who logged it, nor when it was, nor how.
REVOKE UPDATE ON clients_contact FROM confidential_app;
GRANT UPDATE (follow_up_on, followed_up_at, revision) ON clients_contact TO confidential_app;

-- A fingerprint stands in its client's branch, and not in front of another branch's coordinators.
ALTER TABLE clients_fingerprint ADD CONSTRAINT fingerprint_branch FOREIGN KEY (client_id, branch_id)
    REFERENCES clients_client (id, branch_id) ON UPDATE CASCADE;

SELECT sec.adopt_functions();

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
    serving uuid[] := '{}';
BEGIN
    SELECT * INTO w FROM sec.who();
    IF w.kind = 'user' THEN
        me := sec.uid();
    END IF;
    IF me IS NOT NULL OR w.kind = 'command' THEN
        branches := sec.coordinated();
        serving := sec.serves();
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
        WHERE p.content_object_id = c.id AND p.user_id = me AND p.branch_id = ANY (serving) AND p.starts_at <= statement_timestamp()
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
    FROM public.volunteers_branch b WHERE b.id = ANY (subjects) AND b.id = ANY (serving);
END $$;

-- As before, with the branch in guardian's row; and an end is never set before now: that would deny a past.
CREATE OR REPLACE FUNCTION sec.derive() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    codes text[];
BEGIN
    IF tg_op = 'UPDATE' THEN
        IF to_jsonb(new) - 'ends_at' - 'ended_by_id' <> to_jsonb(old) - 'ends_at' - 'ended_by_id'
            OR new.ends_at IS NULL OR new.ends_at > coalesce(old.ends_at, 'infinity') OR old.ends_at <= statement_timestamp()
            OR new.ends_at < statement_timestamp() - interval '1 minute' THEN
            RAISE 'of a grant only the end can be set, and only earlier' USING ERRCODE = '42501';
        END IF;
        UPDATE public.clients_clientpermission SET ends_at = new.ends_at WHERE grant_id = new.id;
        PERFORM sec.log('grant.end', new.client_id, 'client', new.branch_id, new.purpose, new.basis, object => 'clients_grant', object_id => new.id);
        RETURN NULL;
    END IF;
    codes := CASE new.scope WHEN 'full' THEN ARRAY['view_client', 'view_notes', 'log_contact']
        WHEN 'read' THEN ARRAY['view_client', 'view_notes'] ELSE ARRAY['view_client'] END;
    INSERT INTO public.clients_clientpermission (grant_id, permission_id, user_id, content_object_id, code, basis, starts_at, ends_at, branch_id)
    SELECT new.id, p.id, new.person_id, new.client_id, p.codename, new.basis, new.starts_at, new.ends_at, new.branch_id
    FROM public.auth_permission p JOIN public.django_content_type t ON t.id = p.content_type_id
    WHERE t.app_label = 'clients' AND t.model = 'client' AND p.codename = ANY (codes);
    IF NOT FOUND THEN
        RAISE 'the permissions of clients are not installed: run migrate';
    END IF;
    PERFORM sec.log('grant.add', new.client_id, 'client', new.branch_id, new.purpose, new.basis, object => 'clients_grant', object_id => new.id,
        detail => jsonb_build_object('scope', new.scope, 'person', new.person_id, 'until', new.ends_at));
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION sec.appoint(who uuid, duty text, in_branch uuid, until timestamptz) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    new_id uuid := gen_random_uuid();
BEGIN
    IF sec.may_appoint(duty, in_branch) IS NOT TRUE OR NOT sec.fresh(15) OR who = sec.person() THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    -- What was given under a duty that ended by itself does not come back with the next one.
    PERFORM sec.end_stale_grants(who, in_branch);
    INSERT INTO public.volunteers_duty (id, person_id, kind, branch_id, starts_at, ends_at, appointed_by_id)
    VALUES (new_id, who, duty, in_branch, statement_timestamp(), until, sec.person());
    PERFORM sec.log('duty.appoint', who, 'person', of_branch => in_branch, object => 'volunteers_duty', object_id => new_id,
        detail => jsonb_build_object('duty', duty));
    RETURN new_id;
END $$;

-- Opening the portal makes an account that reads the whole record: not for somebody on an errand.
CREATE OR REPLACE FUNCTION sec.portal_open(of_client uuid, new_user uuid, name text, hashed text, lang text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m record;
BEGIN
    SELECT * INTO m FROM sec.permitted(ARRAY[of_client]);
    IF NOT FOUND OR m.role NOT IN ('coordinator', 'volunteer') OR sec.may_write(of_client) IS NOT TRUE OR NOT sec.fresh(15) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    PERFORM sec.portal_close(of_client);
    INSERT INTO public.volunteers_user (id, username, password, kind, language, is_active, is_superuser, must_change_password, created_at)
    VALUES (new_user, name, hashed, 'client', lang, true, false, true, statement_timestamp());
    INSERT INTO public.clients_portalaccess (id, client_id, "user", username, opened_at, opened_by_id)
    VALUES (gen_random_uuid(), of_client, new_user, name, statement_timestamp(), sec.uid());
    PERFORM sec.log('portal.open', of_client, 'client', m.branch, 'portal', m.basis, m.role);
END $$;

CREATE OR REPLACE FUNCTION sec.portal_close(of_client uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m record;
    a record;
BEGIN
    SELECT * INTO m FROM sec.permitted(ARRAY[of_client]);
    IF NOT FOUND OR (m.role <> 'client' AND sec.may_write(of_client) IS NOT TRUE) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    FOR a IN UPDATE public.clients_portalaccess SET ended_at = statement_timestamp() WHERE client_id = of_client AND ended_at IS NULL RETURNING "user" LOOP
        DELETE FROM public.vault_principal p WHERE p.subject = a.user;
        UPDATE public.volunteers_user u SET is_active = false WHERE u.id = a.user;
        PERFORM sec.log('portal.close', of_client, 'client', m.branch, 'portal', m.basis, m.role);
    END LOOP;
END $$;
RESET ROLE;
