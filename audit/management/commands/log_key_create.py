"""Make the key that signs the log. It is never overwritten."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audit import signing


class Command(BaseCommand):
    """``manage.py log_key_create``: a new key at CONFIDENTIAL_LOG_KEY, mode 0600, and its public half."""

    help = "Make the key that signs the log, once; its name is LOG_ORIGIN."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the key, or say why not."""
        try:
            key = signing.create(settings.LOG_KEY_FILE, settings.LOG_ORIGIN)
        except FileExistsError as error:
            raise CommandError(
                f"{settings.LOG_KEY_FILE} exists; it is never overwritten."
            ) from error
        self.stdout.write(
            f"Written to {settings.LOG_KEY_FILE}, for the sealer alone. Its public half lies beside it; "
            f"give it to whoever is to check the log:\n{key.verifier}"
        )
