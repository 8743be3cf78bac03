"""Compares the events of the log with what the second sink was told when they were committed.

It says nothing of what the events wrote: ``audit.rows`` compares that, with the events.

What can happen without anybody's doing, and is told apart:
- a row without a line: its process died between COMMIT and line, the sink took nothing just then, or
  it was written beside the application. Listed, not a fault: the seal vouches for it from then on.
- a line that is torn or comes twice: a disk was full, a host did not answer.
- a row that is gone, whose removal is on record and sealed: its time was over.
A line is written after COMMIT only. So a line without a row, or with another, is never an accident.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from uuid import UUID

from django.db import connection

from audit import proofs
from audit.keys import sink_key
from audit.merkle import HASH_SIZE
from audit.models import Leaf, Tree
from audit.reading import snapshot
from audit.sink import keyed

PAGE = 10_000
FIRST = UUID(int=0)


@dataclass
class Reconciliation:
    """What was found. ``faults`` names rows and trees that were tampered with; the rest is for reading."""

    lines: int = 0
    rows: int = 0
    torn: int = 0
    unknown_key: int = 0
    without_line: list[UUID] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass
class Told:
    """What a sink was told."""

    events: dict[UUID, tuple[str, str]] = field(default_factory=dict)
    trees: dict[int, str] = field(default_factory=dict)
    torn: int = 0
    faults: list[str] = field(default_factory=list)

    def read(self, lines: Iterator[str]) -> None:
        """Take lines in; the first that was told of something counts."""
        for line in lines:
            try:
                kind, *parts = line.split(" ")
                if kind == "event":
                    name, event, said = parts
                    self._event(UUID(event), name, _hash(said))
                elif kind == "tree":
                    size, root = parts
                    self._tree(int(size), _hash(root))
                elif line and kind != "erasure":  # those are compared with the erasure ledger
                    self.torn += 1
            except ValueError:
                self.torn += 1

    def _event(self, event: UUID, name: str, said: str) -> None:
        before = self.events.setdefault(event, (name, said))
        if before[0] == name and before[1] != said:
            self.faults.append(f"The sink was told two things of the event {event}.")

    def _tree(self, size: int, root: str) -> None:
        if self.trees.setdefault(size, root) != root:
            self.faults.append(
                f"The sink was told of two trees of {size} leaves: the log was forked."
            )


def reconcile(path: Path) -> Reconciliation:
    """Compare the sink's file with the database. The file is read first: its rows must then be there."""
    told = Told()
    with path.open("rb") as file:
        told.read(_lines(file.read()))
        with snapshot():
            found = compare(told)
        late = Told()  # told while the rows were read
        late.read(_lines(file.read()))
    found.without_line = [event for event in found.without_line if event not in late.events]
    return found


def compare(told: Told) -> Reconciliation:
    """Compare what the sink was told with the rows as they are."""
    found = Reconciliation(torn=told.torn, faults=told.faults, lines=len(told.events))
    gone = dict(told.events)
    _compare_rows(gone, found)
    _explain(gone, found)
    _compare_trees(told.trees, found)
    return found


def _hash(text: str) -> str:
    if len(bytes.fromhex(text)) != HASH_SIZE:
        raise ValueError("a torn line")
    return text


def _lines(content: bytes) -> Iterator[str]:
    return iter(content.decode("ascii", "replace").splitlines())


def _compare_rows(told: dict[UUID, tuple[str, str]], found: Reconciliation) -> None:
    """Compare each row with its line, and take that line away."""
    key_of = cache(_key)
    after = FIRST
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT event, digest FROM sec.log_digests(%s, %s)", [after, PAGE])
            rows = cursor.fetchall()
        for event, digest in rows:
            found.rows += 1
            name, said = told.pop(event, ("", ""))
            key = key_of(name) if name else None
            if not name:
                found.without_line.append(event)
            elif key is None:
                found.unknown_key += 1
            elif keyed(key, event, bytes(digest)) != said:
                found.faults.append(f"The event {event} was altered after it was committed.")
        if len(rows) < PAGE:
            return
        after = rows[-1][0]


def _key(name: str) -> bytes | None:
    try:
        return sink_key(name)[1]
    except KeyError:
        return None  # the master key of that time has left the ring


def _explain(gone: dict[UUID, tuple[str, str]], found: Reconciliation) -> None:
    """Say of lines without a row whether it was removed lawfully, and if not, when."""
    ids = list(gone)
    with connection.cursor() as cursor:
        cursor.execute("SELECT event FROM audit_removed WHERE event = ANY (%s)", [ids])
        lawful = {event for (event,) in cursor.fetchall()}
    sealed = dict(Leaf.objects.filter(event__in=ids).values_list("event", "index"))
    for event in ids:
        if event in lawful and event in sealed:
            continue
        if event in sealed:
            found.faults.append(
                f"The event {event} was removed after it was sealed (leaf {sealed[event]})."
            )
        else:
            found.faults.append(f"The event {event} was removed before it was sealed.")


def _root(size: int) -> str:
    """The root of the first leaves, as the tree now says; nothing where its tiles do not hold them."""
    try:
        return proofs.root(size).hex()
    except ValueError:  # an edge that was played back, or cut, is shorter than the tree says
        return ""


def _compare_trees(trees: dict[int, str], found: Reconciliation) -> None:
    now = Tree.objects.get().size
    for size, root in sorted(trees.items()):
        if size > now:
            found.faults.append(f"The log had {size} leaves once and has {now} now.")
        elif _root(size) != root:
            found.faults.append(f"The first {size} leaves are not those that the sink was told of.")
