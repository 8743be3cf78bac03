"""The worker: runs jobs, and seals the log beside them."""

from __future__ import annotations

from threading import Event, Thread
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from audit import sealing

STOP_SECONDS = 10


class Command(BaseCommand):
    """``manage.py worker``: jobs as ``procrastinate worker`` runs them, and one thread that seals."""

    help = "Run jobs and seal the log, until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until a signal ends the jobs; then the sealer ends too."""
        stop = Event()
        sealer = Thread(target=sealing.run, args=(stop,), name="sealer", daemon=True)
        sealer.start()
        try:
            call_command("procrastinate", "worker", verbosity=0)
        finally:
            stop.set()
            sealer.join(STOP_SECONDS)
