"""Verify the whole log, and what was written under it."""

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from audit.keys import NotReadable
from audit.reading import snapshot
from audit.rows import Comparison
from audit.sealed_files import compare_files
from audit.verifying import Verification


class Command(BaseCommand):
    """``manage.py audit_verify``: recomputes all; names each fault and then ends with an error."""

    help = (
        "Recompute the log from events, keys and leaves, and compare each row and each sealed file"
        " with the event that wrote it; an error when anything does not fit."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """A line for each fault, and one for the whole; how far it is goes to the other stream."""
        try:
            with snapshot():
                report = Verification().run()
                rows = Comparison(self.stderr.write).run()
        except NotReadable as error:
            raise CommandError(str(error)) from error
        files, broken = compare_files(Path(settings.FILES_ROOT))
        faults = [*report.faults, *rows.faults, *broken]
        with connection.cursor() as cursor:
            cursor.execute("SELECT sec.log_verified(%s, %s)", [report.leaves, len(faults)])
        for fault in faults:
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
            f"{report.checkpoints} checkpoints, {rows.rows} rows, {files} files: "
            f"{len(faults) or 'no'} faults."
        )
        if faults:
            sys.exit(1)
