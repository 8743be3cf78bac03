"""Copies that the team prepares for a client: others are struck out, somebody else releases them."""
