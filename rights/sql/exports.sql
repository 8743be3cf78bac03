-- The end of an export: over (its file goes), or failed for good. The worker has no principal of its own
-- for this, so that definer functions do exactly these two steps, and log them.
CREATE FUNCTION sec.exports_over() RETURNS TABLE (id uuid, file uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT x.id, x.file FROM public.rights_export x
    WHERE x.file IS NOT NULL AND (x.state = 'failed' OR (x.state = 'ready' AND x.expires_at <= statement_timestamp()))
$$;

-- Called after the file has gone: a crash between the two leaves something to do again, never a file that nobody knows.
CREATE FUNCTION sec.export_gone(which uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    of_client uuid;
BEGIN
    UPDATE public.rights_export x SET file = NULL, state = CASE x.state WHEN 'ready' THEN 'expired' ELSE x.state END
    WHERE x.id = which AND x.id IN (SELECT o.id FROM sec.exports_over() o) RETURNING x.client_id INTO of_client;
    IF FOUND THEN
        PERFORM sec.log('export.remove', of_client, 'client', why => 'retention', as_role => 'job', object => 'rights_export', object_id => which);
    END IF;
END $$;

-- One that cannot be made is given up.
CREATE FUNCTION sec.export_failed(which uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    of_client uuid;
BEGIN
    UPDATE public.rights_export x SET state = 'failed' WHERE x.id = which AND x.state = 'queued' RETURNING x.client_id INTO of_client;
    IF FOUND THEN
        PERFORM sec.log('export.fail', of_client, 'client', why => 'own_record', as_role => 'job', object => 'rights_export', object_id => which);
    END IF;
END $$;

-- Rows that name a file: attachments and what waits for a recipient or a client must have it; what was taken, or is being
-- made or cleared away, may.
SET LOCAL ROLE confidential_door;
CREATE OR REPLACE FUNCTION sec.rows_files() RETURNS TABLE (target text, "row" uuid, file uuid, size integer, sha256 bytea, must boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT 'clients_attachment', a.id, a.file, a.size, a.sha256, true FROM public.clients_attachment a
    UNION ALL SELECT 'disclosures_delivery', y.id, y.file, y.size, y.sha256, y.opened_at IS NULL AND y.recalled_at IS NULL AND y.tries_left > 0
        AND y.expires_at > statement_timestamp() FROM public.disclosures_delivery y
    UNION ALL SELECT 'rights_export', x.id, x.file, x.size, NULL, x.state = 'ready' FROM public.rights_export x WHERE x.file IS NOT NULL
$$;
RESET ROLE;

GRANT UPDATE (state, file) ON rights_export TO confidential_door;
CREATE POLICY door_ends ON rights_export FOR UPDATE TO confidential_door USING (true) WITH CHECK (true);
GRANT EXECUTE ON FUNCTION sec.exports_over, sec.export_gone, sec.export_failed TO confidential_worker;

SELECT sec.adopt_functions();
