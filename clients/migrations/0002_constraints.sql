-- The branch is tied to the client's, so that the policies of the ledger need not look at clients.
ALTER TABLE clients_client ADD CONSTRAINT client_id_branch UNIQUE (id, branch_id);
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['grant', 'contact', 'fingerprint', 'consultation', 'emergency', 'complaint'] LOOP
        EXECUTE format('ALTER TABLE clients_%1$s ADD CONSTRAINT %1$s_branch FOREIGN KEY (client_id, branch_id)
            REFERENCES clients_client (id, branch_id) ON UPDATE CASCADE', t);
    END LOOP;
END $$;
ALTER TABLE clients_contact ADD CONSTRAINT contact_id_client UNIQUE (id, client_id);
ALTER TABLE clients_grant ADD CONSTRAINT grant_contact FOREIGN KEY (contact_id, client_id) REFERENCES clients_contact (id, client_id);
-- What a grant on one contact is called, and that nothing else is called so; and that not everything can be endless.
ALTER TABLE clients_grant ADD CONSTRAINT grant_scope CHECK ((scope = 'contact') = (contact_id IS NOT NULL)),
    ADD CONSTRAINT grant_bounded CHECK (basis NOT IN ('consultation', 'emergency') OR ends_at IS NOT NULL),
    ADD CONSTRAINT grant_forward CHECK (ends_at IS NULL OR ends_at >= starts_at OR ended_by_id IS NOT NULL);
-- A child belongs to the same client as its parent.
ALTER TABLE clients_contactnote ADD CONSTRAINT note_client FOREIGN KEY (contact_id, client_id) REFERENCES clients_contact (id, client_id);
ALTER TABLE clients_attachment ADD CONSTRAINT attachment_client FOREIGN KEY (contact_id, client_id) REFERENCES clients_contact (id, client_id);
ALTER TABLE clients_explanation ADD CONSTRAINT explanation_id_client UNIQUE (id, client_id);
ALTER TABLE clients_explanationwords ADD CONSTRAINT words_client FOREIGN KEY (explanation_id, client_id) REFERENCES clients_explanation (id, client_id);
ALTER TABLE clients_consultation ADD CONSTRAINT consultation_id_client UNIQUE (id, client_id);
ALTER TABLE clients_consultation ADD CONSTRAINT consultation_two_people CHECK (asked_by_id <> colleague_id);
ALTER TABLE clients_consultationentry ADD CONSTRAINT entry_client FOREIGN KEY (consultation_id, client_id) REFERENCES clients_consultation (id, client_id);
ALTER TABLE clients_consultationentry ADD CONSTRAINT entry_contact FOREIGN KEY (contact_id, client_id) REFERENCES clients_contact (id, client_id);
ALTER TABLE clients_link ADD CONSTRAINT link_two_people CHECK (first_id <> second_id);
ALTER TABLE clients_conflict ADD CONSTRAINT conflict_two_people CHECK (person_id <> colleague_id);
