-- For the reader of the log: the short reference of an id, and the ids of a reference. Never a client's name.
CREATE FUNCTION sec.references(ids uuid[], wanted text DEFAULT NULL) RETURNS TABLE (id uuid, reference text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF sec.cleared_person() IS NULL OR NOT sec.has_duty('protection') THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT p.user_id, p.reference::text FROM public.volunteers_person p WHERE p.user_id = ANY (ids) OR p.reference = wanted
    UNION ALL
    SELECT c.id, c.reference::text FROM public.clients_client c WHERE c.id = ANY (ids) OR c.reference = wanted
    UNION ALL
    SELECT a."user", c.reference::text FROM public.clients_portalaccess a JOIN public.clients_client c ON c.id = a.client_id
    WHERE a."user" = ANY (ids) OR c.reference = wanted
    UNION ALL
    SELECT e.id, e.reference::text FROM public.clients_emergency e WHERE (e.id = ANY (ids) OR e.reference = wanted) AND e.client_id <> ALL (sec.barred())
    UNION ALL
    SELECT b.id, b.code::text FROM public.volunteers_branch b WHERE b.id = ANY (ids) OR b.code = wanted;
END $$;
GRANT EXECUTE ON FUNCTION sec.references TO confidential_app;
SELECT sec.adopt_functions();
