INSERT INTO audit_tree (id, size, root, edge)
VALUES (1, 0, sha256(''), ''); -- the root of the empty tree (RFC 6962, 2.1)
-- Hashes do not compress; trying costs more than storing.
ALTER TABLE audit_tile ALTER COLUMN hashes SET STORAGE EXTERNAL;
-- Codes are printable ASCII without quote and backslash: each is its own JSON.
ALTER TABLE audit_event ADD CONSTRAINT audit_event_codes
    CHECK (concat(action, actor_kind, actor_role, basis, object_type, outcome, purpose, subject_kind) !~ '[^ !#-[\]-~]');
-- Why is a code of the register, never a text: nobody writes a sentence into somebody's log.
ALTER TABLE audit_event ADD CONSTRAINT audit_event_why CHECK (purpose ~ '^[a-z_]{0,30}$');
-- An event is codes and counts: its other columns are short by their types, and no caller can make one that is too
-- large to be sealed, verified or shown.
ALTER TABLE audit_event ADD CONSTRAINT audit_event_small
    CHECK (octet_length(detail::text) <= 4096 AND (digest IS NULL OR octet_length(digest) <= 128));
-- The house is one subject, and made by the sealer alone: whoever laid its keys first would know those of the log.
ALTER TABLE vault_subjectkey ADD CONSTRAINT vault_subjectkey_house
    CHECK ((kind = 'house') = (subject = '00000000-0000-4000-8000-000000000001'));
-- A queue: what was sealed leaves dead rows at its front, and the horizon is read there each second.
ALTER TABLE audit_pending SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
CREATE INDEX audit_event_alarms ON audit_event (at) WHERE action IN ('log.contradicted', 'log.key');
ALTER TABLE audit_keeping ADD CONSTRAINT audit_keeping_times CHECK (
    (purpose = 'security' AND months IS NOT NULL AND months BETWEEN 6 AND 36 AND (months <= 12 OR note <> '')) -- CNIL 2021-122
    OR (purpose = 'own_record' AND (months IS NULL OR months BETWEEN 12 AND 600)));
INSERT INTO audit_keeping (purpose, months, note) VALUES ('security', 12, ''), ('own_record', NULL, '');
