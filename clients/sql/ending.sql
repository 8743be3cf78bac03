-- The end of the support, and a death.

-- When the state was noted, whatever whoever writes it says. Nothing of what a command brings in from elsewhere: that is no news.
CREATE FUNCTION sec.state_noted() RETURNS trigger
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    new.state_at := CASE WHEN new.state IS NOT DISTINCT FROM old.state THEN old.state_at
        WHEN (SELECT w.kind FROM sec.principal() w) IS DISTINCT FROM 'command' THEN statement_timestamp() END;
    RETURN new;
END $$;
CREATE TRIGGER state_noted BEFORE UPDATE ON clients_client FOR EACH ROW EXECUTE FUNCTION sec.state_noted();

-- In that second ends what only a living support needs, whoever writes the state and how: the client's online space with its
-- sessions and cards, questions to colleagues, emergencies. Assignments stay: whoever knew the client may have to speak with
-- the family. What may be told and what was to be done later is asked of the state (clients/models), and comes back with it.
CREATE FUNCTION sec.support_ended() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- When a record is opened again, too: what an earlier version left there does not come back, as nobody knows who holds it.
    PERFORM sec.end_access(a.id, 'portal.close') FROM public.clients_portalaccess a WHERE a.client_id = new.id AND a.ended_at IS NULL;
    -- Who lives asks for themself: what heirs asked meanwhile is over, and waits for nobody.
    IF new.state <> 'died' THEN
        UPDATE public.clients_heirrequest r SET state = 'moot' WHERE r.client_id = new.id AND r.state IN ('new', 'to_grant', 'to_refuse');
    END IF;
    IF new.state = 'open' THEN
        RETURN NULL;
    END IF;
    PERFORM sec.close_consultation(k) FROM public.clients_consultation k WHERE k.client_id = new.id AND k.ends_at > clock_timestamp();
    PERFORM sec.close_emergency(e) FROM public.clients_emergency e WHERE e.client_id = new.id AND e.ends_at > clock_timestamp();
    RETURN NULL;
END $$;
CREATE TRIGGER support_ended AFTER UPDATE OF state ON clients_client FOR EACH ROW
    WHEN (old.state IS DISTINCT FROM new.state) EXECUTE FUNCTION sec.support_ended();

SELECT sec.adopt_functions();
