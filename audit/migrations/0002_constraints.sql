-- A reason that tells of a disclosure is given for what is about one, and for nothing that the client sees always.
ALTER TABLE audit_event ADD CONSTRAINT audit_event_reason
    CHECK (purpose NOT IN ('disclosure', 'law', 'public_interest') OR object_type LIKE 'disclosures\_%');
CREATE INDEX audit_event_denied ON audit_event (at, actor) WHERE outcome = 'denied';
