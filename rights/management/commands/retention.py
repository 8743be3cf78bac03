"""What is over, and removing of it what nobody has to look at. A client's record is never removed here."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rights.retention import actions, reading


class Command(BaseCommand):
    """``manage.py retention [--dry-run] [--on DAY]``: safe to repeat; names nobody."""

    help = (
        "Remove what is over and needs no review (enquiries, drafts, invitations, what an import left)."
        " With --dry-run show what that would be, and by reference each record that waits for a review;"
        " a record is never removed here. Safe to repeat."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """--dry-run and --on."""
        parser.add_argument("--dry-run", action="store_true", help="show, and change nothing")
        parser.add_argument(
            "--on", type=date.fromisoformat, help="with --dry-run: as it will be on this day"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """A line for each record with --dry-run, one for each kind of row, one for the whole."""
        if options["on"] and not options["dry_run"]:
            raise CommandError("--on goes with --dry-run only.")
        found = reading.listed(options["on"])
        if options["dry_run"]:
            for row in found:
                kept = ", ".join(row.kept_by or ())
                fate = f"kept by: {kept}" if kept else "waits for a review"
                self.stdout.write(
                    f"{row.branch} {row.reference} {row.kind} since {row.since},"
                    f" over on {row.over_on}: {fate}"
                )
            swept = actions.to_sweep()
        else:
            swept = actions.sweep(lambda kind, gone: self.stdout.write(f"{kind}: {gone} so far"))
        for kind, number in swept.items():
            self.stdout.write(
                f"{kind}: {number} {'would be' if options['dry_run'] else 'were'} removed"
            )
        reasons = Counter(code for row in found for code in row.kept_by or ())
        kept = "".join(f", {number} kept by {code}" for code, number in sorted(reasons.items()))
        waiting = sum(not row.kept_by for row in found)
        self.stdout.write(f"Records whose time is over: {waiting} wait for a review{kept}.")
