"""Begin the erasure ledger. It is never overwritten."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from rights.erasure import ledger


class Command(BaseCommand):
    """``manage.py erasures_create``: a ledger without lines at CONFIDENTIAL_ERASURES, mode 0644."""

    help = "Begin the erasure ledger, once: before the first start, or with the upgrade that brings it."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it, or say why not."""
        try:
            ledger.create(settings.LEDGER_FILE)
        except FileExistsError as error:
            raise CommandError(
                f"{settings.LEDGER_FILE} exists; it is never overwritten."
            ) from error
        self.stdout.write(
            f"Written to {settings.LEDGER_FILE}. Keep it apart from the database, and copy it after each"
            " erasure: a restored backup is not served without it."
        )
