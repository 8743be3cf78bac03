"""The same pages with no permission, encryption or log: Django's accounts and sessions, columns of text."""
