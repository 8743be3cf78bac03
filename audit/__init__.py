"""The door and the log. Knows ids, not models."""
