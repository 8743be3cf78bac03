-- Keyed hashes made anew under a new key of their branch (manage.py keyring_rotate --hashes). Whoever has the key finds a telephone
-- number from its hash in minutes, in an old backup too. So a branch's key is never wrapped anew: after a rotation the branch gets
-- another, every hash that can be is made anew, and the old key is destroyed with the master key that wrapped it.
-- All of it works for a command of one branch only, and while that branch has hashes under an older key.

-- The branch whose hashes the principal makes anew; NULL for anybody else.
CREATE FUNCTION sec.hashing_branch() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT w.subject FROM sec.principal() w WHERE w.kind = 'command' AND w.purpose = 'hashes_anew'
$$;

-- Its newest key. NULL where there is none.
CREATE FUNCTION sec.newest_hash_key(branch uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT h.id FROM public.clients_hashkey h WHERE h.branch_id = branch ORDER BY h.made_at DESC, h.id LIMIT 1
$$;

-- Branches whose hashes wait for it: their key is under an older master key, or they have two.
CREATE FUNCTION sec.branches_to_hash() RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT sec.is_rotating() THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    RETURN ARRAY(SELECT h.branch_id FROM public.clients_hashkey h JOIN public.vault_subjectkey k ON k.subject = h.id
        GROUP BY h.branch_id HAVING count(*) > 1 OR bool_or(NOT sec.is_wrapped_by(k.data, k.audit, sec.active_key())) ORDER BY h.branch_id);
END $$;

-- A second key for the branch; the one that is there already where a pass was stopped. NULL where there is nothing to do.
CREATE FUNCTION sec.begin_hashes(new_id uuid, wrapped_data bytea, wrapped_audit bytea) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    branch CONSTANT uuid := sec.hashing_branch();
    newest uuid;
BEGIN
    IF branch IS NULL OR sec.is_wrapped_by(wrapped_data, wrapped_audit, sec.active_key()) IS NOT TRUE THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    PERFORM FROM public.clients_hashkey h WHERE h.branch_id = branch FOR NO KEY UPDATE; -- of two at once the second finds what the first began
    newest := sec.newest_hash_key(branch);
    IF newest IS NULL OR (SELECT count(*) FROM public.clients_hashkey h WHERE h.branch_id = branch) > 1 THEN
        RETURN newest;
    ELSIF (SELECT sec.is_wrapped_by(k.data, k.audit, sec.active_key()) FROM public.vault_subjectkey k WHERE k.subject = newest) THEN
        RETURN NULL;
    END IF;
    INSERT INTO public.vault_subjectkey (subject, kind, data, audit) VALUES (new_id, 'branch', wrapped_data, wrapped_audit);
    INSERT INTO public.clients_hashkey (id, branch_id, made_at) VALUES (new_id, branch,
        greatest(clock_timestamp(), (SELECT h.made_at + interval '1 microsecond' FROM public.clients_hashkey h WHERE h.id = newest)));
    PERFORM sec.log('hashes.begin', of_branch => branch, why => 'upkeep', as_role => 'command');
    RETURN new_id;
END $$;

-- Those of these clients of whom the branch has a hash under an older key: they open for that command, and no others.
CREATE FUNCTION sec.with_old_hashes(subjects uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT DISTINCT f.client_id FROM public.clients_fingerprint f
    WHERE f.client_id = ANY (subjects) AND f.branch_id = sec.hashing_branch() AND f.kind IN ('person', 'phone') AND f.key_id <> sec.newest_hash_key(f.branch_id)
$$;

-- The next of them, in the order of their ids.
CREATE FUNCTION sec.next_old_hashes(after uuid, few integer) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    branch CONSTANT uuid := sec.hashing_branch();
BEGIN
    IF branch IS NULL THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    RETURN ARRAY(SELECT DISTINCT f.client_id FROM public.clients_fingerprint f WHERE f.branch_id = branch AND f.client_id > after
        AND f.kind IN ('person', 'phone') AND f.key_id <> sec.newest_hash_key(branch) ORDER BY f.client_id LIMIT few);
END $$;

-- What their hashes were made of, as it is and as it was: names and telephone numbers, sealed.
CREATE FUNCTION sec.hashed_rows(subjects uuid[]) RETURNS TABLE (client uuid, of_table text, content jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
DECLARE
    these CONSTANT uuid[] := ARRAY(SELECT s FROM sec.with_old_hashes(subjects) s);
BEGIN
    IF sec.hashing_branch() IS NULL THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    RETURN QUERY
    SELECT i.client_id, 'clients_identity', to_jsonb(i) FROM public.clients_identity i WHERE i.client_id = ANY (these)
    UNION ALL SELECT c.client_id, 'clients_safecontact', to_jsonb(c) FROM public.clients_safecontact c WHERE c.client_id = ANY (these)
    UNION ALL SELECT r.client_id, r."table"::text, r.clear || jsonb_build_object('sealed', r.sealed) FROM public.clients_revision r
        WHERE r.client_id = ANY (these) AND r."table" IN ('clients_identity', 'clients_safecontact') AND r.sealed IS NOT NULL;
END $$;

-- One client's hashes under the newest key in the place of those under older ones. One that nothing was found for goes. What a
-- coordinator has looked at stays looked at; what shares something with whoever was taken in meanwhile is there to look at.
CREATE FUNCTION sec.hash_anew(of_client uuid, was bytea[], is_now bytea[]) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    branch CONSTANT uuid := sec.hashing_branch();
    newest CONSTANT uuid := sec.newest_hash_key(branch);
    done integer;
BEGIN
    IF branch IS NULL OR cardinality(was) <> cardinality(is_now) OR EXISTS (SELECT FROM unnest(is_now) h WHERE octet_length(h) IS DISTINCT FROM 32) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF NOT EXISTS (SELECT FROM sec.with_old_hashes(ARRAY[of_client])) THEN
        RETURN 0; -- gone meanwhile, moved, or done by another
    END IF;
    UPDATE public.clients_fingerprint f SET hash = n.is_now, key_id = newest FROM unnest(was, is_now) n (was, is_now)
    WHERE f.client_id = of_client AND f.branch_id = branch AND f.kind IN ('person', 'phone') AND f.key_id <> newest AND f.hash = n.was;
    GET DIAGNOSTICS done = ROW_COUNT;
    DELETE FROM public.clients_fingerprint f WHERE f.client_id = of_client AND f.branch_id = branch AND f.kind IN ('person', 'phone') AND f.key_id <> newest;
    UPDATE public.clients_likeness l SET hash = n.is_now FROM unnest(was, is_now) n (was, is_now) WHERE l.client_id = of_client AND l.hash = n.was;
    INSERT INTO public.clients_likeness (id, client_id, hash, found_at)
    SELECT DISTINCT ON (f.hash) gen_random_uuid(), of_client, f.hash, statement_timestamp() FROM public.clients_fingerprint f
        JOIN public.clients_fingerprint o ON o.branch_id = branch AND o.kind = f.kind AND o.hash = f.hash AND o.client_id <> of_client
    WHERE f.client_id = of_client AND f.kind IN ('person', 'phone')
        AND NOT EXISTS (SELECT FROM public.clients_likeness l WHERE l.hash = f.hash AND l.client_id IN (of_client, o.client_id));
    RETURN done;
END $$;

-- The branch's older key is destroyed, unless hashes are under it still: of clients, and of an import (which nothing can make anew:
-- the other program's numbers are not kept. They go where that was said). Gives how many of either are left.
CREATE FUNCTION sec.finish_hashes(forget_imports boolean) RETURNS TABLE (clients bigint, imported bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    branch CONSTANT uuid := sec.hashing_branch();
    newest CONSTANT uuid := sec.newest_hash_key(branch);
    older uuid[];
    gone bigint := 0;
BEGIN
    IF branch IS NULL THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    older := ARRAY(SELECT h.id FROM public.clients_hashkey h WHERE h.branch_id = branch AND h.id <> newest);
    IF forget_imports THEN
        DELETE FROM public.clients_fingerprint f WHERE f.branch_id = branch AND f.key_id = ANY (older) AND f.kind NOT IN ('person', 'phone');
        GET DIAGNOSTICS gone = ROW_COUNT;
    END IF;
    SELECT count(*) FILTER (WHERE f.kind IN ('person', 'phone')), count(*) FILTER (WHERE f.kind NOT IN ('person', 'phone')) INTO clients, imported
    FROM public.clients_fingerprint f WHERE f.branch_id = branch AND f.key_id = ANY (older);
    RETURN NEXT;
    IF clients + imported > 0 OR cardinality(older) = 0 THEN
        RETURN;
    END IF;
    -- A page that began before the newest key was there may be writing under the older one: then it stays until the next try.
    DELETE FROM public.clients_hashkey h WHERE h.id = ANY (older);
    IF NOT FOUND THEN
        RETURN; -- another was quicker
    END IF;
    DELETE FROM public.vault_subjectkey k WHERE k.subject = ANY (older) AND k.kind = 'branch';
    -- What is left of a hash without its client's: of whoever went to another branch.
    DELETE FROM public.clients_likeness l WHERE NOT EXISTS (SELECT FROM public.clients_fingerprint f WHERE f.client_id = l.client_id AND f.hash = l.hash);
    PERFORM sec.note_emptied();
    PERFORM sec.log('hashes.done', of_branch => branch, why => 'upkeep', as_role => 'command', detail => jsonb_build_object('imported', gone));
END $$;

GRANT UPDATE, DELETE ON clients_hashkey TO confidential_door;
GRANT UPDATE ON clients_fingerprint TO confidential_door;
GRANT DELETE ON clients_likeness TO confidential_door;
GRANT DELETE ON vault_subjectkey TO confidential_door;
GRANT SELECT ON clients_identity, clients_safecontact TO confidential_door;
GRANT EXECUTE ON FUNCTION sec.branches_to_hash, sec.begin_hashes, sec.next_old_hashes, sec.hashed_rows, sec.hash_anew, sec.finish_hashes TO confidential_command;
SELECT sec.adopt_functions();
