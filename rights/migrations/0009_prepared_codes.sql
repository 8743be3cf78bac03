-- The client's own ids beside each pointer: an item, a request and an export belong to the same client as the copy.
ALTER TABLE rights_preparedcopy
    ADD CONSTRAINT preparedcopy_reason_codes CHECK (reason IN ('asked', 'proxy', 'request')),
    ADD CONSTRAINT preparedcopy_way_codes CHECK (way IN ('hand', 'post')),
    ADD CONSTRAINT preparedcopy_language_codes CHECK (language IN ('en', 'fr')),
    ADD CONSTRAINT preparedcopy_state_codes CHECK (state IN ('prepared', 'sent', 'released', 'refused', 'ended')),
    ADD CONSTRAINT preparedcopy_id_client UNIQUE (id, client_id);
ALTER TABLE rights_leftout
    ADD CONSTRAINT leftout_reason_codes CHECK (reason IN ('others', 'source', 'forbidden')),
    ADD CONSTRAINT leftout_client FOREIGN KEY (copy_id, client_id) REFERENCES rights_preparedcopy (id, client_id),
    ADD CONSTRAINT leftout_contact FOREIGN KEY (contact_id, client_id) REFERENCES clients_contact (id, client_id);
ALTER TABLE rights_export
    ADD CONSTRAINT export_prepared_client FOREIGN KEY (prepared_id, client_id) REFERENCES rights_preparedcopy (id, client_id);
