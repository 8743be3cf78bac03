-- Sealing: finished events get a leaf each, in one order, once. The sealer's role alone may call this,
-- and one sealer at a time: the row of the tree is locked as long as the transaction that takes, hashes and puts.
-- No role that serves can lock that row: it may not update it. An advisory lock anybody could hold.
-- Pending rows whose event is gone, or has a leaf already: neither can be sealed, and neither may stop the
-- others. Only somebody who goes round the application makes such rows, so each is an event of its own.
CREATE FUNCTION sec.seal_set_aside() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    odd record;
BEGIN
    FOR odd IN
        DELETE FROM public.audit_pending p
        WHERE p.xid < pg_snapshot_xmin(pg_current_snapshot())
          AND (NOT EXISTS (SELECT FROM public.audit_event e WHERE e.id = p.event)
            OR EXISTS (SELECT FROM public.audit_leaf l WHERE l.event = p.event))
        RETURNING p.event, EXISTS (SELECT FROM public.audit_leaf l WHERE l.event = p.event) AS sealed
    LOOP
        PERFORM sec.log(CASE WHEN odd.sealed THEN 'log.twice' ELSE 'log.lost' END, as_role => 'job',
            object => 'audit_event', object_id => odd.event);
    END LOOP;
END $$;

-- The next events to seal after those taken already, oldest transaction first, with the audit keys of their
-- subjects. Only transactions that have ended count: "later than the last" would lose whatever commits late.
-- Each event comes as one line: whose key it needs, then its columns in the order of their names, as the canonical
-- form (RFC 8785) wants them; what is absent is empty. The check of audit_event keeps quotes and control characters
-- out of its codes, so that they are their own JSON, and lines and columns stay apart. A batch is bounded twice: by
-- its events, and by its bytes. Nothing waits for ever: neither for a lock here, nor (a limit of the role) in all.
CREATE FUNCTION sec.seal_take(most integer, after_xid xid8, after_made timestamptz, after_event uuid,
    OUT size bigint, OUT edge bytea, OUT waiting bigint, OUT more boolean, OUT last_xid xid8, OUT last_made timestamptz, OUT last_event uuid,
    OUT lines text, OUT subjects uuid[], OUT keys bytea[], OUT counts bigint[])
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '5s'
SET enable_hashjoin = off SET enable_mergejoin = off SET work_mem = '64MB' AS $$
DECLARE
    horizon xid8 := pg_snapshot_xmin(pg_current_snapshot());
    house CONSTANT uuid := '00000000-0000-4000-8000-000000000001';
    most_bytes CONSTANT integer := 16000000;
    about uuid[];
    taken bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM public.audit_pending) THEN
        waiting := 0; -- without the lock, which is a write
        RETURN;
    END IF;
    SELECT t.size, t.edge INTO size, edge FROM public.audit_tree t FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN; -- somebody else seals
    END IF;
    -- A visible row whose transaction is still to come was written in another cluster: this is a restored
    -- database, where transaction ids began anew. Its rows are finished; they are stamped for the next round.
    UPDATE public.audit_pending p SET xid = pg_current_xact_id() WHERE p.xid >= pg_snapshot_xmax(pg_current_snapshot());
    SELECT p.xid, p.made_at, p.event INTO last_xid, last_made, last_event FROM public.audit_pending p
    WHERE p.xid < horizon AND (p.xid, p.made_at, p.event) > (after_xid, after_made, after_event)
    ORDER BY p.xid, p.made_at, p.event OFFSET most - 1 LIMIT 1;
    more := FOUND;
    IF NOT more THEN
        SELECT p.xid, p.made_at, p.event INTO last_xid, last_made, last_event FROM public.audit_pending p
        WHERE p.xid < horizon AND (p.xid, p.made_at, p.event) > (after_xid, after_made, after_event)
        ORDER BY p.xid DESC, p.made_at DESC, p.event DESC LIMIT 1;
    END IF;
    SELECT count(*), string_agg(concat(CASE WHEN sec.is_apart(e.action, e.object_type) THEN house ELSE coalesce(e.subject, house) END,
            E'\x1f', e.action, E'\x1f', e.actor, E'\x1f', e.actor_kind, E'\x1f', e.actor_role,
            E'\x1f', to_char(e.at, 'YYYY-MM-DD"T"HH24:MI:SS.US'), E'\x1f', e.basis, E'\x1f', e.branch, E'\x1f', e.detail,
            E'\x1f', '"' || replace(encode(e.digest, 'base64'), E'\n', '') || '"', E'\x1f', e."group", E'\x1f', e.id, E'\x1f', e.object_id,
            E'\x1f', e.object_type, E'\x1f', e.outcome, E'\x1f', e.purpose, E'\x1f', e.revision, E'\x1f', e.subject, E'\x1f', e.subject_kind),
            E'\n' ORDER BY p.xid, p.made_at, p.event),
        array_agg(e.subject)
    INTO waiting, lines, about
    FROM public.audit_pending p JOIN public.audit_event e ON e.id = p.event
    WHERE (p.xid, p.made_at, p.event) > (after_xid, after_made, after_event) AND (p.xid, p.made_at, p.event) <= (last_xid, last_made, last_event);
    IF octet_length(lines) > most_bytes AND waiting > 1 THEN
        SELECT again.* INTO size, edge, waiting, more, last_xid, last_made, last_event, lines, subjects, keys, counts
        FROM sec.seal_take((waiting / 2)::integer, after_xid, after_made, after_event) again;
        RETURN;
    END IF;
    SELECT array_agg(k.subject), array_agg(k.audit), array_agg(coalesce(c.leaves, 0)) INTO subjects, keys, counts
    FROM public.vault_subjectkey k LEFT JOIN public.audit_leafcount c ON c.subject = k.subject WHERE k.subject IN (SELECT unnest(about || house));
    SELECT count(*) INTO taken FROM public.audit_pending p
    WHERE (p.xid, p.made_at, p.event) > (after_xid, after_made, after_event) AND (p.xid, p.made_at, p.event) <= (last_xid, last_made, last_event);
    IF taken <> waiting THEN
        PERFORM sec.seal_set_aside();
        SELECT again.* INTO size, edge, waiting, more, last_xid, last_made, last_event, lines, subjects, keys, counts
        FROM sec.seal_take(most, after_xid, after_made, after_event) again;
    END IF;
END $$;

-- What was taken, sealed: leaves, full tiles, the new edge and root, and (with the last batch of a transaction) how
-- many leaves each subject has now; all of it or nothing. Blobs are rows of fixed width: 32 bytes, 16 bytes, 256 hashes.
CREATE FUNCTION sec.seal_put(last_xid xid8, last_made timestamptz, last_event uuid, old_size bigint, new_root bytea, new_edge bytea,
    commitments bytea, tags bytea, levels smallint[], numbers bigint[], tiles bytea, subjects uuid[], counts bigint[]) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    leaves bigint := length(commitments) / 32;
    gone bigint;
BEGIN
    PERFORM FROM public.audit_tree t FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RAISE 'somebody else seals' USING ERRCODE = '55P03';
    END IF;
    WITH taken AS (
        DELETE FROM public.audit_pending p WHERE (p.xid, p.made_at, p.event) <= (seal_put.last_xid, last_made, last_event)
        RETURNING p.xid, p.made_at, p.event
    ),
    placed AS (SELECT row_number() OVER (ORDER BY t.xid, t.made_at, t.event) - 1 AS at, t.event FROM taken t)
    INSERT INTO public.audit_leaf (index, event, commitment, tag)
    SELECT old_size + p.at, p.event, substr(commitments, (p.at * 32 + 1)::integer, 32), substr(tags, (p.at * 16 + 1)::integer, 16) FROM placed p;
    GET DIAGNOSTICS gone = ROW_COUNT;
    IF gone <> leaves OR length(tags) <> leaves * 16 THEN
        RAISE 'took % events, sealed %', gone, leaves;
    END IF;
    INSERT INTO public.audit_tile (level, number, hashes)
    SELECT t.level, t.number, substr(tiles, (t.at - 1)::integer * 8192 + 1, 8192) FROM unnest(levels, numbers) WITH ORDINALITY AS t (level, number, at);
    UPDATE public.audit_tree t SET size = old_size + leaves, root = new_root, edge = new_edge WHERE t.size = old_size;
    IF NOT FOUND THEN
        RAISE 'the tree has grown meanwhile';
    END IF;
    -- Rows that nobody else writes, or locks: those of the keys are changed where a key is destroyed.
    INSERT INTO public.audit_leafcount AS c (subject, leaves) SELECT s.subject, s.leaves FROM unnest(subjects, counts) s (subject, leaves)
    ON CONFLICT (subject) DO UPDATE SET leaves = excluded.leaves;
    RETURN old_size + leaves;
END $$;

-- The signature comes after the tree is committed, and is made again where a crash left it out. One size
-- has one checkpoint: a second, whatever it says, is not taken. Says whether this one stands.
CREATE FUNCTION sec.seal_sign(at_size bigint, of_root bytea, note bytea) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.audit_checkpoint (size, root, note)
    SELECT t.size, t.root, seal_sign.note FROM public.audit_tree t WHERE t.size = at_size AND t.root = of_root
    ON CONFLICT DO NOTHING;
    RETURN EXISTS (SELECT FROM public.audit_checkpoint c WHERE c.size = at_size AND c.note = seal_sign.note);
END $$;

-- What a witness signed below a checkpoint.
CREATE FUNCTION sec.seal_cosign(at_size bigint, by_witness text, signed_line text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO public.audit_cosignature (size, witness, line)
    SELECT c.size, by_witness, signed_line FROM public.audit_checkpoint c WHERE c.size = at_size ON CONFLICT DO NOTHING
$$;
-- What somebody must look at, each said to the inspector once a day. An event that is dated later than now is of a
-- clock that was ahead, and keeps no other back.
CREATE FUNCTION sec.said_today(act text) RETURNS SETOF public.audit_event
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM public.audit_event e WHERE e.action = act AND e.actor_kind = 'nobody' AND e.actor_role = 'job'
        AND e.at BETWEEN clock_timestamp() - interval '1 day' AND clock_timestamp()
$$;

-- A witness has signed what this log does not go on from.
CREATE FUNCTION sec.seal_contradicted(by_witness text, words text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM sec.said_today('log.contradicted') e WHERE e.detail ->> 'witness' = by_witness) THEN
        PERFORM sec.log('log.contradicted', as_role => 'job', detail => jsonb_build_object('witness', by_witness, 'words', words));
    END IF;
END $$;

-- Subjects whose keys do not open: junk, another subject's, or of a master key that has left the ring. Their events
-- are sealed under the house's key meanwhile, so that one subject stops nobody's log.
CREATE FUNCTION sec.seal_unopened(of_subjects uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.log('log.key', as_role => 'job', object => 'vault_subjectkey', object_id => u.subject)
    FROM (SELECT unnest(of_subjects) EXCEPT SELECT e.object_id FROM sec.said_today('log.key') e) u (subject);
END $$;

-- The keys of the house, under which events about nobody are sealed. Made once.
CREATE FUNCTION sec.seal_house(wrapped_data bytea, wrapped_audit bytea) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO public.vault_subjectkey (subject, kind, data, audit)
    VALUES ('00000000-0000-4000-8000-000000000001', 'house', wrapped_data, wrapped_audit) ON CONFLICT DO NOTHING
$$;

-- No transaction of a serving role takes this long: their limit is a minute.
CREATE FUNCTION sec.is_too_long(since timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT abs(extract(epoch FROM clock_timestamp() - since)) > 120 -- both ways: a clock may have jumped meanwhile
$$;

-- What has held sealing back for too long: a transaction that writes, of whoever it is and in whichever database,
-- or one that was prepared and never ended.
CREATE FUNCTION sec.log_holders() RETURNS TABLE (pid integer, role text, since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT h.* FROM (
        SELECT a.pid, coalesce(a.usename::text, a.backend_type), a.xact_start FROM pg_stat_activity a WHERE a.backend_xid IS NOT NULL
        UNION ALL SELECT NULL, p.owner::text, p.prepared FROM pg_prepared_xacts p) h (pid, role, since)
    WHERE sec.is_too_long(h.since)
$$;

-- Ends what the serving roles hold open beyond any limit that was set for them: a limit of a role is only where its
-- sessions begin, and whoever runs statements can lift it. One that only reads keeps dead rows of the queue alive; the
-- verifier (which exports, too) may take its time, and the worker's jobs.
CREATE FUNCTION sec.seal_unblock() RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    held record;
    ended integer := 0;
BEGIN
    FOR held IN
        SELECT a.pid, a.usename, a.xact_start FROM pg_stat_activity a
        WHERE a.usename ^@ 'confidential_' AND a.usename NOT IN ('confidential_owner', 'confidential_backup')
          AND (a.backend_xid IS NOT NULL OR a.usename IN ('confidential_app', 'confidential_signin'))
          AND sec.is_too_long(a.xact_start) AND a.pid <> pg_backend_pid()
    LOOP
        IF pg_terminate_backend(held.pid) THEN
            PERFORM sec.log('log.blocked', as_role => 'job',
                detail => jsonb_build_object('pid', held.pid, 'role', held.usename, 'since', held.xact_start));
            ended := ended + 1;
        END IF;
    END LOOP;
    RETURN ended;
END $$;

-- How the log is, for whoever watches over it: numbers only. What is in the tree but not signed counts as waiting.
-- Waiting is measured both ways: after a clock was set back, what waits seems to come from later.
CREATE FUNCTION sec.log_health(OUT waiting bigint, OUT oldest double precision, OUT leaves bigint, OUT signed bigint, OUT contradicted bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT count(*), coalesce(max(abs(extract(epoch FROM clock_timestamp() - p.made_at))), 0) INTO waiting, oldest FROM public.audit_pending p;
    SELECT t.size, coalesce(max(c.size), 0) INTO leaves, signed FROM public.audit_tree t LEFT JOIN public.audit_checkpoint c ON true GROUP BY t.size;
    SELECT count(*) INTO contradicted FROM public.audit_event e
    WHERE e.action = 'log.contradicted' AND e.actor_kind = 'nobody' AND e.actor_role = 'job' AND e.at > clock_timestamp() - interval '1 day';
    IF signed < leaves THEN
        SELECT greatest(oldest, abs(extract(epoch FROM clock_timestamp() - e.at))) INTO oldest
        FROM public.audit_leaf l JOIN public.audit_event e ON e.id = l.event WHERE l.index = signed;
    END IF;
END $$;

-- The tree grows.
CREATE FUNCTION sec.refuse_shrinking() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF new.size < old.size OR (new.size = old.size AND new.root <> old.root) THEN
        RAISE 'the log only grows' USING ERRCODE = '42501';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER grows BEFORE UPDATE ON audit_tree FOR EACH ROW EXECUTE FUNCTION sec.refuse_shrinking();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_tree FOR EACH STATEMENT EXECUTE FUNCTION sec.refuse_change('UPDATE');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_tile FOR EACH STATEMENT EXECUTE FUNCTION sec.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION sec.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_cosignature FOR EACH STATEMENT EXECUTE FUNCTION sec.refuse_change();

GRANT SELECT ON audit_leaf, audit_tile, audit_tree, audit_checkpoint, audit_cosignature TO confidential_app, confidential_worker, confidential_sealer, confidential_verifier;
GRANT SELECT, INSERT ON audit_leaf, audit_tile, audit_checkpoint, audit_cosignature TO confidential_door;
GRANT SELECT, UPDATE, DELETE ON audit_pending TO confidential_door;
GRANT SELECT, UPDATE ON audit_tree TO confidential_door;
GRANT SELECT, INSERT, UPDATE ON audit_leafcount TO confidential_door;
GRANT EXECUTE ON FUNCTION sec.seal_set_aside, sec.seal_take, sec.seal_put, sec.seal_sign, sec.seal_cosign, sec.seal_contradicted, sec.seal_unopened,
    sec.seal_unblock, sec.seal_house, sec.log_health, sec.log_holders TO confidential_sealer;
GRANT EXECUTE ON FUNCTION sec.log_health, sec.log_holders TO confidential_app, confidential_verifier;

SELECT sec.adopt_functions();
