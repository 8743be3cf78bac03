-- How long what is kept (GDPR 5(1)(e)). What is over is computed each time from what is true in that moment: nothing here is a flag,
-- and no date is stored that something later could make false. One function says it, to the page, the count and the command alike.

-- Of these records: which period binds, since when it runs, the day on which it is over, and what keeps a record all the same whose
-- period is over on this day. The last contact is one in which the person took part: a call that nobody answered is none, nor is a
-- contact that was noted by mistake; a message of theirs is one, a request, and their own sign-in. Whoever opens a closed record
-- again begins anew. What came through a space that nobody confirmed is not known to be theirs.
CREATE FUNCTION sec.retention_of(of_clients uuid[], on_day date)
RETURNS TABLE (client uuid, branch uuid, kind text, since date, over_on date, kept_by text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    months jsonb := sec.periods();
    now timestamptz := statement_timestamp();
BEGIN
    IF months IS NULL THEN
        RETURN;
    END IF;
    -- An index for each look, and each look once; what keeps a record is looked up of those alone whose period is over.
    RETURN QUERY
    WITH touched AS MATERIALIZED (
        SELECT c.id, c.branch_id, c.state, c.restricted_at, c.state_since, sec.day_of(c.state_at) AS noted, sec.day_of(c.taken_in_at) AS taken_in, greatest(
            (SELECT t.happened_on FROM public.clients_contact t WHERE t.client_id = c.id AND t.reached AND t.taken_out_at IS NULL
                ORDER BY t.happened_on DESC, t.made_at DESC LIMIT 1),
            (SELECT sec.day_of(m.made_at) FROM public.clients_message m WHERE m.client_id = c.id AND m.access_id IS NOT NULL AND sec.is_counted(m.access_id)
                ORDER BY m.made_at DESC LIMIT 1),
            (SELECT max(coalesce(r.received_on, sec.day_of(r.made_at))) FROM public.rights_subjectrequest r WHERE r.client_id = c.id
                AND sec.is_counted(r.access_id)),
            (SELECT max(sec.day_of(u.last_login)) FROM public.clients_portalaccess a JOIN public.volunteers_user u ON u.id = a."user"
                WHERE a.client_id = c.id AND a.confirmed_at IS NOT NULL)) AS last
        FROM unnest(of_clients) x (id) JOIN public.clients_client c ON c.id = x.id),
    timed AS MATERIALIZED (
        SELECT t.*, CASE WHEN t.state = 'died' THEN 'died' WHEN t.last IS NULL THEN 'untouched' WHEN t.state = 'closed' THEN 'closed' ELSE 'silent' END AS kind,
            CASE WHEN t.state = 'died' THEN coalesce(greatest(t.state_since, t.noted), t.taken_in)
                ELSE greatest(coalesce(t.last, t.taken_in), CASE WHEN t.state = 'open' THEN t.noted END) END AS since
        FROM touched t),
    c AS MATERIALIZED (SELECT t.*, (t.since + make_interval(months => (months -> t.kind ->> 'months')::integer))::date AS over_on FROM timed t)
    SELECT c.id, c.branch_id, c.kind, c.since, c.over_on, CASE WHEN c.over_on <= on_day THEN array_remove(ARRAY[
        CASE WHEN EXISTS (SELECT FROM public.rights_hold h WHERE h.client_id = c.id AND h.released_at IS NULL AND h.ground <> 'complaint') THEN 'hold' END,
        CASE WHEN EXISTS (SELECT FROM public.rights_hold h WHERE h.client_id = c.id AND h.released_at IS NULL AND h.ground = 'complaint')
            OR EXISTS (SELECT FROM public.clients_complaint m WHERE m.client_id = c.id AND m.state = 'open') THEN 'complaint' END,
        CASE WHEN EXISTS (SELECT FROM public.rights_subjectrequest r WHERE r.client_id = c.id AND (r.state IN ('new', 'in_progress') OR r.to_tell)) THEN 'request' END,
        -- Who does not agree to a record does not ask for it to be kept.
        CASE WHEN c.restricted_at IS NOT NULL AND EXISTS (SELECT FROM public.clients_restriction r WHERE r.client_id = c.id AND r.ends_at IS NULL
            AND r.ground <> 'withdrawn') THEN 'restriction' END,
        CASE WHEN EXISTS (SELECT FROM public.disclosures_disclosure d WHERE d.client_id = c.id AND d.state IN ('draft', 'asked', 'approved', 'stopped'))
            OR EXISTS (SELECT FROM public.disclosures_delivery v WHERE v.client_id = c.id AND v.swept_at IS NULL AND v.recalled_at IS NULL
                AND v.opened_at IS NULL AND v.expires_at > now) THEN 'disclosure' END,
        CASE WHEN EXISTS (SELECT FROM public.clients_emergency e WHERE e.client_id = c.id AND (e.ends_at > now OR e.reviewed_at IS NULL)) THEN 'emergency' END,
        CASE WHEN EXISTS (SELECT FROM public.clients_heirrequest r WHERE r.client_id = c.id AND r.state IN ('new', 'to_grant', 'to_refuse')) THEN 'heir' END,
        CASE WHEN EXISTS (SELECT FROM public.clients_consultation q WHERE q.client_id = c.id AND q.ends_at > now) THEN 'consultation' END,
        CASE WHEN EXISTS (SELECT FROM public.rights_preparedcopy p WHERE p.client_id = c.id AND p.state IN ('prepared', 'sent'))
            OR EXISTS (SELECT FROM public.rights_export x WHERE x.client_id = c.id AND x.state = 'queued') THEN 'copy' END,
        CASE WHEN (SELECT l.until FROM public.rights_longerkept l WHERE l.client_id = c.id ORDER BY l.made_at DESC, l.id DESC LIMIT 1) >= on_day THEN 'longer' END
    ], NULL) END
    FROM c;
END $$;

-- Whether the time of a record is over now and nothing keeps it that whoever asks may know: what an erasure on the ground of time asks
-- in its act. The worker, who is nobody, asks of all; and a complaint lets it wait (sec.must_stay()).
CREATE FUNCTION sec.is_over(of_client uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT r.over_on <= sec.today() AND sec.shown_keepers(of_client, r.kept_by) = '{}' FROM sec.retention_of(ARRAY[of_client], sec.today()) r), false);
END $$;

-- What keeps a record, as far as the principal knows it anyway: a complaint that is closed to them keeps nothing, nor a disclosure that
-- answers it. What they see stays: its going would tell. Whoever acts on such a record is refused in the act.
CREATE FUNCTION sec.shown_keepers(of_client uuid, kept_by text[]) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.signed_in_person();
    shown text[] := kept_by;
BEGIN
    IF me IS NULL OR NOT kept_by && '{complaint,disclosure}' OR NOT sec.has_closed_complaint(of_client, statement_timestamp()) THEN
        RETURN kept_by;
    END IF;
    IF NOT EXISTS (SELECT FROM public.rights_hold h WHERE h.client_id = of_client AND h.released_at IS NULL AND h.ground = 'complaint' AND sec.may_see_hold(h.id))
        AND NOT EXISTS (SELECT FROM public.clients_complaint m WHERE m.client_id = of_client AND m.state = 'open' AND NOT sec.is_complaint_closed(m, me)) THEN
        shown := array_remove(shown, 'complaint');
    END IF;
    IF NOT EXISTS (SELECT FROM public.disclosures_disclosure d LEFT JOIN public.disclosures_delivery v ON v.disclosure_id = d.id
            WHERE d.client_id = of_client AND sec.may_see_disclosure(d.id) AND (d.state IN ('draft', 'asked', 'approved', 'stopped')
                OR (v.swept_at IS NULL AND v.recalled_at IS NULL AND v.opened_at IS NULL AND v.expires_at > statement_timestamp()))) THEN
        shown := array_remove(shown, 'disclosure');
    END IF;
    RETURN shown;
END $$;

-- The records of the branches that the principal coordinates whose period is over on this day; nothing without that duty. Of each
-- how much would go: contacts, files, messages.
CREATE FUNCTION sec.records_over(on_day date) RETURNS TABLE (client uuid, kind text, since date, over_on date, kept_by text[], contacts bigint, files bigint, messages bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    barred uuid[] := sec.barred();
    leads uuid[] := sec.coordinated();
BEGIN
    IF sec.cleared_person() IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT r.client, r.kind, r.since, r.over_on, sec.shown_keepers(r.client, r.kept_by),
        (SELECT count(*) FROM public.clients_contact t WHERE t.client_id = r.client AND t.taken_out_at IS NULL),
        (SELECT count(*) FROM public.clients_attachment a WHERE a.client_id = r.client), (SELECT count(*) FROM public.clients_message m WHERE m.client_id = r.client)
    FROM sec.retention_of(ARRAY(SELECT c.id FROM public.clients_client c WHERE c.branch_id = ANY (leads) AND c.id <> ALL (barred)), on_day) r
    WHERE r.over_on <= on_day ORDER BY r.over_on, r.client;
END $$;

-- The same of one record that the principal looks after, whether its time is over or not.
CREATE FUNCTION sec.record_time(of_client uuid) RETURNS TABLE (kind text, since date, over_on date, kept_by text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF sec.cleared_person() IS NULL OR NOT sec.is_looking_after(of_client) THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT r.kind, r.since, r.over_on, sec.shown_keepers(of_client, r.kept_by) FROM sec.retention_of(ARRAY[of_client], sec.today()) r;
END $$;

-- Records of these branches that may be over: no other is. What is worked out of each of them says whether it is. For the home page,
-- which asks often: those without a recent contact, of people who died, and with calls alone that nobody answered.
CREATE FUNCTION sec.perhaps_over(branches uuid[]) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    since date := (sec.today() - make_interval(months => least(sec.months_kept('closed'), sec.months_kept('silent'))))::date;
BEGIN
    RETURN ARRAY(SELECT c.id FROM public.clients_client c WHERE c.branch_id = ANY (branches) AND (c.last_contact_on IS NULL OR c.last_contact_on <= since)
        UNION SELECT c.id FROM public.clients_client c WHERE c.branch_id = ANY (branches) AND c.state = 'died'
        UNION SELECT t.client_id FROM public.clients_contact t WHERE t.branch_id = ANY (branches) AND NOT t.reached AND t.happened_on > since
            AND NOT EXISTS (SELECT FROM public.clients_contact r WHERE r.client_id = t.client_id AND r.reached AND r.taken_out_at IS NULL AND r.happened_on > since));
END $$;

-- Whether any record waits for the review of the principal, for the home page.
CREATE FUNCTION sec.is_record_over() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    barred uuid[];
BEGIN
    IF sec.cleared_person() IS NULL OR sec.periods() IS NULL THEN
        RETURN false;
    END IF;
    barred := sec.barred();
    RETURN EXISTS (SELECT FROM sec.retention_of(sec.perhaps_over(sec.coordinated()), sec.today()) r
        WHERE r.over_on <= sec.today() AND r.client <> ALL (barred) AND sec.shown_keepers(r.client, r.kept_by) = '{}');
END $$;

-- How many records of each branch wait for the review, and how many are kept although their time is over: for the data-protection
-- lead, who sees no record. Protected ones are in no number.
CREATE FUNCTION sec.retention_counts() RETURNS TABLE (branch text, over bigint, kept bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    barred uuid[] := sec.barred();
BEGIN
    IF sec.cleared_person() IS NULL OR NOT sec.has_duty('protection') THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT b.name::text, count(*) FILTER (WHERE r.over_on <= sec.today() AND sec.shown_keepers(r.client, r.kept_by) = '{}'),
        count(*) FILTER (WHERE r.over_on <= sec.today() AND sec.shown_keepers(r.client, r.kept_by) <> '{}')
    FROM public.volunteers_branch b LEFT JOIN sec.retention_of(ARRAY(SELECT c.id FROM public.clients_client c WHERE NOT c.protected AND c.going_at IS NULL AND c.id <> ALL (barred)),
        sec.today()) r ON r.branch = b.id
    GROUP BY b.id, b.name ORDER BY b.name;
END $$;

-- All records whose period is over on this day, by default today, by reference, for the command at the server: it shows, and changes nothing of a client. What is
-- open in a record is not said there by its name.
CREATE FUNCTION sec.retention_list(on_day date) RETURNS TABLE (reference text, branch text, kind text, since date, over_on date, kept_by text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    day date := coalesce(on_day, sec.today());
BEGIN
    RETURN QUERY SELECT c.reference::text, b.code::text, r.kind, r.since, r.over_on,
        ARRAY(SELECT DISTINCT CASE WHEN k IN ('hold', 'longer', 'restriction') THEN k ELSE 'open' END FROM unnest(r.kept_by) k ORDER BY 1)
    FROM sec.retention_of(ARRAY(SELECT c.id FROM public.clients_client c WHERE c.going_at IS NULL), day) r
    JOIN public.clients_client c ON c.id = r.client JOIN public.volunteers_branch b ON b.id = r.branch
    WHERE r.over_on <= day ORDER BY b.code, r.over_on, c.reference;
END $$;

-- ---- What needs no review ----
-- The rows of a kind whose time is over, which nobody has to look at: enquiries, drafts, invitations, what an import left to
-- recognise its rows. Not what says whom an open complaint without a record may be about; nothing about a client who is held.
CREATE FUNCTION sec.rows_over(of_kind text) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    until_day date := (sec.today() - make_interval(months => sec.months_kept(of_kind)))::date;
BEGIN
    IF until_day IS NULL THEN
        RETURN;
    END IF;
    CASE of_kind
        WHEN 'enquiry' THEN RETURN QUERY SELECT q.id FROM public.clients_enquiry q WHERE q.happened_on <= until_day AND NOT EXISTS (
            SELECT FROM public.clients_complaint m WHERE m.client_id IS NULL AND m.branch_id = q.branch_id AND m.state = 'open');
        WHEN 'draft' THEN RETURN QUERY SELECT d.id FROM public.clients_draft d WHERE sec.day_of(d.saved_at) <= until_day
            AND (d.client_id IS NULL OR NOT sec.is_held(d.client_id));
        WHEN 'invitation' THEN RETURN QUERY SELECT i.id FROM public.volunteers_invitation i
            WHERE sec.day_of(coalesce(i.used_at, i.withdrawn_at, i.expires_at)) <= until_day;
        WHEN 'import' THEN RETURN QUERY SELECT f.id FROM public.clients_fingerprint f JOIN public.clients_client c ON c.id = f.client_id
            WHERE f.kind IN ('imp-client', 'imp-contact') AND sec.day_of(c.taken_in_at) <= until_day AND NOT sec.is_held(c.id);
    END CASE;
END $$;

-- How many there are, for the command.
CREATE FUNCTION sec.count_over(of_kind text) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT count(*) FROM sec.rows_over(of_kind));
END $$;

-- Deletes some of them, and says how many. May be called again and again.
CREATE FUNCTION sec.sweep(of_kind text, most integer) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    these uuid[] := ARRAY(SELECT r FROM sec.rows_over(of_kind) r LIMIT most);
    gone bigint;
BEGIN
    CASE of_kind
        WHEN 'enquiry' THEN DELETE FROM public.clients_enquiry x WHERE x.id = ANY (these);
        WHEN 'draft' THEN DELETE FROM public.clients_draft x WHERE x.id = ANY (these);
        WHEN 'invitation' THEN DELETE FROM public.volunteers_invitation x WHERE x.id = ANY (these);
        WHEN 'import' THEN DELETE FROM public.clients_fingerprint x WHERE x.id = ANY (these);
    END CASE;
    GET DIAGNOSTICS gone = ROW_COUNT;
    IF gone > 0 THEN
        PERFORM sec.log('retention.sweep', why => 'retention', as_role => 'job', detail => jsonb_build_object('kind', of_kind, 'count', gone));
    END IF;
    RETURN gone;
END $$;

-- ---- Kept longer ----
-- A decision to keep a record longer, or to take that back, is made by whoever looks after it, for two years at most, and is an
-- event. After the insert, so that row-level security speaks first.
CREATE FUNCTION sec.kept_longer() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT sec.may_decide_on(new.client_id) THEN
        RAISE 'not possible now' USING ERRCODE = '23514', CONSTRAINT = 'longer_not_now';
    ELSIF new.until IS NOT NULL AND new.until NOT BETWEEN sec.today() + 1 AND sec.today() + 731 THEN
        RAISE 'two years at most' USING ERRCODE = '23514', CONSTRAINT = 'longer_until';
    END IF;
    PERFORM sec.log('retention.longer', new.client_id, 'client', (SELECT c.branch_id FROM public.clients_client c WHERE c.id = new.client_id), 'retention',
        as_role => 'coordinator', object => 'rights_longerkept', object_id => new.id);
    RETURN NULL;
END $$;
CREATE TRIGGER kept_longer AFTER INSERT ON rights_longerkept FOR EACH ROW EXECUTE FUNCTION sec.kept_longer();

-- ---- Rows ----
SELECT sec.guard('rights_longerkept', 'client_id', 'client');
GRANT SELECT ON rights_longerkept TO confidential_app, confidential_worker;
GRANT INSERT ON rights_longerkept TO confidential_app;
-- Whoever looks after it as coordinator, and the client.
CREATE POLICY see ON rights_longerkept FOR SELECT TO confidential_app, confidential_worker
    USING (client_id = (SELECT sec.own_open()) OR EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.branch_id = ANY ((SELECT sec.coordinated())::uuid[])));
CREATE POLICY add ON rights_longerkept FOR INSERT TO confidential_app
    WITH CHECK (by_id = (SELECT sec.cleared_person()) AND made_at BETWEEN statement_timestamp() - interval '1 minute' AND statement_timestamp() + interval '1 minute'
        AND EXISTS (SELECT FROM clients_client c WHERE c.id = client_id AND c.branch_id = ANY ((SELECT sec.coordinated())::uuid[])));
GRANT DELETE ON clients_enquiry, volunteers_invitation TO confidential_door;
CREATE POLICY door_sweeps ON clients_enquiry FOR DELETE TO confidential_door USING (true);

GRANT EXECUTE ON FUNCTION sec.records_over, sec.record_time, sec.is_record_over, sec.retention_counts TO confidential_app;
GRANT EXECUTE ON FUNCTION sec.retention_list, sec.count_over, sec.sweep TO confidential_worker;

SELECT sec.adopt_functions();
