-- What is over goes: sessions and principals, wrong tries. Once an hour, by the worker. Codes and links that ran
-- out stay for a month, so that whoever comes late reads that they did.
CREATE FUNCTION sec.clear_expired() RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone integer;
    one integer;
BEGIN
    DELETE FROM public.volunteers_session WHERE expires_at < statement_timestamp();
    GET DIAGNOSTICS gone = ROW_COUNT;
    DELETE FROM public.vault_principal WHERE expires_at < statement_timestamp()
        - CASE WHEN kind IN ('invitation', 'recipient') THEN interval '30 days' ELSE interval '0' END;
    GET DIAGNOSTICS one = ROW_COUNT;
    gone := gone + one;
    DELETE FROM public.axes_accessattempt WHERE attempt_time < statement_timestamp() - interval '1 hour';
    GET DIAGNOSTICS one = ROW_COUNT;
    RETURN gone + one;
END $$;
REVOKE ALL ON FUNCTION sec.clear_expired FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.clear_expired TO confidential_worker;
ALTER FUNCTION sec.clear_expired OWNER TO confidential_door;
