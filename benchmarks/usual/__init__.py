"""What a user would pick instead: guardian's permissions, auditlog's log of access, Fernet columns."""
