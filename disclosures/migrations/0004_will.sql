-- What a client said later is of this client's disclosure; its codes; and two states more: stopped by the client, recalled.
ALTER TABLE disclosures_will ADD CONSTRAINT will_disclosure FOREIGN KEY (disclosure_id, client_id) REFERENCES disclosures_disclosure (id, client_id);
ALTER TABLE disclosures_will
    ADD CONSTRAINT will_said_codes CHECK (said IN ('given', 'withdrawn')),
    ADD CONSTRAINT will_channel_codes CHECK (channel IN ('', 'phone', 'visit', 'hospital', 'meeting', 'message', 'email', 'letter', 'drive', 'other')),
    ADD CONSTRAINT will_given_to_one CHECK (said = 'withdrawn' OR disclosure_id IS NOT NULL);
ALTER TABLE disclosures_disclosure DROP CONSTRAINT disclosure_state_codes,
    ADD CONSTRAINT disclosure_state_codes CHECK (state IN ('draft', 'asked', 'approved', 'refused', 'released', 'received', 'cancelled', 'stopped', 'recalled'));
