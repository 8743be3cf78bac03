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
CREATE FUNCTION sec.apart(act text, object_type text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT act LIKE 'disclosure.%' OR act LIKE 'page.disclosure%' OR object_type LIKE 'disclosures\_%' OR act IN ('client.link', 'client.unlink')
$$;

-- May the client know of what is apart? Answered by what it is about (the object it concerns), not by its name or its
-- time; own log, counts, names and rows all ask here. Nothing that names no object. The layers above say more.
CREATE FUNCTION sec.told(object_type text, object_id uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ SELECT false $$;

-- One event. Called by definer functions and triggers only: the actor is the principal, always.
CREATE FUNCTION sec.log(
    act text, about uuid DEFAULT NULL, about_kind text DEFAULT '', of_branch uuid DEFAULT NULL,
    why text DEFAULT '', on_basis text DEFAULT '', as_role text DEFAULT '', object text DEFAULT '',
    object_id uuid DEFAULT NULL, rev integer DEFAULT NULL, hash bytea DEFAULT NULL,
    detail jsonb DEFAULT '{}', how text DEFAULT 'done', grp uuid DEFAULT NULL
) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    new_id uuid := gen_random_uuid();
    w record;
BEGIN
    SELECT * INTO w FROM sec.who();
    INSERT INTO public.audit_event (id, at, "group", actor_kind, actor, actor_role, action, outcome, subject,
        subject_kind, branch, purpose, basis, object_type, object_id, revision, digest, detail)
    VALUES (new_id, clock_timestamp(), grp, coalesce(w.kind, 'nobody'), w.subject, as_role, act, how, about,
        about_kind, of_branch, coalesce(nullif(why, ''), current_setting('sec.purpose', true), ''), on_basis, object, log.object_id, rev, hash, detail);
    INSERT INTO public.audit_pending (event) VALUES (new_id);
    RETURN new_id;
END $$;

-- Whether the principal is one of these: a kind of principal; the layers above tell people from clients, and know duties.
CREATE FUNCTION sec.is_one_of(whom text[]) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT w.kind FROM sec.who() w), 'nobody') = ANY (whom);
END $$;

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
    IF sec.is_one_of(whom) IS NOT TRUE OR (act <> 'second_factor.set' AND act NOT LIKE 'signin.%' AND (SELECT w.limited FROM sec.who() w)) THEN
        RAISE 'the event % is written where it happens', left(act, 60) USING ERRCODE = '42501';
    ELSIF (why ~ '^[a-z_]{0,30}$' AND object ~ '^[a-z_]{0,40}$' AND pg_column_size(detail) < 1000 AND jsonb_typeof(detail) = 'object') IS NOT TRUE
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
    SELECT * INTO w FROM sec.who();
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
    SELECT e.* FROM public.audit_event e, sec.who() w
    WHERE e.id = ANY (events) AND e.actor = w.subject AND e.actor_kind = w.kind AND NOT w.limited AND e.outcome = 'done'
      AND sec.claims(way, e.action) IS NOT NULL AND e.at > clock_timestamp() - interval '1 minute'
      AND NOT EXISTS (SELECT FROM public.audit_pending p WHERE p.event = e.id AND p.xid = pg_current_xact_id_if_assigned())
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
    PERFORM set_config('sec.purpose', coalesce(opened.why, ''), true);
    RETURN QUERY SELECT k.subject, k.data, k.audit FROM public.vault_subjectkey k WHERE k.subject = ANY (opened.subjects);
END $$;

-- The same for a list that is looked through: those of it that are permitted, without what opens their log.
CREATE FUNCTION sec.scanned(announced uuid, subjects uuid[]) RETURNS TABLE (subject uuid, data bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    ids uuid[];
BEGIN
    IF NOT EXISTS (SELECT FROM sec.announced('scan', ARRAY[announced]) e
            WHERE e.digest = sha256(convert_to(subjects::text, 'UTF8')) AND (e.detail ->> 'records')::integer = cardinality(subjects)) THEN
        RETURN;
    END IF;
    SELECT array_agg(m.subject) INTO ids FROM sec.permitted(subjects) m;
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
CREATE FUNCTION sec.deny(act text, object text DEFAULT '', object_id uuid DEFAULT NULL) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w record;
    about uuid;
    written bigint;
BEGIN
    -- What was said before of a reason belongs to what was opened then.
    PERFORM set_config('sec.purpose', '', true);
    SELECT * INTO w FROM sec.who();
    IF (act ~ '^page\.[a-z_]{1,35}$' OR sec.claims('deny', act) IS NOT NULL) IS NOT TRUE OR object !~ '^[a-z_]{0,40}$' THEN
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
        RETURN sec.log(act, about, coalesce((SELECT k.kind FROM public.vault_subjectkey k WHERE k.subject = about), ''),
            object => object, object_id => object_id, how => 'denied');
    END IF;
    IF NOT EXISTS (SELECT FROM public.audit_event e WHERE e.actor IS NOT DISTINCT FROM w.subject AND e.outcome = 'denied' AND e.action = 'refusal.more'
            AND e.at > statement_timestamp() - interval '1 hour') THEN
        RETURN sec.log('refusal.more', how => 'denied');
    END IF;
    RETURN NULL;
END $$;

-- The log is append-only, for its owner too. The arguments name what functions of the door alone may do.
CREATE FUNCTION sec.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF current_user = 'confidential_door' AND tg_op = ANY (tg_argv) THEN
        RETURN NULL;
    END IF;
    RAISE '% is append-only', tg_table_name USING ERRCODE = '42501';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION sec.refuse_change('DELETE');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_leaf FOR EACH STATEMENT EXECUTE FUNCTION sec.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_pending FOR EACH STATEMENT EXECUTE FUNCTION sec.refuse_change('UPDATE', 'DELETE');

-- What a write event holds of a row: the hash of all its columns but those that only follow other rows. Nothing is the same
-- as absent, so that a column may be added later.
CREATE FUNCTION sec.row_digest(content jsonb, follows text[] DEFAULT '{}') RETURNS bytea
LANGUAGE sql STABLE AS $$ SELECT sha256(convert_to(jsonb_strip_nulls(content - follows)::text, 'UTF8')) $$;

-- The number of an object's next write event, where its rows have no revision that only grows.
CREATE FUNCTION sec.next_write(target text, object uuid) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(max(e.revision), 0) + 1 FROM public.audit_event e
    WHERE e.object_type = target AND e.object_id = object AND e.digest IS NOT NULL
$$;

-- Every sealed or revised row: the revision grows by one, what was there is kept, the write is an event with the digest
-- of the row. Row triggers see bulk and raw SQL too. Arguments: subject column, kind, sealed or clear. No statement is put
-- together at run time. Times and bytes are written in one way, whatever the session speaks.
CREATE FUNCTION sec.keep() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
DECLARE
    about uuid;
    was_about uuid;
    was bytea;
    anew boolean := false;
BEGIN
    IF tg_op = 'DELETE' THEN
        PERFORM sec.log('row.remove', (to_jsonb(old) ->> tg_argv[0])::uuid, tg_argv[1], object => tg_table_name, object_id => old.id,
            rev => sec.next_write(tg_table_name, old.id), hash => sec.row_digest(to_jsonb(old), '{branch_id}'));
        RETURN NULL;
    END IF;
    -- A branch that is not taken is never planned, so each table needs only the columns that it has.
    CASE tg_argv[0]
        WHEN 'client_id' THEN about := new.client_id;
        WHEN 'person_id' THEN about := new.person_id;
        WHEN 'complaint_id' THEN about := new.complaint_id;
        WHEN 'emergency_id' THEN about := new.emergency_id;
        WHEN 'visit_id' THEN about := new.visit_id;
    END CASE;
    IF tg_op = 'UPDATE' THEN
        IF tg_argv[2] = 'sealed' THEN
            was := old.sealed;
            anew := get_byte(was, 1) < get_byte(new.sealed, 1) AND sec.is_sealing_anew();
        END IF;
        CASE tg_argv[0]
            WHEN 'client_id' THEN was_about := old.client_id;
            WHEN 'person_id' THEN was_about := old.person_id;
            ELSE
                IF NOT anew THEN
                    RAISE 'a row of % is never changed', tg_table_name USING ERRCODE = '42501';
                END IF;
                was_about := about;
        END CASE;
        -- A client who changes branch takes the contacts along (the foreign key does it); the move is the event.
        IF tg_argv[2] = 'clear' AND to_jsonb(new) - 'branch_id' = to_jsonb(old) - 'branch_id' THEN
            RETURN NULL;
        END IF;
        IF new.id <> old.id OR about <> was_about OR new.revision <> old.revision + 1 THEN
            RAISE 'a row keeps its place, and its revision grows by one' USING ERRCODE = '40001';
        END IF;
        IF tg_argv[1] = 'client' THEN
            INSERT INTO public.clients_revision (client_id, "table", row, revision, sealed, clear, replaced_at, replaced_by)
            VALUES (about, tg_table_name, old.id, old.revision, was, to_jsonb(old) - 'sealed', clock_timestamp(),
                (SELECT w.subject FROM sec.who() w));
        END IF;
    ELSIF new.revision <> 1 THEN
        RAISE 'a new row has revision 1' USING ERRCODE = '40001';
    END IF;
    -- What a client has is never removed; what may be removed may come again under its id, and is counted on.
    PERFORM sec.log(CASE WHEN tg_op = 'INSERT' THEN 'row.add' WHEN anew THEN 'row.seal' ELSE 'row.change' END, about, tg_argv[1], object => tg_table_name, object_id => new.id,
        rev => CASE tg_argv[1] WHEN 'client' THEN new.revision ELSE sec.next_write(tg_table_name, new.id) END, hash => sec.row_digest(to_jsonb(new), '{branch_id}'));
    RETURN NULL;
END $$;

-- What a table of a subject must have; laid on each table by the migration that makes it.
CREATE FUNCTION sec.guard(target regclass, subject_column text, kind text, sealed boolean DEFAULT true) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    name text := (SELECT c.relname FROM pg_class c WHERE c.oid = target);
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE TRIGGER keep AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION sec.keep(%L, %L, %L)',
        target, subject_column, kind, CASE WHEN sealed THEN 'sealed' ELSE 'clear' END);
    -- What a row said before is for nobody who does not see the row itself.
    IF kind = 'client' THEN
        EXECUTE format('CREATE POLICY %I ON public.clients_revision AS RESTRICTIVE FOR SELECT TO confidential_app, confidential_worker
            USING ("table" <> %L OR EXISTS (SELECT FROM %s t WHERE t.id = "row"))', 'of_' || name, name, target);
    END IF;
    -- Where a sealed value has a later form, the door puts it in the place of an older one (forms.sql).
    IF EXISTS (SELECT FROM sec.newest_forms() f WHERE f.target = name) THEN
        EXECUTE format('GRANT UPDATE (sealed, revision) ON %s TO confidential_door', target);
        EXECUTE format('CREATE POLICY sealed_anew ON %s FOR UPDATE TO confidential_door USING (true)', target);
    END IF;
    PERFORM sec.compare(target);
END $$;
-- The door reads each row of a table, to compare it with its write event.
CREATE FUNCTION sec.compare(target regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('GRANT SELECT ON %s TO confidential_door', target);
    EXECUTE format('CREATE POLICY compared ON %s FOR SELECT TO confidential_door USING (true)', target);
END $$;
-- Rows in clear that open a record, close one, or say who did something: what they say after each write is an event for the
-- comparison alone, beside the event of the act. It is about nobody, and no page shows it.
CREATE FUNCTION sec.attest() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
DECLARE
    follows text[] := coalesce(tg_argv, '{}');
    said bytea := sec.row_digest(to_jsonb(coalesce(new, old)), follows);
BEGIN
    IF tg_op = 'UPDATE' AND said = sec.row_digest(to_jsonb(old), follows) THEN
        RETURN NULL;
    END IF;
    PERFORM sec.log(CASE tg_op WHEN 'DELETE' THEN 'row.remove' ELSE 'row.state' END, object => tg_table_name, object_id => coalesce(new.id, old.id),
        rev => sec.next_write(tg_table_name, coalesce(new.id, old.id)), hash => said);
    RETURN NULL;
END $$;
-- Named so that it fires before what changes the row again. Arguments: columns that only follow other rows.
CREATE FUNCTION sec.attested(target regclass, VARIADIC follows text[] DEFAULT '{}') RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER attest AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION sec.attest(%s)',
        target, (SELECT string_agg(quote_literal(f), ', ') FROM unnest(follows) f));
    PERFORM sec.compare(target);
END $$;
-- The same without a history, for tables whose rows only come and go.
CREATE FUNCTION sec.bind(VARIADIC targets regclass[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    target regclass;
BEGIN
    FOREACH target IN ARRAY targets LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    END LOOP;
END $$;
SELECT sec.bind('audit_event');

-- Run at the end of each migration with definer functions: they belong to the door, and to nobody else's call.
CREATE FUNCTION sec.adopt_functions() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'sec'::regnamespace AND p.proowner <> 'confidential_door'::regrole LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
        IF (SELECT p.prosecdef FROM pg_proc p WHERE p.oid = f) THEN
            EXECUTE format('ALTER FUNCTION %s OWNER TO confidential_door', f);
        END IF;
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION sec.open, sec.scan TO confidential_signin, confidential_worker;
GRANT EXECUTE ON FUNCTION sec.keys, sec.scanned, sec.record, sec.deny TO confidential_app, confidential_worker;
GRANT EXECUTE ON FUNCTION sec.record TO confidential_signin;
GRANT EXECUTE ON FUNCTION sec.apart TO confidential_app, confidential_worker, confidential_door;
GRANT EXECUTE ON FUNCTION sec.claims, sec.newest_forms TO confidential_door;
GRANT EXECUTE ON FUNCTION sec.told TO confidential_app, confidential_worker;
GRANT EXECUTE ON FUNCTION sec.row_digest TO confidential_door;
GRANT SELECT, INSERT ON audit_event TO confidential_door;
GRANT INSERT ON audit_pending TO confidential_door;
GRANT SELECT ON audit_event TO confidential_app, confidential_worker;
CREATE POLICY shown ON audit_event AS RESTRICTIVE FOR SELECT TO confidential_app USING (action <> 'row.state');
CREATE POLICY door_reads ON audit_event FOR SELECT TO confidential_door USING (true);
CREATE POLICY door_writes ON audit_event FOR INSERT TO confidential_door WITH CHECK (true);

SELECT sec.adopt_functions();
-- Whoever makes a table with a history must be able to lay its trigger.
SET LOCAL ROLE confidential_door;
GRANT EXECUTE ON FUNCTION sec.keep, sec.attest TO confidential_owner;
RESET ROLE;
