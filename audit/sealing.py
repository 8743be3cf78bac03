"""The sealer: finished events become leaves of the tree, and the tree is signed.

Index, leaf, tree and counters are stored in one transaction; the signature comes after it and is made
again where it is missing. So a sealer may be killed at any instant, and two of them disturb nobody.
"""

from __future__ import annotations

import logging
import time
from binascii import b2a_base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from threading import Event
from typing import Any
from uuid import UUID

from django.db import IntegrityError, close_old_connections, connection, transaction

from audit import after_sealing, canonical, door, sink
from audit.keys import HOUSE_LOCKED, NotReadable, keys_of_log
from audit.merkle import HASH_SIZE
from audit.signing import signed, signing_key
from audit.tiles import TILE_WIDTH, Frontier, edge_tiles
from vault.keys import LogKeys

log = logging.getLogger("audit")
HOUSE = UUID("00000000-0000-4000-8000-000000000001")
EVERY = 1.0  # seconds
SLOWEST = 30.0
UNBLOCK_EVERY = 10.0
OTHERS_LONGEST = 60.0
MOST = 10_000  # events a batch: some 5 MB, and 16 MB at most
BATCHES = 10  # in one transaction
FIRST = ("0", datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))  # before every row of the queue
TAG = 16
EVENT = canonical.MEMBERS.index("id")
PUT = """SELECT sec.seal_put(%s, %s, %s, %s, %s, %s, %s, %s,
    %s::smallint[], %s::bigint[], %s, %s::uuid[], %s::bigint[])"""


class Subject:
    """Somebody whom events are about, while they are sealed: keyed hashes at hand, and the counter."""

    def __init__(self, keys: LogKeys, count: int) -> None:
        self.commit_inner, self.commit_outer = _prepared(keys.commit)
        self.tag_inner, self.tag_outer = _prepared(keys.tag)
        self.count = count


def _prepared(key: bytes) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """Both halves of HMAC-SHA-256 (RFC 2104) with the key taken in, to be copied for each message."""
    block = key.ljust(64, b"\x00")
    return sha256(bytes(b ^ 0x36 for b in block)).copy, sha256(bytes(b ^ 0x5C for b in block)).copy


@dataclass
class Taken:
    """A batch as ``sec.seal_take`` gives it: finished events in their order, and whose keys they need."""

    size: int
    edge: bytes
    waiting: int | None  # None (and nothing else is there): somebody else seals
    more: bool  # whether it is full, so that there may be more
    xid: str
    made: datetime
    event: UUID
    lines: str
    ids: list[UUID]
    keys: list[bytes]
    counts: list[int]

    @classmethod
    def after(cls, cursor: Any, most: int, last: tuple[Any, ...]) -> Taken:
        """The next ``most`` after the row ``last`` of the queue."""
        cursor.execute("SELECT * FROM sec.seal_take(%s, %s::xid8, %s, %s)", [most, *last])
        return cls(*cursor.fetchone())

    @property
    def last(self) -> tuple[Any, ...]:
        """The last row of the queue that this batch holds."""
        return self.xid, self.made, self.event


class Hashing:
    """The arithmetic of a transaction: subjects with their counters, and the tree as it grows."""

    def __init__(self, size: int, edge: bytes) -> None:
        self.subjects: dict[str, Subject] = {}
        self.unopened: set[UUID] = set()
        self.frontier = frontier_of(size, edge)

    def put(self, taken: Taken) -> list[Any]:
        """What ``sec.seal_put`` needs to seal a batch. Batches come in their order."""
        fresh = {
            i: key
            for i, key in zip(taken.ids, taken.keys, strict=True)
            if str(i) not in self.subjects and i not in self.unopened
        }
        counts = dict(zip(taken.ids, taken.counts, strict=True))
        opened = keys_of_log(fresh)
        for i, keys in opened.items():
            self.subjects[str(i)] = Subject(keys, counts[i])
        self.unopened |= fresh.keys() - opened.keys()
        if HOUSE in self.unopened:
            raise NotReadable(HOUSE_LOCKED)
        commitments, tags, leaves = hashes(self.subjects, taken.lines.split("\n"))
        size = self.frontier.size
        grown = self.frontier.extend([leaves])
        full = {place: tile for place, tile in grown.items() if len(tile) == TILE_WIDTH * HASH_SIZE}
        return [
            *taken.last,
            size,
            self.frontier.root(),
            b"".join(self.frontier.edge),
            commitments,
            tags,
            [level for level, _ in full],
            [number for _, number in full],
            b"".join(full.values()),
        ]

    def counted(self) -> list[Any]:
        """The counters that go with the last batch of the transaction."""
        return [
            [UUID(i) for i in self.subjects],
            [subject.count for subject in self.subjects.values()],
        ]


def seal_batch(most: int = MOST, batches: int = BATCHES) -> int | None:
    """Seal up to ``batches`` times ``most`` events in one transaction; how many that were.

    None while somebody else seals. While the database takes one batch, another is hashed.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        taken = Taken.after(cursor, most, FIRST)
        if not taken.waiting:
            return taken.waiting
        hashing = Hashing(taken.size, bytes(taken.edge))
        if not taken.more or batches == 1:
            cursor.execute(PUT, [*hashing.put(taken), *hashing.counted()])
            say_unopened(hashing.unopened)
            return taken.waiting
        sealed = 0
        with ThreadPoolExecutor(1) as beside:
            work = beside.submit(hashing.put, taken)
            while True:
                batches -= 1
                following = Taken.after(cursor, most, taken.last) if batches else None
                done = work.result()
                sealed += taken.waiting
                if not (following and following.waiting):
                    cursor.execute(PUT, [*done, *hashing.counted()])
                    say_unopened(hashing.unopened)
                    return sealed
                work = beside.submit(hashing.put, following)
                cursor.execute(PUT, [*done, [], []])
                taken = following


def sign() -> int | None:
    """Sign the tree where it is not signed yet; the size that was signed now.

    A tree that grows meanwhile is signed the next time.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.size, t.root FROM audit_tree t WHERE t.size > 0 AND NOT EXISTS "
            "(SELECT FROM audit_checkpoint c WHERE c.size = t.size)"
        )
        row = cursor.fetchone()
        if row is None:
            return None
        size, root = row[0], bytes(row[1])
        cursor.execute(
            "SELECT sec.seal_sign(%s, %s, %s)", [size, root, signed(size, root).encode()]
        )
        if not cursor.fetchone()[0]:
            return None
    sink.tell_tree(size, root)
    return size


def seal() -> int | None:
    """Seal and sign all that waits now; how many events that were, None while somebody else seals."""
    sealed = 0
    while True:
        try:
            found = seal_batch()
        except IntegrityError:  # an event waits that has a leaf already
            set_aside()
            found = seal_batch()
        sign()
        if found is None:
            return sealed or None
        sealed += found
        if found < MOST * BATCHES:
            return sealed


def say_unopened(subjects: set[UUID]) -> None:
    """Note in the log whose keys do not open, once a day: their events went under the house's key."""
    if not subjects:
        return
    log.error("The keys of %d subjects do not open, among them %s", len(subjects), min(subjects))
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.seal_unopened(%s)", [list(subjects)])


def unblock() -> None:
    """End what a serving role has held open for minutes; each is noted in the log."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.seal_unblock()")
        ended = cursor.fetchone()[0]
    if ended:
        log.error("%d transactions held back the log for minutes, and were ended.", ended)


def set_aside() -> None:
    """Take what can never be sealed out of the queue; each is noted in the log."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.seal_set_aside()")


def prepare() -> None:
    """What the first run needs: a key to sign with, and the house's keys. Safe to repeat."""
    signing_key()
    _, wrapped = door.new_keys(HOUSE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.seal_house(%s, %s)", [wrapped.data, wrapped.audit])


def run(stop: Event, every: float = EVERY) -> None:
    """Seal until told to stop. What goes wrong is logged and tried again, ever more slowly."""
    wait = every
    prepared = False
    looked = sealed = time.monotonic()  # when last, by a clock that nobody sets
    while not stop.is_set():
        try:
            close_old_connections()
            if not prepared:
                prepare()
                prepared = True
            now = time.monotonic()
            if now - looked > UNBLOCK_EVERY:
                looked = now
                unblock()
            if seal() is not None:
                sealed = now
                after_sealing.do()
            elif now - sealed > OTHERS_LONGEST:
                sealed = now
                log.warning("Somebody else has been sealing for %.0f seconds.", OTHERS_LONGEST)
            wait = every
        except Exception as error:  # whatever it is: a thread that died would seal no more
            log.error("The log is not being sealed: %s: %s", type(error).__name__, error)
            connection.close()
            wait = min(wait * 2, SLOWEST)
        stop.wait(wait)
    connection.close()


def frontier_of(size: int, edge: bytes) -> Frontier:
    """The frontier of a tree of ``size`` leaves, from ``audit_tree.edge``."""
    tiles, at = {}, 0
    for level, number, width in edge_tiles(size):
        tiles[level, number] = edge[at : at + width * HASH_SIZE]
        at += width * HASH_SIZE
    return Frontier.of(size, tiles)


def hashes(subjects: dict[str, Subject], lines: list[str]) -> tuple[bytes, bytes, bytes]:
    """Commitments, tags and leaf hashes of events as ``sec.seal_take`` gives them; counts subjects up.

    The one loop that decides how fast the log seals: HMAC and canonical form are written out.
    """
    commitments, tags, leaves = [], [], []
    text_of, hashed, entry_of, house = canonical.canonical_of, sha256, entry, subjects[str(HOUSE)]
    for line in lines:
        whose, *columns = line.split("\x1f")
        subject = subjects.get(whose, house)  # whoever has no keys (any more), or none that open
        n = subject.count
        subject.count = n + 1
        inner, outer = subject.commit_inner(), subject.commit_outer()
        inner.update(text_of(columns).encode())
        outer.update(inner.digest())
        commitment = outer.digest()
        inner, outer = subject.tag_inner(), subject.tag_outer()
        inner.update(b"%d" % n)
        outer.update(inner.digest())
        tag = outer.digest()[:TAG]
        commitments.append(commitment)
        tags.append(tag)
        leaves.append(hashed(b"\x00" + entry_of(columns[EVENT], commitment, tag)).digest())
    return b"".join(commitments), b"".join(tags), b"".join(leaves)


def entry(event: str, commitment: bytes, tag: bytes) -> bytes:
    """What a leaf of the tree is the hash of: canonical JSON. See docs/log-format.md."""
    return b'{"c":"%b","id":"%b","t":"%b","v":1}' % (
        b2a_base64(commitment, newline=False),
        event.encode(),
        b2a_base64(tag, newline=False),
    )
