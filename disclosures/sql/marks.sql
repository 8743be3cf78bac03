-- Each step writes its own marks only, at the database's own time.

-- Fires before the trigger "step" (triggers fire in the order of their names).
CREATE FUNCTION sec.disclosure_marks() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    was public.disclosures_disclosure;
    step text := CASE tg_op WHEN 'INSERT' THEN '-' ELSE old.state END || ' ' || new.state;
BEGIN
    IF tg_op = 'UPDATE' THEN
        was := old;
    END IF;
    IF (step <> 'draft asked' AND new.asked_at IS DISTINCT FROM was.asked_at)
        OR (step NOT IN ('asked approved', 'asked refused', 'stopped approved', 'stopped refused') AND (new.decided_by_id, new.decided_at, new.decided_on_hash)
            IS DISTINCT FROM (was.decided_by_id, was.decided_at, was.decided_on_hash))
        OR (step <> 'approved released' AND (new.released_by_id, new.released_at) IS DISTINCT FROM (was.released_by_id, was.released_at))
        OR (step <> 'released received' AND new.received_at IS DISTINCT FROM was.received_at)
        OR (step NOT IN ('asked approved', 'approved approved', 'released released', 'received received', 'recalled recalled')
            AND (coalesce(new.untold, ''), new.look_again_on) IS DISTINCT FROM (coalesce(was.untold, ''), was.look_again_on))
        OR (new.state <> 'cancelled' AND (new.cancelled_by_id, new.cancelled_at) IS DISTINCT FROM (was.cancelled_by_id, was.cancelled_at)) THEN
        RAISE 'this step cannot write those marks: %', step USING ERRCODE = '23514', CONSTRAINT = 'disclosure_marks';
    END IF;
    CASE step
        WHEN 'draft asked' THEN new.asked_at := statement_timestamp();
        WHEN 'asked approved', 'asked refused', 'stopped approved', 'stopped refused' THEN new.decided_at := statement_timestamp();
        WHEN 'approved released' THEN new.released_at := statement_timestamp();
        WHEN 'draft cancelled', 'asked cancelled', 'approved cancelled', 'stopped cancelled' THEN new.cancelled_at := statement_timestamp();
        ELSE NULL;
    END CASE;
    RETURN new;
END $$;
CREATE TRIGGER marks BEFORE INSERT OR UPDATE ON disclosures_disclosure FOR EACH ROW EXECUTE FUNCTION sec.disclosure_marks();

SELECT sec.adopt_functions();
