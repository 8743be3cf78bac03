"""Verify the whole log."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from audit.verifying import verify


class Command(BaseCommand):
    """``manage.py audit_verify``: recomputes all; names each fault and then ends with an error."""

    help = "Recompute the log from events, keys and leaves; an error when anything does not fit."

    def handle(self, *args: Any, **options: Any) -> None:
        """A line for each fault, and one for the whole."""
        report = verify()
        with connection.cursor() as cursor:
            leaves, faults = report.leaves, len(report.faults)
            cursor.execute("SELECT sec.log_verified(%s, %s)", [leaves, faults])
        for fault in report.faults:
            self.stdout.write(f"FAULT {fault}")
        self.stdout.write(
            f"{report.leaves} leaves, {report.events} events, {report.removed} removed lawfully, "
            f"{report.checkpoints} checkpoints: {len(report.faults) or 'no'} faults."
        )
        if report.faults:
            sys.exit(1)
