"""Asking a colleague about a client, without the name where that is possible (P5)."""
