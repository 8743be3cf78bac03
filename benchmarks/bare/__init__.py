"""The same pages with no permission, no encryption and no log: Django's own accounts and sessions, text columns."""
