"""The erasure ledger: a file beside the database with one signed line for each record that was erased.

A backup that is restored brings back what was erased since it was made. So the line is written before
anything is destroyed, apart from the database; and no process serves a database that has fewer lines than
the file, or a file that has fewer than the database or the second sink was told of. See decision 68.

A line is a JSON string: a signed note (C2SP signed-note) whose text is the name of the ledger, the line's
number, the SHA-256 of the sixteen bytes of the record's id in hexadecimal digits, and the day.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from hashlib import sha256
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from audit import sink
from audit.note import Note, NoteError, sign_note
from audit.signing import signing_key, verifier_key
from vault.principals import command_transaction
from vault.private import make_folder
from vault.roles import APP, SIGNIN, WORKER

# A command at the server reads no record on the connection of its own role: that one may replay the ledger.
SERVING = frozenset({APP, SIGNIN, WORKER})
TOLD = re.compile(rb"\nerasure (\d{1,9}) [0-9a-f]{64}(?=\n)")  # a line of the second sink


class LedgerError(ImproperlyConfigured):
    """The ledger is missing, shorter than what is known of it, or not ours; the message says what to do."""


@dataclass(frozen=True)
class Line:
    """One line: its number, from 1 on; the record's hash, of 32 bytes; the day; the note that says so."""

    number: int
    record: bytes
    on: date
    note: str

    @property
    def told(self) -> str:
        """What the second sink is told of it."""
        return f"erasure {self.number} {sha256(self.note.encode()).hexdigest()}"


def text_of(number: int, record: bytes, on: date) -> str:
    """What is signed."""
    return f"{settings.LOG_ORIGIN}/erasures\n{number}\n{record.hex()}\n{on.isoformat()}\n"


def signed(number: int, record: bytes, on: date) -> Line:
    """A new line. Needs the key of the log: for the sealer."""
    text = text_of(number, record, on)
    return Line(number, record, on, sign_note(text, signing_key().sign(text)))


def read_line(number: int, written: bytes) -> Line:
    """The line at this place. Raises LedgerError where it says something else, or we did not sign it."""
    try:
        written_note = json.loads(written)
        note = Note.read(written_note)
        note.verified([verifier_key()])
        _, _, record, on = note.text.splitlines()
        line = Line(number, bytes.fromhex(record), date.fromisoformat(on), written_note)
    except (ValueError, TypeError, NoteError) as error:
        raise LedgerError(_broken(number)) from error
    if note.text != text_of(number, line.record, line.on):
        raise LedgerError(_broken(number))
    return line


def _broken(number: int) -> str:
    return (
        f"Line {number} of the erasure ledger is not what was signed. Take the ledger from its last good"
        " copy. See docs/operations.md."
    )


def create(path: Path) -> None:
    """Begin a ledger without lines. Raises FileExistsError: one is never overwritten.

    Everybody may read it: it holds hashes and signatures, and each process checks it.
    """
    make_folder(path.parent)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644))


def read(path: Path) -> tuple[Line, ...]:
    """All lines, each verified. Raises LedgerError. What a killed sealer left of a line is none."""
    try:
        found = path.stat()
    except FileNotFoundError as error:
        raise LedgerError(
            f"There is no erasure ledger at {path}. After a restore, bring it back; for a new"
            " installation, run `manage.py erasures_create`. See docs/operations.md."
        ) from error
    return _read(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=1)
def _read(path: Path, changed: int, size: int) -> tuple[Line, ...]:
    if size and not settings.LOG_PUBLIC_KEY_FILE.exists():
        raise LedgerError(
            "The erasure ledger cannot be checked without the public key of the log: set"
            " CONFIDENTIAL_LOG_PUBLIC_KEY. See docs/operations.md."
        )
    whole = path.read_bytes()[:size]
    lines = whole[: whole.rfind(b"\n") + 1].splitlines()
    return tuple(read_line(number, line) for number, line in enumerate(lines, start=1))


def append(file: IO[bytes], line: Line) -> None:
    """Write one line to its end, and to the disk. ``file`` is open for reading and writing, and locked."""
    end = file.seek(0, os.SEEK_END)
    if end:
        file.seek(0)
        whole = file.read()
        file.truncate(whole.rfind(b"\n") + 1)  # what a kill left of a line
        file.seek(0, os.SEEK_END)
    file.write(json.dumps(line.note).encode() + b"\n")
    file.flush()
    os.fsync(file.fileno())


# ---- for the sealer


def write_lines() -> None:
    """Write the line of each record that is closed and sealed; then its keys may be destroyed.

    First into the file, then to the second sink and into the database. A line that is in the file already
    was written by a sealer that was killed, and goes on from there.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM sec.erasures_to_line()")
        waiting = cursor.fetchall()
    if not waiting:
        return
    with settings.LEDGER_FILE.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        known = {line.record: line for line in read(settings.LEDGER_FILE)}
        for erasure, record, on in waiting:
            line = known.get(bytes(record))
            if line is None:
                line = signed(len(known) + 1, bytes(record), on)
                append(file, line)
                known[line.record] = line
            if to := sink.sink():
                to.tell([line.told])
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT sec.erasure_lined(%s, %s, %s, %s, %s)",
                    [erasure, line.number, line.record, line.on, line.note.encode()],
                )


# ---- after a restore


def replay(line: Line) -> bool:
    """Take a line into a database that came from a backup; whether its record had come back with it.

    It is closed then, and the worker erases it. At the server only, as nobody.
    """
    values = [line.number, line.record, line.on, line.note.encode()]
    with command_transaction() as cursor:
        cursor.execute("SELECT sec.replay_line(%s, %s, %s, %s)", values)
        return cursor.fetchone()[0] is not None


def known_lines() -> int:
    """How many lines the database knows. At the server only."""
    with command_transaction() as cursor:
        cursor.execute("SELECT sec.ledger_lines()")
        known: int = cursor.fetchone()[0]
    return known


# ---- for whoever serves


def refuse_forgotten_erasures(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """On each new connection of a process that serves. Raises LedgerError where an erasure was forgotten."""
    if settings.DATABASE_ROLES.get(connection.alias) not in SERVING:
        return
    try:
        compare(connection)
    except LedgerError:
        connection.close()
        raise


def compare(connection: BaseDatabaseWrapper) -> tuple[Line, ...]:
    """Compare the file, the database and the second sink; all lines of the file. Raises LedgerError."""
    lines = read(settings.LEDGER_FILE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.ledger_lines()")
        (in_database,) = cursor.fetchone()
        refuse_shorter(lines, in_database)
        if len(lines) > in_database:
            records = [line.record for line in lines[in_database:]]
            cursor.execute("SELECT sec.unknown_lines(%s)", [records])
            (unknown,) = cursor.fetchone()
            if unknown:
                raise LedgerError(
                    f"{unknown} records were erased that this database still knows: it comes from a"
                    " backup. Run `manage.py erasures_replay`. See docs/operations.md."
                )
    return lines


def refuse_shorter(lines: tuple[Line, ...], in_database: int) -> None:
    """Raises LedgerError where the file has fewer lines than the database or the second sink was told of."""
    known = max(in_database, told_to_sink())
    if len(lines) < known:
        raise LedgerError(
            f"The erasure ledger has {len(lines)} lines, and there were {known}: bring back the whole"
            " file. See docs/operations.md."
        )


@cache
def told_to_sink() -> int:
    """How many lines the second sink was told of when this process began; 0 where it cannot be read here."""
    to = sink.sink()
    if (
        to is None
        or to.remote
        or not os.access(to.target, os.R_OK)
        or not os.path.getsize(to.target)
    ):
        return 0
    # It has a line an event, and each process looks once: searched where it lies, not read line by line.
    with open(to.target, "rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as whole:
        return max((int(found[1]) for found in TOLD.finditer(whole)), default=0)
