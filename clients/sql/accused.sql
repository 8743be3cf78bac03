-- Whom complaints are or may be about, and what these may not do meanwhile.

-- Whether a client was in a branch at some time between two, as the moves in the log say: they left it between them, or were
-- still there at the later one. Rows of a client go with them, so that a row says where the client is now.
CREATE FUNCTION sec.has_been_in(of_client uuid, now_in uuid, in_branch uuid, since timestamptz, until timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (WITH moves AS MATERIALIZED (SELECT e.branch, e.at FROM public.audit_event e WHERE e.subject = of_client AND e.action = 'client.move' AND e.outcome = 'done')
        SELECT EXISTS (SELECT FROM moves v WHERE v.at > since AND v.at <= until AND v.branch = in_branch)
            OR coalesce((SELECT v.branch FROM moves v WHERE v.at > until ORDER BY v.at LIMIT 1), now_in) = in_branch);
END $$;

-- With which clients any of these people had to do, from when to when, and in which branch each is now: took them in, served
-- them, talked with them, explained, opened or confirmed their space. The confirming is asked of the log, too: the row of the
-- space forgets who confirmed when that is taken back, used up or given again. Of one client, or of all: planned for each.
CREATE FUNCTION sec.had_to_do_with(them uuid[], of_client uuid) RETURNS TABLE (client_id uuid, branch_id uuid, since timestamptz, until timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT t.client_id, c.branch_id, min(t.since), max(t.until) FROM (
            SELECT g.client_id, g.starts_at, coalesce(g.ends_at, 'infinity') FROM public.clients_grant g
            WHERE g.person_id = ANY (them) AND g.basis IN ('assignment', 'emergency') AND (g.ends_at > g.starts_at) IS NOT FALSE
            UNION ALL SELECT r.id, r.taken_in_at, r.taken_in_at FROM public.clients_client r WHERE r.taken_in_by_id = ANY (them)
            UNION ALL SELECT k.client_id, k.made_at, k.made_at FROM public.clients_contact k WHERE k.by_id = ANY (them)
            UNION ALL SELECT x.client_id, x.made_at, x.made_at FROM public.clients_explanation x WHERE x.by_id = ANY (them)
            UNION ALL SELECT a.client_id, a.opened_at, a.opened_at FROM public.clients_portalaccess a WHERE a.opened_by_id = ANY (them)
            UNION ALL SELECT a.client_id, a.confirmed_at, a.confirmed_at FROM public.clients_portalaccess a WHERE a.confirmed_by_id = ANY (them)
            UNION ALL SELECT e.subject, e.at, e.at FROM public.audit_event e WHERE e.actor = ANY (them) AND e.action = 'portal.confirm' AND e.outcome = 'done'
        ) t (client_id, since, until) JOIN public.clients_client c ON c.id = t.client_id
        WHERE of_client IS NULL OR t.client_id = of_client GROUP BY t.client_id, c.branch_id;
END $$;

-- Whether a complaint that names nobody may be about somebody, or about one who may be themself: when it was made they had
-- coordinated a branch in which its client was, or had had to do with the client, and nobody has said since that it is not
-- about them. What they became since does not matter. Without a client it is whoever had had to do with anybody who then was in
-- the branch, or answered a call there of which no record was made. Whoever took it down heard it from the client; a coordinator is shut out even so.
CREATE FUNCTION sec.may_be_about(m public.clients_complaint, who uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    them uuid[] := who || sec.circle(who);
BEGIN
    IF m.about_id IS NOT NULL OR m.about_kind = 'association'
        OR EXISTS (SELECT FROM public.clients_complaintclearance x WHERE x.complaint_id = m.id AND x.person_id = who) THEN
        RETURN false;
    END IF;
    RETURN (m.about_kind <> 'volunteer' AND EXISTS (SELECT FROM public.volunteers_duty d
            WHERE d.person_id = ANY (them) AND d.kind = 'coordinator' AND d.starts_at <= m.opened_at
                AND sec.has_been_in(m.client_id, m.branch_id, d.branch_id, '-infinity', m.opened_at)))
        OR (m.opened_by_id IS DISTINCT FROM who AND (EXISTS (SELECT FROM sec.had_to_do_with(them, m.client_id) t WHERE t.since <= m.opened_at
                AND (m.client_id IS NOT NULL OR sec.has_been_in(t.client_id, t.branch_id, m.branch_id, t.since, least(t.until, m.opened_at))))
            OR (m.client_id IS NULL AND EXISTS (SELECT FROM public.clients_enquiry q
                WHERE q.by_id = ANY (them) AND q.branch_id = m.branch_id AND q.made_at <= m.opened_at))));
END $$;

-- Whether somebody is president or data-protection lead, and everybody else who is, and every coordinator of the branch, is
-- shut out: without them nobody would hear it. They hand it on, and do not answer it (sec.may_deal_with). Who has yet to sign a
-- new code counts: else whoever adopts one and signs it first would be the last.
CREATE FUNCTION sec.is_last_to_hear(m public.clients_complaint, who uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.volunteers_duty d WHERE d.person_id = who AND d.kind IN ('president', 'protection') AND sec.is_live(d))
        AND NOT EXISTS (SELECT FROM public.volunteers_duty d
            WHERE (d.kind IN ('president', 'protection') OR (d.kind = 'coordinator' AND d.branch_id = m.branch_id AND m.about_kind = 'volunteer'))
                AND d.person_id <> who AND sec.is_live(d)
                AND NOT sec.must_not_hear(m, d.person_id) AND NOT sec.may_be_about(m, d.person_id));
END $$;

-- Whether a complaint shuts out whom it names. One that came through a space which nobody had confirmed may be of whoever opened
-- that space: it counts once another of the team has spoken to the client, and then for good, whatever becomes of the space.
CREATE FUNCTION sec.is_counted(m public.clients_complaint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN m.counts_since IS NOT NULL OR sec.is_counted(m.opened_through);  -- of 0.2.0, whose rows do not say since when
END $$;

-- Whether an open complaint of this client names somebody: until it is answered they read no notes of that client and
-- decide nothing of theirs. Asked by definer functions only: an answer would tell that there is one.
-- Until it counts it names only whoever opened the space through which it came.
CREATE FUNCTION sec.is_accused(who uuid, of_client uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.clients_complaint m WHERE m.client_id = of_client AND m.about_id = who AND m.state = 'open'
        AND (sec.is_counted(m) OR EXISTS (SELECT FROM public.clients_portalaccess a WHERE a.id = m.opened_through AND a.opened_by_id = who)));
END $$;

-- Whether a complaint was taken down by somebody, by one who may be themself, or in a space of theirs and does not count yet.
CREATE FUNCTION sec.is_from(which uuid, who uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.clients_complaint m WHERE m.id = which AND (sec.are_tied(m.opened_by_id, who)
        OR (NOT sec.is_counted(m) AND EXISTS (SELECT FROM public.clients_portalaccess a WHERE a.id = m.opened_through AND sec.are_tied(a.opened_by_id, who)))));
END $$;

-- The same where something that somebody did is judged: they do not choose their judge by complaining about the other.
CREATE FUNCTION sec.is_accused_by_others(who uuid, of_client uuid, judged uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN sec.is_accused(who, of_client) AND EXISTS (SELECT FROM public.clients_complaint m WHERE m.client_id = of_client AND m.about_id = who
        AND m.state = 'open' AND NOT sec.is_from(m.id, judged));
END $$;

-- Whether the principal, who hears a complaint, may answer it, or shut others out of it: not where it may be about them, nor while
-- another of the same client names them. Whoever this one is or may be about does not choose by a complaint of their own who
-- answers. Asked at the moment of the act only.
CREATE FUNCTION sec.may_deal_with(m public.clients_complaint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
BEGIN
    RETURN sec.may_hear(m) AND NOT sec.may_be_about(m, me) AND NOT CASE WHEN m.about_id IS NOT NULL THEN sec.is_accused_by_others(me, m.client_id, m.about_id)
        ELSE sec.is_accused(me, m.client_id) AND EXISTS (SELECT FROM public.clients_complaint x WHERE x.client_id = m.client_id AND x.about_id = me
            AND x.state = 'open' AND NOT coalesce(sec.may_be_about(m, x.opened_by_id), false)) END;
END $$;

-- Whether the principal may hand it on, or say whom it is not about: an office may always, or two that are named would block
-- each other for good.
CREATE FUNCTION sec.may_hand_on(m public.clients_complaint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN sec.may_hear(m) AND (sec.has_duty('president') OR sec.has_duty('protection') OR sec.may_deal_with(m));
END $$;

-- Whether the principal decides what becomes of a client: by coordinating, and with no complaint of theirs about them.
CREATE FUNCTION sec.may_decide_on(of_client uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN sec.is_looking_after(of_client) AND NOT sec.is_accused(sec.cleared_person(), of_client);
END $$;

GRANT SELECT ON clients_enquiry TO confidential_door;
CREATE POLICY door ON clients_enquiry FOR SELECT TO confidential_door USING (true);

SELECT sec.adopt_functions();
