-- Who has not signed the code does not read the log either (P2); and a queued export names no file:
-- the worker removes the file that a failed export names.
DROP POLICY see ON audit_event;
CREATE POLICY see ON audit_event FOR SELECT TO confidential_app, confidential_worker
    USING (subject = (SELECT sec.own_client()) OR ((SELECT sec.uid()) IS NOT NULL AND (SELECT sec.holds('protection'))));

DROP POLICY add ON rights_export;
CREATE POLICY add ON rights_export FOR INSERT TO confidential_app
    WITH CHECK (client_id = (SELECT sec.own_client()) AND state = 'queued' AND file IS NULL AND size IS NULL
        AND ready_at IS NULL AND expires_at IS NULL AND taken_at IS NULL AND progress = 0);
