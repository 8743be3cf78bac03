-- How long what is kept, as a president adopts it: versions of data, never changed once they bind. What follows from it for a record is
-- in retention.sql.

-- The periods that a president adopted last; nothing where none were, and then nothing is over.
CREATE FUNCTION sec.periods() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.periods FROM public.rights_schedule s WHERE s.adopted_on IS NOT NULL ORDER BY s.number DESC LIMIT 1
$$;

-- The months that the adopted schedule gives to a kind of data; nothing where none is adopted.
CREATE FUNCTION sec.months_kept(of_kind text) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT (sec.periods() -> of_kind ->> 'months')::integer
$$;

-- Whether a president has adopted how long what is kept: before that nothing is over.
CREATE FUNCTION sec.is_schedule_adopted() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT sec.periods() IS NOT NULL
$$;

-- For which kinds the president decides, between how few and how many months (rights/retention/periods.json).
CREATE FUNCTION sec.period_bounds() RETURNS TABLE (kind text, fewest integer, most integer)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT b.key, (b.value ->> 'least')::integer, (b.value ->> 'most')::integer FROM jsonb_each('{periods}') b
$$;
GRANT EXECUTE ON FUNCTION sec.period_bounds TO confidential_door;

-- Writes the draft of the next version, in place of the draft that there was; its number. Each kind has months, inside the limits
-- that the page says too, and a reason in both languages.
CREATE FUNCTION sec.draft_schedule(new_periods jsonb) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made integer;
BEGIN
    IF sec.cleared_person() IS NULL OR NOT sec.has_duty('president') THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    ELSIF jsonb_typeof(new_periods) <> 'object' OR (SELECT array_agg(k ORDER BY k) FROM jsonb_object_keys(new_periods) k)
            IS DISTINCT FROM (SELECT array_agg(b.kind ORDER BY b.kind) FROM sec.period_bounds() b)
        OR EXISTS (SELECT FROM sec.period_bounds() b WHERE NOT coalesce((new_periods -> b.kind ->> 'months')::integer BETWEEN b.fewest AND b.most
            AND new_periods -> b.kind ->> 'en' <> '' AND new_periods -> b.kind ->> 'fr' <> '' AND length(new_periods::text) <= 40000, false)) THEN
        RAISE 'a schedule has months and a reason in both languages for each kind' USING ERRCODE = '23514', CONSTRAINT = 'schedule_periods';
    END IF;
    LOCK TABLE public.rights_schedule IN SHARE ROW EXCLUSIVE MODE;
    UPDATE public.rights_schedule s SET periods = new_periods, drafted_at = statement_timestamp(), drafted_by_id = sec.cleared_person()
        WHERE s.adopted_on IS NULL RETURNING s.number INTO made;
    IF NOT FOUND THEN
        INSERT INTO public.rights_schedule (number, periods, drafted_at, drafted_by_id)
        VALUES ((SELECT coalesce(max(s.number), 0) + 1 FROM public.rights_schedule s), new_periods, statement_timestamp(), sec.cleared_person())
        RETURNING number INTO made;
    END IF;
    PERFORM sec.log('schedule.draft', object => 'rights_schedule', detail => jsonb_build_object('number', made));
    RETURN made;
END $$;

-- Adopts the draft as it was shown: it binds from today on, and is never changed. False where it is another one by now.
CREATE FUNCTION sec.adopt_schedule(which integer, as_shown timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF sec.cleared_person() IS NULL OR NOT sec.has_duty('president') OR NOT sec.is_fresh(15) THEN
        RAISE 'not permitted' USING ERRCODE = '42501';
    END IF;
    UPDATE public.rights_schedule s SET adopted_on = sec.today(), adopted_by_id = sec.cleared_person()
        WHERE s.number = which AND s.adopted_on IS NULL AND s.drafted_at = as_shown;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM sec.log('schedule.adopt', object => 'rights_schedule', detail => jsonb_build_object('number', which));
    RETURN true;
END $$;

-- What was adopted is never changed, by whoever.
CREATE FUNCTION sec.refuse_schedule_change() RETURNS trigger
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF old.adopted_on IS NOT NULL THEN
        RAISE 'a schedule that was adopted is never changed' USING ERRCODE = '42501';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER refuse_change BEFORE UPDATE ON rights_schedule FOR EACH ROW EXECUTE FUNCTION sec.refuse_schedule_change();

-- ---- Rows ----
SELECT sec.bind('rights_schedule');
-- How long what is kept is no secret: whoever serves reads it.
GRANT SELECT ON rights_schedule TO confidential_app;
GRANT SELECT, INSERT, UPDATE ON rights_schedule TO confidential_door;
CREATE POLICY see ON rights_schedule FOR SELECT TO confidential_app USING ((SELECT sec.signed_in_person()) IS NOT NULL);
CREATE POLICY door ON rights_schedule FOR ALL TO confidential_door USING (true) WITH CHECK (true);

GRANT EXECUTE ON FUNCTION sec.is_schedule_adopted, sec.draft_schedule, sec.adopt_schedule TO confidential_app;

SELECT sec.adopt_functions();
