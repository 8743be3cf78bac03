"""Forms of records, contacts, grants and explanations."""
