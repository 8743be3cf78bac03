-- Whoever received something that was corrected afterwards is told of it (GDPR 19), and it is written down when and how. That a whole
-- record is erased is told in the layer above, in the same table.

-- Whether somebody outside has what was let out, or can still fetch it: it was received, or its link can still be used.
CREATE FUNCTION sec.is_within_reach(of_disclosure uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.disclosures_disclosure d JOIN public.disclosures_delivery y ON y.disclosure_id = d.id WHERE d.id = of_disclosure
        AND (d.state = 'received' OR (d.state = 'released' AND y.recalled_at IS NULL AND y.tries_left > 0 AND y.expires_at > statement_timestamp())))
$$;

-- Whether a disclosure took a contact out before the words of that contact were corrected because of a statement.
CREATE FUNCTION sec.is_to_be_told(of_statement uuid, of_disclosure uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.clients_statement s JOIN public.disclosures_disclosureitem i ON i.contact_id = s.contact_id AND i.chosen
        JOIN public.disclosures_disclosure d ON d.id = i.disclosure_id
        WHERE s.id = of_statement AND d.id = of_disclosure AND s.state = 'accepted' AND d.released_at < s.answered_at) AND sec.is_within_reach(of_disclosure)
$$;

-- The same for whoever tells: coordinates the branch and sees the disclosure. Whether a complaint names them it does not answer:
-- pages ask it.
CREATE FUNCTION sec.may_tell_recipient(of_statement uuid, of_disclosure uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT sec.is_looking_after(s.client_id) FROM public.clients_statement s WHERE s.id = of_statement), false)
        AND sec.may_see_disclosure(of_disclosure) AND sec.is_to_be_told(of_statement, of_disclosure);
END $$;

-- Writes down that the recipient was told; false where that was written down before. Not by whom an open complaint of the client
-- names.
CREATE FUNCTION sec.tell_recipient(new_id uuid, of_statement uuid, of_disclosure uuid, how text, on_day date) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    d public.disclosures_disclosure;
BEGIN
    IF NOT sec.may_tell_recipient(of_statement, of_disclosure)
        OR (on_day <= sec.today() AND on_day >= (SELECT sec.day_of(s.answered_at) FROM public.clients_statement s WHERE s.id = of_statement)) IS NOT TRUE THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    IF sec.is_accused(sec.cleared_person(), (SELECT s.client_id FROM public.clients_statement s WHERE s.id = of_statement)) THEN
        RAISE 'an open complaint of the client names you' USING ERRCODE = '23514', CONSTRAINT = 'recipient_accused';
    END IF;
    -- Locked: of two who write it down at once, one finds what the other did.
    SELECT * INTO d FROM public.disclosures_disclosure x WHERE x.id = of_disclosure FOR UPDATE;
    IF EXISTS (SELECT FROM public.disclosures_recipienttold r WHERE r.statement_id = of_statement AND r.disclosure_id = of_disclosure) THEN
        RETURN false;
    END IF;
    INSERT INTO public.disclosures_recipienttold (id, client_id, statement_id, disclosure_id, told_on, channel, by_id, made_at)
    VALUES (new_id, d.client_id, of_statement, of_disclosure, on_day, how, sec.cleared_person(), statement_timestamp());
    PERFORM sec.log('disclosure.corrected', d.client_id, 'client', d.branch_id, object => 'disclosures_disclosure', object_id => d.id);
    RETURN true;
END $$;

SELECT sec.bind('disclosures_recipienttold');
SELECT sec.attest_rows('disclosures_recipienttold');
GRANT SELECT ON disclosures_recipienttold TO confidential_app, confidential_worker;
GRANT SELECT, INSERT ON disclosures_recipienttold TO confidential_door;
GRANT SELECT ON disclosures_disclosureitem TO confidential_door;
CREATE POLICY door ON disclosures_recipienttold FOR ALL TO confidential_door USING (true) WITH CHECK (true);
-- Whoever sees the disclosure: the client once it concerns them.
CREATE POLICY see ON disclosures_recipienttold FOR SELECT TO confidential_app, confidential_worker
    USING (EXISTS (SELECT FROM disclosures_disclosure d WHERE d.id = disclosure_id));

GRANT EXECUTE ON FUNCTION sec.may_tell_recipient, sec.tell_recipient TO confidential_app;

SELECT sec.adopt_functions();
