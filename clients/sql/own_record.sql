-- The record that is the principal's own: a client in their space, or a job made for one.

-- The client whose own record this is: in the portal, or of a job made for that client.
CREATE FUNCTION sec.own_client() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w record;
BEGIN
    SELECT * INTO w FROM sec.principal();
    IF w.kind = 'job' THEN
        RETURN w.subject;
    ELSIF w.kind = 'user' THEN
        -- Nobody's while the code on paper stands in for a password: whoever handed it out knows it.
        RETURN (SELECT a.client_id FROM public.clients_portalaccess a JOIN public.volunteers_user u ON u.id = a."user"
            WHERE a.id = sec.own_access() AND NOT u.must_change_password);
    END IF;
    RETURN NULL;
END $$;

-- Whether this is the job that makes a copy which somebody released for the client: handed over by the team, it is no space
-- that somebody else may look into.
CREATE FUNCTION sec.is_answering() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT w.kind = 'job' AND w.purpose = 'prepared' FROM sec.principal() w), false);
END $$;

-- The same, unless the portal is in quiet mode, in which there are no complaints either.
CREATE FUNCTION sec.own_space() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine uuid := sec.own_client();
BEGIN
    IF mine IS NULL THEN
        RETURN NULL; -- one of the team, whose pages ask this of many rows
    ELSIF sec.is_answering() THEN
        RETURN mine;
    ELSIF EXISTS (SELECT FROM public.clients_portalaccess a WHERE a.client_id = mine AND a.quiet
            AND CASE WHEN sec.own_access() IS NULL THEN sec.access_state(a.id) IN ('confirmed', 'provisional') ELSE a.id = sec.own_access() END) THEN
        RETURN NULL;
    END IF;
    RETURN mine;
END $$;

-- The same, once another of the team has spoken to the client. Until then whoever opened the space may be the one who reads, so it
-- holds nothing that others wrote, saw or shared: in quiet mode and in an unconfirmed space every policy that asks this is shut.
CREATE FUNCTION sec.own_open() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine uuid := sec.own_space();
BEGIN
    RETURN CASE WHEN mine IS NOT NULL AND sec.is_own_space_counted() THEN mine END;
END $$;

-- Since when the client has this access; of a job, always.
CREATE FUNCTION sec.own_access_since() RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT a.opened_at FROM public.clients_portalaccess a WHERE a.id = sec.own_access()), '-infinity');
END $$;

GRANT EXECUTE ON FUNCTION sec.own_client, sec.own_space, sec.own_open, sec.own_access_since, sec.is_answering TO confidential_app, confidential_worker;
SELECT sec.adopt_functions();
