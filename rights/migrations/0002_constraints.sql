ALTER TABLE rights_subjectrequest ADD CONSTRAINT request_branch FOREIGN KEY (client_id, branch_id) REFERENCES clients_client (id, branch_id) ON UPDATE CASCADE;
ALTER TABLE rights_subjectrequest ADD CONSTRAINT request_id_client UNIQUE (id, client_id);
ALTER TABLE rights_subjectrequestwords ADD CONSTRAINT words_client FOREIGN KEY (request_id, client_id) REFERENCES rights_subjectrequest (id, client_id);
