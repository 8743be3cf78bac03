-- Offices that nobody inside can give any more, and whose accounts were let in again.

-- The board appoints, by its minute, and somebody at the server writes it down: where a president died or vanished, only
-- impersonating them would be left. Whoever held the office holds it no longer; with that said, a duty that the table of
-- duties keeps apart from it ends too.
CREATE FUNCTION sec.office_appoint(who uuid, office text, minuted date, said text, end_others boolean) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    new_id uuid := gen_random_uuid();
    d record;
BEGIN
    -- One at a time: two would leave two holders.
    PERFORM FROM public.volunteers_person p WHERE p.user_id = who AND (p.left_at IS NULL OR p.left_at > statement_timestamp()) FOR UPDATE;
    IF NOT FOUND OR (SELECT w.kind FROM sec.who() w) IS DISTINCT FROM 'command' OR NOT sec.fresh(15) OR office NOT IN ('president', 'protection')
            OR minuted IS NULL OR minuted > (statement_timestamp() AT TIME ZONE 'Europe/Paris')::date OR coalesce(btrim(said), '') = '' THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    FOR d IN SELECT v.* FROM public.volunteers_duty v WHERE (v.ends_at IS NULL OR v.ends_at > clock_timestamp())
            AND (v.kind = office OR (end_others AND v.person_id = who AND EXISTS (SELECT FROM public.volunteers_dutyrule r
                WHERE (r.first, r.second) IN ((v.kind, office), (office, v.kind))))) FOR UPDATE LOOP
        UPDATE public.volunteers_duty SET ends_at = statement_timestamp() WHERE id = d.id;
        PERFORM sec.log('duty.end', d.person_id, 'person', of_branch => d.branch_id, object => 'volunteers_duty', object_id => d.id);
    END LOOP;
    PERFORM sec.end_invitations(who);
    INSERT INTO public.volunteers_duty (id, person_id, kind, starts_at, minuted_on, minute)
    VALUES (new_id, who, office, statement_timestamp(), minuted, btrim(said));
    PERFORM sec.log('duty.appoint', who, 'person', object => 'volunteers_duty', object_id => new_id,
        detail => jsonb_build_object('duty', office, 'minuted', minuted));
    RETURN new_id;
END $$;

-- Whose accounts got a new first password at the server, and when: for those who must ask whether the person wanted it.
CREATE FUNCTION sec.let_in_again(since timestamptz) RETURNS TABLE (at timestamptz, reference text, name text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF sec.uid() IS NULL OR NOT (sec.holds('president') OR sec.holds('protection')) THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT e.at, p.reference::text, p.working_name::text FROM public.audit_event e
        JOIN public.volunteers_person p ON p.user_id = e.object_id
    WHERE e.action = 'account.recover' AND e.outcome = 'done' AND e.object_type = 'volunteers_user' AND e.at >= since
    ORDER BY e.at DESC;
END $$;
GRANT EXECUTE ON FUNCTION sec.office_appoint TO confidential_command;
GRANT EXECUTE ON FUNCTION sec.let_in_again TO confidential_app;
SELECT sec.adopt_functions();
