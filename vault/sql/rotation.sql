-- The master key's rotation. A command at the server says which key is active, and when an older one is over; the sealer's role,
-- which has the ring and reads no row of anybody, wraps keys anew. Neither is enough to destroy a key: what was there is kept until
-- the older key goes. Keys of kind 'branch' are not wrapped anew: they are made anew with what they hashed (clients/sql/hashes.sql).

-- By which master key this is wrapped: its name. NULL where a key was emptied. Worked into the statement that asks.
CREATE FUNCTION sec.wrapped_by(wrapped bytea) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN octet_length(wrapped) > 61 THEN encode(substr(wrapped, 2, get_byte(wrapped, 0)), 'escape') END
$$;

-- Whether a subject's keys are wrapped by this master key, all that there are of them.
CREATE FUNCTION sec.is_wrapped_by(data bytea, audit bytea, name text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT sec.wrapped_by(audit) = name AND coalesce(sec.wrapped_by(data), name) = name
$$;

-- Whether the principal is the command that rotates.
CREATE FUNCTION sec.is_rotating() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(w.kind = 'command' AND w.purpose = 'keyring_rotate', false) FROM sec.principal() w
$$;

-- The active master key: the newest that was announced. NULL before the first rotation.
CREATE FUNCTION sec.active_key() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT m.name::text FROM public.vault_masterkey m ORDER BY m.since DESC LIMIT 1
$$;

-- How many subjects' keys each master key wraps: those that are wrapped anew, and those of branches, that are made anew.
CREATE FUNCTION sec.wrapped_counts() RETURNS TABLE (name text, since timestamptz, subjects bigint, branches bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT n.name, min(k.made_at), count(DISTINCT k.subject) FILTER (WHERE k.kind <> 'branch'), count(DISTINCT k.subject) FILTER (WHERE k.kind = 'branch')
    FROM public.vault_subjectkey k CROSS JOIN LATERAL (SELECT DISTINCT u.name FROM unnest(ARRAY[sec.wrapped_by(k.data), sec.wrapped_by(k.audit)]) u (name)) n
    WHERE n.name IS NOT NULL GROUP BY n.name
$$;

-- A new key of the ring is the active one from now on: the first of these names, the others are those that the ring holds besides.
-- False where it was announced before. A name means one key for ever: another one under it is refused.
CREATE FUNCTION sec.announce_key(names text[], marks bytea[]) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before_all CONSTANT timestamptz := '2000-01-01';
BEGIN
    IF NOT sec.is_rotating() THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    LOCK TABLE public.vault_masterkey IN SHARE ROW EXCLUSIVE MODE; -- two rotations at once announce one after the other
    IF EXISTS (SELECT FROM unnest(names, marks) n (name, mark) JOIN public.vault_masterkey m ON m.name = n.name WHERE m.mark <> n.mark) THEN
        RAISE 'another master key bears this name' USING ERRCODE = '23505', CONSTRAINT = 'masterkey_mark';
    ELSIF EXISTS (SELECT FROM public.vault_masterkey m WHERE m.name = names[1]) THEN
        IF sec.active_key() <> names[1] THEN
            RAISE 'a newer master key was announced' USING ERRCODE = '23514', CONSTRAINT = 'masterkey_newest';
        END IF;
        RETURN false;
    END IF;
    INSERT INTO public.vault_masterkey (name, since)
    SELECT c.name, c.since FROM sec.wrapped_counts() c WHERE c.name <> names[1] ON CONFLICT DO NOTHING;
    INSERT INTO public.vault_masterkey AS m (name, mark, since)
    SELECT n.name, n.mark, before_all FROM unnest(names, marks) n (name, mark) WHERE n.name <> names[1]
    ON CONFLICT (name) DO UPDATE SET mark = excluded.mark;
    INSERT INTO public.vault_masterkey (name, mark, since)
    VALUES (names[1], marks[1], greatest(clock_timestamp(), (SELECT max(m.since) + interval '1 microsecond' FROM public.vault_masterkey m)));
    PERFORM sec.log('keyring.begin', why => 'upkeep', as_role => 'command', detail => jsonb_build_object('key', names[1],
        'keys', (SELECT coalesce(sum(c.subjects), 0) FROM sec.wrapped_counts() c WHERE c.name <> names[1])));
    RETURN true;
END $$;

-- The next keys that an older master key wraps. Nothing while no rotation was announced, or when it is through.
CREATE FUNCTION sec.wrapped_before(after uuid, few integer) RETURNS TABLE (subject uuid, data bytea, audit bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT k.subject, k.data, k.audit FROM public.vault_subjectkey k
    WHERE k.subject > after AND k.kind <> 'branch' AND NOT sec.is_wrapped_by(k.data, k.audit, (SELECT sec.active_key())) ORDER BY k.subject LIMIT few
$$;

-- These keys as the active master key wraps them, in the place of what was read: where that is there no more, nothing changes.
-- The database cannot look into them. So it takes them under the announced name only, for keys under an older one, and keeps
-- what was there; a wrong value is found by that (sec.wrapped_pairs), and written over. An emptied key stays empty.
CREATE FUNCTION sec.wrap_anew(subjects uuid[], read_data bytea[], read_audit bytea[], new_data bytea[], new_audit bytea[]) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    active CONSTANT text := sec.active_key();
    left_keys text[];
    done integer;
BEGIN
    IF active IS NULL OR EXISTS (SELECT FROM unnest(new_data, new_audit) n (data, audit) WHERE sec.is_wrapped_by(n.data, n.audit, active) IS NOT TRUE) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    WITH found AS MATERIALIZED (
        SELECT k.subject, k.data, k.audit, n.data AS new_data, n.audit AS new_audit, CASE WHEN sec.wrapped_by(k.audit) = active
            THEN coalesce(sec.wrapped_by(k.data), active) ELSE sec.wrapped_by(k.audit) END AS name
        FROM unnest(subjects, read_data, read_audit, new_data, new_audit) n (subject, was_data, was_audit, data, audit)
        JOIN public.vault_subjectkey k ON k.subject = n.subject AND k.data = n.was_data AND k.audit = n.was_audit
        WHERE k.kind <> 'branch' AND (k.data = '') = (n.data = '') AND (NOT sec.is_wrapped_by(k.data, k.audit, active)
            OR EXISTS (SELECT FROM public.vault_formerkeys f WHERE f.subject = k.subject))
        ORDER BY k.subject FOR NO KEY UPDATE OF k
    ),
    kept AS (
        INSERT INTO public.vault_formerkeys (subject, name, data, audit)
        SELECT f.subject, f.name, f.data, f.audit FROM found f WHERE f.name <> active ON CONFLICT DO NOTHING
    ),
    swapped AS (
        UPDATE public.vault_subjectkey k SET data = f.new_data, audit = f.new_audit FROM found f WHERE k.subject = f.subject RETURNING f.name
    )
    SELECT count(*), array_agg(DISTINCT s.name) INTO done, left_keys FROM swapped s;
    -- Backups of until now need those keys.
    UPDATE public.vault_masterkey m SET emptied_at = NULL WHERE m.name = ANY (left_keys) AND m.name <> active AND m.retired_at IS NULL AND m.emptied_at IS NOT NULL;
    RETURN done;
END $$;

-- Keys that were wrapped anew beside what they were before, for comparing.
CREATE FUNCTION sec.wrapped_pairs(after bigint, few integer) RETURNS TABLE (id bigint, subject uuid, data bytea, audit bytea, was_data bytea, was_audit bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT f.id, k.subject, k.data, k.audit, f.data, f.audit FROM public.vault_formerkeys f JOIN public.vault_subjectkey k ON k.subject = f.subject
    WHERE f.id > after ORDER BY f.id LIMIT few
$$;

-- A key that is emptied (what it opened has to go) is emptied in what was kept of it, too.
CREATE FUNCTION sec.forget_former() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM public.vault_formerkeys f WHERE f.subject = new.subject;
    RETURN NULL;
END $$;
CREATE TRIGGER emptied AFTER UPDATE OF data ON vault_subjectkey FOR EACH ROW WHEN (new.data = '' AND old.data <> '') EXECUTE FUNCTION sec.forget_former();

-- Nothing new is wrapped by a key that is about to be destroyed: nobody could ever open it.
CREATE FUNCTION sec.refuse_closed_key() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM public.vault_masterkey m WHERE m.closed_at IS NOT NULL AND m.name IN (sec.wrapped_by(new.data), sec.wrapped_by(new.audit))) THEN
        RAISE 'this master key is closed' USING ERRCODE = '23514', CONSTRAINT = 'masterkey_closed';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER closed_key AFTER INSERT ON vault_subjectkey FOR EACH ROW EXECUTE FUNCTION sec.refuse_closed_key();

-- Notes which older master keys wrap nothing any more, and since when. What a backup needs is counted from then.
CREATE FUNCTION sec.note_emptied() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.vault_masterkey m SET emptied_at = CASE WHEN c.name IS NULL THEN clock_timestamp() END
    FROM public.vault_masterkey x LEFT JOIN sec.wrapped_counts() c ON c.name = x.name
    WHERE m.name = x.name AND m.retired_at IS NULL AND m.name <> sec.active_key() AND (m.emptied_at IS NULL) = (c.name IS NULL);
END $$;

-- Wrapping anew is through, or stopped: how many keys are left under older master keys. With one line for the log's own key,
-- without which nothing can be verified.
CREATE FUNCTION sec.rotation_done(swapped integer) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    active CONSTANT text := sec.active_key();
    house CONSTANT uuid := '00000000-0000-4000-8000-000000000001';
    remaining bigint;
BEGIN
    IF NOT sec.is_rotating() OR active IS NULL THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    remaining := (SELECT coalesce(sum(c.subjects), 0) FROM sec.wrapped_counts() c WHERE c.name <> active);
    IF swapped > 0 THEN
        PERFORM sec.log('keyring.done', why => 'upkeep', as_role => 'command', detail => jsonb_build_object('key', active, 'keys', swapped, 'left', remaining));
    END IF;
    IF EXISTS (SELECT FROM public.vault_formerkeys f JOIN public.vault_subjectkey k ON k.subject = f.subject AND sec.is_wrapped_by(k.data, k.audit, active) WHERE f.subject = house)
        AND NOT EXISTS (SELECT FROM public.audit_event e WHERE e.action = 'keyring.house' AND e.detail ->> 'key' = active) THEN
        PERFORM sec.log('keyring.house', why => 'upkeep', as_role => 'command', object => 'vault_subjectkey', object_id => house, detail => jsonb_build_object('key', active));
    END IF;
    PERFORM sec.note_emptied();
    RETURN remaining;
END $$;

-- Closes an older master key: once this is committed, and whatever was under way then has ended, nothing new is wrapped by it.
CREATE FUNCTION sec.close_key(key text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT sec.is_rotating() OR key = sec.active_key() OR NOT EXISTS (SELECT FROM public.vault_masterkey m WHERE m.name = key) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    UPDATE public.vault_masterkey m SET closed_at = statement_timestamp() WHERE m.name = key AND m.closed_at IS NULL;
    IF FOUND THEN
        PERFORM sec.log('keyring.close', why => 'upkeep', as_role => 'command', detail => jsonb_build_object('key', key));
    END IF;
END $$;

-- Whether a master key may be destroyed: it is closed, wraps nothing, and the last backup that needs it is too old to be kept.
CREATE FUNCTION sec.may_retire_key(key text, days integer) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN sec.is_rotating() AND key <> sec.active_key() AND days >= 0 AND EXISTS (SELECT FROM public.vault_masterkey m WHERE m.name = key AND m.closed_at IS NOT NULL
            AND m.retired_at IS NULL AND m.emptied_at + make_interval(days => days) <= statement_timestamp())
        AND NOT EXISTS (SELECT FROM sec.wrapped_counts() c WHERE c.name = key);
END $$;

-- It was destroyed: it has left the ring.
CREATE FUNCTION sec.retire_key(key text, days integer) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF sec.may_retire_key(key, days) IS NOT TRUE THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    DELETE FROM public.vault_formerkeys f WHERE f.name = key;
    UPDATE public.vault_masterkey m SET retired_at = statement_timestamp(), backup_days = days WHERE m.name = key;
    PERFORM sec.log('keyring.retire', why => 'upkeep', as_role => 'command', detail => jsonb_build_object('key', key, 'days', days));
END $$;

-- Somebody at the server says that the copies of the ring elsewhere that hold this key are destroyed, too. False if it was said before.
CREATE FUNCTION sec.copies_destroyed(key text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT sec.is_rotating() OR NOT EXISTS (SELECT FROM public.vault_masterkey m WHERE m.name = key AND m.retired_at IS NOT NULL) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    UPDATE public.vault_masterkey m SET copies_at = statement_timestamp() WHERE m.name = key AND m.copies_at IS NULL;
    IF FOUND THEN
        PERFORM sec.log('keyring.copies', why => 'upkeep', as_role => 'command', detail => jsonb_build_object('key', key));
    END IF;
    RETURN FOUND;
END $$;

-- All master keys and how far each is, for the data-protection lead and for the command: names and numbers.
CREATE FUNCTION sec.master_keys() RETURNS TABLE (name text, since timestamptz, active boolean, emptied_at timestamptz, closed_at timestamptz,
    retired_at timestamptz, copies_at timestamptz, subjects bigint, branches bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT (sec.is_rotating() OR sec.has_duty('protection')) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    RETURN QUERY SELECT coalesce(m.name::text, c.name), coalesce(m.since, c.since), coalesce(m.name = sec.active_key(), NOT EXISTS (SELECT FROM public.vault_masterkey)),
        m.emptied_at, m.closed_at, m.retired_at, m.copies_at, coalesce(c.subjects, 0), coalesce(c.branches, 0)
    FROM public.vault_masterkey m FULL JOIN sec.wrapped_counts() c ON c.name = m.name ORDER BY 2 DESC;
END $$;

-- When every master key that was in use until a moment had been destroyed, in the ring and in its copies: from then on nothing
-- opens a key that was destroyed at that moment, from whichever backup it comes. NULL as long as one is there. For definer functions.
CREATE FUNCTION sec.keys_gone_at(used_until timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN bool_and(m.copies_at IS NOT NULL) THEN max(m.copies_at) END FROM public.vault_masterkey m WHERE m.since <= used_until
$$;

GRANT SELECT, INSERT, UPDATE ON vault_masterkey TO confidential_door;
GRANT SELECT, INSERT, DELETE ON vault_formerkeys TO confidential_door;
GRANT UPDATE (data, audit) ON vault_subjectkey TO confidential_door;
GRANT USAGE ON SEQUENCE vault_formerkeys_id_seq TO confidential_door;
GRANT EXECUTE ON FUNCTION sec.wrapped_by, sec.is_wrapped_by TO confidential_door;
GRANT EXECUTE ON FUNCTION sec.wrapped_before, sec.wrap_anew, sec.wrapped_pairs TO confidential_sealer;
GRANT EXECUTE ON FUNCTION sec.announce_key, sec.rotation_done, sec.close_key, sec.may_retire_key, sec.retire_key, sec.copies_destroyed, sec.master_keys TO confidential_command;
GRANT EXECUTE ON FUNCTION sec.master_keys TO confidential_app;
SELECT sec.adopt_functions();
