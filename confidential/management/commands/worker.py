"""The worker: runs jobs. The log is sealed by a process of its own (``audit_seal``)."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """``manage.py worker``: jobs, as ``procrastinate worker`` runs them."""

    help = "Run jobs, until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until a signal ends it."""
        call_command("procrastinate", "worker", verbosity=0)
