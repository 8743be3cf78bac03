-- How long events are kept: two purposes, two times, as rows that are only added to.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_keeping FOR EACH STATEMENT EXECUTE FUNCTION sec.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_removed FOR EACH STATEMENT EXECUTE FUNCTION sec.refuse_change();

-- A new time for one purpose, by the data-protection lead, who has just proved who that is.
CREATE FUNCTION sec.set_keeping(for_purpose text, for_months integer, why text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    new_id bigint;
    w record;
BEGIN
    IF NOT sec.has_duty('protection') OR NOT sec.is_fresh(15) THEN
        RAISE 'only the data-protection lead sets how long the log is kept' USING ERRCODE = '42501';
    END IF;
    SELECT * INTO w FROM sec.principal();
    INSERT INTO public.audit_keeping (purpose, months, note, set_by) VALUES (for_purpose, for_months, why, w.subject) RETURNING id INTO new_id;
    PERFORM sec.log('keeping.set', object => 'audit_keeping', detail => jsonb_strip_nulls(jsonb_build_object('purpose', for_purpose, 'months', for_months)));
    RETURN new_id;
END $$;

-- From when on an event is kept for a purpose; nothing when it is kept as long as its record.
CREATE FUNCTION sec.kept_since(for_purpose text) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT statement_timestamp() - make_interval(months => k.months) FROM public.audit_keeping k
    WHERE k.purpose = for_purpose ORDER BY k.id DESC LIMIT 1
$$;

-- Remove events that serve no purpose any more: past the time of the security log, and not about a client
-- who still has a record, or past the time of that record's own log. Only sealed ones: leaves, tiles and checkpoints stay.
-- The removal is an event itself, whose digest is over the ids that it removed.
-- What wrote a row is kept as long as the row, whatever the times: else nobody could tell whether the row is still what was
-- written. That is its newest write event, those of its earlier revisions, and of a line of the ledger each. Of a row that
-- was removed, the removal goes last.
CREATE FUNCTION sec.remove_events(most integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    security CONSTANT timestamptz := sec.kept_since('security');
    own_record CONSTANT timestamptz := sec.kept_since('own_record');
    gone uuid[];
BEGIN
    SELECT array_agg(x.id) INTO gone FROM (
        SELECT e.id FROM public.audit_event e JOIN public.audit_leaf l ON l.event = e.id
        -- Where a client was, and who confirmed their space, stays with the record: whom a complaint may be about is asked of it.
        WHERE e.at < security AND ((e.at < own_record AND e.action NOT IN ('client.move', 'portal.confirm')) OR e.subject IS NULL
            OR NOT EXISTS (SELECT FROM public.vault_subjectkey k WHERE k.subject = e.subject AND k.kind = 'client'))
            AND (e.digest IS NULL OR e.object_id IS NULL OR CASE
                WHEN EXISTS (SELECT FROM public.audit_event x WHERE x.object_type = e.object_type AND x.object_id = e.object_id
                        AND x.digest IS NOT NULL AND x.revision > e.revision)
                    THEN e.action NOT LIKE 'grant.%' AND NOT EXISTS (SELECT FROM public.clients_revision v
                        WHERE v."table" = e.object_type AND v.row = e.object_id AND v.revision = e.revision)
                ELSE e.action = 'row.remove' AND NOT EXISTS (SELECT FROM public.audit_event x WHERE x.object_type = e.object_type
                        AND x.object_id = e.object_id AND x.digest IS NOT NULL AND x.revision < e.revision) END)
        ORDER BY e.at LIMIT most) x;
    RETURN sec.remove_these(gone, 'retention');
END $$;

-- The one way in which events go. For other definer functions (an erasure); what is not sealed stays.
CREATE FUNCTION sec.remove_these(gone uuid[], why text) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    removal uuid;
BEGIN
    SELECT array_agg(l.event ORDER BY l.event::text) INTO gone FROM public.audit_leaf l WHERE l.event = ANY (gone);
    IF gone IS NULL THEN
        RETURN 0;
    END IF;
    removal := sec.log('log.remove', why => remove_these.why, as_role => 'job', object => 'audit_event',
        hash => sha256(convert_to(array_to_string(gone, ''), 'UTF8')), detail => jsonb_build_object('count', cardinality(gone)));
    INSERT INTO public.audit_removed (event, removal) SELECT unnest(gone), removal;
    DELETE FROM public.audit_event e WHERE e.id = ANY (gone);
    RETURN cardinality(gone);
END $$;

GRANT SELECT, INSERT ON audit_removed, audit_keeping TO confidential_door;
GRANT USAGE ON SEQUENCE audit_keeping_id_seq TO confidential_door;
GRANT DELETE ON audit_event TO confidential_door;
CREATE POLICY door_removes ON audit_event FOR DELETE TO confidential_door USING (true);
GRANT SELECT ON audit_keeping TO confidential_app, confidential_worker;
GRANT EXECUTE ON FUNCTION sec.set_keeping TO confidential_app;
GRANT EXECUTE ON FUNCTION sec.kept_since TO confidential_app, confidential_worker;
GRANT EXECUTE ON FUNCTION sec.remove_events TO confidential_worker;

SELECT sec.adopt_functions();
