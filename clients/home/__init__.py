"""The home page and the list of clients."""
