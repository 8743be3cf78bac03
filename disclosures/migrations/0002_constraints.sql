-- A disclosure that answers a complaint answers one of this client.
ALTER TABLE clients_complaint ADD CONSTRAINT complaint_id_client UNIQUE (id, client_id);
ALTER TABLE disclosures_disclosure ADD CONSTRAINT disclosure_complaint FOREIGN KEY (complaint_id, client_id) REFERENCES clients_complaint (id, client_id);
ALTER TABLE disclosures_disclosure ADD CONSTRAINT disclosure_complaint_ground CHECK (complaint_id IS NULL OR ground = 'complaint');
ALTER TABLE disclosures_disclosure ADD CONSTRAINT disclosure_branch FOREIGN KEY (client_id, branch_id) REFERENCES clients_client (id, branch_id) ON UPDATE CASCADE;
ALTER TABLE disclosures_disclosure ADD CONSTRAINT disclosure_id_client UNIQUE (id, client_id);
ALTER TABLE disclosures_disclosurewords ADD CONSTRAINT words_client FOREIGN KEY (disclosure_id, client_id) REFERENCES disclosures_disclosure (id, client_id);
ALTER TABLE disclosures_disclosureoutcome ADD CONSTRAINT outcome_client FOREIGN KEY (disclosure_id, client_id) REFERENCES disclosures_disclosure (id, client_id);
ALTER TABLE disclosures_disclosureitem ADD CONSTRAINT item_client FOREIGN KEY (disclosure_id, client_id) REFERENCES disclosures_disclosure (id, client_id);
ALTER TABLE disclosures_disclosureitem ADD CONSTRAINT item_contact FOREIGN KEY (contact_id, client_id) REFERENCES clients_contact (id, client_id);
ALTER TABLE disclosures_delivery ADD CONSTRAINT delivery_client FOREIGN KEY (disclosure_id, client_id) REFERENCES disclosures_disclosure (id, client_id);
