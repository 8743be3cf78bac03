"""Reading the whole log as the verifier's role, page by page: to verify it and to export it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from audit.keys import HOUSE_LOCKED, NotReadable, keys_of_log
from audit.merkle import leaf_hash
from audit.sealing import HOUSE, TAG, Subject, entry

PAGE = 5_000


@dataclass(frozen=True)
class Line:
    """One leaf, with what is left of its event."""

    index: int
    event: UUID
    commitment: bytes
    tag: bytes
    removal: UUID | None
    key: UUID
    columns: dict[str, Any] | None

    @property
    def entry(self) -> bytes:
        """What the tree holds the hash of."""
        return entry(str(self.event), self.commitment, self.tag)

    @property
    def hash(self) -> bytes:
        """The hash of the leaf."""
        return leaf_hash(self.entry)


@contextmanager
def snapshot() -> Iterator[None]:
    """The log as it is at one moment, for as long as the block takes.

    It only reads, so it holds back no sealing and needs no limit of time.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SET LOCAL transaction_timeout = 0")
        yield


def lines(first: int = 0, page: int = PAGE) -> Iterator[Line]:
    """Every leaf from ``first`` on, in order."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM sec.log_read(%s, %s)", [first, page])
            names = [column.name for column in cursor.description]
            rows = cursor.fetchall()
        for row in rows:
            index, event, commitment, tag, removal, key = row[:6]
            columns = dict(zip(names[6:], row[6:], strict=True)) if row[6] else None
            yield Line(index, event, bytes(commitment), bytes(tag), removal, key, columns)
        if len(rows) < page:
            return
        first = rows[-1][0] + 1


class Counted:
    """The counters of one subject while its leaves are read in order: which are next, which were skipped."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.logged = subject.count  # how many leaves there should be
        self.next = 0
        self.skipped: list[int] = []
        self.ahead: dict[bytes, int] = {}  # passed over while another tag was looked for
        self.looked = 0  # the first counter whose tag was not computed yet

    def take(self, tag: bytes) -> int | None:
        """The counter that this tag stands for, or None if it is none of this subject's that is left.

        No tag is computed twice: many leaves that are none of this subject's would take ever longer.
        """
        n = self.ahead.get(tag)
        while n is None and self.looked < self.logged:
            own = self.tag(self.looked)
            if own == tag:
                n = self.looked
            else:
                self.ahead[own] = self.looked
            self.looked += 1
        if n is None or n < self.next:
            return None
        self.skipped += range(self.next, n)
        self.next = n + 1
        return n

    def left(self) -> list[int]:
        """Counters that were never met."""
        return [*self.skipped, *range(self.next, self.logged)]

    def tag(self, n: int) -> bytes:
        """The tag of a counter."""
        inner, outer = self.subject.tag_inner(), self.subject.tag_outer()
        inner.update(b"%d" % n)
        outer.update(inner.digest())
        return outer.digest()[:TAG]

    def commitment(self, text: bytes) -> bytes:
        """What a leaf holds of the event with this text."""
        inner, outer = self.subject.commit_inner(), self.subject.commit_outer()
        inner.update(text)
        outer.update(inner.digest())
        return outer.digest()


def counters() -> tuple[dict[UUID, Counted], dict[UUID, int]]:
    """All subjects whose keys open, the house among them; and how many leaves each of the others has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject, audit, logged FROM sec.log_keys()")
        rows = cursor.fetchall()
    keys = keys_of_log({subject: audit for subject, audit, _ in rows})
    found, unopened = {}, {}
    for subject, _, logged in rows:
        if subject in keys:
            found[subject] = Counted(Subject(keys[subject], logged))
        else:
            unopened[subject] = logged
    if HOUSE in unopened:
        raise NotReadable(HOUSE_LOCKED)
    if HOUSE not in found:
        raise NotReadable("The log has never been sealed: run `manage.py audit_seal --once`.")
    return found, unopened
