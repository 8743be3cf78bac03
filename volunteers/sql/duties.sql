-- Changes of people and duties, and of the code. Whoever may do what is checked here, not only in Python.

-- Refuses duties that one person may not hold together, as the table of duties says.
CREATE FUNCTION sec.refuse_duties() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    clash record;
BEGIN
    SELECT r.why INTO clash FROM public.volunteers_duty d JOIN public.volunteers_dutyrule r
        ON (r.first, r.second) IN ((d.kind, new.kind), (new.kind, d.kind))
    WHERE d.person_id = new.person_id AND d.id <> new.id AND (d.ends_at IS NULL OR d.ends_at > new.starts_at) LIMIT 1;
    IF FOUND THEN
        RAISE 'duties that one person may not hold together: %', clash.why USING ERRCODE = '23514', CONSTRAINT = 'duty_rules';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER refuse_duties BEFORE INSERT ON volunteers_duty FOR EACH ROW EXECUTE FUNCTION sec.refuse_duties();

-- Who may bring somebody into a duty. A command is somebody at the server, setting up.
CREATE FUNCTION sec.may_appoint(kind text, branch uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT w.kind FROM sec.principal() w) = 'command'
        OR (sec.may_bring_in(sec.signed_in_person(), kind, branch) AND (sec.cleared_person() IS NOT NULL OR sec.has_duty('president')));
END $$;

-- Invites somebody into a duty, also somebody who served before. The code comes under cover.
CREATE FUNCTION sec.invite(new_id uuid, duty text, in_branch uuid, lang text, covered bytea, days integer, who_left uuid DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Under a new id: whoever uses the code acts under it.
    IF sec.may_appoint(duty, in_branch) IS NOT TRUE OR NOT sec.is_fresh(15) OR days NOT BETWEEN 1 AND 60 OR NOT sec.may_return(who_left, in_branch)
        OR EXISTS (SELECT FROM public.vault_principal p WHERE p.subject = new_id) OR EXISTS (SELECT FROM public.volunteers_user u WHERE u.id = new_id)
        OR EXISTS (SELECT FROM public.vault_subjectkey k WHERE k.subject = new_id) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    INSERT INTO public.volunteers_invitation (id, kind, branch_id, language, invited_by_id, expires_at, again_id)
    VALUES (new_id, duty, in_branch, lang, sec.signed_in_person(), statement_timestamp() + make_interval(days => days), who_left);
    PERFORM sec.mint('invitation', new_id, '', make_interval(days => days), sec.uncovered(sec.own_hash(), covered));
    PERFORM sec.log('person.invite', object => 'volunteers_invitation', object_id => new_id, of_branch => in_branch,
        detail => jsonb_build_object('duty', duty));
END $$;

-- Accepting an invitation: the account, the person, the duty and the key in one act; the code is used up. Gives the account:
-- of somebody who comes back, the one they had. What whoever invited may not give any more, nobody gets by their code.
CREATE FUNCTION sec.join(new_user uuid, name text, salt text, covered bytea, lang text, shown_name text, ref text,
    wrapped_data bytea, wrapped_audit bytea) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w record;
    i record;
    joined uuid;
BEGIN
    SELECT * INTO w FROM sec.principal();
    SELECT * INTO i FROM public.volunteers_invitation v WHERE v.id = w.subject FOR UPDATE;
    IF w.kind IS DISTINCT FROM 'invitation' OR NOT FOUND OR NOT sec.is_standing(i.id) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    joined := coalesce(i.again_id, new_user);
    IF i.again_id IS NOT NULL THEN
        PERFORM sec.rejoin(joined, name, salt, lang, shown_name);
    ELSE
        INSERT INTO public.volunteers_user (id, username, password, kind, language, is_active, is_superuser, must_change_password, created_at)
        VALUES (joined, name, salt, 'person', lang, true, false, false, statement_timestamp());
        INSERT INTO public.volunteers_person (user_id, reference, working_name, language, joined_at)
        VALUES (joined, ref, shown_name, lang, statement_timestamp());
        PERFORM sec.add_key(joined, 'person', wrapped_data, wrapped_audit);
    END IF;
    PERFORM sec.keep_password(joined, covered);
    UPDATE public.volunteers_invitation SET used_at = statement_timestamp(), used_by = joined WHERE id = i.id;
    PERFORM sec.log('person.join', joined, 'person', of_branch => i.branch_id, object => 'volunteers_invitation', object_id => i.id,
        detail => jsonb_build_object('again', i.again_id IS NOT NULL));
    PERFORM sec.let_in(joined, i.invited_by_id, CASE WHEN i.again_id IS NULL THEN 'invited' ELSE 'rejoined' END, i.kind, i.branch_id);
    DELETE FROM public.vault_principal p WHERE p.subject = i.id AND p.kind = 'invitation';
    RETURN joined;
END $$;

-- Gives a duty to somebody who is here already.
CREATE FUNCTION sec.appoint(who uuid, duty text, in_branch uuid, until timestamptz) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    new_id uuid := gen_random_uuid();
BEGIN
    -- Nobody gives a duty to themself, nor to somebody who may be themself; nor to somebody whom another let in before a third
    -- has confirmed them: that would tie the two who did it to each other, and whoever did it could choose their judge.
    IF sec.may_appoint(duty, in_branch) IS NOT TRUE OR NOT sec.is_fresh(15) OR sec.are_tied(sec.signed_in_person(), who)
        OR EXISTS (SELECT FROM public.volunteers_lettingin l WHERE l.person_id = who AND l.by_id IS NOT NULL AND sec.is_unconfirmed(l)) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    -- What was given under a duty that ended by itself does not come back with the next one.
    PERFORM sec.end_stale_grants(who, in_branch);
    PERFORM sec.end_invitations(who);
    INSERT INTO public.volunteers_duty (id, person_id, kind, branch_id, starts_at, ends_at, appointed_by_id)
    VALUES (new_id, who, duty, in_branch, statement_timestamp(), until, sec.signed_in_person());
    PERFORM sec.let_in(who, sec.signed_in_person(), 'appointed', duty, in_branch);
    PERFORM sec.log('duty.appoint', who, 'person', of_branch => in_branch, object => 'volunteers_duty', object_id => new_id,
        detail => jsonb_build_object('duty', duty));
    RETURN new_id;
END $$;

-- Ends a duty, by whoever could give it.
CREATE FUNCTION sec.end_duty(which uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    d record;
BEGIN
    SELECT * INTO d FROM public.volunteers_duty v WHERE v.id = which AND (v.ends_at IS NULL OR v.ends_at > clock_timestamp()) FOR UPDATE;
    -- A president goes when the next one ends it: an association without one could appoint nobody.
    IF NOT FOUND OR sec.may_appoint(d.kind, d.branch_id) IS NOT TRUE OR NOT sec.is_fresh(15) OR (d.kind = 'president' AND d.person_id = sec.signed_in_person()) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    UPDATE public.volunteers_duty SET ends_at = statement_timestamp() WHERE id = which;
    PERFORM sec.log('duty.end', d.person_id, 'person', of_branch => d.branch_id, object => 'volunteers_duty', object_id => which);
END $$;

-- The president adopts a version on a date (P17). It must be there in both languages. Who is at work then has so many days to
-- sign it, counted from the day on which it can be signed.
CREATE FUNCTION sec.adopt(which uuid, on_date date, days_to_sign integer) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT (sec.has_duty('president') AND sec.is_fresh(15)) OR (SELECT count(*) FROM public.volunteers_policytext t WHERE t.version_id = which) < 2
        OR (days_to_sign BETWEEN 0 AND 31) IS NOT TRUE THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    UPDATE public.volunteers_policyversion SET adopted_on = on_date, adopted_by_id = sec.signed_in_person(),
        closes_on = greatest(on_date, sec.today()) + days_to_sign WHERE id = which AND adopted_on IS NULL;
    IF NOT FOUND THEN
        RAISE 'this version was adopted before' USING ERRCODE = '40001';
    END IF;
    PERFORM sec.log('policy.adopt', object => 'volunteers_policyversion', object_id => which);
END $$;

-- Signing (P2): the exact text, its hash, the time, and a sign-in that is at most 15 minutes old.
CREATE FUNCTION sec.sign(which uuid) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    new_id uuid := gen_random_uuid();
    me uuid := sec.signed_in_person();
    t record;
BEGIN
    SELECT x.* INTO t FROM public.volunteers_policytext x JOIN public.volunteers_policyversion v ON v.id = x.version_id
    WHERE x.id = which AND v.adopted_on <= sec.today()
        AND v.number >= (SELECT coalesce(max(m.number), 0) FROM public.volunteers_policyversion m WHERE m.material AND m.adopted_on <= sec.today());
    IF NOT FOUND OR me IS NULL OR NOT sec.is_fresh(15) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    INSERT INTO public.volunteers_undertaking (id, person_id, version_id, language, text, text_sha256, signed_at, signed_in_at)
    VALUES (new_id, me, t.version_id, t.language, t.text, encode(sha256(convert_to(t.text, 'UTF8')), 'hex'), statement_timestamp(),
        (SELECT w.fresh_at FROM sec.principal() w));
    PERFORM sec.log('undertaking.sign', me, 'person', object => 'volunteers_undertaking', object_id => new_id);
    RETURN new_id;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON volunteers_undertaking FOR EACH STATEMENT EXECUTE FUNCTION sec.refuse_change();

-- An adopted text never changes, by anybody.
CREATE FUNCTION sec.refuse_adopted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM public.volunteers_policyversion v WHERE v.id = coalesce(new.version_id, old.version_id) AND v.adopted_on IS NOT NULL) THEN
        RAISE 'an adopted text does not change' USING ERRCODE = '42501';
    END IF;
    RETURN coalesce(new, old);
END $$;
CREATE TRIGGER refuse_adopted BEFORE INSERT OR UPDATE OR DELETE ON volunteers_policytext FOR EACH ROW EXECUTE FUNCTION sec.refuse_adopted();

-- ---- "I need to talk": a named colleague is asked to listen. No words, so nothing about any client. ----

-- Refuses whom one cannot ask and what one cannot say, and writes the event.
CREATE FUNCTION sec.talk_changed() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF tg_op = 'INSERT' AND (new.responder_id = new.person_id OR NOT EXISTS (SELECT FROM public.volunteers_duty d
            WHERE d.person_id = new.responder_id AND d.kind = 'responder' AND sec.is_live(d))) THEN
        RAISE 'this person is not there to listen' USING ERRCODE = '23514', CONSTRAINT = 'talk_responder';
    END IF;
    -- Whoever was asked says that they have talked; whoever asked takes it back; each once.
    IF tg_op = 'UPDATE' AND (old.answered_at IS NOT NULL OR old.withdrawn_at IS NOT NULL
            -- Leaving takes them all back, whoever does it: on the sign-in connection, by a definer function.
            OR (session_user = 'confidential_app' AND CASE WHEN new.withdrawn_at IS NULL THEN new.responder_id ELSE new.person_id END IS DISTINCT FROM sec.cleared_person())
            OR (new.answered_at IS NULL) = (new.withdrawn_at IS NULL)) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    PERFORM sec.log(CASE WHEN tg_op = 'INSERT' THEN 'talk.ask' WHEN new.withdrawn_at IS NULL THEN 'talk.answer' ELSE 'talk.withdraw' END,
        new.person_id, 'person', object => 'volunteers_talkrequest', object_id => new.id);
    RETURN NULL;
END $$;
CREATE TRIGGER changed AFTER INSERT OR UPDATE ON volunteers_talkrequest FOR EACH ROW EXECUTE FUNCTION sec.talk_changed();
SELECT sec.bind('volunteers_talkrequest');
GRANT SELECT, INSERT ON volunteers_talkrequest TO confidential_app;
GRANT UPDATE (answered_at, withdrawn_at) ON volunteers_talkrequest TO confidential_app;
GRANT SELECT ON volunteers_talkrequest TO confidential_door;
CREATE POLICY door ON volunteers_talkrequest FOR ALL TO confidential_door USING (true) WITH CHECK (true);
CREATE POLICY add ON volunteers_talkrequest FOR INSERT TO confidential_app WITH CHECK (person_id = (SELECT sec.cleared_person()));

GRANT EXECUTE ON FUNCTION sec.adopt, sec.may_appoint TO confidential_app;
-- In a transaction of its own, which is not the one that shows a page: a signature that is rolled back has opened nothing.
GRANT EXECUTE ON FUNCTION sec.sign TO confidential_signin;
-- What makes accounts or changes duties runs on the sign-in connection, as the person who asks.
GRANT EXECUTE ON FUNCTION sec.join, sec.invite, sec.appoint, sec.end_duty TO confidential_signin;

SELECT sec.adopt_functions();
