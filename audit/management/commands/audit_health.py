"""Say how the log is, for a monitor."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import health


class Command(BaseCommand):
    """``manage.py audit_health``: ends with an error when an event has waited for over a minute."""

    help = "Say how the log is; an error when events are not being sealed or signed."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line, and the exit code."""
        found = health.check()
        if found.alarm:
            raise CommandError(str(found))
        self.stdout.write(str(found))
