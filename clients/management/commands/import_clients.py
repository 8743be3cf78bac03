"""``manage.py import_clients``: take in the clients and contacts of another program's export."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from audit.actor import LogUnavailable
from clients.importing import mapping
from clients.importing.mapping import BadMap, Part
from clients.importing.reading import Table, UnreadableFile, look_at
from clients.importing.report import Failures, Progress
from clients.importing.running import Count, take_in_file
from clients.importing.writing import Writer
from volunteers.actions.joining import command_actor, end_command
from volunteers.models import Branch

BIG = 20_000
HOURS = 12
AGAIN = "Run the same command again: what is here already is not added twice."


class NotAll(Exception):
    """A row failed where all or nothing was asked for."""


class Command(BaseCommand):
    """Rows that fail are named and written to a file; running it twice adds nothing."""

    help = "Take in clients and their contacts from another program's CSV export."

    def add_arguments(self, parser: CommandParser) -> None:
        """Files, map, branch, and how."""
        parser.add_argument("clients", type=Path, metavar="CLIENTS.csv")
        parser.add_argument("--contacts", type=Path, metavar="CONTACTS.csv")
        parser.add_argument("--map", type=Path, required=True, metavar="MAP.toml")
        parser.add_argument("--branch", required=True, metavar="CODE")
        parser.add_argument("--failed-dir", type=Path, help="folder for the files of failed rows")
        parser.add_argument("--dry-run", action="store_true", help="change nothing, say what would")
        parser.add_argument("--all-or-nothing", action="store_true", help="one transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, check, take in, report."""
        try:
            plan = mapping.load(options["map"])
            tables = self._tables(plan, options)
            branch = _branch(options["branch"])
            self._run(plan, tables, branch, options)
        except (BadMap, UnreadableFile) as error:
            raise CommandError(str(error)) from error
        except NotAll as error:
            raise CommandError(
                "Nothing was taken in, because not every row could be. Mend the rows named above."
            ) from error
        except KeyboardInterrupt as error:
            raise CommandError(f"Stopped before the end. {AGAIN}") from error
        except (LogUnavailable, OperationalError) as error:
            raise CommandError(f"The database or its log did not answer. {AGAIN}") from error

    def _tables(self, plan: mapping.Map, options: dict[str, Any]) -> list[tuple[Table, Part]]:
        tables = [(look_at(options["clients"]), plan.clients)]
        if options["contacts"]:
            tables.append((look_at(options["contacts"]), plan.contacts))
        for table, part in tables:
            self._check_columns(table, part, options["map"].name)
            if table.encoding == "cp1252":
                self._warn(f"{table.path.name} is not UTF-8; read as Windows-1252. Check accents.")
        if options["all_or_nothing"] and sum(table.lines for table, _ in tables) > BIG:
            self._warn("This is much for one transaction: sealing of the log waits until it ends.")
        return tables

    def _check_columns(self, table: Table, part: Part, name: str) -> None:
        if not part.fields:
            raise BadMap(f"{name} has no part [{part.name}], which {table.path.name} needs.")
        if missing := sorted(part.columns() - set(table.columns)):
            raise BadMap(
                f"{table.path.name} has no column {', '.join(missing)}, which {name} names. "
                f"Its columns: {', '.join(table.columns)}."
            )
        unused = [column for column in table.columns if column not in part.columns()]
        if unused:
            self.stdout.write(f"Not taken in from {table.path.name}: {', '.join(unused)}.")

    def _run(
        self, plan: mapping.Map, tables: list[tuple[Table, Part]], branch: UUID, options: Any
    ) -> None:
        actor = command_actor(branch, "import", minutes=HOURS * 60)
        writer = Writer(actor, branch, plan.source, dry=options["dry_run"])
        together = options["all_or_nothing"] and not options["dry_run"]
        try:
            with writer.all_together() if together else nullcontext():
                counts = self._files(writer, tables, options["failed_dir"])
                if together and any(count.failed for count in counts):
                    raise NotAll
        finally:
            end_command(actor)
        would = "would be " if options["dry_run"] else ""
        for (table, part), count in zip(tables, counts, strict=True):
            self.stdout.write(
                f"{part.name}: {count.new} {would}taken in, {count.here} here already, "
                f"{count.failed} failed"
                + (f", {table.cleaned} tidied of hidden characters" if table.cleaned else "")
            )

    def _files(
        self, writer: Writer, tables: list[tuple[Table, Part]], folder: Path | None
    ) -> list[Count]:
        counts = []
        for table, part in tables:
            failures = Failures(table, folder, self.stderr)
            progress = Progress(sys.stderr, part.name, table.lines - 1)
            try:
                counts.append(take_in_file(writer, table, part, failures, progress))
            finally:
                failures.close()
        return counts

    def _warn(self, line: str) -> None:
        self.stderr.write(self.style.WARNING(line))


def _branch(code: str) -> UUID:
    """The id of the branch with this code. Raises CommandError that names the codes there are."""
    looking = command_actor(uuid4(), "import", minutes=1)
    with looking.transaction():
        ids = dict(Branch.objects.values_list("code", "id"))
    end_command(looking)
    if code not in ids:
        there = f"There are {', '.join(sorted(ids))}." if ids else "There is none yet."
        raise CommandError(f"There is no branch with the code {code!r}. {there}")
    return ids[code]
