"""Seal the log: as a service of its own, or once."""

from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from audit import sealing


class Command(BaseCommand):
    """``manage.py audit_seal [--once]``. A second sealer beside the worker's does no harm."""

    help = "Seal what waits in the log, each second; with --once, what waits now."

    def add_arguments(self, parser: CommandParser) -> None:
        """--once."""
        parser.add_argument("--once", action="store_true", help="seal what waits now, and end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal until Ctrl-C, or once."""
        if not options["once"]:
            sealing.run(Event())
            return
        sealing.prepare()
        sealing.unblock()
        sealed = sealing.seal()
        self.stdout.write(
            "Somebody else is sealing." if sealed is None else f"{sealed} events sealed."
        )
