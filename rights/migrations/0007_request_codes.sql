-- Further kinds of requests and a further state; what is noted to a request belongs to its client.
ALTER TABLE rights_subjectrequest
    DROP CONSTRAINT subjectrequest_kind_codes,
    DROP CONSTRAINT subjectrequest_state_codes;
ALTER TABLE rights_subjectrequest
    ADD CONSTRAINT subjectrequest_kind_codes
        CHECK (kind IN ('correction', 'deletion', 'access', 'restriction', 'portability', 'objection', 'withdrawal')),
    ADD CONSTRAINT subjectrequest_state_codes CHECK (state IN ('new', 'in_progress', 'done', 'refused', 'taken_back')),
    ADD CONSTRAINT subjectrequest_how_codes CHECK (how IN ('portal', 'phone', 'person', 'letter', 'email', 'other')),
    ADD CONSTRAINT subjectrequest_quality_codes CHECK (quality IN ('self', 'parent', 'guardian', 'lawyer', 'other')),
    ADD CONSTRAINT request_second CHECK ((seconded_by_id IS NULL) = (seconded_at IS NULL));
ALTER TABLE rights_requestnote
    ADD CONSTRAINT requestnote_kind_codes
        CHECK (kind IN ('identity', 'complete', 'entitled', 'founded', 'pause', 'resume', 'extend', 'receipt', 'told')),
    ADD CONSTRAINT requestnote_how_codes CHECK (how IN ('', 'rung_back', 'met', 'paper', 'doubt', 'yes', 'no', 'who', 'precision',
        'phone', 'person', 'letter', 'other')),
    ADD CONSTRAINT requestnote_client FOREIGN KEY (request_id, client_id) REFERENCES rights_subjectrequest (id, client_id);
