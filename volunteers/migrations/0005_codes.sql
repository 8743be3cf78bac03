-- A column that holds a code holds one of these and no other word, whoever writes it: it stands in clear, and some go on
-- into the log. tests/walls/test_codes.py compares them with the choices of the models.
ALTER TABLE volunteers_departure
    ADD CONSTRAINT departure_reminder_codes CHECK (reminder IN ('pending', 'signed', 'refused'));
ALTER TABLE volunteers_duty
    ADD CONSTRAINT duty_kind_codes CHECK (kind IN ('volunteer', 'coordinator', 'president', 'protection', 'administrator', 'responder'));
ALTER TABLE volunteers_dutyrule
    ADD CONSTRAINT dutyrule_first_codes CHECK (first IN ('volunteer', 'coordinator', 'president', 'protection', 'administrator', 'responder')),
    ADD CONSTRAINT dutyrule_second_codes CHECK (second IN ('volunteer', 'coordinator', 'president', 'protection', 'administrator', 'responder'));
ALTER TABLE volunteers_invitation
    ADD CONSTRAINT invitation_kind_codes CHECK (kind IN ('volunteer', 'coordinator', 'president', 'protection', 'administrator', 'responder')),
    ADD CONSTRAINT invitation_language_codes CHECK (language IN ('en', 'fr'));
ALTER TABLE volunteers_lettingin
    ADD CONSTRAINT lettingin_duty_codes CHECK (duty IN ('', 'volunteer', 'coordinator', 'president', 'protection', 'administrator', 'responder')),
    ADD CONSTRAINT lettingin_how_codes CHECK (how IN ('invited', 'rejoined', 'appointed', 'new_sign_in'));
ALTER TABLE volunteers_meeting
    ADD CONSTRAINT meeting_way_codes CHECK (way IN ('met', 'rang'));
ALTER TABLE volunteers_person
    ADD CONSTRAINT person_language_codes CHECK (language IN ('en', 'fr'));
ALTER TABLE volunteers_policytext
    ADD CONSTRAINT policytext_language_codes CHECK (language IN ('en', 'fr'));
ALTER TABLE volunteers_secondfactor
    ADD CONSTRAINT secondfactor_kind_codes CHECK (kind IN ('totp', 'recovery_codes'));
ALTER TABLE volunteers_talkrequest
    ADD CONSTRAINT talkrequest_haste_codes CHECK (haste IN ('today', 'week', 'whenever')),
    ADD CONSTRAINT talkrequest_how_codes CHECK (how IN ('phone', 'meet'));
ALTER TABLE volunteers_undertaking
    ADD CONSTRAINT undertaking_language_codes CHECK (language IN ('en', 'fr'));
ALTER TABLE volunteers_user
    ADD CONSTRAINT user_kind_codes CHECK (kind IN ('person', 'client')),
    ADD CONSTRAINT user_language_codes CHECK (language IN ('en', 'fr'));
