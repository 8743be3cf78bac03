"""Seal the log and ask its witnesses: the sealer, a process with a role of its own. Or seal once."""

import signal
from threading import Event, Thread
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from audit import after_sealing, sealing, witnessing

STOP_SECONDS = 10


class Command(BaseCommand):
    """``manage.py audit_seal [--once]``. A second sealer beside another does no harm."""

    help = "Seal what waits in the log, each second; with --once, what waits now."

    def add_arguments(self, parser: CommandParser) -> None:
        """--once."""
        parser.add_argument("--once", action="store_true", help="seal what waits now, and end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal until a signal ends it, or once."""
        if not options["once"]:
            self._serve()
            return
        sealing.prepare()
        sealing.unblock()
        sealed = sealing.seal()
        while sealed and (more := sealing.seal()):  # a batch is cut by its bytes
            sealed += more
        after_sealing.do()
        self.stdout.write(
            "Somebody else is sealing." if sealed is None else f"{sealed} events sealed."
        )

    def _serve(self) -> None:
        stop = Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        asking = Thread(target=witnessing.run, args=(stop,), name="witnesses", daemon=True)
        asking.start()
        sealing.run(stop)
        asking.join(STOP_SECONDS)
