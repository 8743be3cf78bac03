-- What an erasure can be at all.
ALTER TABLE rights_erasure
    ADD CONSTRAINT erasure_ground_codes CHECK (ground IN ('request', 'no_agreement', 'time_over', 'mistake', 'replayed')),
    ADD CONSTRAINT erasure_state_codes CHECK (state IN ('proposed', 'decided', 'refused', 'withdrawn', 'begun', 'lined', 'keyless', 'done')),
    ADD CONSTRAINT erasure_waived_codes CHECK (waived_how IN ('portal', 'phone', 'person', 'letter', 'email', 'other')),
    ADD CONSTRAINT erasure_waived_whole CHECK ((waived_at IS NULL) = (waived_how IS NULL)),
    ADD CONSTRAINT erasure_proposed_by_somebody CHECK ((proposed_by_id IS NULL) = (ground = 'replayed')),
    ADD CONSTRAINT erasure_lined CHECK (number IS NOT NULL OR state NOT IN ('lined', 'keyless', 'done'));
ALTER TABLE rights_erasureline ADD CONSTRAINT erasureline_hash CHECK (octet_length(record) = 32), ADD CONSTRAINT erasureline_number CHECK (number > 0);
