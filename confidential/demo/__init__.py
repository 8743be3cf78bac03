"""The demonstration: an invented association, loaded through the real acts, and the servers it needs."""
