"""Going out alone: somebody watches until one is back. Holds no key to a client."""
