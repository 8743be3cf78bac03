"""The worker: runs jobs, and seals the log beside them."""

from __future__ import annotations

from threading import Event, Thread
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from audit import sealing, witnessing

STOP_SECONDS = 10


class Command(BaseCommand):
    """``manage.py worker``: jobs as ``procrastinate worker`` runs them, and beside them the log."""

    help = "Run jobs and seal the log, until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until a signal ends the jobs; then the threads end too."""
        stop = Event()
        beside = [
            Thread(target=act, args=(stop,), name=act.__module__, daemon=True)
            for act in (sealing.run, witnessing.run)
        ]
        for thread in beside:
            thread.start()
        try:
            call_command("procrastinate", "worker", verbosity=0)
        finally:
            stop.set()
            for thread in beside:
                thread.join(STOP_SECONDS)
