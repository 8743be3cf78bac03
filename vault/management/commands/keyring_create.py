"""Make the master key ring. It is never overwritten."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from vault import keyring


class Command(BaseCommand):
    """``manage.py keyring_create``: a new ring at CONFIDENTIAL_KEYRING, mode 0600."""

    help = "Make the master key ring, once, before the first start."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the ring, or say why not."""
        try:
            keyring.create(settings.KEYRING_FILE)
        except keyring.KeyringError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Written to {settings.KEYRING_FILE}. Without this file nothing can be read again: "
            "keep a copy apart from the database and its backups."
        )
