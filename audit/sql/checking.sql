-- Reading the whole log, to verify and to export it. For the verifier's role alone: no page reads this way.

-- Leaves in their order, each with its event where it still is, whose key it was sealed under, and the
-- removal where it was removed lawfully.
CREATE FUNCTION sec.log_read(first bigint, most integer) RETURNS TABLE (
    index bigint, event uuid, commitment bytea, tag bytea, removal uuid, key uuid, id uuid, at timestamptz, "group" uuid, actor_kind text,
    actor uuid, actor_role text, action text, outcome text, subject uuid, subject_kind text, branch uuid, purpose text, basis text,
    object_type text, object_id uuid, revision integer, digest bytea, detail text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT l.index, l.event, l.commitment, l.tag, r.removal, coalesce(k.subject, '00000000-0000-4000-8000-000000000001'), e.id, e.at, e."group",
        e.actor_kind, e.actor, e.actor_role, e.action, e.outcome, e.subject, e.subject_kind, e.branch, e.purpose, e.basis, e.object_type,
        e.object_id, e.revision, e.digest, e.detail::text
    FROM public.audit_leaf l LEFT JOIN public.audit_event e ON e.id = l.event LEFT JOIN public.audit_removed r ON r.event = l.event
        LEFT JOIN public.vault_subjectkey k ON k.subject = e.subject AND NOT sec.is_apart(e.action, e.object_type)
    WHERE l.index >= first ORDER BY l.index LIMIT most
$$;

-- Audit keys of all subjects, and how many leaves each has. Data keys stay where they are.
CREATE FUNCTION sec.log_keys() RETURNS TABLE (subject uuid, audit bytea, logged bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT k.subject, k.audit, coalesce(c.leaves, 0) FROM public.vault_subjectkey k LEFT JOIN public.audit_leafcount c ON c.subject = k.subject
$$;

-- One client's events for the client's own file, by the reference on their card. Giving them out is an event.
CREATE FUNCTION sec.log_subject(reference text) RETURNS TABLE (subject uuid, audit bytea, logged bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT k.subject, k.audit, coalesce(n.leaves, 0) FROM public.clients_client c JOIN public.vault_subjectkey k ON k.subject = c.id
        LEFT JOIN public.audit_leafcount n ON n.subject = k.subject
        WHERE c.reference = upper(log_subject.reference);
    IF FOUND THEN
        PERFORM sec.log('log.file', (SELECT c.id FROM public.clients_client c WHERE c.reference = upper(log_subject.reference)), 'client',
            why => 'access', as_role => 'command');
    END IF;
END $$;
-- The events of that client, without those that are kept apart.
CREATE FUNCTION sec.log_of(about uuid) RETURNS TABLE (
    id uuid, at timestamptz, "group" uuid, actor_kind text, actor uuid, actor_role text, action text, outcome text, subject uuid,
    subject_kind text, branch uuid, purpose text, basis text, object_type text, object_id uuid, revision integer, digest bytea, detail text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT e.id, e.at, e."group", e.actor_kind, e.actor, e.actor_role, e.action, e.outcome, e.subject, e.subject_kind, e.branch, e.purpose,
        e.basis, e.object_type, e.object_id, e.revision, e.digest, e.detail::text
    FROM public.audit_event e WHERE e.subject = about AND NOT sec.is_apart(e.action, e.object_type)
$$;

-- Events that have no leaf and wait for none, and those that wait but are gone: neither can come about by itself.
CREATE FUNCTION sec.log_astray() RETURNS TABLE (event uuid, fault text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT e.id, 'unsealed' FROM public.audit_event e
    WHERE NOT EXISTS (SELECT FROM public.audit_leaf l WHERE l.event = e.id) AND NOT EXISTS (SELECT FROM public.audit_pending p WHERE p.event = e.id)
    UNION ALL
    SELECT p.event, 'gone' FROM public.audit_pending p WHERE NOT EXISTS (SELECT FROM public.audit_event e WHERE e.id = p.event)
$$;

-- What one row of the log says, in 32 bytes, whatever the session speaks.
CREATE FUNCTION sec.event_digest(e public.audit_event) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
    SELECT sha256(convert_to(to_jsonb(e)::text, 'UTF8'))
$$;

-- The events of this transaction, with their digests: what the second sink is told once it has committed.
CREATE FUNCTION sec.own_events() RETURNS TABLE (event uuid, digest bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT e.id, sec.event_digest(e) FROM public.audit_pending p JOIN public.audit_event e ON e.id = p.event
    WHERE p.xid = pg_current_xact_id_if_assigned()
$$;

-- The same for any events, a page at a time, in the order of their ids.
CREATE FUNCTION sec.log_digests(after uuid, most integer) RETURNS TABLE (event uuid, digest bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT e.id, sec.event_digest(e) FROM public.audit_event e WHERE e.id > after ORDER BY e.id LIMIT most
$$;

-- That the whole log was verified at the server, and what was found: for the page of the data-protection lead.
CREATE FUNCTION sec.log_verified(leaves bigint, faults bigint) RETURNS uuid
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT sec.log('log.verify', as_role => 'command', detail => jsonb_build_object('leaves', leaves, 'faults', faults))
$$;

GRANT EXECUTE ON FUNCTION sec.log_verified TO confidential_verifier;
GRANT EXECUTE ON FUNCTION sec.log_read, sec.log_keys, sec.log_astray, sec.log_digests, sec.log_subject, sec.log_of TO confidential_verifier;
GRANT EXECUTE ON FUNCTION sec.own_events TO confidential_app, confidential_signin, confidential_worker, confidential_command, confidential_sealer, confidential_verifier;
GRANT SELECT ON audit_removed TO confidential_verifier;

SELECT sec.adopt_functions();
