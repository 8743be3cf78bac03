-- Who somebody is and which duties bind now; who sees accounts, people, duties and the code.

-- The signed-in person, code signed or not: for the code, the own account, and nothing else. Nobody while a second
-- factor is still to be set up.
CREATE FUNCTION sec.signed_in_person() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT p.user_id FROM sec.principal() w JOIN public.volunteers_person p ON p.user_id = w.subject
        WHERE w.kind = 'user' AND NOT w.limited AND (p.left_at IS NULL OR p.left_at > statement_timestamp()));
END $$;

-- Whether somebody's signature opens clients' tables today (P2): under the latest material version, or a later one. Where that
-- one is new, whoever was at work has some days to sign it (decision 53). In Python ``binding_signatures``;
-- sec.cleared_person() repeats these words, as every statement asks it.
CREATE FUNCTION sec.has_signed(who uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.volunteers_undertaking u JOIN public.volunteers_policyversion v ON v.id = u.version_id
        WHERE u.person_id = who AND v.number >= (SELECT coalesce(max(m.number), 0) FROM public.volunteers_policyversion m
            WHERE m.material AND m.closes_on <= sec.today()));
END $$;

-- The day on which what somebody has not signed yet shuts them out; NULL where nothing is left to sign.
CREATE FUNCTION sec.to_sign_by(who uuid) RETURNS date
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT min(m.closes_on) FROM public.volunteers_policyversion m WHERE m.material AND m.adopted_on <= sec.today()
        AND m.number > (SELECT coalesce(max(v.number), 0) FROM public.volunteers_undertaking u JOIN public.volunteers_policyversion v ON v.id = u.version_id
            WHERE u.person_id = who));
END $$;

-- The person for whom clients' tables open: signed in, still serving, and bound by the code. Row-level security
-- asks this, coordinated() and serves() in every statement, so each is one look-up, not functions that call functions.
CREATE FUNCTION sec.cleared_person() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- sec.principal(), sec.signed_in_person() and sec.has_signed() in one.
    PERFORM sec.refuse_late();
    RETURN (SELECT p.user_id FROM public.vault_principal t JOIN public.volunteers_person p ON p.user_id = t.subject
        WHERE encode(sha256(t.hash), 'hex') = left(current_setting('sec.token', true), 64)
          AND sec.mark(t.hash) = current_setting('sec.token', true) AND t.expires_at > statement_timestamp()
          AND t.kind = 'user' AND NOT t.limited AND (p.left_at IS NULL OR p.left_at > statement_timestamp())
          AND EXISTS (SELECT FROM public.volunteers_undertaking u JOIN public.volunteers_policyversion v ON v.id = u.version_id
            WHERE u.person_id = p.user_id AND v.number >= (SELECT coalesce(max(m.number), 0) FROM public.volunteers_policyversion m
                WHERE m.material AND m.closes_on <= sec.today())));
END $$;

-- Whether a duty binds at this moment.
CREATE FUNCTION sec.is_live(duty public.volunteers_duty) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT duty.starts_at <= statement_timestamp() AND (duty.ends_at IS NULL OR duty.ends_at > statement_timestamp())
$$;

-- Branches that the principal coordinates; a command works for one branch in the same way.
CREATE FUNCTION sec.coordinated() RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who uuid := sec.cleared_person();
    w record;
BEGIN
    IF who IS NULL THEN  -- a command works for one branch; anybody else coordinates none
        SELECT * INTO w FROM sec.principal();
        RETURN CASE w.kind WHEN 'command' THEN ARRAY[w.subject] ELSE '{}' END;
    END IF;
    RETURN (SELECT coalesce(array_agg(d.branch_id), '{}') FROM public.volunteers_duty d
        WHERE d.person_id = who AND d.kind = 'coordinator'
          AND d.starts_at <= statement_timestamp() AND (d.ends_at IS NULL OR d.ends_at > statement_timestamp()));
END $$;

-- Branches in which the principal serves in any way.
CREATE FUNCTION sec.serves() RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who uuid := sec.cleared_person();
BEGIN
    IF who IS NULL THEN
        RETURN sec.coordinated();
    END IF;
    RETURN (SELECT coalesce(array_agg(d.branch_id ORDER BY d.kind), '{}') FROM public.volunteers_duty d
        WHERE d.person_id = who AND d.kind IN ('coordinator', 'volunteer')
          AND d.starts_at <= statement_timestamp() AND (d.ends_at IS NULL OR d.ends_at > statement_timestamp()));
END $$;

-- Whether the principal serves in any way, and is bound by the code: such people know their colleagues by name.
CREATE FUNCTION sec.is_on_duty() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who uuid := sec.cleared_person();
BEGIN
    RETURN EXISTS (SELECT FROM public.volunteers_duty d WHERE d.person_id = who AND sec.is_live(d));
END $$;

-- Whether the signed-in person holds a duty of the whole association. Does not ask for a signature:
-- the president adopts the code before anybody can have signed it. Shows nothing about clients.
CREATE FUNCTION sec.has_duty(duty text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who uuid := sec.signed_in_person();
BEGIN
    RETURN EXISTS (SELECT FROM public.volunteers_duty d WHERE d.person_id = who AND d.kind = duty AND sec.is_live(d));
END $$;

-- Whether the transaction runs as any principal at all.
CREATE FUNCTION sec.is_anybody() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT w.kind IS NOT NULL FROM sec.principal() w
$$;

-- Whether the principal coordinates a branch in which this person serves.
CREATE FUNCTION sec.is_coordinator_of(who uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.volunteers_duty d
        WHERE d.person_id = who AND sec.is_live(d) AND d.branch_id = ANY (sec.coordinated()))
$$;

-- Start of a transaction: lets the holder of a secret in and says, in one round trip, who that is.
CREATE FUNCTION sec.enter(name text, proof text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w record;
    p record;
    duties jsonb;
BEGIN
    IF NOT sec.admit(name, proof) THEN
        RETURN '{"kind": "nobody"}';
    END IF;
    SELECT * INTO w FROM sec.principal();
    IF w.kind <> 'user' THEN
        RETURN jsonb_build_object('kind', w.kind, 'subject', w.subject);
    END IF;
    SELECT * INTO p FROM public.volunteers_person v WHERE v.user_id = w.subject AND (v.left_at IS NULL OR v.left_at > statement_timestamp());
    IF NOT FOUND THEN
        -- Whose space it is, also before the first password: that page belongs to it.
        RETURN (SELECT jsonb_build_object('kind', 'user', 'subject', w.subject, 'fresh_at', w.fresh_at, 'client', max(a.client_id::text), 'quiet', coalesce(bool_or(a.quiet), false),
                'confirmed', coalesce(bool_or(a.confirmed_at IS NOT NULL), false))
            FROM public.clients_portalaccess a WHERE a.id = sec.own_access());
    END IF;
    SELECT coalesce(jsonb_agg(jsonb_build_object('kind', d.kind, 'branch', d.branch_id)), '[]') INTO duties
    FROM public.volunteers_duty d WHERE d.person_id = p.user_id AND sec.is_live(d) AND NOT w.limited;
    RETURN jsonb_build_object('kind', 'user', 'subject', w.subject, 'fresh_at', w.fresh_at, 'limited', w.limited,
        'person', p.user_id, 'reference', p.reference, 'name', p.working_name, 'cleared', NOT w.limited AND sec.has_signed(p.user_id), 'to_sign_by', sec.to_sign_by(p.user_id),
        'duties', duties, 'barred', CASE WHEN duties @> '[{"kind": "coordinator"}]' THEN to_jsonb(sec.barred()) ELSE '[]' END);
END $$;

-- ---- Rows ----
SELECT sec.guard('volunteers_persondetails', 'person_id', 'person');
SELECT sec.bind('volunteers_branch', 'volunteers_person', 'volunteers_duty', 'volunteers_policyversion',
    'volunteers_policytext', 'volunteers_undertaking', 'volunteers_invitation');
SELECT sec.attest_rows('volunteers_duty'), sec.attest_rows('volunteers_undertaking');

GRANT SELECT ON volunteers_association, volunteers_dutyrule TO confidential_app, confidential_signin, confidential_worker;
GRANT SELECT ON volunteers_branch, volunteers_person, volunteers_duty TO confidential_app, confidential_worker;
GRANT INSERT ON volunteers_branch TO confidential_app;
GRANT UPDATE (name, phone, hours_en, hours_fr, address, reach_en, reach_fr, legal_body) ON volunteers_branch TO confidential_app;
GRANT UPDATE (working_name, language) ON volunteers_person TO confidential_app;
GRANT SELECT, INSERT, UPDATE ON volunteers_persondetails TO confidential_app;
GRANT SELECT, INSERT ON volunteers_policyversion, volunteers_policytext TO confidential_app;
GRANT SELECT ON volunteers_policyversion, volunteers_policytext TO confidential_worker;
GRANT UPDATE (text) ON volunteers_policytext TO confidential_app;
-- A draft that binds nobody is changed and discarded; what was adopted stays as it is.
GRANT UPDATE (material) ON volunteers_policyversion TO confidential_app;
GRANT DELETE ON volunteers_policyversion, volunteers_policytext TO confidential_app;
GRANT SELECT ON volunteers_undertaking, volunteers_invitation TO confidential_app;
GRANT SELECT ON auth_permission, auth_group, auth_group_permissions, django_content_type, volunteers_user_groups,
    volunteers_user_user_permissions TO confidential_app, confidential_signin, confidential_worker;

GRANT SELECT ON volunteers_person, volunteers_duty, volunteers_dutyrule, volunteers_undertaking, volunteers_policyversion,
    volunteers_policytext, volunteers_invitation, volunteers_branch TO confidential_door;
GRANT INSERT ON volunteers_user, volunteers_person, volunteers_duty, volunteers_invitation, volunteers_undertaking TO confidential_door;
GRANT UPDATE (used_at, used_by) ON volunteers_invitation TO confidential_door;
GRANT UPDATE (ends_at) ON volunteers_duty TO confidential_door;
GRANT UPDATE (adopted_on, adopted_by_id, closes_on) ON volunteers_policyversion TO confidential_door;
CREATE POLICY door ON volunteers_branch FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON volunteers_person FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON volunteers_duty FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON volunteers_policyversion FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON volunteers_policytext FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON volunteers_undertaking FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON volunteers_invitation FOR ALL TO confidential_door USING (true) WITH CHECK (true);

CREATE POLICY see ON volunteers_branch FOR SELECT TO confidential_app, confidential_worker USING ((SELECT sec.is_anybody()));
CREATE POLICY add ON volunteers_branch FOR INSERT TO confidential_app WITH CHECK ((SELECT sec.has_duty('administrator')));
CREATE POLICY change ON volunteers_branch FOR UPDATE TO confidential_app
    USING ((SELECT sec.has_duty('administrator')) OR id = ANY ((SELECT sec.coordinated())::uuid[]));
CREATE POLICY see ON volunteers_person FOR SELECT TO confidential_app, confidential_worker
    USING (user_id = (SELECT sec.signed_in_person()) OR (SELECT sec.is_on_duty()) OR (SELECT sec.has_duty('president')) OR (SELECT sec.has_duty('administrator')));
CREATE POLICY change ON volunteers_person FOR UPDATE TO confidential_app USING (user_id = (SELECT sec.signed_in_person()));
CREATE POLICY see ON volunteers_duty FOR SELECT TO confidential_app, confidential_worker
    USING (person_id = (SELECT sec.signed_in_person()) OR (SELECT sec.is_on_duty()) OR (SELECT sec.has_duty('president')) OR (SELECT sec.has_duty('administrator')));
CREATE POLICY see ON volunteers_persondetails FOR SELECT TO confidential_app
    USING (person_id = (SELECT sec.signed_in_person()) OR sec.is_coordinator_of(person_id));
CREATE POLICY add ON volunteers_persondetails FOR INSERT TO confidential_app WITH CHECK (person_id = (SELECT sec.signed_in_person()));
CREATE POLICY change ON volunteers_persondetails FOR UPDATE TO confidential_app USING (person_id = (SELECT sec.signed_in_person()));
CREATE POLICY see ON volunteers_policyversion FOR SELECT TO confidential_app, confidential_worker
    USING (adopted_on IS NOT NULL OR (SELECT sec.has_duty('president')));
CREATE POLICY add ON volunteers_policyversion FOR INSERT TO confidential_app
    WITH CHECK (drafted_by_id = (SELECT sec.signed_in_person()) AND adopted_on IS NULL AND (SELECT sec.has_duty('president')));
CREATE POLICY change ON volunteers_policyversion FOR UPDATE TO confidential_app
    USING (adopted_on IS NULL AND (SELECT sec.has_duty('president')));
CREATE POLICY discard ON volunteers_policyversion FOR DELETE TO confidential_app
    USING (adopted_on IS NULL AND (SELECT sec.has_duty('president')));
CREATE POLICY see ON volunteers_policytext FOR SELECT TO confidential_app, confidential_worker
    USING (EXISTS (SELECT FROM volunteers_policyversion v WHERE v.id = version_id));
CREATE POLICY add ON volunteers_policytext FOR INSERT TO confidential_app WITH CHECK ((SELECT sec.has_duty('president')));
CREATE POLICY change ON volunteers_policytext FOR UPDATE TO confidential_app USING ((SELECT sec.has_duty('president')));
CREATE POLICY discard ON volunteers_policytext FOR DELETE TO confidential_app USING ((SELECT sec.has_duty('president')));
CREATE POLICY see ON volunteers_undertaking FOR SELECT TO confidential_app
    USING (person_id = (SELECT sec.signed_in_person()) OR (SELECT sec.has_duty('president')) OR (SELECT sec.has_duty('protection')) OR sec.is_coordinator_of(person_id));

GRANT EXECUTE ON FUNCTION sec.signed_in_person, sec.cleared_person, sec.coordinated, sec.serves, sec.is_on_duty, sec.has_duty, sec.is_anybody, sec.is_coordinator_of, sec.enter
    TO confidential_app, confidential_worker;
GRANT EXECUTE ON FUNCTION sec.is_live TO confidential_door;
GRANT EXECUTE ON FUNCTION sec.today TO confidential_app;
GRANT EXECUTE ON FUNCTION sec.day_of TO confidential_app, confidential_worker;
GRANT EXECUTE ON FUNCTION sec.enter TO confidential_command, confidential_signin;

SELECT sec.adopt_functions();
