-- A column that holds a code holds one of these and no other word, whoever writes it: it stands in clear, and some go on
-- into the log. tests/walls/test_codes.py compares them with the choices of the models.
ALTER TABLE rights_export
    ADD CONSTRAINT export_state_codes CHECK (state IN ('queued', 'ready', 'failed', 'expired'));
ALTER TABLE rights_namesdecision
    ADD CONSTRAINT namesdecision_reason_codes CHECK (reason IN ('doubt', 'contest', 'court'));
ALTER TABLE rights_subjectrequest
    ADD CONSTRAINT subjectrequest_kind_codes CHECK (kind IN ('correction', 'deletion', 'access')),
    ADD CONSTRAINT subjectrequest_state_codes CHECK (state IN ('new', 'in_progress', 'done', 'refused'));
ALTER TABLE rights_export ADD CONSTRAINT export_language_codes CHECK (language IN ('en', 'fr'));
