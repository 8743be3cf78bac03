-- What is picked is of this client's disclosure, and one of these fields.
ALTER TABLE disclosures_disclosuredetail ADD CONSTRAINT detail_client FOREIGN KEY (disclosure_id, client_id) REFERENCES disclosures_disclosure (id, client_id);
ALTER TABLE disclosures_disclosuredetail ADD CONSTRAINT detail_detail_codes
    CHECK (detail IN ('name', 'known_as', 'born_on', 'address', 'phone', 'other_phone', 'times', 'ask_for'));
