-- The same answers with fewer steps. Row-level security asks these functions once or more in every
-- statement, so each is one look-up here instead of functions that call functions.
SET LOCAL ROLE confidential_door;

CREATE OR REPLACE FUNCTION sec.uid() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- sec.who(), sec.person() and sec.signed() in one.
    RETURN (SELECT p.user_id FROM public.vault_principal t JOIN public.volunteers_person p ON p.user_id = t.subject
        WHERE t.hash = sha256(convert_to(current_setting('sec.token', true), 'UTF8')) AND t.expires_at > statement_timestamp()
          AND t.kind = 'user' AND (p.left_at IS NULL OR p.left_at > statement_timestamp())
          AND EXISTS (SELECT FROM public.volunteers_undertaking u JOIN public.volunteers_policyversion v ON v.id = u.version_id
            WHERE u.person_id = p.user_id AND v.number >= (SELECT max(m.number) FROM public.volunteers_policyversion m
                WHERE m.material AND m.adopted_on <= (statement_timestamp() AT TIME ZONE 'Europe/Paris')::date)));
END $$;

CREATE OR REPLACE FUNCTION sec.coordinated() RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who uuid := sec.uid();
    w record;
BEGIN
    IF who IS NULL THEN  -- a command works for one branch; anybody else coordinates none
        SELECT * INTO w FROM sec.who();
        RETURN CASE w.kind WHEN 'command' THEN ARRAY[w.subject] ELSE '{}' END;
    END IF;
    RETURN (SELECT coalesce(array_agg(d.branch_id), '{}') FROM public.volunteers_duty d
        WHERE d.person_id = who AND d.kind = 'coordinator'
          AND d.starts_at <= statement_timestamp() AND (d.ends_at IS NULL OR d.ends_at > statement_timestamp()));
END $$;

CREATE OR REPLACE FUNCTION sec.serves() RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who uuid := sec.uid();
BEGIN
    IF who IS NULL THEN
        RETURN sec.coordinated();
    END IF;
    RETURN (SELECT coalesce(array_agg(d.branch_id ORDER BY d.kind), '{}') FROM public.volunteers_duty d
        WHERE d.person_id = who AND d.kind IN ('coordinator', 'volunteer')
          AND d.starts_at <= statement_timestamp() AND (d.ends_at IS NULL OR d.ends_at > statement_timestamp()));
END $$;
RESET ROLE;
