"""Compares the sealed files on the disk with the rows that name them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from vault import files

NEW = 3600  # seconds within which a file may be there before the row that names it


class Named(NamedTuple):
    """A row that names a file. ``must``: the file has to be there; ``sha256``: of what lies on the disk."""

    table: str
    row: UUID
    file: UUID
    size: int | None
    sha256: bytes | None
    must: bool


def compare_files(root: Path) -> tuple[int, list[str]]:
    """How many rows name a file below ``root``, and each fault: gone, altered, named twice, left over.

    Every file is read and none is opened, so this needs no key.
    """
    before = named()
    wrong = {row: what for row in before if (what := _wrong(root, row))}
    now = set(named())  # what was handed over or cleared away meanwhile needs no file any more
    faults = [f"{_what(row)} {what}." for row, what in wrong.items() if row in now]
    times = Counter(row.file for row in before)
    faults += [f"{_what(row)} is named by another row." for row in before if times[row.file] > 1]
    known = {row.file for row in (*before, *now)}
    faults += [f"The file {path.name} belongs to no row." for path in _left_over(root, known)]
    return len(before), faults


def named() -> list[Named]:
    """All rows that name a file, as they are now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT target, row, file, size, sha256, must FROM sec.rows_files()")
        return [
            Named(table, row, file, size, sha256 and bytes(sha256), must)
            for table, row, file, size, sha256, must in cursor.fetchall()
        ]


def _what(row: Named) -> str:
    return f"{row.table} {row.row}: its file {row.file}"


def _wrong(root: Path, row: Named) -> str | None:
    if not row.must:
        return None
    path = files.path_of(root, row.file)
    try:
        if row.size is None or path.stat().st_size != files.sealed_size(row.size):
            return "has another size"
        if row.sha256 is not None and files.hash_of(path) != row.sha256:
            return "is not what was written"
    except OSError:
        return "is gone"
    return None


def _left_over(root: Path, known: set[UUID]) -> Iterator[Path]:
    for path in sorted(root.glob("[0-9a-f][0-9a-f]/*")):
        try:
            ours = path.suffix == "" and UUID(path.name) in known
            if not ours and path.stat().st_mtime < time.time() - NEW:
                yield path
        except ValueError:
            continue  # no name that we give
        except FileNotFoundError:
            continue  # cleared away just now
