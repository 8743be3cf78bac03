-- What is looked at before a record is erased (decision 68): how much goes, and whoever received something of it and is to be told (GDPR 19).

-- How much goes, by kind, and whether two people decide, for whoever looks after the client. Nothing here tells of a complaint: a
-- disclosure is counted where its row is seen.
CREATE FUNCTION sec.erasure_counts(of_client uuid) RETURNS TABLE (kind text, n bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF sec.cleared_person() IS NULL OR NOT coalesce(sec.is_looking_after(of_client), false) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    RETURN QUERY SELECT 'contacts', count(*) FROM public.clients_contact k WHERE k.client_id = of_client
        UNION ALL SELECT 'files', count(*) FROM public.clients_attachment a WHERE a.client_id = of_client
        UNION ALL SELECT 'messages', count(*) FROM public.clients_message m WHERE m.client_id = of_client
        UNION ALL SELECT 'requests', count(*) FROM public.rights_subjectrequest r WHERE r.client_id = of_client
        UNION ALL SELECT 'spaces', count(*) FROM public.clients_portalaccess p WHERE p.client_id = of_client AND p.ended_at IS NULL
        UNION ALL SELECT 'shared', count(*) FROM public.disclosures_disclosure d WHERE d.client_id = of_client AND d.released_at IS NOT NULL
            AND sec.may_see_disclosure(d.id)
        UNION ALL SELECT 'two', sec.must_be_two(of_client)::int::bigint;
END $$;

-- Whether the principal tells this recipient that the record is erased: looks after the client and sees the disclosure, somebody
-- outside has it or can fetch it, and an erasure stands. Whether a complaint names them it does not answer: pages ask it.
CREATE FUNCTION sec.may_tell_of_erasure(of_disclosure uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN sec.cleared_person() IS NOT NULL AND coalesce((SELECT sec.is_looking_after(d.client_id) AND EXISTS (SELECT FROM public.rights_erasure e
            WHERE e.client_id = d.client_id AND e.state IN ('proposed', 'decided')) FROM public.disclosures_disclosure d WHERE d.id = of_disclosure), false)
        AND sec.may_see_disclosure(of_disclosure) AND sec.is_within_reach(of_disclosure);
END $$;

-- Writes down that the recipient was told; false where that was written down before, for the erasure that stands. Not by whom an
-- open complaint of the client names.
CREATE FUNCTION sec.tell_of_erasure(new_id uuid, of_disclosure uuid, how text, on_day date) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    d public.disclosures_disclosure;
    e public.rights_erasure;
BEGIN
    SELECT * INTO d FROM public.disclosures_disclosure x WHERE x.id = of_disclosure FOR UPDATE;
    SELECT * INTO e FROM public.rights_erasure x WHERE x.client_id = d.client_id AND x.state IN ('proposed', 'decided');
    IF NOT sec.may_tell_of_erasure(of_disclosure) OR (on_day <= sec.today() AND on_day >= sec.day_of(e.proposed_at)) IS NOT TRUE THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF sec.is_accused(sec.cleared_person(), d.client_id) THEN
        RAISE 'an open complaint of the client names you' USING ERRCODE = '23514', CONSTRAINT = 'recipient_accused';
    ELSIF EXISTS (SELECT FROM public.disclosures_recipienttold r WHERE r.disclosure_id = d.id AND r.statement_id IS NULL AND r.made_at >= e.proposed_at) THEN
        RETURN false;
    END IF;
    INSERT INTO public.disclosures_recipienttold (id, client_id, statement_id, disclosure_id, told_on, channel, by_id, made_at)
    VALUES (new_id, d.client_id, NULL, d.id, on_day, how, sec.cleared_person(), statement_timestamp());
    PERFORM sec.log('disclosure.deleted', d.client_id, 'client', d.branch_id, object => 'disclosures_disclosure', object_id => d.id);
    RETURN true;
END $$;

GRANT EXECUTE ON FUNCTION sec.erasure_counts, sec.may_tell_of_erasure, sec.tell_of_erasure TO confidential_app;

SELECT sec.adopt_functions();
