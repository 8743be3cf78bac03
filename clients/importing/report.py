"""What an import says while it runs and afterwards, and the file of the rows that failed."""

from __future__ import annotations

import os
import stat
import time
from errno import EACCES
from pathlib import Path
from typing import Any, TextIO

from clients.importing.reading import Row, Table
from components.spreadsheets import TableWriter

SHOWN = 20
WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
WIDTH = 30
LINE_SECONDS = 5
REDRAW_SECONDS = 0.1


class Progress:
    """A bar on a terminal, a line every few seconds elsewhere. Writes to the error stream."""

    def __init__(self, stream: TextIO, name: str, total: int) -> None:
        self.stream = stream
        self.name = name
        self.total = max(total, 1)
        self.bar = stream.isatty()
        self.started = self.last = time.monotonic()

    def show(self, done: int, *, end: bool = False) -> None:
        """``done`` rows of the file have been dealt with."""
        now = time.monotonic()
        if not end and now - self.last < (REDRAW_SECONDS if self.bar else LINE_SECONDS):
            return
        self.last = now
        share = 1.0 if end else min(done / self.total, 1.0)
        speed = f"{done / max(now - self.started, 0.001):.0f} rows/s"
        if self.bar:
            full = round(share * WIDTH)
            bar = "#" * full + "." * (WIDTH - full)
            self.stream.write(f"\r{self.name} [{bar}] {share:4.0%}  {done}  {speed} ")
            self.stream.write("\n" if end else "")
        else:
            self.stream.write(f"{self.name}: {share:.0%}, {done} rows, {speed}\n")
        self.stream.flush()


class Failures:
    """Rows that were not taken in: named, counted, and written to a file beside the input."""

    def __init__(self, table: Table, folder: Path | None, stream: Any) -> None:
        self.table = table
        self.path = (folder or table.path.parent) / f"{table.path.stem}.failed.csv"
        self.stream = stream
        self.count = 0
        self.unwritable = ""
        self._file: TextIO | None = None
        self._writer: TableWriter | None = None

    def add(self, row: Row, reason: str) -> None:
        """One row, with its reason."""
        self.count += 1
        if self.count <= SHOWN:
            self.stream.write(f"{self.table.path.name}, row {row.number}: {reason}")
        if self._writer is None and not self.unwritable:
            self._open()
        if self._writer:
            width = len(self.table.columns)
            cells = (row.raw + [""] * width)[: max(width, len(row.raw))]
            self._writer.add([reason, str(row.number), *cells])

    def _open(self) -> None:
        try:
            if not self.path.parent.stat().st_mode & WRITABLE:
                raise PermissionError(EACCES, os.strerror(EACCES))  # root is not stopped by itself
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
            descriptor = os.open(self.path, flags, 0o600)
            os.fchmod(descriptor, 0o600)  # also one that lay there before
        except OSError as error:
            self.unwritable = error.strerror or "it cannot be written"
            return
        self._file = os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="")
        self._writer = TableWriter(self._file, separator=self.table.separator)
        self._writer.add(["reason", "row", *self.table.columns])

    def close(self) -> None:
        """Finish the file, and say where it lies."""
        if self._file:
            self._file.close()
        if self.count > SHOWN:
            self.stream.write(f"... and {self.count - SHOWN} more rows of {self.table.path.name}.")
        if self.unwritable:
            self.stream.write(
                f"{self.path} could not be written ({self.unwritable}). Run again with --failed-dir "
                "and a folder of yours: what is here already is not added twice."
            )
        elif self.count:
            self.stream.write(f"The failed rows are in {self.path}; mend them there and import it.")
