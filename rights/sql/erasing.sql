-- An erasure that was decided is carried out by the worker, step by step, after its pause; the sealer writes the line of the ledger
-- before anything is destroyed. Each step can be taken again, and each asks anew whether it may (decision 68).

-- What the worker has to do now: each erasure whose time has come and that nothing stops, and each that has begun.
CREATE FUNCTION sec.erasures_due() RETURNS TABLE (id uuid, state text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT e.id, e.state::text FROM public.rights_erasure e WHERE e.state IN ('begun', 'lined', 'keyless')
        OR (e.state = 'decided' AND e.not_before <= statement_timestamp() AND NOT sec.must_stay(e.client_id)) ORDER BY e.proposed_at, e.id;
END $$;

-- Closes a record to everybody in this second: what gave access ends, and what a duty opens is barred (sec.barred()).
CREATE FUNCTION sec.close_for_good(of_client uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.end_grants(of_client => of_client);
    PERFORM sec.end_access(a.id, 'portal.close') FROM public.clients_portalaccess a WHERE a.client_id = of_client AND a.ended_at IS NULL;
    PERFORM sec.close_delivery(d.id) FROM public.disclosures_disclosure d WHERE d.client_id = of_client AND d.state = 'released';
    UPDATE public.clients_client c SET going_at = statement_timestamp() WHERE c.id = of_client AND c.going_at IS NULL;
END $$;

-- Begins: the last moment at which it can turn out that it must not be. Nobody can take it back from here. Says where it stands.
CREATE FUNCTION sec.begin_erasure(which uuid) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    e public.rights_erasure;
BEGIN
    -- The record first, as all that writes in it does: a complaint or a change of mind at this moment is seen, or waits.
    PERFORM FROM public.clients_client c WHERE c.id = (SELECT x.client_id FROM public.rights_erasure x WHERE x.id = which) FOR UPDATE;
    SELECT * INTO e FROM public.rights_erasure x WHERE x.id = which FOR UPDATE;
    IF e.state IS DISTINCT FROM 'decided' OR e.not_before > statement_timestamp() OR sec.must_stay(e.client_id) THEN
        RETURN e.state;
    ELSIF sec.is_ground(e.ground, e.client_id) IS NOT TRUE THEN
        PERFORM sec.take_back_erasure(e);
        RETURN 'withdrawn';
    END IF;
    PERFORM sec.close_for_good(e.client_id);
    PERFORM sec.log('erasure.begin', e.client_id, 'client', e.branch_id, 'deletion', as_role => 'job', object => 'rights_erasure', object_id => which);
    UPDATE public.rights_erasure x SET state = 'begun', begun_at = clock_timestamp() WHERE x.id = which;
    RETURN 'begun';
END $$;

-- ---- The ledger ----
-- Records whose line is to be written now, by their hash: closed, and all that was written until then is sealed, under keys that
-- are still there.
CREATE FUNCTION sec.erasures_to_line() RETURNS TABLE (id uuid, record bytea, day date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT e.id, sha256(uuid_send(e.client_id)), sec.today() FROM public.rights_erasure e
    WHERE e.state = 'begun' AND NOT EXISTS (SELECT FROM public.audit_pending p WHERE p.made_at <= e.begun_at) ORDER BY e.begun_at, e.id
$$;

-- The line is in the file beside the database, and goes into it. The log says how many there are.
CREATE FUNCTION sec.erasure_lined(which uuid, line integer, of_record bytea, on_day date, signed bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF line IS DISTINCT FROM sec.ledger_lines() + 1 OR NOT EXISTS (SELECT FROM public.rights_erasure e WHERE e.id = which AND e.state = 'begun'
            AND sha256(uuid_send(e.client_id)) = of_record) OR EXISTS (SELECT FROM public.rights_erasureline l WHERE l.record = of_record) THEN
        RAISE 'this is not the next line of the ledger' USING ERRCODE = '42501';
    END IF;
    INSERT INTO public.rights_erasureline (number, record, "on", note) VALUES (line, of_record, on_day, signed);
    UPDATE public.rights_erasure e SET state = 'lined', number = line WHERE e.id = which;
    PERFORM sec.log('erasure.line', why => 'deletion', as_role => 'job', object => 'rights_erasure', object_id => which, detail => jsonb_build_object('lines', line));
END $$;

-- How many lines the ledger has, as far as this database knows.
CREATE FUNCTION sec.ledger_lines() RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(max(l.number), 0) FROM public.rights_erasureline l
$$;

-- How many of these records, whose lines this database does not have, it is not just about to write: none, but where it came from a
-- backup.
CREATE FUNCTION sec.unknown_lines(records bytea[]) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT count(*) FROM unnest(records) r WHERE NOT EXISTS (SELECT FROM public.rights_erasureline l WHERE l.record = r)
        AND NOT EXISTS (SELECT FROM public.rights_erasure e WHERE e.state = 'begun' AND sha256(uuid_send(e.client_id)) = r)
$$;

-- A line that this database, which came from a backup, did not know. The record that it names, if it is here again, is closed in this
-- transaction, and the worker erases it; which erasure that is, or nothing. Nobody can tell here whether the line was signed: so
-- only a command at the server may say it, and no process that serves.
CREATE FUNCTION sec.replay_line(line integer, of_record bytea, on_day date, signed bytea) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c public.clients_client;
    which uuid;
BEGIN
    IF line IS DISTINCT FROM sec.ledger_lines() + 1 OR octet_length(of_record) <> 32 THEN
        RAISE 'this is not the next line of the ledger' USING ERRCODE = '42501';
    END IF;
    INSERT INTO public.rights_erasureline (number, record, "on", note) VALUES (line, of_record, on_day, signed);
    SELECT * INTO c FROM public.clients_client x WHERE sha256(uuid_send(x.id)) = of_record FOR UPDATE;
    IF FOUND THEN
        UPDATE public.rights_erasure e SET state = 'withdrawn' WHERE e.client_id = c.id AND e.state IN ('proposed', 'decided', 'begun', 'lined', 'keyless');
        which := gen_random_uuid();
        PERFORM sec.close_for_good(c.id);
        INSERT INTO public.rights_erasure (id, client_id, branch_id, ground, state, proposed_at, not_before, begun_at, number)
        VALUES (which, c.id, c.branch_id, 'replayed', 'lined', statement_timestamp(), statement_timestamp(), clock_timestamp(), line);
    END IF;
    PERFORM sec.log('erasure.replay', why => 'deletion', as_role => 'job', object => CASE WHEN FOUND THEN 'rights_erasure' ELSE '' END, object_id => which,
        detail => jsonb_build_object('lines', line));
    RETURN which;
END $$;

-- ---- Destroying ----
-- The keys go, and with them all that was sealed under them; so do what signs the client in, hashes by which they would be found
-- again, and questions that name them. Not before the ledger has their line.
CREATE FUNCTION sec.destroy_keys(which uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    e public.rights_erasure;
    ref text;
    accounts uuid[];
    names text[];
BEGIN
    SELECT * INTO e FROM public.rights_erasure x WHERE x.id = which AND x.state = 'lined' FOR UPDATE;
    IF NOT FOUND OR NOT EXISTS (SELECT FROM public.rights_erasureline l WHERE l.number = e.number AND l.record = sha256(uuid_send(e.client_id))) THEN
        RAISE 'the ledger has no line of this' USING ERRCODE = '42501';
    END IF;
    SELECT c.reference INTO ref FROM public.clients_client c WHERE c.id = e.client_id;
    SELECT coalesce(array_agg(a."user"), '{}') INTO accounts FROM public.clients_portalaccess a WHERE a.client_id = e.client_id;
    SELECT coalesce(array_agg(u.username), '{}') INTO names FROM public.volunteers_user u WHERE u.id = ANY (accounts) AND u.kind = 'client';
    DELETE FROM public.vault_subjectkey k WHERE k.subject = e.client_id OR k.subject IN (SELECT m.id FROM public.clients_complaint m WHERE m.client_id = e.client_id
        UNION ALL SELECT m.id FROM public.clients_emergency m WHERE m.client_id = e.client_id);
    DELETE FROM public.clients_fingerprint f WHERE f.client_id = e.client_id;
    DELETE FROM public.clients_likeness f WHERE f.client_id = e.client_id;
    DELETE FROM public.vault_principal p WHERE p.subject = e.client_id OR p.subject = ANY (accounts)
        OR p.subject IN (SELECT d.id FROM public.disclosures_delivery d WHERE d.client_id = e.client_id);
    DELETE FROM public.vault_secret s WHERE s.account = ANY (accounts);
    DELETE FROM public.volunteers_session s WHERE s.user_id = ANY (accounts);
    DELETE FROM public.volunteers_secondfactor s WHERE s.user_id = ANY (accounts);
    DELETE FROM public.axes_accessattempt a WHERE a.username = ANY (names);
    DELETE FROM public.volunteers_user u WHERE u.id = ANY (accounts) AND u.kind = 'client';
    DELETE FROM public.audit_savedquestion q WHERE q.question::text ILIKE '%' || ref || '%' OR q.question::text LIKE '%' || e.client_id::text || '%';
    DELETE FROM public.audit_leafcount n WHERE n.subject = e.client_id;
    UPDATE public.clients_breach b SET emergency_id = NULL, misplaced_id = NULL WHERE b.emergency_id IN (SELECT m.id FROM public.clients_emergency m WHERE m.client_id = e.client_id)
        OR b.misplaced_id IN (SELECT m.id FROM public.clients_misplaced m WHERE m.client_id = e.client_id);
    UPDATE public.rights_erasure x SET state = 'keyless' WHERE x.id = which;
    PERFORM sec.log('erasure.keys', why => 'deletion', as_role => 'job', object => 'rights_erasure', object_id => which, detail => jsonb_build_object('lines', e.number));
END $$;

-- The sealed files of a record whose keys are destroyed.
CREATE FUNCTION sec.erased_files(which uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT x.file FROM public.rights_erasure e, LATERAL (SELECT a.file FROM public.clients_attachment a WHERE a.client_id = e.client_id
        UNION SELECT d.file FROM public.disclosures_delivery d WHERE d.client_id = e.client_id
        UNION SELECT r.file FROM public.rights_export r WHERE r.client_id = e.client_id) x
    WHERE e.id = which AND e.state = 'keyless' AND x.file IS NOT NULL
$$;

-- The copies that wait in the queue to be made of it.
CREATE FUNCTION sec.erased_exports(which uuid) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.id::text FROM public.rights_erasure e JOIN public.rights_export r ON r.client_id = e.client_id WHERE e.id = which AND e.state = 'keyless'
$$;

-- Removes some of the rows of a record whose keys are destroyed, with the events that wrote them and those about the client. How many
-- went; 0 when nothing is left but the record itself; NULL while one of the events waits to be sealed.
CREATE FUNCTION sec.erase_rows(which uuid, most integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    e public.rights_erasure;
    t record;
    kind text;
    ids text[];
    others uuid[];
    events uuid[];
BEGIN
    SELECT * INTO e FROM public.rights_erasure x WHERE x.id = which AND x.state = 'keyless' FOR UPDATE;
    IF NOT FOUND THEN
        RAISE 'this record has its keys' USING ERRCODE = '42501';
    END IF;
    FOR t IN SELECT * FROM sec.erased_tables() LOOP
        EXECUTE format('SELECT array_agg(x.id::text) FROM (SELECT t.id FROM public.%I t WHERE t.%s LIMIT $2) x', t.target, t.belongs) INTO ids USING e.client_id, most;
        CONTINUE WHEN ids IS NULL;
        SELECT format_type(a.atttypid, NULL) INTO kind FROM pg_attribute a WHERE a.attrelid = to_regclass('public.' || quote_ident(t.target)) AND a.attname = 'id';
        IF kind = 'uuid' THEN
            -- What wrote these rows; and what happened in a file of its own, or with the client's account.
            others := CASE t.target WHEN 'clients_portalaccess' THEN ARRAY(SELECT a."user" FROM public.clients_portalaccess a WHERE a.id = ANY (ids::uuid[]))
                WHEN 'clients_complaint' THEN ids::uuid[] WHEN 'clients_emergency' THEN ids::uuid[] ELSE '{}' END;
            events := ARRAY(SELECT v.id FROM public.audit_event v WHERE v.object_type = t.target AND v.object_id = ANY (ids::uuid[]) AND v.digest IS NOT NULL
                UNION SELECT v.id FROM public.audit_event v WHERE v.subject = ANY (others)
                UNION SELECT v.id FROM public.audit_event v WHERE v.actor = ANY (others));
            IF EXISTS (SELECT FROM public.audit_pending p WHERE p.event = ANY (events)) THEN
                RETURN NULL;
            END IF;
            PERFORM sec.remove_these(events, 'deletion');
        END IF;
        EXECUTE format('DELETE FROM public.%I t WHERE t.id = ANY ($1::%s[])', t.target, kind) USING ids;
        RETURN cardinality(ids);
    END LOOP;
    events := ARRAY(SELECT v.id FROM public.audit_event v WHERE v.subject = e.client_id LIMIT most);
    IF EXISTS (SELECT FROM public.audit_pending p WHERE p.event = ANY (events)) THEN
        RETURN NULL;
    END IF;
    RETURN sec.remove_these(events, 'deletion');
END $$;

-- The last step: the record itself. False where something was written about it meanwhile, or waits to be sealed: rows first, again.
CREATE FUNCTION sec.finish_erasure(which uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    e public.rights_erasure;
    events uuid[];
BEGIN
    SELECT * INTO e FROM public.rights_erasure x WHERE x.id = which AND x.state = 'keyless' FOR UPDATE;
    IF NOT FOUND THEN
        RAISE 'this record has its keys' USING ERRCODE = '42501';
    END IF;
    events := ARRAY(SELECT v.id FROM public.audit_event v WHERE v.object_type = 'clients_client' AND v.object_id = e.client_id AND v.digest IS NOT NULL);
    IF EXISTS (SELECT FROM public.audit_event v WHERE v.subject = e.client_id) OR EXISTS (SELECT FROM public.audit_pending p WHERE p.event = ANY (events)) THEN
        RETURN false;
    END IF;
    UPDATE public.rights_erasure x SET state = 'done', client_id = NULL, done_at = statement_timestamp() WHERE x.id = which;
    -- One that was refused or taken back before leads to nobody either.
    UPDATE public.rights_erasure x SET client_id = NULL WHERE x.client_id = e.client_id;
    DELETE FROM public.clients_client c WHERE c.id = e.client_id;
    PERFORM sec.remove_these(events, 'deletion');
    PERFORM sec.log('erasure.done', of_branch => e.branch_id, why => 'deletion', as_role => 'job', object => 'rights_erasure', object_id => which,
        detail => jsonb_build_object('lines', e.number));
    RETURN true;
END $$;

-- ---- Rows ----
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rights_erasureline FOR EACH STATEMENT EXECUTE FUNCTION sec.refuse_change();
GRANT SELECT ON rights_erasureline TO confidential_app, confidential_worker, confidential_sealer, confidential_verifier;
GRANT SELECT, INSERT ON rights_erasureline TO confidential_door;
GRANT EXECUTE ON FUNCTION sec.erasures_due, sec.begin_erasure, sec.destroy_keys, sec.erased_files, sec.erased_exports, sec.erase_rows,
    sec.finish_erasure TO confidential_worker;
GRANT EXECUTE ON FUNCTION sec.replay_line TO confidential_command;
GRANT EXECUTE ON FUNCTION sec.erasures_to_line, sec.erasure_lined TO confidential_sealer;
GRANT EXECUTE ON FUNCTION sec.ledger_lines, sec.unknown_lines TO confidential_app, confidential_signin, confidential_worker, confidential_sealer, confidential_command;

SELECT sec.adopt_functions();
