"""Databases of earlier versions, kept with their keys and files, are brought up to date."""
