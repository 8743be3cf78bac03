-- What the client says after a disclosure was asked for: dated rows, each written where it is heard. A yes that is taken back stops
-- what rests on it in the same statement, also what whoever hears it may not see: they learn nothing of it.

-- When the client took back their yes to this disclosure, if that is their last word since they talked about it.
CREATE FUNCTION sec.taken_back_at(d public.disclosures_disclosure) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE w.said WHEN 'withdrawn' THEN w.made_at END FROM public.disclosures_will w
    WHERE w.client_id = d.client_id AND (w.disclosure_id = d.id OR w.disclosure_id IS NULL) AND sec.is_said_since(w, d)
    ORDER BY w.made_at DESC LIMIT 1
$$;

-- Whether the principal may note that a client takes back their yes, for all that rests on it.
CREATE FUNCTION sec.may_take_back(of_client uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN sec.may_hear_client(of_client);
END $$;

-- Its time is taken once nothing of the client's can move any more: what was asked for before it, it concerns.
CREATE FUNCTION sec.will_begins() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM public.disclosures_disclosure d WHERE d.client_id = new.client_id ORDER BY d.id FOR UPDATE;
    new.made_at := clock_timestamp();
    RETURN new;
END $$;
CREATE TRIGGER begins BEFORE INSERT ON disclosures_will FOR EACH ROW EXECUTE FUNCTION sec.will_begins();

-- Whether a disclosure was decided in spite of the client: their last word before the decision took the yes back.
CREATE FUNCTION sec.is_in_spite(d public.disclosures_disclosure) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce((SELECT w.said = 'withdrawn' FROM public.disclosures_will w
        WHERE w.client_id = d.client_id AND (w.disclosure_id = d.id OR w.disclosure_id IS NULL) AND sec.is_said_since(w, d) AND w.made_at < d.decided_at
        ORDER BY w.made_at DESC LIMIT 1), false)
$$;

-- Stops what rests on the yes, wherever it stands: a draft loses the word, a request or a decision stops, an unopened link is closed.
-- What was let out in spite of an earlier no rests on none: it goes on. Of all at once only after the record was opened for it.
CREATE FUNCTION sec.will_stops() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    d public.disclosures_disclosure;
BEGIN
    IF new.disclosure_id IS NULL AND NOT sec.has_opened('will.write', new.client_id) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    FOR d IN SELECT * FROM public.disclosures_disclosure x WHERE new.said = 'withdrawn' AND x.client_id = new.client_id AND x.consent = 'given'
            AND (new.disclosure_id IS NULL OR x.id = new.disclosure_id) LOOP
        CASE d.state
            WHEN 'draft' THEN UPDATE public.disclosures_disclosure x SET consent = '' WHERE x.id = d.id;
            WHEN 'asked', 'approved' THEN UPDATE public.disclosures_disclosure x SET state = 'stopped' WHERE x.id = d.id;
            WHEN 'released' THEN PERFORM sec.close_delivery(d.id) WHERE NOT sec.is_in_spite(d);
            ELSE NULL;
        END CASE;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER stops AFTER INSERT ON disclosures_will FOR EACH ROW EXECUTE FUNCTION sec.will_stops();

-- ---- Rows ----
SELECT sec.guard('disclosures_will', 'client_id', 'client');
GRANT SELECT ON disclosures_will TO confidential_app, confidential_worker;
GRANT INSERT ON disclosures_will TO confidential_app;
-- Of one disclosure: whoever sees that. Of all: whoever wrote it, whoever sees a disclosure of this client, and the client.
CREATE POLICY see ON disclosures_will FOR SELECT TO confidential_app, confidential_worker
    USING (CASE WHEN disclosure_id IS NULL THEN ((SELECT sec.own_open()) IS NOT NULL AND client_id = (SELECT sec.own_open()))
            OR (by_id = (SELECT sec.cleared_person()) AND EXISTS (SELECT FROM clients_client c WHERE c.id = client_id))
            OR EXISTS (SELECT FROM disclosures_disclosure d WHERE d.client_id = disclosures_will.client_id)
        ELSE EXISTS (SELECT FROM disclosures_disclosure d WHERE d.id = disclosure_id) END);
-- Of one: who sees it. Of all: who has the client, and sees none of them. The client takes back; a yes is heard by somebody.
CREATE POLICY add ON disclosures_will FOR INSERT TO confidential_app
    WITH CHECK (by_id IS NOT DISTINCT FROM (SELECT sec.cleared_person()) AND (said = 'withdrawn' OR by_id IS NOT NULL) AND (by_id IS NULL) = (channel = '')
        AND CASE WHEN disclosure_id IS NULL THEN client_id = (SELECT sec.own_open()) OR sec.may_take_back(client_id)
            ELSE EXISTS (SELECT FROM disclosures_disclosure d WHERE d.id = disclosure_id AND d.client_id = disclosures_will.client_id) END);

GRANT EXECUTE ON FUNCTION sec.may_take_back TO confidential_app;

SELECT sec.adopt_functions();
