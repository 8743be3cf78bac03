"""Pages of the client's own space, one topic a file."""
