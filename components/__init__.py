"""Pieces of pages that every app may use: form widgets and template filters.

Imports no other app of the project."""
