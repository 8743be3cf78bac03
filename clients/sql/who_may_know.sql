-- "Who may know what, why, until when": what no line of the ledger says, because a duty opens it.

-- The coordinators for whom this record is open by their duty, or was: in the branch where it is, and in those where
-- it was before it moved. A conflict of interest ends that, and in a protected record only those who are named are
-- meant. For whoever sees the record; the client learns of no name.
CREATE FUNCTION sec.who_by_duty(of_client uuid) RETURNS TABLE (person uuid, name text, since timestamptz, until timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    own boolean := coalesce(of_client = sec.own_open(), false);
    c record;
BEGIN
    SELECT * INTO c FROM public.clients_client x WHERE x.id = of_client;
    IF c.id IS NULL OR NOT (own OR sec.is_looking_after(of_client) OR sec.has_permission(of_client, 'view_client')) THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH moves AS (SELECT e.branch, e.at FROM public.audit_event e WHERE e.subject = of_client AND e.action = 'client.move' AND e.outcome = 'done'),
    stays AS (
        SELECT m.branch, lag(m.at, 1, c.taken_in_at) OVER (ORDER BY m.at) AS came, m.at AS went FROM moves m
        UNION ALL SELECT c.branch_id, coalesce((SELECT max(m.at) FROM moves m), c.taken_in_at), NULL),
    found AS (
        SELECT d.person_id, greatest(d.starts_at, s.came) AS begun, least(d.ends_at, s.went, (SELECT min(k.starts_at) FROM public.clients_conflict k
            WHERE k.person_id = d.person_id AND k.client_id = of_client AND (k.ends_at IS NULL OR k.ends_at > statement_timestamp()))) AS over
        FROM stays s JOIN public.volunteers_duty d ON d.branch_id = s.branch AND d.kind = 'coordinator')
    SELECT CASE WHEN NOT own THEN f.person_id END, CASE WHEN own THEN '' ELSE p.working_name::text END, f.begun, f.over
    FROM found f JOIN public.volunteers_person p ON p.user_id = f.person_id
    WHERE (f.over IS NULL OR f.over > f.begun) AND (NOT c.protected OR f.over <= statement_timestamp() OR EXISTS (
        SELECT FROM public.clients_clientpermission q WHERE q.content_object_id = of_client AND q.user_id = f.person_id AND q.code = 'view_client' AND sec.is_binding_for_holder(q)))
    ORDER BY f.over DESC NULLS FIRST, f.begun DESC;
END $$;

-- Whether a record is not recognised yet where it is: it came from another branch, and nobody has checked since who this is.
CREATE FUNCTION sec.is_unrecognised(of_client uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN sec.is_looking_after(of_client) AND NOT EXISTS (SELECT FROM public.clients_fingerprint f WHERE f.client_id = of_client)
        AND EXISTS (SELECT FROM public.audit_event e WHERE e.subject = of_client AND e.action = 'client.move' AND e.outcome = 'done');
END $$;

-- Whose it is, for the log of what was refused.
GRANT SELECT ON clients_whomayknow TO confidential_door;
CREATE POLICY door ON clients_whomayknow FOR SELECT TO confidential_door USING (true);
GRANT EXECUTE ON FUNCTION sec.who_by_duty, sec.is_unrecognised TO confidential_app;
SELECT sec.adopt_functions();
