"""Pieces of pages that every app may use: form widgets, and how templates are drawn.

Imports no other app of the project."""
