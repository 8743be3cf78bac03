-- Need to know: who may see a record at all, on which basis, in which role. The ledger of grants itself is in grants.sql.

-- Whether a permission opens something now: it was given in a transaction that is committed (what is rolled back has opened
-- nothing, and leaves its line), it has begun and not ended, its holder serves in the branch, and coordinates
-- it still where that duty gave it; and more than who it is, no complaint or restriction withholds. ``serves`` and ``leads`` are
-- the holder's branches, ``withheld`` see below. The one place that says it; worked into the statement that asks it, so it is read when it is made and
-- looks nothing up itself.
CREATE FUNCTION sec.is_binding(p public.clients_clientpermission, serves uuid[], leads uuid[], withheld uuid[]) RETURNS boolean
LANGUAGE sql STABLE
RETURN (p.given_in = pg_current_xact_id_if_assigned()) IS NOT TRUE AND p.branch_id = ANY (serves)
    AND (p.basis <> 'branch_duty' OR p.branch_id = ANY (leads)) AND (p.code = 'view_client' OR p.grant_id <> ALL (withheld))
    AND p.starts_at <= statement_timestamp() AND (p.ends_at IS NULL OR p.ends_at > statement_timestamp());

-- Whether a restriction of the record closes this permission (GDPR 18(2)): all but an emergency's, and what a coordinator opened
-- since, for a reason of today. One that this transaction lifted closes still: it may be rolled back.
CREATE FUNCTION sec.is_void(p public.clients_clientpermission) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN p.basis <> 'emergency' AND (EXISTS (SELECT FROM public.clients_client c WHERE c.id = p.content_object_id AND c.restricted_at IS NOT NULL
            AND NOT (p.basis = 'branch_duty' AND p.starts_at >= c.restricted_at))
        OR EXISTS (SELECT FROM public.clients_restriction r WHERE r.client_id = p.content_object_id AND r.ends_at >= transaction_timestamp()
            AND NOT (p.basis = 'branch_duty' AND p.starts_at >= r.starts_at)));
END $$;

-- The same of anybody's permission, by their duties alone: whoever has not signed yet signs, and goes on.
CREATE FUNCTION sec.is_binding_for_holder(p public.clients_clientpermission) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN sec.is_binding(p,
        ARRAY(SELECT d.branch_id FROM public.volunteers_duty d WHERE d.person_id = p.user_id AND d.kind IN ('volunteer', 'coordinator') AND sec.is_live(d)),
        ARRAY(SELECT d.branch_id FROM public.volunteers_duty d WHERE d.person_id = p.user_id AND d.kind = 'coordinator' AND sec.is_live(d)),
        CASE WHEN (p.basis = 'branch_duty' AND sec.is_accused(p.user_id, p.content_object_id)) OR sec.is_void(p) THEN ARRAY[p.grant_id] ELSE '{}' END);
END $$;

-- Lines of the principal that open no notes: as a coordinator, they opened them or were let read them, and an open complaint of
-- that client names them; or the record is restricted. The line goes on and says nothing of it; one that ended early would say
-- to all who read it that there is a complaint. Only lines that they have: of other clients it would tell.
CREATE FUNCTION sec.withheld() RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
BEGIN
    RETURN ARRAY(SELECT p.grant_id FROM public.clients_clientpermission p
        WHERE p.user_id = me AND p.basis = 'branch_duty' AND p.code = 'view_notes' AND p.ends_at > statement_timestamp() AND sec.is_accused(me, p.content_object_id)
        UNION SELECT p.grant_id FROM public.clients_client c JOIN public.clients_clientpermission p ON p.content_object_id = c.id AND p.user_id = me
        WHERE c.restricted_at IS NOT NULL AND sec.is_void(p)
        UNION SELECT p.grant_id FROM public.clients_restriction r JOIN public.clients_clientpermission p ON p.content_object_id = r.client_id AND p.user_id = me
        WHERE r.ends_at >= transaction_timestamp() AND sec.is_void(p));
END $$;

-- What stays closed to the principal although a duty would open it: clients with whom there is a conflict of
-- interest, those that are being erased, and protected clients for whom they are not named. Policies ask it behind the branch term only, so that
-- nobody without such a duty pays for it.
CREATE FUNCTION sec.barred() RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.signed_in_person();
    leads uuid[] := sec.coordinated();
    served uuid[] := sec.serves();
BEGIN
    RETURN (SELECT coalesce(array_agg(x.id), '{}') FROM (
        SELECT k.client_id AS id FROM public.clients_conflict k WHERE k.person_id = me AND k.client_id IS NOT NULL
            AND k.starts_at <= statement_timestamp() AND (k.ends_at IS NULL OR k.ends_at > statement_timestamp())
        UNION ALL
        SELECT c.id FROM public.clients_client c WHERE c.going_at IS NOT NULL AND c.branch_id = ANY (served)
        UNION ALL
        SELECT c.id FROM public.clients_client c WHERE c.protected AND c.branch_id = ANY (served)
            AND NOT EXISTS (SELECT FROM public.clients_clientpermission p WHERE p.content_object_id = c.id AND p.user_id = me
                AND p.code = 'view_client' AND p.branch_id = c.branch_id AND sec.is_binding(p, served, leads, '{}'))) x);
END $$;

-- Whether a complaint is closed to somebody: it is about them, or they must not deal with it, with whom it is about, or
-- with the client. Whoever it might be about is shut out as well, unless nobody would be left; and so are coordinators of
-- the branch where it is about one of them, until it is handed to them.
CREATE FUNCTION sec.is_complaint_closed(m public.clients_complaint, who uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN sec.must_not_hear(m, who) OR (sec.may_be_about(m, who) AND NOT sec.is_last_to_hear(m, who))
        OR (m.about_kind IN ('coordinator', 'unsaid') AND m.handler_id IS DISTINCT FROM who AND EXISTS (SELECT FROM public.volunteers_duty d
            WHERE d.person_id = who AND d.kind = 'coordinator' AND d.branch_id = m.branch_id AND sec.is_live(d)));
END $$;

-- The same without the office: about them, or about somebody who may be themself, or a conflict of interest.
CREATE FUNCTION sec.must_not_hear(m public.clients_complaint, who uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (m.about_id IS NOT NULL AND sec.are_tied(who, m.about_id)) OR sec.must_not_judge(who, m.about_id)
        OR EXISTS (SELECT FROM public.clients_conflict k WHERE k.person_id = who AND (k.complaint_id = m.id OR k.client_id = m.client_id)
            AND k.starts_at <= statement_timestamp() AND (k.ends_at IS NULL OR k.ends_at > statement_timestamp()));
END $$;

-- Whether there was, until then, a complaint of this client that the principal must not know of. What says "a complaint" and
-- was written before one was opened stays: whoever that one is about would see it go.
CREATE FUNCTION sec.has_closed_complaint(of_client uuid, until timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.clients_complaint m WHERE m.client_id = of_client AND m.opened_at <= until
        AND sec.is_complaint_closed(m, sec.signed_in_person()));
END $$;

-- Whether a coordinator may read a line of the ledger that says "a complaint". Asked by the line's id: asked about a
-- client, whoever is complained about would have the answer. Their own lines they know. Hidden and absent look alike.
CREATE FUNCTION sec.may_see_line(line uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF sec.cleared_person() IS NULL THEN  -- asked of coordinators' lines only
        RETURN false;
    END IF;
    RETURN coalesce((SELECT g.branch_id = ANY (sec.coordinated()) AND g.client_id <> ALL (sec.barred()) AND (g.purpose <> 'complaint'
            OR g.person_id IS NOT DISTINCT FROM sec.cleared_person() OR NOT sec.has_closed_complaint(g.client_id, g.starts_at))
        FROM public.clients_grant g WHERE g.id = line), false);
END $$;

-- Whether a conflict of interest keeps somebody from judging somebody else, either way round. What the judged one marked
-- does not count: whoever is complained about, or reviewed, would choose their judges by it.
CREATE FUNCTION sec.must_not_judge(judge uuid, judged uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.clients_conflict k
        WHERE ((k.person_id = judge AND k.colleague_id = judged) OR (k.person_id = judged AND k.colleague_id = judge))
          AND NOT sec.are_tied(k.marked_by_id, judged)
          AND k.starts_at <= statement_timestamp() AND (k.ends_at IS NULL OR k.ends_at > statement_timestamp()));
END $$;

-- Whether somebody must not deal with a client.
CREATE FUNCTION sec.is_in_conflict(who uuid, of_client uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.clients_conflict k WHERE k.person_id = who AND k.client_id = of_client
        AND k.starts_at <= statement_timestamp() AND (k.ends_at IS NULL OR k.ends_at > statement_timestamp()));
END $$;

-- Whether the principal holds one of guardian's codes for a client now: for definer functions, which no policy binds.
CREATE FUNCTION sec.has_permission(of_client uuid, wanted text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.clients_clientpermission p WHERE p.content_object_id = of_client AND p.user_id = sec.cleared_person()
        AND p.code = wanted AND sec.is_binding(p, (SELECT sec.serves()), (SELECT sec.coordinated()), (SELECT sec.withheld())));
END $$;

-- Whether the principal looks after a client by coordinating the branch, with nothing that bars them.
CREATE FUNCTION sec.is_looking_after(of_client uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.clients_client c WHERE c.id = of_client AND c.branch_id = ANY (sec.coordinated()))
        AND of_client <> ALL (sec.barred());
END $$;

-- Whether somebody serves in a branch now and has signed the code that binds: to whom something may be given.
CREATE FUNCTION sec.is_serving_in(who uuid, in_branch uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN sec.has_signed(who) AND EXISTS (SELECT FROM public.volunteers_duty d JOIN public.volunteers_person p ON p.user_id = d.person_id
        WHERE d.person_id = who AND d.branch_id = in_branch AND d.kind IN ('volunteer', 'coordinator') AND sec.is_live(d)
          AND (p.left_at IS NULL OR p.left_at > statement_timestamp()));
END $$;

-- Whether somebody coordinates a branch now.
CREATE FUNCTION sec.is_coordinator_in(who uuid, in_branch uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.volunteers_duty d WHERE d.person_id = who AND d.branch_id = in_branch AND d.kind = 'coordinator' AND sec.is_live(d));
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
    serving uuid[] := '{}';
    barred uuid[] := '{}';
    found integer;
BEGIN
    SELECT * INTO w FROM sec.principal();
    IF w.kind = 'user' THEN
        me := sec.cleared_person();
    ELSIF w.kind = 'command' AND w.purpose = 'seal_anew' THEN
        RETURN QUERY SELECT k.subject, k.kind::text, NULL::uuid, 'upkeep', 'command' FROM public.vault_subjectkey k
            WHERE k.subject IN (SELECT s FROM sec.with_old_seals(subjects) s);
        RETURN;
    ELSIF w.kind = 'command' AND w.purpose = 'hashes_anew' THEN
        RETURN QUERY SELECT s, 'client', w.subject, 'upkeep', 'command' FROM sec.with_old_hashes(subjects) s
            UNION ALL SELECT h.id, 'branch', h.branch_id, 'upkeep', 'command' FROM public.clients_hashkey h WHERE h.branch_id = ANY (subjects) AND h.branch_id = w.subject;
        RETURN;
    END IF;
    IF me IS NOT NULL OR w.kind = 'command' THEN
        branches := sec.coordinated();
        serving := sec.serves();
        IF cardinality(branches) > 0 THEN
            barred := sec.barred();
        END IF;
    ELSE
        mine := sec.own_client();
    END IF;
    RETURN QUERY
    SELECT c.id, 'client'::text, c.branch_id,
        CASE WHEN c.id = mine THEN 'own_record' ELSE coalesce(g.basis, 'branch_duty') END::text,
        CASE WHEN c.id = mine THEN CASE w.kind WHEN 'job' THEN 'job' ELSE 'client' END WHEN w.kind = 'command' THEN 'command'
             WHEN c.branch_id = ANY (branches) AND c.id <> ALL (barred) THEN 'coordinator' ELSE 'volunteer' END::text
    FROM public.clients_client c LEFT JOIN LATERAL (
        SELECT p.basis FROM public.clients_clientpermission p
        WHERE p.content_object_id = c.id AND p.user_id = me AND sec.is_binding(p, serving, branches, '{}') ORDER BY p.basis = 'consultation', p.starts_at LIMIT 1) g ON true
    WHERE c.id = ANY (subjects) AND ((c.branch_id = ANY (branches) AND c.id <> ALL (barred)) OR g.basis IS NOT NULL OR c.id = mine);
    GET DIAGNOSTICS found = ROW_COUNT;
    IF found = cardinality(subjects) THEN
        RETURN;  -- clients only, as nearly always
    END IF;
    RETURN QUERY
    SELECT p.user_id, 'person', NULL::uuid, CASE WHEN p.user_id = w.subject THEN 'own_record' ELSE 'branch_duty' END,
        CASE WHEN p.user_id = w.subject THEN 'self' WHEN sec.is_coordinator_of(p.user_id) THEN 'coordinator' WHEN sec.has_duty('protection') THEN 'protection' ELSE 'president' END
    FROM public.volunteers_person p
    WHERE p.user_id = ANY (subjects) AND (p.user_id = sec.signed_in_person() OR sec.is_coordinator_of(p.user_id) OR sec.may_answer_person(p.user_id))
    UNION ALL
    -- Asked for a branch: the keys of its hashes, of which it has a second one while they are made anew.
    SELECT h.id, 'branch', h.branch_id, 'branch_duty', 'volunteer'
    FROM public.clients_hashkey h WHERE h.branch_id = ANY (subjects) AND h.branch_id = ANY (serving)
    UNION ALL
    SELECT m.id, 'complaint', m.branch_id, CASE WHEN m.client_id = mine THEN 'own_record' ELSE 'branch_duty' END, sec.role_in(m.branch_id)
    FROM public.clients_complaint m WHERE m.id = ANY (subjects) AND sec.may_hear(m)
    UNION ALL
    SELECT e.id, 'emergency', e.branch_id, CASE WHEN e.person_id = me THEN 'emergency' WHEN e.client_id = mine THEN 'own_record' ELSE 'branch_duty' END, sec.role_in(e.branch_id)
    FROM public.clients_emergency e WHERE e.id = ANY (subjects) AND sec.may_read_emergency(e)
    UNION ALL
    SELECT v.id, 'visit', v.branch_id, CASE WHEN v.person_id = sec.signed_in_person() THEN 'own_record' ELSE 'emergency' END, sec.role_in(v.branch_id)
    FROM public.clients_lonevisit v WHERE v.id = ANY (subjects) AND sec.may_find_visit(v);
END $$;

-- Whoever opened a record in an emergency reads it for that reason, whatever a page says. In general a
-- page says one of two reasons: to support, to coordinate. Instead of these it is the one for which a coordinator has the
-- notes open, and always support for whom the client was given to. What a page says more exactly stands.
CREATE OR REPLACE FUNCTION sec.purpose_on(basis text, about uuid, said text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF basis = 'emergency' THEN
        RETURN coalesce((SELECT g.purpose FROM public.clients_grant g WHERE g.client_id = about AND g.person_id = sec.cleared_person()
            AND g.basis = 'emergency' AND g.ends_at > statement_timestamp() ORDER BY g.starts_at DESC LIMIT 1), said);
    ELSIF said NOT IN ('support', 'coordination') OR basis NOT IN ('branch_duty', 'assignment') THEN
        RETURN said;
    ELSIF basis = 'assignment' THEN
        RETURN 'support';
    END IF;
    RETURN coalesce((SELECT g.purpose FROM public.clients_grant g WHERE g.client_id = about AND g.person_id = sec.cleared_person() AND g.basis = 'branch_duty'
        AND g.scope = 'read' AND g.starts_at <= statement_timestamp() AND g.ends_at > statement_timestamp() ORDER BY g.starts_at DESC LIMIT 1), said);
END $$;

-- People and clients are told apart, and people by their duties: a client claims nothing of the team's, nor the other way.
CREATE OR REPLACE FUNCTION sec.is_one_of(whom text[]) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    kind text := (SELECT w.kind FROM sec.principal() w);
BEGIN
    IF kind IS DISTINCT FROM 'user' OR 'user' = ANY (whom) THEN
        RETURN coalesce(kind, 'nobody') = ANY (whom);
    ELSIF sec.signed_in_person() IS NULL THEN
        -- A client, also before the first password; somebody who has left opens nothing either: sec.permitted says so.
        RETURN (SELECT CASE u.kind WHEN 'client' THEN 'client' ELSE 'person' END = ANY (whom) FROM public.volunteers_user u WHERE u.id = (SELECT w.subject FROM sec.principal() w));
    END IF;
    RETURN 'person' = ANY (whom) OR EXISTS (SELECT FROM public.volunteers_duty d WHERE d.person_id = sec.signed_in_person() AND sec.is_live(d) AND d.kind = ANY (whom));
END $$;

CREATE OR REPLACE FUNCTION sec.subject_of(object_type text, object_id uuid) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found_client uuid;
BEGIN
    IF object_type = 'clients_client' THEN
        RETURN (SELECT c.id FROM public.clients_client c WHERE c.id = object_id);
    ELSIF object_type IN ('clients_contact', 'clients_attachment', 'clients_grant', 'clients_consultation', 'clients_emergency',
            'clients_whomayknow', 'clients_portalaccess', 'clients_heirrequest', 'clients_statement', 'disclosures_disclosure', 'rights_subjectrequest',
            'rights_export', 'rights_erasure') THEN
        EXECUTE format('SELECT t.client_id FROM public.%I t WHERE t.id = $1', object_type) INTO found_client USING object_id;
        RETURN found_client;
    ELSIF object_type IN ('clients_complaint', 'clients_lonevisit') THEN
        -- Files with a key of their own; the client's log does not lead to them.
        EXECUTE format('SELECT t.id FROM public.%I t WHERE t.id = $1', object_type) INTO found_client USING object_id;
        RETURN found_client;
    END IF;
    RETURN NULL;
END $$;
RESET ROLE;

-- In which role somebody acts in a branch: for the log.
CREATE FUNCTION sec.role_in(branch uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE WHEN sec.own_client() IS NOT NULL THEN 'client' WHEN branch = ANY (sec.coordinated()) THEN 'coordinator'
        WHEN sec.has_duty('protection') THEN 'protection' WHEN sec.has_duty('president') THEN 'president' ELSE 'volunteer' END;
END $$;

-- What each scope lets its holder do, with guardian's permission for it.
CREATE FUNCTION sec.codes() RETURNS TABLE (scope text, code text, permission integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.scope, p.codename, p.id
    FROM (VALUES ('full', 'client', '{view_client,view_notes,log_contact}'::text[]), ('read', 'client', '{view_client,view_notes}'),
        ('errand', 'client', '{view_client}'), ('named', 'client', '{view_client}'), ('consult', 'client', '{consult}'),
        ('contact', 'contact', '{view_contact}')) AS s (scope, model, codes)
    JOIN public.django_content_type t ON t.app_label = 'clients' AND t.model = s.model
    JOIN public.auth_permission p ON p.content_type_id = t.id AND p.codename = ANY (s.codes)
$$;

GRANT EXECUTE ON FUNCTION sec.is_binding TO confidential_app, confidential_worker, confidential_door;
GRANT EXECUTE ON FUNCTION sec.withheld, sec.barred, sec.is_serving_in, sec.may_see_line TO confidential_app, confidential_worker;
GRANT EXECUTE ON FUNCTION sec.is_coordinator_in TO confidential_app;

SELECT sec.adopt_functions();
