-- The door: one way to a key, and each opening is an event. And the log that takes the events.

-- Who may open which subject, on which basis, in which role. Nobody, until the layers above say more.
CREATE FUNCTION sec.permitted(subjects uuid[])
RETURNS TABLE (subject uuid, kind text, branch uuid, basis text, role text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT NULL::uuid, NULL::text, NULL::uuid, NULL::text, NULL::text WHERE false
$$;

-- Which subject an object belongs to, for the log of denials. The layers above say more.
CREATE FUNCTION sec.subject_of(object_type text, object_id uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ SELECT NULL::uuid $$;

-- What an opening is for, where its basis says it better than the asker. The layers above say more.
CREATE FUNCTION sec.purpose_on(basis text, about uuid, said text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ SELECT said $$;

-- What is in the log about a client without being in the client's own count: it may have to be kept from them for a
-- time, and a gap in their count would tell that there is something. It is the same for every client, whatever
-- happened, so that nothing can be read from it. Sealing and reading ask here; see decision 31.
CREATE FUNCTION sec.is_apart(act text, object_type text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT act LIKE 'disclosure.%' OR act LIKE 'page.disclosure%' OR object_type LIKE 'disclosures\_%' OR act IN ('client.link', 'client.unlink')
$$;

-- May the client know of what is apart? Answered by what it is about (the object it concerns), not by its name or its
-- time; own log, counts, names and rows all ask here. Nothing that names no object. The layers above say more.
CREATE FUNCTION sec.may_be_told(object_type text, object_id uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ SELECT false $$;

-- One event. Called by definer functions and triggers only: the actor is the principal, always. Its reason is one of the
-- register, wherever it comes from: nobody writes a word of their own into somebody's log.
CREATE FUNCTION sec.log(
    act text, about uuid DEFAULT NULL, about_kind text DEFAULT '', of_branch uuid DEFAULT NULL,
    why text DEFAULT '', on_basis text DEFAULT '', as_role text DEFAULT '', object text DEFAULT '',
    object_id uuid DEFAULT NULL, rev integer DEFAULT NULL, hash bytea DEFAULT NULL,
    detail jsonb DEFAULT '{}', how text DEFAULT 'done', grp uuid DEFAULT NULL
) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    new_id uuid := gen_random_uuid();
    reason text := coalesce(nullif(why, ''), sec.said_purpose(), '');
    w record;
BEGIN
    IF NOT sec.is_reason(reason) THEN
        RAISE 'a reason is one of the register' USING ERRCODE = '42501';
    END IF;
    SELECT * INTO w FROM sec.principal();
    INSERT INTO public.audit_event (id, at, "group", actor_kind, actor, actor_role, action, outcome, subject,
        subject_kind, branch, purpose, basis, object_type, object_id, revision, digest, detail)
    VALUES (new_id, clock_timestamp(), grp, coalesce(w.kind, 'nobody'), w.subject, as_role, act, how, about,
        about_kind, of_branch, reason, on_basis, object, log.object_id, rev, hash, detail);
    INSERT INTO public.audit_pending (event) VALUES (new_id);
    RETURN new_id;
END $$;

-- Whether the principal is one of these: a kind of principal; the layers above tell people from clients, and know duties.
CREATE FUNCTION sec.is_one_of(whom text[]) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT w.kind FROM sec.principal() w), 'nobody') = ANY (whom);
END $$;

-- What an event concerns is a row of one of the tables, so it bears the name of one and no other word.
CREATE FUNCTION sec.is_table(object text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM pg_class c WHERE c.relname = object::name AND c.relnamespace = 'public'::regnamespace AND c.relkind = 'r')
$$;

-- Refuses an event that this principal may not claim in this way (audit/events says who may), and words where codes
-- and counts belong. On the sign-in connection nothing is said to be done but what belongs to it: "signin:" before who may.
CREATE FUNCTION sec.check_claim(way text, act text, why text DEFAULT '', object text DEFAULT '', detail jsonb DEFAULT '{}') RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whom text[] := sec.claims(way, act);
BEGIN
    IF way = 'record' AND session_user = 'confidential_signin' THEN
        whom := ARRAY(SELECT substr(one, 8) FROM unnest(whom) one WHERE one LIKE 'signin:%');
    END IF;
    IF sec.is_one_of(whom) IS NOT TRUE OR (act <> 'second_factor.set' AND act NOT LIKE 'signin.%' AND (SELECT w.limited FROM sec.principal() w)) THEN
        RAISE 'the event % is written where it happens', left(act, 60) USING ERRCODE = '42501';
    ELSIF (sec.is_reason(why) AND (object = '' OR sec.is_table(object)) AND pg_column_size(detail) < 1000 AND jsonb_typeof(detail) = 'object') IS NOT TRUE
        OR EXISTS (SELECT FROM jsonb_each_text(detail) d WHERE (d.key ~ '^[a-z_]{1,20}$' AND d.value ~ '^([a-z_-]{1,20}|-?[0-9]{1,18}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$') IS NOT TRUE) THEN
        RAISE 'an event holds codes, ids and counts, no words' USING ERRCODE = '42501';
    END IF;
END $$;

-- The door has two steps, in two transactions: what opens is written down and committed, and only then are keys handed
-- out. So nobody takes a key and lets the event go, not even whoever sends whole statements of their own.
-- The first step. Checks by itself (it leans on nobody's row-level security) and writes one event for each subject that it
-- opens. What is not permitted is simply not in the answer. In the process that serves pages only the sign-in connection
-- may announce, so that SQL on the other one opens nothing that a page did not.
-- What an opening is about stands beside its subject: an object of this type for each, in their order.
CREATE FUNCTION sec.open(subjects uuid[], act text, why text, detail jsonb DEFAULT '{}', about_type text DEFAULT '', about uuid[] DEFAULT '{}')
RETURNS TABLE (subject uuid, event uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    grp uuid := CASE WHEN cardinality(subjects) > 1 THEN gen_random_uuid() END;
    w record;
BEGIN
    PERFORM sec.check_claim('open', act, why, about_type, detail);
    SELECT * INTO w FROM sec.principal();
    RETURN QUERY
    WITH may AS MATERIALIZED (SELECT * FROM sec.permitted(ARRAY(SELECT DISTINCT unnest(subjects)))),
    ev AS (
        INSERT INTO public.audit_event (id, at, "group", actor_kind, actor, actor_role, action, outcome, subject,
            subject_kind, branch, purpose, basis, object_type, object_id, detail)
        SELECT gen_random_uuid(), clock_timestamp(), grp, coalesce(w.kind, 'nobody'), w.subject, m.role, act, 'done',
            m.subject, m.kind, m.branch, sec.purpose_on(m.basis, m.subject, why), m.basis, about_type, a.object_id, detail
        FROM may m JOIN unnest(subjects, about) a (subject, object_id) ON a.subject = m.subject
        RETURNING audit_event.id, audit_event.subject
    ),
    waiting AS (INSERT INTO public.audit_pending (event) SELECT ev.id FROM ev)
    SELECT ev.subject, ev.id FROM ev;
END $$;

-- Looking through many records at once (a search) is one event with their number and a hash of their list; what is then
-- shown is opened, and logged, one by one.
CREATE FUNCTION sec.scan(records integer, of_these bytea, act text, why text, detail jsonb DEFAULT '{}') RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.check_claim('scan', act, why, '', detail);
    RETURN sec.log(act, why => why, hash => of_these, detail => detail || jsonb_build_object('records', records));
END $$;

-- What this principal announced a minute ago at most, in a transaction that is committed: it can be seen, and is not of
-- this one (audit_pending keeps the transaction of an event until it is sealed).
CREATE FUNCTION sec.announced(way text, events uuid[]) RETURNS SETOF public.audit_event
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT e.* FROM public.audit_event e, sec.principal() w
    WHERE e.id = ANY (events) AND e.actor = w.subject AND e.actor_kind = w.kind AND NOT w.limited AND e.outcome = 'done'
      AND sec.claims(way, e.action) IS NOT NULL AND e.at > clock_timestamp() - interval '1 minute'
      AND NOT EXISTS (SELECT FROM public.audit_pending p WHERE p.event = e.id AND p.xid = pg_current_xact_id_if_assigned())
$$;

-- Whether the principal opened a subject for this a minute ago at most, in a transaction that is committed. Asked of acts that do more
-- than whoever acts may see: taken back, what they wrote can be counted (sec.own_events), and that somebody was about to stands in the log.
CREATE FUNCTION sec.has_opened(named text, about uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM sec.announced('open', ARRAY(SELECT e.id FROM public.audit_event e, sec.principal() w
        WHERE e.subject = about AND e.action = named AND e.actor = w.subject AND e.at > clock_timestamp() - interval '1 minute')))
$$;

-- A question whose answers are counted (who is known here): announced in the same way, each by a hash of what it asks. Names
-- and numbers are keyed hashes of 32 bytes; with how many are names, their borders cannot be moved.
CREATE FUNCTION sec.is_asked(event uuid, act text, of_branch uuid, said text, names bytea[], numbers bytea[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT cardinality(names || numbers) <= 6 AND NOT EXISTS (SELECT FROM unnest(names || numbers) h WHERE octet_length(h) IS DISTINCT FROM 32)
        AND EXISTS (SELECT FROM sec.announced('ask', ARRAY[event]) e WHERE e.action = act AND e.branch = of_branch
            AND e.digest = sha256(convert_to(cardinality(names) || '|' || said || '|', 'UTF8')
                || coalesce((SELECT string_agg(h, ''::bytea ORDER BY n) FROM unnest(names || numbers) WITH ORDINALITY u (h, n)), '')))
$$;

-- The second step: the wrapped keys of what was announced. What is written from here on is written for the same reason.
CREATE FUNCTION sec.keys(events uuid[]) RETURNS TABLE (subject uuid, data bytea, audit bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    opened record;
BEGIN
    SELECT array_agg(e.subject) AS subjects, max(e.purpose) AS why INTO opened FROM sec.announced('open', events) e WHERE e.basis <> '';
    PERFORM sec.say_purpose(coalesce(opened.why, ''));
    RETURN QUERY SELECT k.subject, k.data, k.audit FROM public.vault_subjectkey k WHERE k.subject = ANY (opened.subjects);
END $$;

-- The reason of what is written about somebody whose keys were made in this transaction (a client who was just taken in, an
-- emergency): nothing was opened, so the page says it. One of these codes; anything else is no reason.
CREATE FUNCTION sec.say_made(about uuid, why text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF why IN ('support', 'coordination', 'import', 'danger', 'call', 'missed')
        AND EXISTS (SELECT FROM public.vault_subjectkey k WHERE k.subject = about AND k.made_at >= transaction_timestamp()) THEN
        PERFORM sec.say_purpose(why);
    END IF;
END $$;

-- The same for a list that is looked through: those of it that are permitted, without what opens their log. Clients and branches
-- only: a complaint, an emergency, a person or a visit is opened by an event of its own.
CREATE FUNCTION sec.scanned_keys(announced uuid, subjects uuid[]) RETURNS TABLE (subject uuid, data bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    ids uuid[];
BEGIN
    IF NOT EXISTS (SELECT FROM sec.announced('scan', ARRAY[announced]) e
            WHERE e.digest = sha256(convert_to(subjects::text, 'UTF8')) AND (e.detail ->> 'records')::integer = cardinality(subjects)) THEN
        RETURN;
    END IF;
    SELECT array_agg(m.subject) INTO ids FROM sec.permitted(subjects) m WHERE m.kind IN ('client', 'branch');
    RETURN QUERY SELECT k.subject, k.data FROM public.vault_subjectkey k WHERE k.subject = ANY (ids);
END $$;

-- An event without a key: a sign-in, a decision, a page of numbers. A subject must be permitted.
CREATE FUNCTION sec.record(act text, about uuid, object text, object_id uuid, why text, detail jsonb) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m record;
BEGIN
    PERFORM sec.check_claim('record', act, why, object, detail);
    IF about IS NOT NULL THEN
        SELECT * INTO m FROM sec.permitted(ARRAY[about]);
        -- What it concerns belongs to the subject: else a line could be said to be apart from the client's own.
        IF NOT FOUND OR (object <> '' AND sec.subject_of(object, object_id) IS DISTINCT FROM about) THEN
            RAISE 'not permitted' USING ERRCODE = '42501';
        END IF;
        RETURN sec.log(act, about, m.kind, m.branch, sec.purpose_on(m.basis, about, why), m.basis, m.role, object, object_id, detail => detail);
    END IF;
    RETURN sec.log(act, why => why, object => object, object_id => object_id, detail => detail);
END $$;

-- What was refused: a name of the register, or the page that was asked for. The object's subject is looked up here, because
-- the asker may not see it; nobody speaks of no subject. Of each principal (and of all who are nobody together) so many in an
-- hour are written one by one; then the first about each subject still is, and one line says that there are more: what is
-- refused opens nothing, and fills no log.
CREATE FUNCTION sec.deny(act text, object text DEFAULT '', object_id uuid DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w record;
    about uuid;
    written bigint;
BEGIN
    -- What was said before of a reason belongs to what was opened then.
    PERFORM sec.say_purpose('');
    SELECT * INTO w FROM sec.principal();
    IF (act ~ '^page\.[a-z_]{1,35}$' OR sec.claims('deny', act) IS NOT NULL) IS NOT TRUE OR (object = '' OR sec.is_table(object)) IS NOT TRUE THEN
        RAISE 'a refusal is named after what was asked for' USING ERRCODE = '42501';
    END IF;
    IF w.kind IS NOT NULL THEN
        about := sec.subject_of(object, object_id);
    ELSIF object <> 'volunteers_user' THEN
        object_id := NULL;
    END IF;
    SELECT count(*) INTO written FROM public.audit_event e WHERE e.actor IS NOT DISTINCT FROM w.subject AND e.outcome = 'denied'
        AND e.at > statement_timestamp() - interval '1 hour' AND e.action <> 'refusal.more';
    IF written < (CASE WHEN w.kind IS NULL THEN 600 ELSE 60 END) OR (about IS NOT NULL AND NOT EXISTS (
            SELECT FROM public.audit_event e WHERE e.actor = w.subject AND e.outcome = 'denied' AND e.subject = about
            AND e.at > statement_timestamp() - interval '1 hour')) THEN
        PERFORM sec.log(act, about, coalesce((SELECT k.kind FROM public.vault_subjectkey k WHERE k.subject = about), ''),
            object => object, object_id => object_id, how => 'denied');
    ELSIF NOT EXISTS (SELECT FROM public.audit_event e WHERE e.actor IS NOT DISTINCT FROM w.subject AND e.outcome = 'denied' AND e.action = 'refusal.more'
            AND e.at > statement_timestamp() - interval '1 hour') THEN
        PERFORM sec.log('refusal.more', how => 'denied');
    END IF;
END $$;

GRANT EXECUTE ON FUNCTION sec.open, sec.scan TO confidential_signin, confidential_worker;
GRANT EXECUTE ON FUNCTION sec.keys, sec.scanned_keys, sec.record, sec.deny, sec.say_made TO confidential_app, confidential_worker;
GRANT EXECUTE ON FUNCTION sec.record TO confidential_signin;
GRANT EXECUTE ON FUNCTION sec.is_apart TO confidential_app, confidential_worker, confidential_door;
GRANT EXECUTE ON FUNCTION sec.claims, sec.is_reason, sec.is_table, sec.newest_forms TO confidential_door;
GRANT EXECUTE ON FUNCTION sec.may_be_told TO confidential_app, confidential_worker;
GRANT SELECT, INSERT ON audit_event TO confidential_door;
GRANT INSERT ON audit_pending TO confidential_door;
GRANT SELECT ON audit_event TO confidential_app, confidential_worker;
CREATE POLICY shown ON audit_event AS RESTRICTIVE FOR SELECT TO confidential_app USING (action <> 'row.state');
CREATE POLICY door_reads ON audit_event FOR SELECT TO confidential_door USING (true);
CREATE POLICY door_writes ON audit_event FOR INSERT TO confidential_door WITH CHECK (true);
