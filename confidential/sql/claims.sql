-- Who may claim which event, in which way, as audit/events says.
CREATE FUNCTION sec.claims(way text, act text) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT array_agg(c.who) FROM jsonb_array_elements_text('{claims}'::jsonb -> way -> act) c (who)
$$;
