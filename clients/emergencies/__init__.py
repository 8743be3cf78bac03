"""Opening a record in an emergency, and judging afterwards whether it was one."""
