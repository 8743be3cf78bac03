-- Two persons are two people. Who let whom in is written where it happens; a third, who holds an office, confirms once that
-- this is a human being whom they met or rang. Until then the two may be one, and neither is the second person for the other.

-- Whether nobody but whoever let this person in, and the person, has confirmed them since the account last came into anybody's
-- hands. Being given a duty puts no account into anybody's hands, and ties nobody: else whoever is judged could tie their judge
-- to themself by giving them one.
CREATE FUNCTION sec.is_unconfirmed(l public.volunteers_lettingin) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN l.how <> 'appointed' AND NOT EXISTS (SELECT FROM public.volunteers_meeting m WHERE m.person_id = l.person_id AND m.by_id IS DISTINCT FROM l.by_id
        AND m.withdrawn_at IS NULL AND m.at >= coalesce((SELECT max(x.at) FROM public.volunteers_lettingin x
            WHERE x.person_id = l.person_id AND x.at <= l.at AND x.how <> 'appointed'), '-infinity'));
END $$;

-- Somebody, and everybody who may be the same human being as far as anybody has confirmed: whom they let in and who let
-- them in, and so on: two whom the same person let in may be one as well. Goes from one to the next, and asks of no others.
CREATE FUNCTION sec.circle(who uuid) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (WITH RECURSIVE circle (person) AS (
            SELECT who
            UNION
            SELECT next.person FROM circle c, LATERAL (
                SELECT l.by_id FROM public.volunteers_lettingin l WHERE l.person_id = c.person AND l.by_id IS NOT NULL AND sec.is_unconfirmed(l)
                UNION ALL
                SELECT l.person_id FROM public.volunteers_lettingin l WHERE l.by_id = c.person AND sec.is_unconfirmed(l)) next (person))
        SELECT array_agg(c.person) FROM circle c);
END $$;

-- Whether two persons may be one, either way round; everybody is tied to themself. Asked wherever a second person is needed.
CREATE FUNCTION sec.are_tied(a uuid, b uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce(a = b OR b = ANY (sec.circle(a)), false);
END $$;

-- Who can confirm somebody: whoever holds an office, is bound by the code, and is tied to them by nothing.
CREATE FUNCTION sec.confirmers(who uuid) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    circle uuid[];
BEGIN
    IF NOT EXISTS (SELECT FROM public.volunteers_lettingin l WHERE l.person_id = who AND sec.is_unconfirmed(l)) THEN
        RETURN '{}';  -- as nearly always
    END IF;
    circle := sec.circle(who);
    RETURN (SELECT coalesce(array_agg(DISTINCT d.person_id), '{}') FROM public.volunteers_duty d
        WHERE d.kind NOT IN ('volunteer', 'responder') AND sec.is_live(d) AND d.person_id <> ALL (circle) AND sec.has_signed(d.person_id)
          AND EXISTS (SELECT FROM public.volunteers_person p WHERE p.user_id = who AND p.left_at IS NULL));
END $$;

-- Whom the principal is asked to confirm: those of whom they are one of sec.confirmers.
CREATE FUNCTION sec.to_confirm() RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mine uuid[];
BEGIN
    IF NOT sec.is_in_office() THEN
        RETURN '{}';
    END IF;
    mine := sec.circle(sec.cleared_person());
    RETURN (SELECT coalesce(array_agg(DISTINCT l.person_id), '{}') FROM public.volunteers_lettingin l
        JOIN public.volunteers_person p ON p.user_id = l.person_id AND p.left_at IS NULL
        WHERE sec.is_unconfirmed(l) AND l.person_id <> ALL (mine));  -- who is tied to me, I am tied to
END $$;

-- Whether the principal holds an office of the association or of a branch, and is bound by the code.
CREATE FUNCTION sec.is_in_office() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.volunteers_duty d WHERE d.person_id = sec.cleared_person() AND d.kind NOT IN ('volunteer', 'responder') AND sec.is_live(d));
END $$;

-- Says that one has met or rung this person; duties that waited for it begin.
CREATE FUNCTION sec.confirm_person(new_id uuid, who uuid, how text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Two at once are one after the other, so that an office begins once.
    PERFORM FROM public.volunteers_person p WHERE p.user_id = who FOR UPDATE;
    IF sec.cleared_person() = ANY (sec.confirmers(who)) IS NOT TRUE OR NOT sec.is_fresh(15) OR how IS NULL OR how NOT IN ('met', 'rang') THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    INSERT INTO public.volunteers_meeting (id, person_id, by_id, way, at) VALUES (new_id, who, sec.cleared_person(), how, statement_timestamp());
    PERFORM sec.log('person.confirm', who, 'person', object => 'volunteers_meeting', object_id => new_id, detail => jsonb_build_object('way', how));
    PERFORM sec.begin_duties(who);
END $$;

-- Taken back by whoever confirmed, the president or the data-protection lead; but not what a third said of somebody whom they
-- let in themselves: who makes somebody unconfirmed chooses who judges. What somebody confirmed while they passed for
-- a human being falls with it, unless somebody else still vouches for them, or a command let them in.
CREATE FUNCTION sec.withdraw_meeting(which uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
BEGIN
    IF NOT sec.is_fresh(15) OR NOT EXISTS (SELECT FROM public.volunteers_meeting m WHERE m.id = which AND m.withdrawn_at IS NULL
            AND (m.by_id = me OR (me IS NOT NULL AND (sec.has_duty('president') OR sec.has_duty('protection'))
                AND NOT EXISTS (SELECT FROM public.volunteers_lettingin l WHERE l.person_id = m.person_id AND l.by_id = me)))) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    UPDATE public.volunteers_meeting m SET withdrawn_at = statement_timestamp(), withdrawn_by_id = me WHERE m.id = which;
END $$;

-- What somebody confirmed who is unconfirmed again is withdrawn with it.
CREATE FUNCTION sec.meeting_withdrawn() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.log('person.unconfirm', new.person_id, 'person', object => 'volunteers_meeting', object_id => new.id);
    UPDATE public.volunteers_meeting m SET withdrawn_at = new.withdrawn_at, withdrawn_by_id = new.withdrawn_by_id
    WHERE m.by_id = new.person_id AND m.at >= new.at AND m.withdrawn_at IS NULL
      AND EXISTS (SELECT FROM public.volunteers_lettingin l WHERE l.person_id = new.person_id AND l.by_id IS NOT NULL AND sec.is_unconfirmed(l));
    RETURN NULL;
END $$;
CREATE TRIGGER withdrawn AFTER UPDATE ON volunteers_meeting FOR EACH ROW EXECUTE FUNCTION sec.meeting_withdrawn();

-- ---- Coming in ----

-- Writes down that somebody was let in, with what duty. For definer functions.
CREATE FUNCTION sec.let_in(who uuid, by_whom uuid, by_what text, with_duty text DEFAULT '', in_branch uuid DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.volunteers_lettingin (id, person_id, by_id, how, at, duty, branch_id, begun_at)
    VALUES (gen_random_uuid(), who, by_whom, by_what, statement_timestamp(), with_duty, in_branch, CASE by_what WHEN 'appointed' THEN statement_timestamp() END);
    PERFORM sec.begin_duties(who);
END $$;

-- Begins what came with an invitation: to volunteer at once; an office when a third has confirmed the person, or nobody
-- would be kept from appointing themself. What its giver may not give any more does not begin.
CREATE FUNCTION sec.begin_duties(who uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l record;
    new_id uuid;
    failed text;
BEGIN
    FOR l IN SELECT * FROM public.volunteers_lettingin x WHERE x.person_id = who AND x.duty <> '' AND x.begun_at IS NULL AND x.at >= sec.came_in(who)
            AND (x.by_id IS NULL OR sec.may_bring_in(x.by_id, x.duty, x.branch_id))
            AND (x.by_id IS NULL OR x.duty IN ('volunteer', 'responder') OR NOT sec.is_unconfirmed(x)) LOOP
        new_id := gen_random_uuid();
        PERFORM sec.end_invitations(who);
        BEGIN
            INSERT INTO public.volunteers_duty (id, person_id, kind, branch_id, starts_at, appointed_by_id)
            VALUES (new_id, who, l.duty, l.branch_id, statement_timestamp(), l.by_id);
        EXCEPTION WHEN check_violation THEN
            GET STACKED DIAGNOSTICS failed = CONSTRAINT_NAME;
            IF failed <> 'duty_rules' THEN
                RAISE;
            END IF;
            CONTINUE;  -- meanwhile another duty was given that does not go with it
        END;
        UPDATE public.volunteers_lettingin x SET begun_at = statement_timestamp() WHERE x.id = l.id;
        PERFORM sec.log('duty.appoint', who, 'person', of_branch => l.branch_id, object => 'volunteers_duty', object_id => new_id,
            detail => jsonb_build_object('duty', l.duty));
    END LOOP;
END $$;

-- Since when somebody is here: what they were shown, asked or handed before they left is not theirs when they come back.
CREATE FUNCTION sec.came_in(who uuid) RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(max(l.at), '-infinity') FROM public.volunteers_lettingin l WHERE l.person_id = who AND l.how IN ('invited', 'rejoined'));
END $$;

-- So whoever came back does not read who wanted to talk to them, or to whom they did, before they left.
CREATE POLICY see ON volunteers_talkrequest FOR SELECT TO confidential_app
    USING ((SELECT sec.cleared_person()) IN (person_id, responder_id) AND made_at >= (SELECT sec.came_in(sec.cleared_person())));
CREATE POLICY change ON volunteers_talkrequest FOR UPDATE TO confidential_app
    USING ((SELECT sec.cleared_person()) IN (person_id, responder_id) AND made_at >= (SELECT sec.came_in(sec.cleared_person())));

-- Somebody who left comes back as the same person, with a sign-in of today: conflicts, complaints and undertakings are
-- theirs again; no second factor, private detail or request of before is. For sec.join().
CREATE FUNCTION sec.rejoin(who uuid, name text, salt text, lang text, shown_name text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone uuid;
BEGIN
    UPDATE public.volunteers_person p SET left_at = NULL, working_name = shown_name, language = lang WHERE p.user_id = who AND p.left_at IS NOT NULL;
    IF NOT FOUND THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    UPDATE public.volunteers_departure d SET returned_at = statement_timestamp() WHERE d.person_id = who AND d.returned_at IS NULL;
    UPDATE public.volunteers_user u SET username = name, password = salt, language = lang, is_active = true, must_change_password = false WHERE u.id = who;
    DELETE FROM public.volunteers_secondfactor a WHERE a.user_id = who;
    PERFORM sec.end_sign_ins(who);
    DELETE FROM public.volunteers_persondetails x WHERE x.person_id = who RETURNING x.id INTO gone;
    IF gone IS NOT NULL THEN
        PERFORM sec.log('row.remove', who, 'person', object => 'volunteers_persondetails', object_id => gone);
    END IF;
END $$;

-- ---- Invitations ----

-- Whether somebody may bring others into a duty, by what they hold now. Asked when they do it and when it is used.
CREATE FUNCTION sec.may_bring_in(who uuid, kind text, branch uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.volunteers_duty d WHERE d.person_id = who AND sec.is_live(d)
        AND CASE WHEN may_bring_in.kind IN ('volunteer', 'responder') THEN d.kind = 'president' OR (d.kind = 'coordinator' AND d.branch_id = branch)
            ELSE may_bring_in.kind IN ('coordinator', 'protection', 'president', 'administrator') AND d.kind = 'president' END);
END $$;

-- Whom the principal may invite as somebody who served before: who left, after serving in the branch; the president anybody.
CREATE FUNCTION sec.may_return(who uuid, in_branch uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN who IS NULL OR (EXISTS (SELECT FROM public.volunteers_person p WHERE p.user_id = who AND p.left_at <= statement_timestamp())
        AND ((SELECT w.kind FROM sec.principal() w) = 'command' OR sec.has_duty('president')
            OR EXISTS (SELECT FROM public.volunteers_duty d WHERE d.person_id = who AND d.branch_id = in_branch)));
END $$;

-- Whether somebody can still join with an invitation: unused, in time, and its giver could give it today.
CREATE FUNCTION sec.is_standing(which uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.volunteers_invitation i WHERE i.id = which AND i.used_at IS NULL AND i.withdrawn_at IS NULL
        AND i.expires_at > statement_timestamp() AND (i.invited_by_id IS NULL OR sec.may_bring_in(i.invited_by_id, i.kind, i.branch_id)));
END $$;

-- Whoever stops holding a duty leaves no invitation behind that they could not give any more; one under a duty that ended by
-- itself does not come back with the next one.
CREATE FUNCTION sec.end_invitations(by_whom uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.volunteers_invitation i SET withdrawn_at = statement_timestamp()
    WHERE i.invited_by_id = by_whom AND i.used_at IS NULL AND i.withdrawn_at IS NULL AND NOT sec.may_bring_in(i.invited_by_id, i.kind, i.branch_id);
END $$;
-- With a duty end the invitations that only it allowed.
CREATE FUNCTION sec.duty_ended() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM sec.end_invitations(new.person_id);
    RETURN NULL;
END $$;
CREATE TRIGGER ended AFTER UPDATE OF ends_at ON volunteers_duty FOR EACH ROW EXECUTE FUNCTION sec.duty_ended();

-- Taken back before it is used: by whoever could give it today.
CREATE FUNCTION sec.withdraw_invitation(which uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    i record;
BEGIN
    SELECT * INTO i FROM public.volunteers_invitation v WHERE v.id = which FOR UPDATE;
    IF NOT FOUND OR (i.invited_by_id = sec.cleared_person() OR sec.may_appoint(i.kind, i.branch_id)) IS NOT TRUE THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF i.used_at IS NOT NULL OR i.withdrawn_at IS NOT NULL THEN
        RETURN false;
    END IF;
    UPDATE public.volunteers_invitation v SET withdrawn_at = statement_timestamp() WHERE v.id = which;
    PERFORM sec.log('person.uninvite', object => 'volunteers_invitation', object_id => which, of_branch => i.branch_id);
    RETURN true;
END $$;

-- ---- Rows ----
SELECT sec.bind('volunteers_lettingin', 'volunteers_meeting');
SELECT sec.attest_rows('volunteers_lettingin'), sec.attest_rows('volunteers_meeting');
GRANT SELECT ON volunteers_lettingin, volunteers_meeting TO confidential_app;
GRANT SELECT, INSERT ON volunteers_lettingin, volunteers_meeting TO confidential_door;
GRANT UPDATE (begun_at) ON volunteers_lettingin TO confidential_door;
GRANT UPDATE (withdrawn_at, withdrawn_by_id) ON volunteers_meeting TO confidential_door;
GRANT UPDATE (withdrawn_at) ON volunteers_invitation TO confidential_door;
GRANT UPDATE (username, password, language, is_active, must_change_password) ON volunteers_user TO confidential_door;
GRANT UPDATE (left_at, working_name, language) ON volunteers_person TO confidential_door;
GRANT SELECT (id, person_id), DELETE ON volunteers_persondetails TO confidential_door;
CREATE POLICY door ON volunteers_lettingin FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON volunteers_meeting FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY door ON volunteers_persondetails FOR ALL TO confidential_door USING (true);
-- One's own, those of one's branch, all for the president; and whoever holds the code, while its giver may give it.
CREATE POLICY see ON volunteers_invitation FOR SELECT TO confidential_app
    USING (invited_by_id = (SELECT sec.signed_in_person()) OR branch_id = ANY ((SELECT sec.coordinated())::uuid[]) OR (SELECT sec.has_duty('president'))
        OR (id = (SELECT w.subject FROM sec.principal() w WHERE w.kind = 'invitation') AND sec.is_standing(id)));
CREATE POLICY see ON volunteers_lettingin FOR SELECT TO confidential_app
    USING ((SELECT sec.signed_in_person()) IN (person_id, by_id) OR (SELECT sec.is_in_office()));
CREATE POLICY see ON volunteers_meeting FOR SELECT TO confidential_app
    USING ((SELECT sec.signed_in_person()) IN (person_id, by_id) OR (SELECT sec.is_in_office()));

GRANT EXECUTE ON FUNCTION sec.are_tied, sec.circle, sec.confirmers, sec.to_confirm, sec.is_in_office, sec.confirm_person, sec.withdraw_meeting, sec.came_in,
    sec.is_standing TO confidential_app;
GRANT EXECUTE ON FUNCTION sec.came_in, sec.are_tied TO confidential_worker;
GRANT EXECUTE ON FUNCTION sec.withdraw_invitation TO confidential_signin;

SELECT sec.adopt_functions();
