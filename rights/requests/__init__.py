"""Requests for access, correction and deletion, and by when they are answered."""
