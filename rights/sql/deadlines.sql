-- By when a request is answered (GDPR 12(3), Regulation 1182/71), counted here alone. Holidays are laid from
-- rights/requests/holidays.json.

-- Whether a day is neither a Saturday nor a Sunday nor a public holiday; in Alsace and Moselle there are two more.
CREATE FUNCTION sec.is_working_day(day date, in_alsace boolean) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT extract(isodow FROM day) < 6 AND day <> ALL ('{holidays}'::date[]) AND NOT (in_alsace AND day = ANY ('{holidays_alsace}'::date[]))
$$;

-- The day by which a longer time can be asked for, the working day at which one aims, and the last day in law. A longer time
-- that was asked for after the first month counts for nothing.
CREATE FUNCTION sec.days_to_answer(received date, paused integer, extended date, in_alsace boolean, OUT extend_by date, OUT due date, OUT latest date)
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    extend_by := (received + interval '1 month')::date + paused;
    due := CASE WHEN extended <= extend_by THEN (received + interval '3 months')::date + paused ELSE extend_by END;
    latest := due;
    WHILE NOT sec.is_working_day(due, in_alsace) LOOP
        due := due - 1;
    END LOOP;
    WHILE NOT sec.is_working_day(latest, in_alsace) LOOP
        latest := latest + 1;
    END LOOP;
END $$;

-- By when the client who is signed in would be answered if they asked now, by the holidays of their branch.
CREATE FUNCTION sec.own_answer_due() RETURNS date
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT d.due FROM public.clients_client c, sec.days_to_answer(sec.today(), 0, NULL,
        EXISTS (SELECT FROM public.rights_localholidays h WHERE h.branch_id = c.branch_id)) d WHERE c.id = sec.own_client());
END $$;
GRANT EXECUTE ON FUNCTION sec.own_answer_due TO confidential_app;
GRANT EXECUTE ON FUNCTION sec.is_working_day, sec.days_to_answer TO confidential_door;

SELECT sec.adopt_functions();
