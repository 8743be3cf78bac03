CREATE UNIQUE INDEX vault_principal_name ON vault_principal (encode(sha256(hash), 'hex'));
ALTER TABLE vault_principal ADD CONSTRAINT principal_kinds CHECK (CASE kind
    WHEN 'proof' THEN expires_at <= made_at + interval '10 minutes' -- the password was right; not signed in yet
    WHEN 'user' THEN expires_at <= made_at + interval '12 hours'
    WHEN 'job' THEN expires_at <= made_at + interval '10 minutes' AND fresh_at IS NULL
    WHEN 'command' THEN expires_at <= made_at + interval '12 hours'
    WHEN 'invitation' THEN expires_at <= made_at + interval '61 days' AND fresh_at IS NULL
    WHEN 'recipient' THEN expires_at <= made_at + interval '32 days' AND fresh_at IS NULL
    ELSE false END);
ALTER TABLE vault_principal ADD CONSTRAINT principal_factor CHECK (kind IN ('user', 'proof') OR (factor = '' AND NOT limited));
-- Wrapped keys are of the form that vault/keyring.py gives them: the length of the master key's name, that name, a
-- nonce, the key and its tag. More the database cannot tell; but nothing else comes in, whichever function it comes by.
-- A data key may be emptied, where what it opened has to go.
ALTER TABLE vault_subjectkey ADD CONSTRAINT vault_subjectkey_wrapped CHECK (
    CASE WHEN octet_length(audit) BETWEEN 62 AND 93 THEN get_byte(audit, 0) = octet_length(audit) - 61
        AND encode(substr(audit, 2, get_byte(audit, 0)), 'escape') ~ '^[0-9A-Za-z._-]+$' ELSE false END
    AND CASE WHEN octet_length(data) BETWEEN 62 AND 93 THEN get_byte(data, 0) = octet_length(data) - 61
        AND encode(substr(data, 2, get_byte(data, 0)), 'escape') ~ '^[0-9A-Za-z._-]+$' ELSE data = '' END);
