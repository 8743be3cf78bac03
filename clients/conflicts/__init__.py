"""Who must not deal with whom; protected records; clients who belong together."""
