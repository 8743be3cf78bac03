-- A call that nobody answered is no first contact: nothing could be explained in it, and it does not count as one.
SET LOCAL ROLE confidential_door;
CREATE OR REPLACE FUNCTION sec.explained_first() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT new.reached OR new.urgent OR (SELECT w.kind FROM sec.who() w) IS NOT DISTINCT FROM 'command'
        OR EXISTS (SELECT FROM public.clients_explanation e WHERE e.client_id = new.client_id AND e.given) THEN
        RETURN new;
    END IF;
    -- One at a time: of two first contacts at the same moment the second finds the first.
    PERFORM pg_advisory_xact_lock(hashtextextended(new.client_id::text, 10));
    IF (EXISTS (SELECT FROM public.clients_contact c WHERE c.client_id = new.client_id AND c.reached)
             OR NOT EXISTS (SELECT FROM public.clients_explanation e WHERE e.client_id = new.client_id)) THEN
        RAISE 'the policy has not been explained to this client' USING ERRCODE = '23514', CONSTRAINT = 'contact_explained_first';
    END IF;
    RETURN new;
END $$;
RESET ROLE;
