-- A column that holds a code holds one of these and no other word, whoever writes it: it stands in clear, and some go on
-- into the log. tests/walls/test_codes.py compares them with the choices of the models.
ALTER TABLE clients_client
    ADD CONSTRAINT client_language_codes CHECK (language IN ('en', 'fr')),
    ADD CONSTRAINT client_state_codes CHECK (state IN ('open', 'closed', 'died'));
ALTER TABLE clients_complaint
    ADD CONSTRAINT complaint_about_kind_codes CHECK (about_kind IN ('volunteer', 'coordinator', 'association', 'unsaid')),
    ADD CONSTRAINT complaint_state_codes CHECK (state IN ('open', 'answered'));
ALTER TABLE clients_complaintentry
    ADD CONSTRAINT complaintentry_kind_codes CHECK (kind IN ('complaint', 'note', 'answer'));
ALTER TABLE clients_conflict
    ADD CONSTRAINT conflict_reason_codes CHECK (reason IN ('family', 'friend', 'work', 'involved', 'other', 'own'));
ALTER TABLE clients_consultation
    ADD CONSTRAINT consultation_ground_codes CHECK (ground IN ('client', 'volunteer'));
ALTER TABLE clients_consultationentry
    ADD CONSTRAINT consultationentry_kind_codes CHECK (kind IN ('question', 'part', 'answer'));
ALTER TABLE clients_contact
    ADD CONSTRAINT contact_channel_codes CHECK (channel IN ('phone', 'visit', 'hospital', 'meeting', 'message', 'email', 'letter', 'drive', 'other'));
ALTER TABLE clients_emergency
    ADD CONSTRAINT emergency_outcome_codes CHECK (outcome IN ('', 'justified', 'misuse')),
    ADD CONSTRAINT emergency_reason_codes CHECK (reason IN ('danger', 'call', 'missed'));
ALTER TABLE clients_emergencyentry
    ADD CONSTRAINT emergencyentry_kind_codes CHECK (kind IN ('words', 'review'));
ALTER TABLE clients_enquiry
    ADD CONSTRAINT enquiry_channel_codes CHECK (channel IN ('phone', 'visit', 'hospital', 'meeting', 'message', 'email', 'letter', 'drive', 'other')),
    ADD CONSTRAINT enquiry_language_codes CHECK (language IN ('en', 'fr'));
ALTER TABLE clients_explanation
    ADD CONSTRAINT explanation_answer_codes CHECK (answer IN ('', 'yes', 'pseudonym', 'no_record')),
    ADD CONSTRAINT explanation_channel_codes CHECK (channel IN ('phone', 'visit', 'hospital', 'meeting', 'message', 'email', 'letter', 'drive', 'other')),
    ADD CONSTRAINT explanation_language_codes CHECK (language IN ('en', 'fr'));
ALTER TABLE clients_grant
    ADD CONSTRAINT grant_basis_codes CHECK (basis IN ('assignment', 'consultation', 'emergency', 'branch_duty', 'own_record')),
    ADD CONSTRAINT grant_scope_codes CHECK (scope IN ('full', 'errand', 'read', 'named', 'consult', 'contact'));
ALTER TABLE clients_link
    ADD CONSTRAINT link_tie_codes CHECK (tie IN ('couple', 'family', 'friends', 'other'));
-- A reason of the ledger stands in the client's log, so each basis has its own and no other word. A complaint is a reason to
-- read notes only: an assignment that says so would be hidden from whoever has the client.
ALTER TABLE clients_grant
    ADD CONSTRAINT grant_purpose_codes CHECK (purpose IN ('intake', 'support', 'handover', 'client', 'volunteer', 'emergency',
        'coordination', 'complaint', 'request', 'standing_in', 'protection', 'own_record')),
    ADD CONSTRAINT grant_reason CHECK (CASE basis
        WHEN 'assignment' THEN purpose IN ('intake', 'support', 'handover')
        WHEN 'consultation' THEN purpose IN ('client', 'volunteer')
        WHEN 'emergency' THEN purpose = 'emergency'
        WHEN 'branch_duty' THEN purpose IN ('coordination', 'complaint', 'request', 'handover', 'standing_in', 'protection')
        ELSE purpose = 'own_record' END);
ALTER TABLE clients_draft ADD CONSTRAINT draft_form_codes CHECK (form IN ('contact', 'consult'));
ALTER TABLE clients_fingerprint ADD CONSTRAINT fingerprint_kind_codes CHECK (kind IN ('person', 'phone', 'imp-client', 'imp-contact'));
