"""Erasing a record: who decides, the ledger that backups cannot undo, and carrying it out step by step."""
