-- A column that holds a code holds one of these and no other word, whoever writes it: it stands in clear, and some go on
-- into the log. tests/walls/test_codes.py compares them with the choices of the models.
ALTER TABLE disclosures_disclosure
    ADD CONSTRAINT disclosure_consent_codes CHECK (consent IN ('', 'given', 'refused', 'not_sought')),
    ADD CONSTRAINT disclosure_ground_codes CHECK (ground IN ('law', 'public_interest', 'complaint')),
    ADD CONSTRAINT disclosure_state_codes CHECK (state IN ('draft', 'asked', 'approved', 'refused', 'released', 'received', 'cancelled')),
    ADD CONSTRAINT disclosure_untold_codes CHECK (untold IN ('', 'forbidden', 'harm'));
ALTER TABLE disclosures_delivery ADD CONSTRAINT delivery_language_codes CHECK (language IN ('en', 'fr'));
