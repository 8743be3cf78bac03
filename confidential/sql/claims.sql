-- Tables of which a sealed value has a later form than its first: the newest, and which column names a row's subject. As the
-- models say (SealedModel.later_forms).
CREATE FUNCTION sec.newest_forms() RETURNS TABLE (target text, subject_column text, form integer)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT f.target, f.subject_column, f.form FROM jsonb_to_recordset('{forms}'::jsonb) f (target text, subject_column text, form integer)
$$;

-- Who may claim which event, in which way, as audit/events says.
CREATE FUNCTION sec.claims(way text, act text) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT array_agg(c.who) FROM jsonb_array_elements_text('{claims}'::jsonb -> way -> act) c (who)
$$;

-- The reasons that an event can have, as audit/events/reasons says: no other word gets into the log as one.
CREATE FUNCTION sec.is_reason(why text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(why = ANY ('{reasons}'::text[]), false)
$$;
