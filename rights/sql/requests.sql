-- What is noted to a request: who asks, whether they may, pauses, more time, another day of receipt, how an answer was told. A note
-- is never changed; what follows from it is done here, in the transaction in which it is written.

-- Whether the latest note of a kind to a request is one of these.
CREATE FUNCTION sec.is_noted(r public.rights_subjectrequest, of_kind text, VARIADIC hows text[]) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT n.how FROM public.rights_requestnote n WHERE n.request_id = r.id AND n.kind = of_kind ORDER BY n.made_at DESC, n.id DESC LIMIT 1) = ANY (hows), false);
END $$;

-- Whether it is known who asks, and that they may ask for the client: in the client's own space by its confirmation.
CREATE FUNCTION sec.is_known_who_asks(r public.rights_subjectrequest) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (r.access_id IS NOT NULL OR sec.is_noted(r, 'identity', 'rung_back', 'met', 'paper'))
        AND (coalesce(r.quality, 'self') = 'self' OR sec.is_noted(r, 'entitled', 'yes'));
END $$;

-- Whether a request is about what somebody themself did: the client was given to them on the day it reached us or since; or they
-- would refuse it, and wrote in the contacts.
CREATE FUNCTION sec.is_near_request(r public.rights_subjectrequest, who uuid, refusing boolean) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    them uuid[] := sec.circle(who);
BEGIN
    RETURN EXISTS (SELECT FROM public.clients_grant g WHERE g.client_id = r.client_id AND g.person_id = ANY (them) AND g.basis = 'assignment'
            AND (g.ends_at IS NULL OR sec.day_of(g.ends_at) >= coalesce(r.received_on, sec.day_of(r.made_at))))
        OR (refusing AND EXISTS (SELECT FROM public.clients_contact k WHERE k.client_id = r.client_id AND k.by_id = ANY (them)));
END $$;

-- Whether a second person has agreed, to whom it is not near either.
CREATE FUNCTION sec.is_seconded(r public.rights_subjectrequest) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN r.seconded_by_id IS NOT NULL AND NOT sec.is_near_request(r, r.seconded_by_id, true);
END $$;

-- Whether somebody would decide alone about what they themself did. Then somebody else of the branch, or the data-protection lead,
-- agrees first.
CREATE FUNCTION sec.must_not_decide_alone(r public.rights_subjectrequest, who uuid, refusing boolean) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN sec.is_near_request(r, who, refusing) AND NOT (sec.is_seconded(r) AND r.seconded_by_id <> ALL (sec.circle(who)));
END $$;

-- Whether the client reads an answer online: in a confirmed space that shows all, or in the quiet one in which it was asked; that
-- is open, was used, and is not closed for a while.
CREATE FUNCTION sec.is_read_online(r public.rights_subjectrequest) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.clients_portalaccess a WHERE a.client_id = r.client_id AND a.ended_at IS NULL AND a.first_used_at IS NOT NULL
        AND sec.access_state(a.id) = 'confirmed' AND NOT sec.is_paused(a) AND (NOT a.quiet OR a.id = r.access_id));
END $$;

-- Does what a note says. After the insert, so that row-level security speaks first. 34 bytes round a sealed value and 12 round its
-- words are no reasons yet.
CREATE FUNCTION sec.request_noted() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r public.rights_subjectrequest;
    today date := sec.today();
    reasoned boolean := octet_length(new.sealed) >= 56;
    leads boolean := sec.may_decide_on(new.client_id);
    wrong text;
BEGIN
    SELECT * INTO r FROM public.rights_subjectrequest x WHERE x.id = new.request_id FOR UPDATE;
    wrong := CASE
        -- Whoever took it down says with it how they knew who asked.
        WHEN NOT leads AND NOT (new.kind = 'identity' AND coalesce(r.by_id = new.by_id AND r.made_at > statement_timestamp() - interval '1 minute', false))
            THEN 'request_elsewhere'
        WHEN new.kind <> 'told' AND r.state NOT IN ('new', 'in_progress') THEN 'request_over'
        WHEN NOT CASE new.kind WHEN 'identity' THEN new.how IN ('rung_back', 'met', 'paper', 'doubt') WHEN 'pause' THEN new.how IN ('who', 'precision')
            WHEN 'told' THEN new.how IN ('phone', 'person', 'letter', 'other') WHEN 'complete' THEN new.how IN ('yes', 'no')
            WHEN 'entitled' THEN new.how IN ('yes', 'no') WHEN 'founded' THEN new.how IN ('yes', 'no') ELSE new.how = '' END
            OR (new.day IS NOT NULL) <> (new.kind IN ('resume', 'receipt', 'told')) OR (new.was IS NOT NULL) <> (new.kind = 'receipt')
            OR new.day > today THEN 'request_step'
        -- A later day gives us more time.
        WHEN (new.kind IN ('pause', 'extend') OR (new.kind = 'receipt' AND new.day > new.was)) AND NOT reasoned THEN 'request_reasons'
        WHEN new.kind = 'pause' AND (r.paused_on IS NOT NULL OR today > r.due_on) THEN 'request_pause'
        WHEN new.kind = 'resume' AND (r.paused_on IS NULL OR new.day < r.paused_on) THEN 'request_pause'
        WHEN new.kind = 'extend' AND (r.extended_on IS NOT NULL OR r.paused_on IS NOT NULL OR today > (SELECT d.extend_by FROM sec.days_to_answer(
            coalesce(r.received_on, sec.day_of(r.made_at)), coalesce(r.paused_days, 0), NULL, false) d)) THEN 'request_late'
        WHEN new.kind = 'receipt' AND (r.access_id IS NOT NULL OR new.was <> coalesce(r.received_on, sec.day_of(r.made_at)) OR new.day > sec.day_of(r.made_at)
            OR new.day < sec.day_of(r.made_at) - 366) THEN 'request_receipt'
        WHEN new.kind = 'told' AND r.to_tell IS NOT TRUE THEN 'request_over'
    END;
    IF wrong IS NOT NULL THEN
        RAISE 'this cannot be noted to a request' USING ERRCODE = '23514', CONSTRAINT = wrong;
    END IF;
    UPDATE public.rights_subjectrequest x SET
        paused_on = CASE new.kind WHEN 'pause' THEN today WHEN 'resume' THEN NULL ELSE x.paused_on END,
        paused_days = CASE new.kind WHEN 'resume' THEN coalesce(x.paused_days, 0) + (new.day - x.paused_on) ELSE x.paused_days END,
        extended_on = CASE new.kind WHEN 'extend' THEN today ELSE x.extended_on END,
        received_on = CASE new.kind WHEN 'receipt' THEN new.day ELSE x.received_on END,
        -- More time and a question to the client are told to them too.
        to_tell = CASE WHEN new.kind = 'told' THEN NULL WHEN new.kind IN ('pause', 'extend') AND NOT sec.is_read_online(r) THEN true ELSE x.to_tell END
    WHERE x.id = r.id AND new.kind IN ('pause', 'resume', 'extend', 'receipt', 'told');
    PERFORM sec.log('request.' || new.kind, r.client_id, 'client', r.branch_id, r.kind,
        object => 'rights_subjectrequest', object_id => r.id);
    RETURN NULL;
END $$;
CREATE TRIGGER noted AFTER INSERT ON rights_requestnote FOR EACH ROW EXECUTE FUNCTION sec.request_noted();

-- ---- Rows ----
SELECT sec.guard('rights_requestnote', 'client_id', 'client');
GRANT SELECT ON rights_requestnote TO confidential_app, confidential_worker;
GRANT INSERT ON rights_requestnote TO confidential_app;
CREATE POLICY see ON rights_requestnote FOR SELECT TO confidential_app, confidential_worker
    USING (EXISTS (SELECT FROM rights_subjectrequest r WHERE r.id = request_id));
CREATE POLICY add ON rights_requestnote FOR INSERT TO confidential_app
    WITH CHECK (by_id = (SELECT sec.cleared_person()) AND made_at BETWEEN statement_timestamp() - interval '1 minute' AND statement_timestamp() + interval '1 minute'
        AND EXISTS (SELECT FROM rights_subjectrequest r WHERE r.id = request_id AND r.client_id = rights_requestnote.client_id));

-- ---- A second person ----
-- Whether it would help if the principal agreed: it waits, nobody has agreed who may, and it is not near to them. What a complaint
-- closes is refused in the act.
CREATE FUNCTION sec.may_second_request(which uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
BEGIN
    RETURN me IS NOT NULL AND EXISTS (SELECT FROM public.rights_subjectrequest x WHERE x.id = which AND x.state IN ('new', 'in_progress')
        AND x.client_id <> ALL (sec.barred()) AND (sec.has_duty('protection') OR x.branch_id = ANY (sec.coordinated()))
        AND NOT sec.is_seconded(x) AND NOT sec.is_near_request(x, me, true));
END $$;

-- Agrees that whoever looks after the client answers their request: another coordinator of the branch, or the data-protection
-- lead, who learns of it no more than the page of dates says. False where it is answered or hidden, somebody has agreed, or it is
-- near to whoever agrees.
CREATE FUNCTION sec.second_request(which uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
    r public.rights_subjectrequest;
BEGIN
    IF me IS NULL OR NOT sec.is_fresh(15) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    UPDATE public.rights_subjectrequest x SET seconded_by_id = me, seconded_at = statement_timestamp()
    WHERE x.id = which AND sec.may_second_request(which) AND NOT sec.is_accused(me, x.client_id)
    RETURNING * INTO r;
    IF r.id IS NULL THEN
        RETURN false;
    END IF;
    PERFORM sec.log('request.second', r.client_id, 'client', r.branch_id, r.kind, object => 'rights_subjectrequest', object_id => which);
    RETURN true;
END $$;

-- ---- Dates ----
-- Requests with their days and never their words, for the data-protection lead: those that wait, and those answered since a day.
CREATE FUNCTION sec.request_dates(since date) RETURNS TABLE (id uuid, reference text, branch text, kind text, state text, received_on date, due_on date,
    latest_on date, paused_on date, extended_on date, answered_on date, to_tell boolean, seconded boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF sec.cleared_person() IS NULL OR NOT sec.has_duty('protection') THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT r.id, c.reference::text, b.name::text, r.kind::text, r.state::text, coalesce(r.received_on, sec.day_of(r.made_at)), r.due_on,
        r.latest_on, r.paused_on, r.extended_on, CASE WHEN r.state IN ('done', 'refused', 'taken_back') THEN sec.day_of(r.handled_at) END,
        coalesce(r.to_tell, false), sec.is_seconded(r)
    FROM public.rights_subjectrequest r JOIN public.clients_client c ON c.id = r.client_id JOIN public.volunteers_branch b ON b.id = r.branch_id
    WHERE r.client_id <> ALL ((SELECT sec.barred())::uuid[]) AND (r.state IN ('new', 'in_progress') OR r.to_tell OR sec.day_of(r.handled_at) >= since)
    ORDER BY r.state IN ('new', 'in_progress') DESC, r.due_on, r.made_at LIMIT 500;
END $$;

-- Whether any request is overdue or due within a week, for the home page of the data-protection lead.
CREATE FUNCTION sec.is_request_due() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN sec.has_duty('protection') AND EXISTS (SELECT FROM public.rights_subjectrequest r WHERE r.state IN ('new', 'in_progress') AND r.paused_on IS NULL
        AND r.due_on <= sec.today() + 7 AND r.client_id <> ALL ((SELECT sec.barred())::uuid[]));
END $$;

-- ---- Restriction ----
-- Whether a request asks that the record is not used, or objects to it (GDPR 18(1)).
CREATE FUNCTION sec.is_to_restrict(of_kind text) RETURNS boolean
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ SELECT of_kind IN ('restriction', 'objection') $$;

-- Whether such a request of a client, that came through a space, waits for an answer.
CREATE FUNCTION sec.is_asked_to_restrict(of_client uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.rights_subjectrequest r WHERE r.client_id = of_client AND r.access_id IS NOT NULL
        AND r.state IN ('new', 'in_progress') AND sec.is_to_restrict(r.kind) AND sec.is_counted(r.access_id))
$$;

-- What the client asks so in a space that shows all restricts their record in that second, until it is answered and a coordinator ends
-- it. A space that nobody has confirmed, and a quiet one, restrict nothing: it may be somebody else. Before the insert, because its
-- foreign key holds the record, and of two at once neither would have it whole.
CREATE FUNCTION sec.request_restricts() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF new.client_id = sec.own_open() AND sec.is_to_restrict(new.kind) THEN
        PERFORM FROM public.clients_client c WHERE c.id = new.client_id FOR UPDATE;
        IF NOT sec.is_restricted(new.client_id) THEN
            PERFORM sec.restrict(gen_random_uuid(), new.client_id, CASE new.kind WHEN 'objection' THEN 'objection' ELSE 'asked' END);
        END IF;
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER restricts BEFORE INSERT ON rights_subjectrequest FOR EACH ROW EXECUTE FUNCTION sec.request_restricts();

-- With the last such request that the client takes back in that space, what it restricted is used again.
CREATE FUNCTION sec.request_frees() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF new.client_id = sec.own_open() AND sec.is_to_restrict(new.kind) AND NOT sec.is_asked_to_restrict(new.client_id) THEN
        PERFORM sec.lift_restriction(x.id) FROM public.clients_restriction x JOIN public.clients_client c ON c.id = x.client_id
            WHERE x.client_id = new.client_id AND x.ends_at IS NULL AND x.by_id IS NULL AND x.ground IN ('asked', 'objection')
                AND (c.agreed IN ('no_record', 'withdrawn')) IS NOT TRUE;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER frees AFTER UPDATE ON rights_subjectrequest FOR EACH ROW
    WHEN (new.state = 'taken_back' AND old.state <> 'taken_back') EXECUTE FUNCTION sec.request_frees();

-- ---- The client ----
-- Whether an answer waits that the client has not looked at since it was given. Only of what their space shows.
CREATE FUNCTION sec.has_unread_answer() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine uuid := sec.own_client();
BEGIN
    RETURN mine IS NOT NULL AND EXISTS (SELECT FROM public.rights_subjectrequest r WHERE r.client_id = mine AND r.state IN ('done', 'refused')
        AND (sec.own_open() IS NOT NULL OR r.access_id = sec.own_access())
        AND NOT EXISTS (SELECT FROM public.audit_event e WHERE e.subject = mine AND e.actor_kind = 'user' AND e.at >= r.handled_at
            AND e.actor = (SELECT w.subject FROM sec.principal() w) AND e.action = 'portal.requests' AND e.outcome = 'done'));
END $$;

-- ---- The record ----
-- What was changed in a record since a request reached us: in which tables, how often, when last. No words: whoever answers sees
-- whether anything was done.
CREATE FUNCTION sec.changed_since_request(which uuid) RETURNS TABLE (target text, times bigint, latest timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    r public.rights_subjectrequest;
BEGIN
    SELECT * INTO r FROM public.rights_subjectrequest x WHERE x.id = which;
    IF NOT FOUND OR NOT sec.is_looking_after(r.client_id) THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT v."table"::text, count(*), max(v.replaced_at) FROM public.clients_revision v
    WHERE v.client_id = r.client_id AND v.replaced_at >= r.made_at AND v."table" IN ('clients_identity', 'clients_safecontact', 'clients_background',
        'clients_contact', 'clients_contactnote', 'clients_attachment', 'clients_whomayknow')
    GROUP BY 1 ORDER BY 1;
END $$;

-- What the record says of a request to delete or restrict it that waits: whoever sees the record reads that before they write.
CREATE FUNCTION sec.asked_to_stop(of_client uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found_kind text;
BEGIN
    -- The rare thing first. What came through a space that nobody confirmed is not known to be the client's.
    SELECT r.kind INTO found_kind FROM public.rights_subjectrequest r WHERE r.client_id = of_client AND r.kind IN ('deletion', 'restriction', 'objection')
        AND r.state IN ('new', 'in_progress') AND sec.is_counted(r.access_id) ORDER BY r.kind, r.made_at LIMIT 1;
    IF NOT FOUND OR NOT (sec.is_looking_after(of_client) OR sec.has_permission(of_client, 'view_client')) THEN
        RETURN '';
    END IF;
    RETURN found_kind;
END $$;

-- ---- Holidays of a branch ----
-- Says that a branch lies in Alsace or Moselle, or not; what waits there is counted again.
CREATE FUNCTION sec.set_local_holidays(new_id uuid, of_branch uuid, has_more boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF of_branch = ANY (sec.coordinated()) IS NOT TRUE OR sec.cleared_person() IS NULL THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    DELETE FROM public.rights_localholidays h WHERE h.branch_id = of_branch;
    IF has_more THEN
        INSERT INTO public.rights_localholidays (id, branch_id) VALUES (new_id, of_branch);
    END IF;
    UPDATE public.rights_subjectrequest x SET due_on = x.due_on WHERE x.branch_id = of_branch AND x.state IN ('new', 'in_progress');
    PERFORM sec.log('request.holidays', of_branch => of_branch);
END $$;
SELECT sec.bind('rights_localholidays');
GRANT SELECT ON rights_localholidays TO confidential_app;
GRANT SELECT, INSERT, DELETE ON rights_localholidays TO confidential_door;
CREATE POLICY door ON rights_localholidays FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY see ON rights_localholidays FOR SELECT TO confidential_app USING (branch_id = ANY ((SELECT sec.coordinated())::uuid[]));

GRANT EXECUTE ON FUNCTION sec.asked_to_stop, sec.second_request, sec.may_second_request, sec.request_dates, sec.is_request_due, sec.has_unread_answer, sec.changed_since_request,
    sec.set_local_holidays TO confidential_app;

SELECT sec.adopt_functions();
