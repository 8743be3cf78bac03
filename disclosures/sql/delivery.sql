-- The way to the recipient: the link, tries at the passphrase, the receipt; and its recall as long as nobody has opened it.

-- Whether a package waits: to be opened, or within a quarter of an hour for the browser that did.
CREATE FUNCTION sec.is_waiting(y public.disclosures_delivery, shown bytea) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT y.recalled_at IS NULL AND CASE WHEN y.opened_at IS NULL THEN y.tries_left > 0 AND y.expires_at > statement_timestamp()
        ELSE coalesce(y.again_until > statement_timestamp() AND y.again_hash = sha256(shown), false) END
$$;

-- Tries left of the package that the recipient's link leads to; none left, but to be fetched again by the browser that has opened
-- it (which shows a mark); nothing when it is closed.
CREATE FUNCTION sec.delivery_waits(shown bytea) RETURNS smallint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN y.opened_at IS NULL THEN y.tries_left ELSE 0::smallint END FROM sec.principal() w JOIN public.disclosures_delivery y ON y.id = w.subject
    WHERE w.kind = 'recipient' AND sec.is_waiting(y, shown)
$$;

-- The recipient's link: made on the sign-in connection, for one package, by a coordinator of the client's branch.
-- The package itself may still be uncommitted on the other connection; one that is there must fit.
CREATE FUNCTION sec.issue_link(of_client uuid, delivery uuid, covered bytea, until timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m record;
BEGIN
    SELECT * INTO m FROM sec.permitted(ARRAY[of_client]);
    IF NOT FOUND OR m.role <> 'coordinator' OR NOT sec.is_fresh(15) OR until > statement_timestamp() + interval '31 days'
        OR EXISTS (SELECT FROM public.disclosures_delivery y WHERE y.id = delivery)
        OR EXISTS (SELECT FROM public.vault_principal p WHERE p.subject = delivery)
        OR EXISTS (SELECT FROM public.volunteers_user u WHERE u.id = delivery) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    PERFORM sec.mint('recipient', delivery, '', until - statement_timestamp(), sec.uncovered(sec.own_hash(), covered));
END $$;

-- One try at the passphrase: counted before anything is handed out, but for the browser that has opened it.
CREATE FUNCTION sec.try_delivery(shown bytea) RETURNS TABLE (id uuid, file uuid, size integer, salt bytea, wrapped_key bytea, tries_left smallint, opened boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    w record;
BEGIN
    SELECT * INTO w FROM sec.principal();
    IF w.kind IS DISTINCT FROM 'recipient' THEN
        RETURN;
    END IF;
    -- The disclosure first, as in every other act: of a try and a recall at once, one waits for the other.
    PERFORM FROM public.disclosures_disclosure x WHERE x.id = (SELECT y.disclosure_id FROM public.disclosures_delivery y WHERE y.id = w.subject) FOR UPDATE;
    RETURN QUERY UPDATE public.disclosures_delivery y SET tries_left = y.tries_left - CASE WHEN y.opened_at IS NULL THEN 1 ELSE 0 END
    WHERE y.id = w.subject AND sec.is_waiting(y, shown)
    RETURNING y.id, y.file, y.size, y.salt, y.wrapped_key, y.tries_left, y.opened_at IS NOT NULL;
    IF FOUND THEN
        PERFORM sec.log('disclosure.try', (SELECT y.client_id FROM public.disclosures_delivery y WHERE y.id = w.subject), 'client',
            object => 'disclosures_delivery', object_id => w.subject);
    END IF;
END $$;

-- The receipt: once. The link is used up with it for everybody but the browser that is given the mark, and for that one as well
-- after a quarter of an hour.
CREATE FUNCTION sec.receive_delivery(mark bytea) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w record;
    d uuid;
BEGIN
    SELECT * INTO w FROM sec.principal();
    IF w.kind IS DISTINCT FROM 'recipient' THEN
        RETURN false;
    END IF;
    PERFORM FROM public.disclosures_disclosure x WHERE x.id = (SELECT y.disclosure_id FROM public.disclosures_delivery y WHERE y.id = w.subject) FOR UPDATE;
    UPDATE public.disclosures_delivery y SET opened_at = statement_timestamp(), again_hash = sha256(mark),
        again_until = statement_timestamp() + interval '15 minutes'
    WHERE y.id = w.subject AND y.opened_at IS NULL AND y.recalled_at IS NULL AND y.expires_at > statement_timestamp() RETURNING y.disclosure_id INTO d;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE public.disclosures_disclosure SET state = 'received', received_at = statement_timestamp() WHERE id = d;
    UPDATE public.vault_principal p SET expires_at = least(p.expires_at, statement_timestamp() + interval '15 minutes')
    WHERE p.subject = w.subject AND p.kind = 'recipient';
    RETURN true;
END $$;

-- Packages that nobody can fetch any more, of which the file still lies there.
CREATE FUNCTION sec.deliveries_over() RETURNS TABLE (id uuid, file uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT y.id, y.file FROM public.disclosures_delivery y
    WHERE y.swept_at IS NULL AND (y.recalled_at IS NOT NULL OR coalesce(y.again_until, y.opened_at) <= statement_timestamp()
        OR (y.opened_at IS NULL AND (y.expires_at <= statement_timestamp() OR y.tries_left = 0)))
$$;

-- Called after the file has gone. What wraps its key goes too.
CREATE FUNCTION sec.delivery_swept(which uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.disclosures_delivery y SET swept_at = statement_timestamp(), salt = '', wrapped_key = ''
    WHERE y.id = which AND y.id IN (SELECT o.id FROM sec.deliveries_over() o);
    DELETE FROM public.vault_principal p WHERE p.subject = which AND p.kind = 'recipient' AND FOUND;
END $$;

-- Takes a package back that nobody has opened: its link leads nowhere in that second, and what wraps its key goes. False where it
-- was opened, or recalled, before.
CREATE FUNCTION sec.close_delivery(of_disclosure uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    closed uuid;
BEGIN
    UPDATE public.disclosures_delivery y SET recalled_at = statement_timestamp(), salt = '', wrapped_key = ''
    WHERE y.disclosure_id = of_disclosure AND y.opened_at IS NULL AND y.recalled_at IS NULL RETURNING y.id INTO closed;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM public.vault_principal p WHERE p.subject = closed AND p.kind = 'recipient';
    UPDATE public.disclosures_disclosure d SET state = 'recalled' WHERE d.id = of_disclosure;
    RETURN true;
END $$;

-- The same by whoever asked, or a coordinator of the branch.
CREATE FUNCTION sec.recall(which uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    d public.disclosures_disclosure;
BEGIN
    IF NOT sec.has_disclosure(which) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    SELECT * INTO d FROM public.disclosures_disclosure x WHERE x.id = which FOR UPDATE;
    IF d.requested_by_id IS DISTINCT FROM sec.cleared_person() AND sec.is_accused_by_others(sec.cleared_person(), d.client_id, d.requested_by_id) THEN
        RAISE 'a disclosure cannot go this way' USING ERRCODE = '23514', CONSTRAINT = 'disclosure_step';
    END IF;
    RETURN sec.close_delivery(which);
END $$;

GRANT EXECUTE ON FUNCTION sec.delivery_waits, sec.try_delivery, sec.receive_delivery, sec.recall TO confidential_app;
GRANT EXECUTE ON FUNCTION sec.deliveries_over, sec.delivery_swept TO confidential_worker;
GRANT EXECUTE ON FUNCTION sec.issue_link TO confidential_signin;

SELECT sec.adopt_functions();
