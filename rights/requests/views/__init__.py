"""Pages of clients' requests about their own data."""
