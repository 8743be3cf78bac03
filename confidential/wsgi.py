"""The web server's entry. Refuses to start as a wrong database role or without keys."""

import os

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application
from django.db import connections

from vault import keyring

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "confidential.settings")
application = get_wsgi_application()

if "command" in settings.DATABASES and not settings.DEMONSTRATION:
    raise ImproperlyConfigured(
        "DATABASE_URL_COMMAND is for commands at the server: take it out of this process. "
        "See docs/operations.md."
    )
keyring.load(settings.KEYRING_FILE)
for alias in settings.DATABASES:
    connections[alias].ensure_connection()
    connections[alias].close()
