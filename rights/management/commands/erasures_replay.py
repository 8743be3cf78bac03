"""After a restore: erase again what was erased since the backup was made. Role worker."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from rights.erasure import carrying_out, ledger


class Command(BaseCommand):
    """``manage.py erasures_replay [--dry-run]``. Safe to repeat; names nobody."""

    help = "Erase again what the ledger says was erased and a restored backup has brought back."

    def add_arguments(self, parser: CommandParser) -> None:
        """--dry-run."""
        parser.add_argument(
            "--dry-run", action="store_true", help="only say how many lines are unknown"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Take the lines that the database does not know, in their order; then carry all out."""
        settings.REPLAYING = True
        lines = ledger.read(settings.LEDGER_FILE)
        with connection.cursor() as cursor:
            cursor.execute("SELECT sec.ledger_lines()")
            (known,) = cursor.fetchone()
        ledger.refuse_shorter(lines, known)
        self.stdout.write(
            f"The ledger has {len(lines)} lines, {known} of which this database knows."
        )
        if options["dry_run"]:
            return
        came_back = sum(carrying_out.replay(line) for line in lines[known:])
        done = carrying_out.carry_out_all()
        left = len(carrying_out.due())
        self.stdout.write(f"{came_back} records had come back; {done} are erased again.")
        if left:
            self.stdout.write(
                f"{left} are closed, and go on by themselves as soon as sealer and worker run."
            )
