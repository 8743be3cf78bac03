"""Taking in another program's export: reading, mapping, writing, and the report of it."""
