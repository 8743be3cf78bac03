"""The copy of everything that is held about a client, as a file to take away."""
