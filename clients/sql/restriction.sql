-- Restriction (GDPR 18): a record is kept and not used. What already opened its notes opens them no more (sec.withheld() in
-- ledger.sql), nothing is added to it, and whatever was shared of it with colleagues ends.

-- Whether a record is restricted: for triggers and definer functions.
CREATE FUNCTION sec.is_restricted(of_client uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.clients_client c WHERE c.id = of_client AND c.restricted_at IS NOT NULL)
$$;

-- Restricts a record in this second: whoever writes in it, who heard the client say so, or the client in a space that shows all.
CREATE FUNCTION sec.restrict(new_id uuid, of_client uuid, on_ground text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c public.clients_client;
BEGIN
    -- Nor by whom an open complaint of the client names as coordinator: it would end what the client complains through.
    IF (sec.may_write(of_client) OR of_client = sec.own_open()) IS NOT TRUE OR sec.is_accused_coordinator(of_client) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    SELECT * INTO c FROM public.clients_client x WHERE x.id = of_client FOR UPDATE;
    IF c.restricted_at IS NOT NULL THEN
        RAISE 'this record is restricted already' USING ERRCODE = '23514', CONSTRAINT = 'restriction_one';
    END IF;
    INSERT INTO public.clients_restriction (id, client_id, ground, starts_at, by_id)
    VALUES (new_id, of_client, on_ground, statement_timestamp(), sec.cleared_person());
    UPDATE public.clients_client x SET restricted_at = statement_timestamp() WHERE x.id = of_client;
    PERFORM sec.close_consultation(k) FROM public.clients_consultation k WHERE k.client_id = of_client AND k.ends_at > clock_timestamp();
    -- Reading that a coordinator gave for a later day would begin after it, for a reason from before.
    UPDATE public.clients_grant g SET ends_at = statement_timestamp(), ended_by_id = sec.cleared_person()
        WHERE g.client_id = of_client AND g.basis = 'branch_duty' AND g.scope = 'read' AND g.starts_at > statement_timestamp();
    PERFORM sec.log('restriction.begin', of_client, 'client', c.branch_id, object => 'clients_restriction', object_id => new_id);
END $$;

-- Whether the principal may lift a restriction: a coordinator of the branch whom no complaint of the client names, who has
-- just proved who they are; or the client, who asked for it.
CREATE FUNCTION sec.may_lift(r public.clients_restriction) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce(r.client_id = sec.own_open(), false) OR (sec.may_decide_on(r.client_id) AND sec.is_fresh(15));
END $$;

-- Lifts it: assignments open the record again, and nothing that was shared comes back. False where it was lifted before. Not
-- while the client's answer is a no; nor by the team while what the client asked in their space, and restricted by it, has no answer.
CREATE FUNCTION sec.lift_restriction(which uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r public.clients_restriction;
BEGIN
    -- The record first, as in sec.agree(): of a no and a lifting at once, one finds what the other did.
    PERFORM FROM public.clients_client c WHERE c.id = (SELECT x.client_id FROM public.clients_restriction x WHERE x.id = which) FOR UPDATE;
    SELECT * INTO r FROM public.clients_restriction x WHERE x.id = which FOR UPDATE;
    IF NOT FOUND OR NOT sec.may_lift(r) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF r.ends_at IS NULL AND EXISTS (SELECT FROM public.clients_client c WHERE c.id = r.client_id AND c.agreed IN ('no_record', 'withdrawn')) THEN
        RAISE 'the client does not agree to a record' USING ERRCODE = '23514', CONSTRAINT = 'agreement_refused';
    ELSIF r.ends_at IS NOT NULL THEN
        RETURN false;
    ELSIF r.by_id IS NULL AND r.client_id IS DISTINCT FROM sec.own_open() AND sec.is_asked_to_restrict(r.client_id) THEN
        RAISE 'what the client asked has no answer yet' USING ERRCODE = '23514', CONSTRAINT = 'restriction_unanswered';
    END IF;
    UPDATE public.clients_restriction x SET ends_at = statement_timestamp(), ended_by_id = sec.cleared_person() WHERE x.id = which;
    UPDATE public.clients_client x SET restricted_at = NULL WHERE x.id = r.client_id;
    PERFORM sec.log('restriction.end', r.client_id, 'client', (SELECT c.branch_id FROM public.clients_client c WHERE c.id = r.client_id),
        object => 'clients_restriction', object_id => which);
    RETURN true;
END $$;

-- Nothing is added to a restricted record, by whoever and however: also not by a coordinator, or by a command. What is there can
-- be corrected. Asked after the insert, so that row-level security speaks first.
CREATE FUNCTION sec.refuse_restricted() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Whoever restricts it at this moment is seen, or waits.
    PERFORM FROM public.clients_client c WHERE c.id = new.client_id FOR KEY SHARE;
    IF sec.is_restricted(new.client_id) THEN
        RAISE 'this record is restricted' USING ERRCODE = '23514', CONSTRAINT = 'record_restricted';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_restricted AFTER INSERT ON clients_contact FOR EACH ROW EXECUTE FUNCTION sec.refuse_restricted();
CREATE TRIGGER refuse_restricted AFTER INSERT ON clients_contactnote FOR EACH ROW EXECUTE FUNCTION sec.refuse_restricted();
CREATE TRIGGER refuse_restricted AFTER INSERT ON clients_attachment FOR EACH ROW EXECUTE FUNCTION sec.refuse_restricted();
CREATE TRIGGER refuse_restricted AFTER INSERT ON clients_background FOR EACH ROW EXECUTE FUNCTION sec.refuse_restricted();
CREATE TRIGGER refuse_restricted AFTER INSERT ON clients_whomayknow FOR EACH ROW EXECUTE FUNCTION sec.refuse_restricted();
CREATE TRIGGER refuse_restricted AFTER INSERT ON clients_consultation FOR EACH ROW EXECUTE FUNCTION sec.refuse_restricted();

-- ---- Rows ----
SELECT sec.guard('clients_restrictionwords', 'client_id', 'client');
SELECT sec.bind('clients_restriction');
SELECT sec.attest_rows('clients_restriction');
GRANT SELECT ON clients_restriction, clients_restrictionwords TO confidential_app, confidential_worker;
GRANT INSERT ON clients_restrictionwords TO confidential_app;
GRANT SELECT, INSERT, UPDATE ON clients_restriction TO confidential_door;
CREATE POLICY door ON clients_restriction FOR ALL TO confidential_door USING (true) WITH CHECK (true);
-- That it is restricted, since when and why: whoever sees the record, and the client.
CREATE POLICY see ON clients_restriction FOR SELECT TO confidential_app, confidential_worker
    USING (client_id = (SELECT sec.own_open()) OR ((SELECT sec.own_client()) IS NULL AND EXISTS (SELECT FROM clients_client c WHERE c.id = client_id)));
-- In which words: as words. Each end has a row of its own, added by whoever began or ended it.
CREATE POLICY see ON clients_restrictionwords FOR SELECT TO confidential_app, confidential_worker
    USING (client_id = (SELECT sec.own_open())
        OR EXISTS (SELECT FROM clients_clientpermission p WHERE p.user_id = (SELECT sec.cleared_person()) AND p.content_object_id = client_id
            AND p.code = 'view_notes'));
CREATE POLICY add ON clients_restrictionwords FOR INSERT TO confidential_app
    WITH CHECK (EXISTS (SELECT FROM clients_restriction r WHERE r.id = restriction_id AND r.client_id = clients_restrictionwords.client_id
        AND CASE WHEN lifted THEN r.ended_by_id IS NOT DISTINCT FROM (SELECT sec.cleared_person()) AND r.ends_at > statement_timestamp() - interval '1 minute'
            ELSE r.by_id IS NOT DISTINCT FROM (SELECT sec.cleared_person()) AND r.ends_at IS NULL END));

GRANT EXECUTE ON FUNCTION sec.restrict, sec.lift_restriction TO confidential_app;

SELECT sec.adopt_functions();
