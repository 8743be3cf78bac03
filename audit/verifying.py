"""Recomputes the whole log from events, keys, leaves, tiles and checkpoints, and names each fault.

The stand-alone verifier (``tools/verify_log.py``) checks an export and shares no code with this one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from django.db import connection

from audit.canonical import canonical
from audit.checkpoint import open_checkpoint
from audit.merkle import HASH_SIZE
from audit.note import NoteError
from audit.reading import Line, counters, lines, snapshot
from audit.sealing import HOUSE
from audit.signing import verifier_key
from audit.tiles import TILE_WIDTH, Frontier, edge_tiles

FULL = TILE_WIDTH * HASH_SIZE


@dataclass
class Report:
    """What a verification found. ``faults`` is empty when the log is whole."""

    leaves: int = 0
    events: int = 0
    removed: int = 0
    checkpoints: int = 0
    # Subjects all of whose leaves are the house's.
    unopened: list[UUID] = field(default_factory=list)
    house: int = 0  # leaves of the house about subjects with keys of their own
    faults: list[str] = field(default_factory=list)


class Verification:
    """One pass through the log, in the order of the leaves."""

    def __init__(self) -> None:
        self.report = Report()
        self.frontier = Frontier()
        self.next = 0
        self.whole = True
        self.fresh: list[Line] = []
        self.counted, self.unopened = counters()
        self.unchecked = dict.fromkeys(self.unopened, 0)
        self.without_event: dict[bytes, Line] = {}
        self.removals: dict[UUID, list[UUID]] = {}
        self.digests: dict[UUID, bytes] = {}
        self.checkpoints = _checkpoints()
        self.key = verifier_key()

    def run(self) -> Report:
        """Verify everything."""
        for line in lines():
            self._leaf(line)
        self._grow()
        self._tree()
        self._counters()
        self._removals()
        self._astray()
        self.report.leaves = self.next
        return self.report

    def fault(self, text: str) -> None:
        """Name a fault."""
        self.report.faults.append(text)

    # ---- leaves and their events

    def _leaf(self, line: Line) -> None:
        if line.index != self.next:
            self.fault(f"Leaves {self.next} to {line.index - 1} are missing.")
            self.whole = False  # no root can fit any more
        self.next = line.index + 1
        self.fresh.append(line)
        self._event(line)
        if len(self.fresh) == TILE_WIDTH or self.next in self.checkpoints:
            self._grow()

    def _event(self, line: Line) -> None:
        if line.columns is None:
            self.without_event[line.tag] = line
            if line.removal is None:
                self._bad_event(line, "is gone, and no removal is on record")
            else:
                self.report.removed += 1
                self.removals.setdefault(line.removal, []).append(line.event)
            return
        self.report.events += 1
        if line.columns["action"] == "log.remove":
            self.digests[line.event] = bytes(line.columns["digest"] or b"")
        # The tag says whose leaf it is: the subject's, or the house's where the subject had no keys (or none
        # that opened) when it was sealed.
        for key in dict.fromkeys((line.key, HOUSE)):
            counted = self.counted.get(key)
            if counted and counted.take(line.tag) is not None:
                self.report.house += key != line.key and line.key in self.counted
                if counted.commitment(canonical(line.columns)) != line.commitment:
                    self._bad_event(line, "is not what was sealed")
                return
        if self.unchecked.get(line.key, 0) < self.unopened.get(line.key, 0):
            self.unchecked[line.key] += 1
            return
        self._bad_event(line, "has a tag of somebody else, comes twice or in another order")

    def _bad_event(self, line: Line, what: str) -> None:
        self.fault(f"The event {line.event} of leaf {line.index} {what}.")

    # ---- the tree

    def _grow(self) -> None:
        if self.whole:
            grown = self.frontier.extend([line.hash for line in self.fresh])
            full = {place: tile for place, tile in grown.items() if len(tile) == FULL}
            stored = _tiles(list(full))
            for place, tile in full.items():
                self._compare(*place, tile, stored.get(place, b""))
        self.fresh = []
        row = self.checkpoints.pop(self.next, None)
        if row is not None:
            self._checkpoint(self.next, *row)

    def _compare(self, level: int, number: int, tile: bytes, stored: bytes) -> None:
        if tile == stored:
            return
        if len(tile) != len(stored):
            self.fault(f"Tile {number} of level {level} is not there in full.")
            return
        for at in range(0, len(tile), HASH_SIZE):
            if tile[at : at + HASH_SIZE] != stored[at : at + HASH_SIZE]:
                node = number * TILE_WIDTH + at // HASH_SIZE
                what = f"Leaf {node}" if level == 0 else f"Node {node} of level {level}"
                self.fault(f"{what} is not the one that was sealed.")

    def _checkpoint(self, size: int, root: bytes, note: bytes) -> None:
        self.report.checkpoints += 1
        try:
            said, _ = open_checkpoint(note, self.key)
        except NoteError as error:
            self.fault(f"The checkpoint of {size} leaves is not signed by the log: {error}")
            return
        if (said.size, said.root) != (size, root):
            self.fault(f"The checkpoint of {size} leaves says something else than its row.")
        if self.whole and said.root != self.frontier.root():
            self.fault(f"The first {size} leaves are not those that were signed.")

    def _tree(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT size, root, edge FROM audit_tree")
            size, root, edge = cursor.fetchone()
        if size != self.next:
            self.fault(f"The tree has {size} leaves, {self.next} are there.")
        elif self.whole:
            at = 0
            for level, number, width in edge_tiles(size):
                end = at + width * HASH_SIZE
                self._compare(level, number, bytes(self.frontier.edge[level]), bytes(edge)[at:end])
                at = end
            if bytes(root) != self.frontier.root():
                self.fault(f"The root of the tree is not that of its {size} leaves.")
        for missing in sorted(self.checkpoints):
            self.fault(f"A checkpoint of {missing} leaves was signed, {self.next} are there.")

    # ---- nothing too few

    def _counters(self) -> None:
        for subject, counted in self.counted.items():
            for n in counted.left():
                if self.without_event.pop(counted.tag(n), None) is None:
                    self.fault(f"Event {n} of the subject {subject} is in no leaf.")
        for subject, logged in self.unopened.items():
            if logged:
                self.fault(
                    f"The keys of the subject {subject} do not open: {logged} leaves cannot be checked."
                )
            else:
                self.report.unopened.append(subject)

    def _removals(self) -> None:
        removed = {event for events in self.removals.values() for event in events}
        for removal, events in self.removals.items():
            if removal in removed:
                continue  # it was old enough to go itself
            if self.digests.get(removal) != digest_of(events):
                some = ", ".join(str(event) for event in events[:5])
                self.fault(f"The removal {removal} was of other events than: {some}.")

    def _astray(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT event, fault FROM sec.log_astray()")
            for event, fault in cursor.fetchall():
                if fault == "gone":
                    self.fault(f"The event {event} was removed before it was sealed.")
                else:
                    self.fault(f"The event {event} has no leaf and does not wait for one.")


def verify() -> Report:
    """Verify the whole log as it is at one moment."""
    with snapshot():
        return Verification().run()


def digest_of(events: list[UUID]) -> bytes:
    """What the event of a removal says about the events that it removed."""
    return sha256("".join(sorted(str(event) for event in events)).encode()).digest()


def _checkpoints() -> dict[int, tuple[bytes, bytes]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT size, root, note FROM audit_checkpoint")
        return {size: (bytes(root), bytes(note)) for size, root, note in cursor.fetchall()}


def _tiles(places: list[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    if not places:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT level, number, hashes FROM audit_tile JOIN unnest(%s::int[], %s::bigint[]) "
            "AS wanted (level, number) USING (level, number)",
            [[level for level, _ in places], [number for _, number in places]],
        )
        return {(level, number): bytes(hashes) for level, number, hashes in cursor.fetchall()}
