"""After a restore: erase again what was erased since the backup was made. With DATABASE_URL_COMMAND."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from rights.erasure import ledger


class Command(BaseCommand):
    """``manage.py erasures_replay [--dry-run]``. Safe to repeat; names nobody."""

    help = "Close, for the worker to erase again, what a restored backup has brought back."

    def add_arguments(self, parser: CommandParser) -> None:
        """--dry-run."""
        parser.add_argument(
            "--dry-run", action="store_true", help="only say how many lines are unknown"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Take the lines that the database does not know, in their order."""
        lines, known = ledger.read(settings.LEDGER_FILE), ledger.known_lines()
        ledger.refuse_shorter(lines, known)
        self.stdout.write(
            f"The ledger has {len(lines)} lines, {known} of which this database knows."
        )
        if options["dry_run"]:
            return
        came_back = sum(ledger.replay(line) for line in lines[known:])
        self.stdout.write(
            f"{came_back} records had come back. They are closed, and the worker erases them within a"
            " minute of its start."
        )
