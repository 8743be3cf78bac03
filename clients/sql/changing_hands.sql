-- Changing hands: a client who moves to another branch; somebody who leaves the association.

-- Moves a client. Every grant ends in this second, and what was consulted or opened through one; the new branch's
-- coordinators have the record from then on. A protected record needs somebody named who takes it over.
CREATE FUNCTION sec.move_client(of_client uuid, to_branch uuid, takes_over uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
    c record;
BEGIN
    SELECT * INTO c FROM public.clients_client x WHERE x.id = of_client FOR UPDATE;
    IF NOT FOUND OR me IS NULL OR NOT sec.may_decide_on(of_client) OR NOT sec.is_fresh(15) OR to_branch = c.branch_id
        OR NOT EXISTS (SELECT FROM public.volunteers_branch b WHERE b.id = to_branch)
        OR NOT EXISTS (SELECT FROM public.volunteers_duty d WHERE d.branch_id = to_branch AND d.kind = 'coordinator' AND sec.is_live(d)
            AND (NOT c.protected OR (d.person_id = takes_over AND sec.has_signed(takes_over) AND NOT sec.is_in_conflict(takes_over, of_client)))) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    PERFORM sec.log('client.move', of_client, 'client', c.branch_id, 'handover', 'branch_duty', 'coordinator', 'clients_client', of_client,
        detail => jsonb_build_object('to', to_branch));
    PERFORM sec.end_grants(of_client => of_client);
    UPDATE public.clients_consultation k SET ends_at = statement_timestamp() WHERE k.client_id = of_client AND k.ends_at > statement_timestamp();
    UPDATE public.clients_emergency e SET ends_at = statement_timestamp() WHERE e.client_id = of_client AND e.ends_at > statement_timestamp();
    DELETE FROM public.clients_draft d WHERE d.client_id = of_client;
    -- Its keyed hashes are the old branch's: the new one makes its own when it next saves who this is.
    DELETE FROM public.clients_fingerprint f WHERE f.client_id = of_client;
    UPDATE public.clients_client x SET branch_id = to_branch WHERE x.id = of_client;
    IF c.protected THEN
        INSERT INTO public.clients_grant (id, client_id, branch_id, person_id, scope, basis, purpose, granted_by_id, starts_at)
        VALUES (gen_random_uuid(), of_client, to_branch, takes_over, 'named', 'branch_duty', 'protection', me, statement_timestamp());
    END IF;
END $$;

-- Hands clients from one volunteer to another, all of them or none: each old assignment ends and the new one begins in the
-- same second, with the contacts since a day, or with all. Of somebody who left, each client is handed on once. What the
-- first one shared with colleagues about them ends too: it was for their own support.
CREATE FUNCTION sec.hand_over(of_clients uuid[], from_whom uuid, to_whom uuid, from_day date) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
    departure uuid := (SELECT d.id FROM public.volunteers_departure d WHERE d.person_id = from_whom AND d.returned_at IS NULL);
    scopes text[];
    handed integer := 0;
    c record;
BEGIN
    IF me IS NULL OR NOT sec.is_fresh(15) OR to_whom = from_whom OR sec.are_tied(me, to_whom) OR from_day > sec.today()
        OR EXISTS (SELECT FROM unnest(of_clients) x WHERE NOT sec.may_decide_on(x)) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    -- Whoever leaves locks their row: one who leaves at this moment is seen, or waits and ends this.
    PERFORM FROM public.volunteers_person p WHERE p.user_id = to_whom FOR KEY SHARE;
    IF EXISTS (SELECT FROM public.volunteers_departure d WHERE d.person_id = to_whom AND d.returned_at IS NULL) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    FOR c IN SELECT x.id, x.branch_id FROM public.clients_client x WHERE x.id = ANY (of_clients) ORDER BY x.id FOR UPDATE LOOP
        IF NOT sec.is_serving_in(to_whom, c.branch_id) THEN
            RAISE 'not permitted' USING ERRCODE = '42501';
        ELSIF sec.is_coordinator_in(to_whom, c.branch_id) THEN
            -- They would have all notes without a reason and without an end; see the ledger's policy.
            RAISE 'this person coordinates the branch' USING ERRCODE = '23514', CONSTRAINT = 'handover_coordinator';
        ELSIF sec.is_in_conflict(to_whom, c.id) THEN
            RAISE 'this person must not deal with this client' USING ERRCODE = '23514', CONSTRAINT = 'handover_conflict';
        END IF;
        -- By the clock, not by when this statement began: whoever held the client's row before may have handed it on.
        IF departure IS NULL THEN
            WITH ended AS (
                UPDATE public.clients_grant g SET ends_at = statement_timestamp(), ended_by_id = me
                WHERE g.client_id = c.id AND g.person_id = from_whom AND g.basis = 'assignment' AND (g.ends_at IS NULL OR g.ends_at > clock_timestamp())
                RETURNING g.scope)
            SELECT array_agg(DISTINCT e.scope) INTO scopes FROM ended e;
        ELSE
            SELECT array_agg(DISTINCT g.scope) INTO scopes FROM public.clients_grant g JOIN public.volunteers_departure d ON d.id = departure
            WHERE g.client_id = c.id AND g.person_id = from_whom AND g.basis = 'assignment' AND g.ends_at = d.left_at AND g.starts_at <= d.left_at
              AND NOT EXISTS (SELECT FROM public.clients_grant h WHERE h.client_id = c.id AND h.act = departure);
        END IF;
        IF scopes IS NULL THEN
            RAISE 'this client has been handed over' USING ERRCODE = '23514', CONSTRAINT = 'handover_done';
        END IF;
        PERFORM sec.end_grants(of_act => k.id) FROM public.clients_consultation k
        WHERE k.client_id = c.id AND k.asked_by_id = from_whom AND k.ends_at > statement_timestamp();
        UPDATE public.clients_consultation k SET ends_at = statement_timestamp()
        WHERE k.client_id = c.id AND k.asked_by_id = from_whom AND k.ends_at > statement_timestamp();
        -- One who has the client already keeps what they have.
        INSERT INTO public.clients_grant (id, client_id, branch_id, person_id, scope, basis, purpose, since, act, granted_by_id, starts_at)
        SELECT gen_random_uuid(), c.id, c.branch_id, to_whom, s.scope, 'assignment', 'handover', CASE s.scope WHEN 'full' THEN from_day END, departure, me, statement_timestamp()
        FROM unnest(scopes) s (scope) WHERE departure IS NOT NULL OR NOT EXISTS (SELECT FROM public.clients_grant g WHERE g.client_id = c.id AND g.person_id = to_whom
            AND g.basis = 'assignment' AND g.scope IN (s.scope, 'full') AND g.starts_at <= clock_timestamp() AND (g.ends_at IS NULL OR g.ends_at > clock_timestamp()));
        handed := handed + 1;
    END LOOP;
    RETURN handed;
END $$;

-- Leaving (P3): one act ends sessions, duties, permissions, consultations, emergencies, visits and drafts in the same
-- second. The person, the undertaking and the name in the log stay. On the sign-in connection, as whoever does it: the
-- president; a coordinator of all branches in which the person serves, and only as a volunteer; or the person.
CREATE FUNCTION sec.leave(new_id uuid, who uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.signed_in_person();
    d record;
BEGIN
    PERFORM FROM public.volunteers_person p WHERE p.user_id = who AND p.left_at IS NULL FOR UPDATE;
    IF NOT FOUND OR me IS NULL OR NOT sec.is_fresh(15) OR NOT sec.may_part_with(who) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    INSERT INTO public.volunteers_departure (id, person_id, left_at, by_id, reminder) VALUES (new_id, who, statement_timestamp(), me, 'pending');
    FOR d IN UPDATE public.volunteers_duty v SET ends_at = statement_timestamp()
            WHERE v.person_id = who AND (v.ends_at IS NULL OR v.ends_at > clock_timestamp()) RETURNING v.id, v.branch_id LOOP
        PERFORM sec.log('duty.end', who, 'person', of_branch => d.branch_id, object => 'volunteers_duty', object_id => d.id);
    END LOOP;
    PERFORM sec.end_grants(of_person => who);
    -- What they shared ends with them: there is nobody left who could answer for it.
    PERFORM sec.end_grants(of_act => k.id) FROM public.clients_consultation k WHERE k.asked_by_id = who AND k.ends_at > statement_timestamp();
    UPDATE public.clients_consultation k SET ends_at = statement_timestamp() WHERE who IN (k.asked_by_id, k.colleague_id) AND k.ends_at > statement_timestamp();
    UPDATE public.clients_emergency e SET ends_at = statement_timestamp() WHERE e.person_id = who AND e.ends_at > statement_timestamp();
    DELETE FROM public.clients_draft x WHERE x.person_id = who;
    PERFORM sec.forget_visit(v.id) FROM public.clients_lonevisit v WHERE v.person_id = who;
    UPDATE public.clients_lonevisit v SET safe_at = statement_timestamp() WHERE v.person_id = who AND v.safe_at IS NULL;
    UPDATE public.volunteers_talkrequest t SET withdrawn_at = statement_timestamp() WHERE who IN (t.person_id, t.responder_id) AND t.answered_at IS NULL AND t.withdrawn_at IS NULL;
    PERFORM sec.end_invitations(who);
    -- Before the principal goes, who may be the one who asks for this.
    PERFORM sec.log('person.leave', who, 'person', object => 'volunteers_departure', object_id => new_id, detail => jsonb_build_object('self', who = me));
    UPDATE public.volunteers_person p SET left_at = statement_timestamp() WHERE p.user_id = who;
    UPDATE public.volunteers_user u SET is_active = false WHERE u.id = who;
    DELETE FROM public.volunteers_secondfactor m WHERE m.user_id = who; -- and with it the trust in their devices
    PERFORM sec.end_sign_ins(who);
END $$;

-- Whether the principal may record that somebody leaves: it is themself; they are president; they coordinate the branches of
-- all duties of that person, none of which is an office.
CREATE FUNCTION sec.may_part_with(who uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- A president goes when the next one has ended that duty: an association without one could appoint nobody.
    IF EXISTS (SELECT FROM public.volunteers_duty d WHERE d.person_id = who AND d.kind = 'president' AND sec.is_live(d)) THEN
        RETURN sec.has_duty('president') AND who <> sec.signed_in_person();
    END IF;
    RETURN who = sec.signed_in_person() OR sec.has_duty('president')
        OR (sec.is_coordinator_of(who) AND NOT EXISTS (SELECT FROM public.volunteers_duty d WHERE d.person_id = who AND sec.is_live(d)
            AND (d.kind NOT IN ('volunteer', 'responder') OR d.branch_id <> ALL (sec.coordinated()))));
END $$;

-- What became of the reminder that the undertaking goes on: noted once, by whoever may part with people.
CREATE FUNCTION sec.remind_leaver(which uuid, what text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    d public.volunteers_departure;
BEGIN
    SELECT * INTO d FROM public.volunteers_departure x WHERE x.id = which FOR UPDATE;
    IF NOT FOUND OR sec.cleared_person() IS NULL OR what NOT IN ('signed', 'refused') OR d.reminder <> 'pending'
        OR NOT (sec.has_duty('president') OR sec.has_parted(d)) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    UPDATE public.volunteers_departure x SET reminder = what, reminded_at = statement_timestamp(), reminded_by_id = sec.cleared_person() WHERE x.id = which;
    PERFORM sec.log('person.remind', d.person_id, 'person', object => 'volunteers_departure', object_id => which, detail => jsonb_build_object('reminder', what));
END $$;

-- Whether somebody who left served in a branch of the principal's to the end.
CREATE FUNCTION sec.has_parted(d public.volunteers_departure) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.volunteers_duty v WHERE v.person_id = d.person_id AND v.ends_at = d.left_at AND v.branch_id = ANY (sec.coordinated()));
END $$;

-- The same by its id: whoever could hand in a row would ask about invented ones.
CREATE FUNCTION sec.has_parted(departure uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT sec.has_parted(x) FROM public.volunteers_departure x WHERE x.id = departure), false);
END $$;

SELECT sec.bind('volunteers_departure');
SELECT sec.attest_rows('volunteers_departure');
GRANT SELECT ON volunteers_departure TO confidential_app;
GRANT SELECT, INSERT, UPDATE ON volunteers_departure TO confidential_door;
GRANT UPDATE (expires_at) ON volunteers_invitation TO confidential_door;
GRANT UPDATE (withdrawn_at) ON volunteers_talkrequest TO confidential_door;
CREATE POLICY door ON volunteers_departure FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY see ON volunteers_departure FOR SELECT TO confidential_app
    USING ((SELECT sec.cleared_person()) IS NOT NULL AND (by_id = (SELECT sec.cleared_person()) OR (SELECT sec.has_duty('president')) OR (SELECT sec.has_duty('protection')) OR sec.has_parted(id)));

GRANT EXECUTE ON FUNCTION sec.move_client, sec.hand_over, sec.remind_leaver, sec.may_part_with, sec.has_parted(uuid) TO confidential_app;
GRANT EXECUTE ON FUNCTION sec.leave TO confidential_signin;
SELECT sec.adopt_functions();
