"""One file from the first row to the last: checked, taken in by batches, failures named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import DatabaseError, OperationalError

from clients.importing.mapping import BadValue, Part
from clients.importing.reading import Row, Table
from clients.importing.report import Failures, Progress
from clients.importing.writing import Values, Writer

Batch = list[tuple[Row, Values]]
CLIENTS_AT_ONCE, CONTACTS_AT_ONCE = 25, 500
NEEDED = ("id", "client", "happened_on")


@dataclass
class Count:
    """What became of the rows of one file."""

    new: int = 0
    here: int = 0
    failed: int = 0


def take_in_file(
    writer: Writer, table: Table, part: Part, failures: Failures, progress: Progress
) -> Count:
    """Take in every row of ``table`` that can be; those that cannot go to ``failures``."""
    of_contacts = part.name == "contacts"
    act = writer.add_contacts if of_contacts else writer.add_clients
    count = Count()
    for batch in _batches(
        table, part, CONTACTS_AT_ONCE if of_contacts else CLIENTS_AT_ONCE, failures
    ):
        if of_contacts:
            batch = _with_clients(writer, batch, failures)
        _take_in(act, batch, count, failures)
        progress.show(count.new + count.here + failures.count)
    count.failed = failures.count
    progress.show(count.new + count.here + failures.count, end=True)
    return count


def _take_in(
    act: Callable[[list[Values]], int], batch: Batch, count: Count, failures: Failures
) -> None:
    """A batch that the database refuses is halved until the row that it refuses stands alone."""
    if not batch:
        return
    try:
        new = act([values for _, values in batch])
    except OperationalError:
        raise  # no row is to blame: the whole import stops and can be run again
    except DatabaseError:
        if len(batch) == 1:
            failures.add(batch[0][0], "the database refused it")
            return
        middle = len(batch) // 2
        _take_in(act, batch[:middle], count, failures)
        _take_in(act, batch[middle:], count, failures)
    else:
        count.new += new
        count.here += len(batch) - new


def _batches(table: Table, part: Part, size: int, failures: Failures) -> Iterator[Batch]:
    first: dict[str, int] = {}
    batch: Batch = []
    for row in table.rows():
        try:
            batch.append((row, _checked(row, part, first)))
        except BadValue as error:
            failures.add(row, str(error))
        if len(batch) == size:
            yield batch
            batch = []
    yield batch


def _checked(row: Row, part: Part, first: dict[str, int]) -> Values:
    if row.problem:
        raise BadValue(row.problem)
    values = part.read(row.cells)
    for name in NEEDED:
        if name in part.fields and not values[name]:
            raise BadValue(f"{name} is empty")
    if part.name == "clients" and not any(
        values.get(name) for name in ("given_name", "family_name", "known_as")
    ):
        raise BadValue("there is no name")
    before = first.setdefault(values["id"], row.number)
    if before != row.number:
        raise BadValue(f"its id is the same as that of row {before}")
    return values


def _with_clients(writer: Writer, batch: Batch, failures: Failures) -> Batch:
    found = writer.find_clients(values["client"] for _, values in batch)
    for row, values in batch:
        if values["client"] not in found:
            shown = repr(values["client"][:60])
            failures.add(row, f"there is no client with the id {shown} in this branch's import")
    return [(row, values) for row, values in batch if values["client"] in found]
