-- Offices that nobody inside can give any more.

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
    IF NOT FOUND OR (SELECT w.kind FROM sec.principal() w) IS DISTINCT FROM 'command' OR NOT sec.is_fresh(15) OR office NOT IN ('president', 'protection')
            OR minuted IS NULL OR minuted > sec.today() OR coalesce(btrim(said), '') = '' THEN
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

GRANT EXECUTE ON FUNCTION sec.office_appoint TO confidential_command;
SELECT sec.adopt_functions();
