"""The master key's rotation: a new key in the ring, every wrapped key under it, the old one destroyed.

Runs beside everything else, as the sealer's role (which reads wrapped keys, and no row that they open);
what is decided is a command's, on a role of its own. Killed anywhere, it is run again and goes on: each batch
is one statement, that changes nothing where somebody else was there before. See decision 70.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.db import connection

from vault import keyring, ring_changes
from vault.keyring import Keyring, KeyringError
from vault.principals import command_transaction

BATCH = 1000
FIRST = UUID(int=0)
LONGEST = 120.0  # seconds: no transaction of a serving role lasts longer
PARTS = (b"data", b"audit")
Told = Callable[[int], object]


class NotYet(Exception):
    """A master key is still needed; the message says by what."""


@dataclass(frozen=True)
class Standing:
    """How far a master key is: what it wraps, and since when it does not any more."""

    name: str
    since: datetime
    active: bool
    emptied_at: datetime | None
    closed_at: datetime | None
    retired_at: datetime | None
    copies_at: datetime | None
    subjects: int
    branches: int


def standings(cursor: Any) -> list[Standing]:
    """All master keys that the database knows, the newest first. For the command and the lead."""
    cursor.execute("SELECT * FROM sec.master_keys()")
    return [Standing(*row) for row in cursor.fetchall()]


def begin(path: Path, token: str, *, again: bool = False) -> bool:
    """A new key in the ring, and announced; False where a rotation is under way, and is gone on with."""
    ring = ring_changes.add_key(path, again=again)
    names = [ring.active, *(name for name in ring.keys if name != ring.active)]
    with command_transaction(token) as cursor:
        marks = [ring.mark(name) for name in names]
        cursor.execute("SELECT sec.announce_key(%s, %s)", [names, marks])
        return cursor.fetchone()[0]


def wrap_all_anew(path: Path, told: Told = lambda done: None) -> tuple[int, set[UUID]]:
    """Wrap every key anew that an older master key wraps; how many, and the subjects whose keys do not open.

    Goes through them until nothing is left: somebody may be taken in meanwhile by a page that began before.
    """
    done, broken = 0, set[UUID]()
    while True:
        before = done
        for rows in _pages("SELECT * FROM sec.wrapped_before(%s, %s)", FIRST):
            done += _swap(keyring.load(path), rows, broken)
            told(done)
        if done == before:
            return done, broken


def mend(path: Path, told: Told = lambda done: None) -> tuple[int, int]:
    """Compare all that was wrapped anew with what it was, and mend what is not the same.

    Gives how many were compared, and mended. Whoever has the role that wraps anew can write wrong values.
    """
    ring = keyring.load(path)
    compared = mended = 0
    for rows in _pages("SELECT * FROM sec.wrapped_pairs(%s, %s)", 0):
        wrong = []
        for _, subject, data, audit, was_data, was_audit in rows:
            was = _opened(ring, subject, was_data, was_audit)
            if was and was != _opened(ring, subject, data, audit):
                wrong.append((subject, data, audit, *_wrapped(ring, subject, was)))
        compared += len(rows)
        mended += _put(wrong)
        told(compared)
    return compared, mended


def note_done(token: str, swapped: int) -> int:
    """Write down how far wrapping anew has come; how many keys are left under older master keys."""
    with command_transaction(token) as cursor:
        cursor.execute("SELECT sec.rotation_done(%s)", [swapped])
        return cursor.fetchone()[0]


def retire(path: Path, token: str, key: Standing, days: int, now: datetime) -> None:
    """Destroy an older master key: no backup that is still kept needs it. Raises NotYet.

    It is closed first, so that nothing new comes under it; then it leaves the ring; then that is written
    down. Where this is killed before the last, the next try writes it.
    """
    check_retired(key, days, now)
    _close(token, key.name)
    _settle()
    with command_transaction(token) as cursor:
        cursor.execute("SELECT sec.may_retire_key(%s, %s)", [key.name, days])
        if not cursor.fetchone()[0]:
            raise NotYet(
                f"Something was wrapped by {key.name} meanwhile. Run the same command again."
            )
    ring_changes.drop_key(path, key.name)
    with command_transaction(token) as cursor:
        cursor.execute("SELECT sec.retire_key(%s, %s)", [key.name, days])


def check_retired(key: Standing, days: int, now: datetime) -> None:
    """Whether nothing needs a master key any more. Raises NotYet, which says what does."""
    if key.subjects:
        raise NotYet(f"{key.name} still wraps the keys of {key.subjects} subjects.")
    if key.branches:
        raise NotYet(
            f"{key.name} still wraps the keys of the hashes of {key.branches} branches: "
            "run `manage.py keyring_rotate --hashes` first."
        )
    if key.emptied_at is None:
        raise NotYet(f"Run `manage.py keyring_rotate` first: it looks whether {key.name} is free.")
    over = key.emptied_at + timedelta(days=days)
    if over > now:
        raise NotYet(
            f"Backups from before {key.emptied_at:%d %B %Y, %H:%M} (UTC) can be read with {key.name} only, "
            f"and you keep backups for {days} days. It can go from {over:%d %B %Y, %H:%M} (UTC) on."
        )


def note_copies(token: str, name: str) -> bool:
    """Somebody says that the copies of the ring elsewhere are destroyed; False if said before."""
    with command_transaction(token) as cursor:
        cursor.execute("SELECT sec.copies_destroyed(%s)", [name])
        return cursor.fetchone()[0]


def _pages(statement: str, first: Any) -> Iterator[list[Any]]:
    """What a function lists, page by page, after the first column of the last row."""
    after = first
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, [after, BATCH])
            rows = cursor.fetchall()
        if rows:
            yield rows
            after = rows[-1][0]
        if len(rows) < BATCH:
            return


def _swap(ring: Keyring, rows: list[Any], broken: set[UUID]) -> int:
    swaps = []
    for subject, data, audit in rows:
        plain = _opened(ring, subject, data, audit)
        if plain is None:
            broken.add(subject)
        else:
            swaps.append((subject, data, audit, *_wrapped(ring, subject, plain)))
    return _put(swaps)


def _put(swaps: list[Any]) -> int:
    """Put what was wrapped anew in the place of what was read; how many were still there."""
    if not swaps:
        return 0
    with connection.cursor() as cursor:
        columns = [list(column) for column in zip(*swaps, strict=True)]
        cursor.execute("SELECT sec.wrap_anew(%b, %b, %b, %b, %b)", columns)
        return cursor.fetchone()[0]


def _opened(ring: Keyring, subject: UUID, *wrapped: bytes) -> list[bytes] | None:
    """A subject's keys, data and audit; an emptied one is empty. None where they do not open."""
    try:
        return [
            ring.unwrap(bytes(key), subject.bytes + part) if key else b""
            for key, part in zip(wrapped, PARTS, strict=True)
        ]
    except (InvalidTag, KeyringError):
        return None


def _wrapped(ring: Keyring, subject: UUID, plain: list[bytes]) -> list[bytes]:
    return [
        ring.wrap(key, subject.bytes + part) if key else b""
        for key, part in zip(plain, PARTS, strict=True)
    ]


def _close(token: str, name: str) -> None:
    with command_transaction(token) as cursor:
        cursor.execute("SELECT sec.close_key(%s)", [name])


def _settle() -> None:
    """Wait until what is under way has ended, now that the key is closed. Raises NotYet after two minutes."""
    end = time.monotonic() + LONGEST
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
        (border,) = cursor.fetchone()
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot()) >= %s::xid8", [border])
            if cursor.fetchone()[0]:
                return
        time.sleep(0.2)
    raise NotYet(
        "A transaction has been open for two minutes (see `manage.py audit_health`). Try again."
    )
