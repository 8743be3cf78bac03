"""Compares the rows themselves with the events that wrote them.

The log proves that its events are what was sealed. This says of each row whether it is what the newest
of them wrote: changed, put back, exchanged, added, removed, orphaned are each named. It needs no key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection

from vault.sealed import Kept, SealedModel

PAGE_BYTES = 4 * 1024 * 1024
MOST_EXCHANGED = 20  # of so many changed rows of a table each pair is looked at

# What writes the events of rows, and what else guards any table: foreign keys are triggers too.
WRITERS = ["keep", "attest", "derive"]
UNGUARDED = """
    SELECT g.tgrelid::regclass::text, g.tgname FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
    WHERE c.relnamespace = 'public'::regnamespace AND g.tgenabled NOT IN ('O', 'A')
    UNION ALL SELECT t, 'keep' FROM unnest(%s::text[]) t
    WHERE NOT EXISTS (SELECT FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid
        WHERE g.tgrelid = to_regclass('public.' || quote_ident(t))
          AND p.pronamespace = 'sec'::regnamespace AND p.proname = ANY (%s))
    ORDER BY 1, 2
"""

WORDS = {
    "changed": "is not what was written last",
    "put back": "is again what it was after its write {number}",
    "added": "was written by no event",
    "removed": "is gone, and no event removed it",
    "returned": "was removed, and is there again",
    "earlier changed": "did not say in revision {number} what is kept of it",
    "earlier added": "has a revision {number} that no event wrote",
    "earlier removed": "has lost what it said in revision {number}",
    "earlier twice": "has revision {number} twice",
}


@dataclass
class Compared:
    """What was found. ``faults`` is empty when each row is what was written."""

    rows: int = 0
    faults: list[str] = field(default_factory=list)


def kept_models() -> list[type[Kept]]:
    """All models whose rows are written with an event each, by the name of their table."""
    found = [model for model in apps.get_models() if issubclass(model, Kept)]
    return sorted(found, key=lambda model: model._meta.db_table)


class Comparison:
    """One pass through all rows, as they are at one moment; ``say`` is told how far it is."""

    def __init__(self, say: Callable[[str], None] = lambda text: None) -> None:
        self.say = say
        self.found = Compared()
        self.changed: list[UUID] = []

    def run(self) -> Compared:
        """Compare everything."""
        for model in kept_models():
            self.table(model)
        self._unguarded()
        for first, last in _ranges("clients_grant"):
            for table, row, fault, line in _asked(
                "SELECT * FROM sec.rows_derived(%s, %s)", first, last
            ):
                what = f"{table} {row or 'of'}" + (f" of line {line}" if line else "")
                self._fault(what, fault)
        return self.found

    def _fault(self, what: str, fault: str, number: int | None = None) -> None:
        self.found.faults.append(f"{what} {WORDS[fault].format(number=number)}.")

    def table(self, model: type[Kept]) -> None:
        """Compare the rows of one model."""
        table = model._meta.db_table
        self.changed = []
        ranges, follows = list(_ranges(table)), [*model.follows]
        for done, (first, last) in enumerate(ranges, start=1):
            self._page(
                "SELECT * FROM sec.rows_compared(%s, %s, %s, %s)", table, follows, first, last
            )
            if has_history(model):
                self._page(
                    "SELECT * FROM sec.rows_before(%s, %s, %s, %s)", table, follows, first, last
                )
            self.say(f"{table}: {done * 100 // len(ranges)} %, {self.found.rows} rows in all")
        if 1 < len(self.changed) <= MOST_EXCHANGED:
            exchanged = _asked(
                "SELECT * FROM sec.rows_exchanged(%s, %s, %s)", table, follows, self.changed
            )
            for row, other, columns in exchanged:
                said = (
                    f"{table} {row} has been given what belongs to {other}: {', '.join(columns)}."
                )
                self.found.faults.append(said)
        for row, columns in _asked("SELECT * FROM sec.rows_orphaned(%s)", table):
            self.found.faults.append(
                f"{table} {row} is orphaned: nothing is where {columns} leads."
            )

    def _page(self, question: str, table: str, *values: Any) -> None:
        for row, fault, number in _asked(question, table, *values):
            if fault == "rows":
                self.found.rows += number
                continue
            self._fault(f"{table} {row}", fault, number)
            if fault == "changed":
                self.changed.append(row)

    def _unguarded(self) -> None:
        """A superuser can switch triggers off, or drop them; then nothing is written down."""
        tables = [model._meta.db_table for model in kept_models()]
        for table, trigger in _asked(UNGUARDED, tables, WRITERS):
            self.found.faults.append(f"{table} is written without its trigger {trigger}.")


def has_history(model: type[Kept]) -> bool:
    """Whether what a row of this model said before is kept: of what a client has, with a revision."""
    if issubclass(model, SealedModel):
        return model.subject_attribute == "client_id"
    return any(field.name == "revision" for field in model._meta.concrete_fields)


def _asked(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def _ranges(table: str) -> Iterator[tuple[UUID, UUID]]:
    """The ids of a table in equal ranges, each of some megabytes of rows."""
    (bytes_there,) = _asked("SELECT pg_relation_size(%s)", f"public.{table}")[0]
    pages = 1 + bytes_there // PAGE_BYTES
    for page in range(pages):
        first, last = (page << 128) // pages, ((page + 1) << 128) // pages - 1
        yield UUID(int=first), UUID(int=last)
