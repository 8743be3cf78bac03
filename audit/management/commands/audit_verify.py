"""Verify the whole log."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from audit.reading import NotReadable
from audit.verifying import verify


class Command(BaseCommand):
    """``manage.py audit_verify``: recomputes all; names each fault and then ends with an error."""

    help = "Recompute the log from events, keys and leaves; an error when anything does not fit."

    def handle(self, *args: Any, **options: Any) -> None:
        """A line for each fault, and one for the whole."""
        try:
            report = verify()
        except NotReadable as error:
            raise CommandError(str(error)) from error
        with connection.cursor() as cursor:
            leaves, faults = report.leaves, len(report.faults)
            cursor.execute("SELECT sec.log_verified(%s, %s)", [leaves, faults])
        for fault in report.faults:
            self.stdout.write(f"FAULT {fault}")
        for subject in report.unopened:
            self.stdout.write(
                f"NOTE The keys of the subject {subject} do not open; all its events are the house's."
            )
        if report.house:
            self.stdout.write(
                f"NOTE {report.house} events were sealed under the house's key although their subjects have "
                "keys that open now: they came later, or did not open then (log.key)."
            )
        self.stdout.write(
            f"{report.leaves} leaves, {report.events} events, {report.removed} removed lawfully, "
            f"{report.checkpoints} checkpoints: {len(report.faults) or 'no'} faults."
        )
        if report.faults:
            sys.exit(1)
