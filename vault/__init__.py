"""Keys, sealed values, database roles. Knows keys and rows, not people; imports no other app."""
