"""Complaints, for those who hear them."""
