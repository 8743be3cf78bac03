"""Compare the events of the log with its second sink. Rows and files are for ``audit_verify``."""

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.reconciling import reconcile

SHOWN = 20


class Command(BaseCommand):
    """``manage.py audit_reconcile [--sink FILE]``: names each event that was removed or altered."""

    help = (
        "Compare the events of the log with the file of its second sink; an error when an event was"
        " tampered with. What the events wrote (rows, files) is compared by audit_verify."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """--sink."""
        parser.add_argument(
            "--sink", type=Path, help="the sink's file, if it is not that of LOG_SINK"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """A line for each fault, one for what is noteworthy, and one for the whole."""
        path = options["sink"] or Path(settings.LOG_SINK or "")
        if not path.is_file():
            raise CommandError("Give the file of the second sink with --sink.")
        found = reconcile(path)
        for fault in found.faults:
            self.stdout.write(f"FAULT {fault}")
        if found.without_line:
            some = ", ".join(str(event) for event in found.without_line[:SHOWN])
            self.stdout.write(
                f"{len(found.without_line)} events came without a line, among them: {some}"
            )
        if found.torn or found.unknown_key:
            self.stdout.write(
                f"{found.torn} torn lines; {found.unknown_key} lines under a key that has gone."
            )
        self.stdout.write(
            f"{found.rows} events, {found.lines} lines: {len(found.faults) or 'no'} faults."
        )
        if found.faults:
            sys.exit(1)
