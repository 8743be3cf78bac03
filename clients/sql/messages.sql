-- Messages between a client in their own space and those who look after them, instead of e-mail. Who reads them reads contact
-- notes; but whom an open complaint of the client names reads nothing that was written meanwhile, and answers nothing.

-- So many working days after a day, by the holidays of France (rights/sql/deadlines.sql).
CREATE FUNCTION sec.working_day_after(day date, days integer) RETURNS date
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found date := day;
    left_over integer := least(days, 31);
BEGIN
    WHILE left_over > 0 LOOP
        found := found + 1;
        IF sec.is_working_day(found, false) THEN
            left_over := left_over - 1;
        END IF;
    END LOOP;
    RETURN found;
END $$;

-- By when somebody has read what is written on a day; on that day it is passed on to the coordinators.
CREATE FUNCTION sec.read_by(day date) RETURNS date
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN sec.working_day_after(day, 2);
END $$;

-- Whether a message was written while an open complaint of the client named somebody: it is not for them, then or later.
-- Asked by definer functions only: an answer would tell that there is a complaint.
CREATE FUNCTION sec.is_kept_from(m public.clients_message, who uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN m.by_id IS DISTINCT FROM who AND EXISTS (SELECT FROM public.clients_complaint x WHERE x.client_id = m.client_id AND x.about_id = who
        AND x.opened_at <= m.made_at AND (x.state = 'open' OR x.answered_at > m.made_at)
        AND (sec.is_counted(x) OR EXISTS (SELECT FROM public.clients_portalaccess a WHERE a.id = x.opened_through AND a.opened_by_id = who)));
END $$;

-- Whether the principal reads a message of the team's side: by a permission to read notes that reaches back to its day.
CREATE FUNCTION sec.may_read_message(m public.clients_message) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
BEGIN
    RETURN EXISTS (SELECT FROM public.clients_clientpermission p WHERE p.content_object_id = m.client_id AND p.user_id = me AND p.code = 'view_notes'
            AND (p.since IS NULL OR sec.day_of(m.made_at) >= p.since)
            AND sec.is_binding(p, (SELECT sec.serves()), (SELECT sec.coordinated()), (SELECT sec.withheld())))
        AND NOT sec.is_kept_from(m, me);
END $$;

-- Whether the principal, of the team, may read the words of a message. By its id, for policies: hidden and absent look alike.
CREATE FUNCTION sec.may_read_message(which uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT sec.may_read_message(m) FROM public.clients_message m WHERE m.id = which), false);
END $$;

-- Whether the principal, of the team, may see that there is a message, as with contacts: whoever reads it, and coordinators.
CREATE FUNCTION sec.may_see_message(which uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT sec.may_read_message(m) OR (sec.is_looking_after(m.client_id) AND NOT sec.is_kept_from(m, sec.cleared_person()))
        FROM public.clients_message m WHERE m.id = which), false);
END $$;

-- Whether the principal, of the team, may answer a client: whoever writes in the record and reads what was written. Of what is
-- hidden and of what is absent nobody. Whom a complaint names, the acts below refuse.
CREATE FUNCTION sec.may_answer(of_client uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce(sec.cleared_person() IS NOT NULL AND sec.may_write(of_client) AND sec.has_permission(of_client, 'view_notes'), false);
END $$;

-- What waited for an answer until a message that was seen, and is read by the principal: it waits no more. How many there were.
CREATE FUNCTION sec.mark_answered(of_client uuid, seen uuid) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last timestamptz := (SELECT m.made_at FROM public.clients_message m WHERE m.id = seen AND m.client_id = of_client AND sec.may_read_message(m));
    marked bigint;
BEGIN
    UPDATE public.clients_message m SET answered_at = statement_timestamp(), answered_by_id = sec.cleared_person()
    WHERE m.client_id = of_client AND m.by_id IS NULL AND m.answered_at IS NULL AND m.made_at <= last AND sec.may_read_message(m);
    GET DIAGNOSTICS marked = ROW_COUNT;
    RETURN marked;
END $$;

-- Writes a message: the client in their own space, not a quiet one; or somebody of the team, to a client who wrote lately and
-- has a space in which it will be read. ``seen`` is the newest message that stood on the page: those until it are answered, and a
-- newer one is read first. False where this one was written before: a form was sent twice.
CREATE FUNCTION sec.write_message(new_id uuid, of_client uuid, seen uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
    through uuid := CASE WHEN of_client = sec.own_space() THEN sec.own_access() END;
    in_branch uuid := (SELECT c.branch_id FROM public.clients_client c WHERE c.id = of_client);
BEGIN
    IF NOT (through IS NOT NULL OR sec.may_answer(of_client)) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    -- One at a time: counted before, and of two answers at once the second finds the first.
    PERFORM FROM public.clients_client c WHERE c.id = of_client FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM public.clients_message m WHERE m.id = new_id AND m.client_id = of_client AND m.by_id IS NOT DISTINCT FROM me) THEN
        RETURN false;
    ELSIF through IS NOT NULL THEN
        IF (SELECT count(*) FROM public.clients_message m WHERE m.client_id = of_client AND m.by_id IS NULL
                AND m.made_at > statement_timestamp() - interval '1 day') >= 20 THEN
            RAISE 'many messages today' USING ERRCODE = '23514', CONSTRAINT = 'message_many';
        END IF;
        INSERT INTO public.clients_message (id, client_id, access_id, made_at) VALUES (new_id, of_client, through, clock_timestamp());
        PERFORM sec.log('message.send', of_client, 'client', in_branch, object => 'clients_message', object_id => new_id);
        RETURN true;
    ELSIF sec.is_accused(me, of_client) THEN
        RAISE 'somebody else answers this' USING ERRCODE = '23514', CONSTRAINT = 'message_elsewhere';
    ELSIF NOT EXISTS (SELECT FROM public.clients_message m WHERE m.client_id = of_client AND m.by_id IS NULL
            AND m.made_at > statement_timestamp() - interval '31 days' AND sec.may_read_message(m)) THEN
        RAISE 'the client has not written' USING ERRCODE = '23514', CONSTRAINT = 'message_unasked';
    ELSIF EXISTS (SELECT FROM public.clients_message m WHERE m.client_id = of_client AND sec.may_read_message(m)
            AND m.made_at > (SELECT n.made_at FROM public.clients_message n WHERE n.id = seen AND n.client_id = of_client AND sec.may_read_message(n))) THEN
        RAISE 'somebody wrote meanwhile' USING ERRCODE = '23514', CONSTRAINT = 'message_newer';
    ELSIF NOT EXISTS (SELECT FROM public.clients_portalaccess a WHERE a.client_id = of_client AND a.ended_at IS NULL AND NOT a.quiet
            AND NOT sec.is_paused(a) AND sec.access_state(a.id) = 'confirmed') THEN
        RAISE 'nobody would read it' USING ERRCODE = '23514', CONSTRAINT = 'message_nowhere';
    END IF;
    INSERT INTO public.clients_message (id, client_id, by_id, made_at) VALUES (new_id, of_client, me, clock_timestamp());
    PERFORM sec.mark_answered(of_client, seen);
    PERFORM sec.log('message.answer', of_client, 'client', in_branch, object => 'clients_message', object_id => new_id);
    RETURN true;
END $$;

-- What waits until a message that was seen needs no written answer: it was answered by telephone, or asks nothing. False where
-- nothing waited.
CREATE FUNCTION sec.settle_messages(of_client uuid, seen uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT sec.may_answer(of_client) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    PERFORM FROM public.clients_client c WHERE c.id = of_client FOR NO KEY UPDATE;
    IF sec.is_accused(sec.cleared_person(), of_client) THEN
        RAISE 'somebody else answers this' USING ERRCODE = '23514', CONSTRAINT = 'message_elsewhere';
    ELSIF sec.mark_answered(of_client, seen) = 0 THEN
        RETURN false;
    END IF;
    PERFORM sec.log('message.settle', of_client, 'client', (SELECT c.branch_id FROM public.clients_client c WHERE c.id = of_client),
        object => 'clients_message', object_id => seen);
    RETURN true;
END $$;

-- Whether somebody to whom the client is given reads this message now, and answers.
CREATE FUNCTION sec.is_answered_for(m public.clients_message) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.clients_clientpermission p WHERE p.content_object_id = m.client_id AND p.code = 'log_contact'
        AND p.basis = 'assignment' AND (p.since IS NULL OR sec.day_of(m.made_at) >= p.since) AND sec.is_binding_for_holder(p)
        AND NOT sec.is_accused(p.user_id, m.client_id) AND NOT sec.is_kept_from(m, p.user_id));
END $$;

-- Whether somebody can deal with a message in their stead: serves there, with no conflict, and no complaint that names them.
CREATE FUNCTION sec.may_speak_for(who uuid, m public.clients_message) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN NOT sec.is_in_conflict(who, m.client_id) AND NOT sec.is_accused(who, m.client_id) AND NOT sec.is_kept_from(m, who);
END $$;

-- Whether anybody reads a message, now or once it is passed on: whoever has the client, or a coordinator from whom nothing keeps it.
CREATE FUNCTION sec.has_reader(m public.clients_message) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN sec.is_answered_for(m) OR EXISTS (SELECT FROM public.clients_client c JOIN public.volunteers_duty d ON d.branch_id = c.branch_id
        WHERE c.id = m.client_id AND d.kind = 'coordinator' AND sec.is_live(d) AND sec.may_speak_for(d.person_id, m)
            AND (NOT c.protected OR EXISTS (SELECT FROM public.clients_grant g WHERE g.client_id = c.id AND g.person_id = d.person_id
                AND g.scope = 'named' AND (g.ends_at IS NULL OR g.ends_at > clock_timestamp()))));
END $$;

-- Whether somebody who holds an office can have the client told of a message that nobody may read.
CREATE FUNCTION sec.has_teller(office text, m public.clients_message) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.volunteers_duty d WHERE d.kind = office AND sec.is_live(d) AND sec.may_speak_for(d.person_id, m));
END $$;

-- Whether the principal has the client told: the data-protection lead; the president where that is nobody.
CREATE FUNCTION sec.may_have_told(m public.clients_message) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN sec.may_speak_for(sec.cleared_person(), m)
        AND (sec.has_duty('protection') OR (sec.has_duty('president') AND NOT sec.has_teller('protection', m)));
END $$;

-- Who would see to what the client writes now: 'team' reads it, and a day is promised; 'office' has them rung; or 'nobody'. Of one's
-- own space alone.
CREATE FUNCTION sec.own_reader() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m public.clients_message;
BEGIN
    m.client_id := sec.own_space();
    m.made_at := clock_timestamp();
    RETURN CASE WHEN m.client_id IS NULL THEN 'nobody' WHEN sec.has_reader(m) THEN 'team'
        WHEN sec.has_teller('protection', m) OR sec.has_teller('president', m) THEN 'office' ELSE 'nobody' END;
END $$;

-- What waits and nobody may read, for the data-protection lead, or the president where it is kept from the lead too: which client, how
-- many and since when, by reference and without a word. The id is of the latest.
CREATE FUNCTION sec.messages_unread() RETURNS TABLE (message uuid, reference text, waiting bigint, since timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
BEGIN
    IF me IS NULL OR NOT (sec.has_duty('protection') OR sec.has_duty('president')) OR NOT EXISTS (SELECT FROM public.clients_message m WHERE m.by_id IS NULL AND m.answered_at IS NULL) THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT (array_agg(m.id ORDER BY m.made_at DESC))[1], c.reference::text, count(*), min(m.made_at)
    FROM public.clients_message m JOIN public.clients_client c ON c.id = m.client_id
    WHERE m.by_id IS NULL AND m.answered_at IS NULL AND c.state = 'open' AND sec.may_have_told(m)
        AND (sec.is_counted(m.access_id) OR sec.access_state(m.access_id) = 'provisional') AND NOT sec.has_reader(m)
    GROUP BY c.id, c.reference ORDER BY min(m.made_at);
END $$;

-- Who can have told the client by telephone, of a message that nobody may read: those who serve there, and whoever asks.
CREATE FUNCTION sec.message_tellers(which uuid) RETURNS TABLE (person uuid, name text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT p.user_id, p.working_name::text FROM public.clients_message m
        JOIN public.clients_client c ON c.id = m.client_id, public.volunteers_person p
    WHERE m.id = which AND EXISTS (SELECT FROM sec.messages_unread() u WHERE u.message = which) AND sec.may_speak_for(p.user_id, m)
        AND (p.user_id = sec.cleared_person() OR sec.is_serving_in(p.user_id, c.branch_id)) ORDER BY p.working_name, p.user_id;
END $$;

-- Whoever has them told notes that the client was told by telephone, and by whom: what nobody may read until this message waits no more. False
-- where it waits no more, or somebody can read it.
CREATE FUNCTION sec.settle_unread(which uuid, who uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
    last public.clients_message;
BEGIN
    IF me IS NULL OR NOT (sec.has_duty('protection') OR sec.has_duty('president')) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    SELECT * INTO last FROM public.clients_message m WHERE m.id = which;
    PERFORM FROM public.clients_client c WHERE c.id = last.client_id FOR NO KEY UPDATE;
    IF NOT EXISTS (SELECT FROM sec.messages_unread() u WHERE u.message = which) THEN
        RETURN false;
    ELSIF NOT EXISTS (SELECT FROM sec.message_tellers(which) t WHERE t.person = who) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    UPDATE public.clients_message m SET answered_at = statement_timestamp(), answered_by_id = me, told_by_id = who
    WHERE m.client_id = last.client_id AND m.by_id IS NULL AND m.answered_at IS NULL AND m.made_at <= last.made_at AND NOT sec.has_reader(m);
    PERFORM sec.log('message.tell', last.client_id, 'client', (SELECT c.branch_id FROM public.clients_client c WHERE c.id = last.client_id),
        why => 'protection', as_role => CASE WHEN sec.has_duty('protection') THEN 'protection' ELSE 'president' END, object => 'clients_message', object_id => which);
    RETURN true;
END $$;

-- Clients whose messages wait for the principal: those given to them, and of those they look after by coordinating what waited until
-- the second working day, or what nobody else answers. Not what came through a space that ended before anybody confirmed it, nor once the
-- support has ended.
CREATE FUNCTION sec.messages_waiting() RETURNS TABLE (client uuid, reference text, waiting bigint, since timestamptz, passed_on boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me uuid := sec.cleared_person();
    leads uuid[] := sec.coordinated();
    serving uuid[] := sec.serves();
    barred uuid[] := '{}';
    late date := sec.today();
BEGIN
    IF me IS NULL OR NOT EXISTS (SELECT FROM public.clients_message m WHERE m.by_id IS NULL AND m.answered_at IS NULL) THEN
        RETURN;
    ELSIF cardinality(leads) > 0 THEN
        barred := sec.barred();
    END IF;
    RETURN QUERY
    SELECT f.id, f.ref, count(*), min(f.made_at), bool_and(NOT f.given) FROM (
        SELECT c.id, c.reference::text AS ref, m.made_at, EXISTS (SELECT FROM public.clients_clientpermission p WHERE p.content_object_id = c.id AND p.user_id = me
                AND p.code = 'log_contact' AND p.basis = 'assignment' AND (p.since IS NULL OR sec.day_of(m.made_at) >= p.since)
                AND sec.is_binding(p, serving, leads, (SELECT sec.withheld()))) AS given,
            c.branch_id = ANY (leads) AND c.id <> ALL (barred) AS led, m AS message
        FROM public.clients_message m JOIN public.clients_client c ON c.id = m.client_id
        WHERE m.by_id IS NULL AND m.answered_at IS NULL AND c.state = 'open' AND c.branch_id = ANY (serving)) f
    WHERE (f.given OR (f.led AND (sec.read_by(sec.day_of(f.made_at)) <= late OR NOT sec.is_answered_for(f.message))))
        AND NOT sec.is_kept_from(f.message, me) AND NOT sec.is_accused(me, f.id)
        AND (sec.is_counted((f.message).access_id) OR sec.access_state((f.message).access_id) = 'provisional')
    GROUP BY f.id, f.ref ORDER BY min(f.made_at);
END $$;

-- ---- Rows ----
SELECT sec.guard('clients_messagewords', 'client_id', 'client');
SELECT sec.bind('clients_message');
SELECT sec.attest_rows('clients_message');
GRANT SELECT ON clients_message, clients_messagewords TO confidential_app, confidential_worker;
GRANT INSERT ON clients_messagewords TO confidential_app;
GRANT SELECT, INSERT, UPDATE ON clients_message TO confidential_door;
CREATE POLICY door ON clients_message FOR ALL TO confidential_door USING (true) WITH CHECK (true);
-- The client: not in quiet mode; in a space that nobody has confirmed only what was written in it.
CREATE POLICY see ON clients_message FOR SELECT TO confidential_app, confidential_worker
    USING ((client_id = (SELECT sec.own_space()) AND ((SELECT sec.own_open()) IS NOT NULL OR access_id = (SELECT sec.own_access())))
        OR ((SELECT sec.cleared_person()) IS NOT NULL AND sec.may_see_message(id)));
CREATE POLICY see ON clients_messagewords FOR SELECT TO confidential_app, confidential_worker
    USING ((client_id = (SELECT sec.own_space()) AND EXISTS (SELECT FROM clients_message m WHERE m.id = message_id))
        OR ((SELECT sec.cleared_person()) IS NOT NULL AND sec.may_read_message(message_id)));
-- Whoever wrote it, in the act of writing it.
CREATE POLICY add ON clients_messagewords FOR INSERT TO confidential_app
    WITH CHECK (EXISTS (SELECT FROM clients_message m WHERE m.id = message_id AND m.client_id = clients_messagewords.client_id
        AND m.by_id IS NOT DISTINCT FROM (SELECT sec.cleared_person()) AND m.made_at > statement_timestamp() - interval '1 minute'));

GRANT EXECUTE ON FUNCTION sec.write_message, sec.settle_messages, sec.may_answer, sec.messages_waiting, sec.read_by, sec.own_reader, sec.messages_unread,
    sec.message_tellers, sec.settle_unread TO confidential_app;
GRANT EXECUTE ON FUNCTION sec.may_read_message(uuid), sec.may_see_message TO confidential_app, confidential_worker;
SELECT sec.adopt_functions();
