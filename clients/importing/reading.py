"""Reading a CSV file row by row, whatever its encoding and separator, without losing a bad row."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from components.spreadsheets import unescape
from components.text import normal, tidy

CHUNK = 1 << 16
SEPARATORS = ",;\t|"
LARGEST_CELL = 100_000
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
HINT = "In the spreadsheet choose Save as, CSV UTF-8."


class UnreadableFile(Exception):
    """The file as a whole cannot be used; the message says why and what to do."""


@dataclass
class Row:
    """One row: its number as a spreadsheet counts, its cells by column, or why it is no row."""

    number: int
    cells: dict[str, str]
    raw: list[str] = field(default_factory=list)
    problem: str = ""


@dataclass
class Table:
    """A file that was looked at: what it is written in, and about how many rows it has."""

    path: Path
    encoding: str
    separator: str
    columns: list[str]
    lines: int
    cleaned: int = 0

    def rows(self) -> Iterator[Row]:
        """Every row after the header, one at a time; empty lines are passed over."""
        with self.path.open(encoding=self.encoding, newline="") as file:
            reader = csv.reader(file, delimiter=self.separator, strict=True)
            next(reader)
            number = 1
            while True:
                number += 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield Row(number, {}, problem=_say(error))
                    continue
                if any(cell.strip() for cell in cells):
                    yield self._row(number, cells)

    def _row(self, number: int, cells: list[str]) -> Row:
        if len(cells) != len(self.columns):
            problem = f"it has {len(cells)} cells, expected {len(self.columns)}"
            hint = "; the file may have been cut off" if len(cells) < len(self.columns) else ""
            return Row(number, {}, cells, problem + hint)
        plain = []
        hidden = False
        for cell in cells:
            if not (cell.isascii() and cell.isprintable()):  # nothing hides in most cells
                clean = tidy(cell, lines=True)
                hidden = hidden or clean != normal(_one_line_end(cell))
                cell = clean
            plain.append(unescape(cell.strip()))
        self.cleaned += hidden
        return Row(number, dict(zip(self.columns, plain, strict=True)), cells)


def look_at(path: Path) -> Table:
    """Find out encoding, separator and columns. Raises UnreadableFile."""
    csv.field_size_limit(LARGEST_CELL)
    try:
        encoding, lines = _encoding(path)
        with path.open(encoding=encoding, newline="") as file:
            head = file.readline(LARGEST_CELL)
            separator = max(SEPARATORS, key=head.count)
            if not head.strip():
                raise UnreadableFile(f"{path.name} is empty.")
            file.seek(0)
            names = next(csv.reader(file, delimiter=separator, strict=True))
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}.") from error
    except csv.Error as error:
        raise UnreadableFile(f"The first line of {path.name} is broken: {_say(error)}.") from error
    columns = [tidy(name).strip() for name in names]
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise UnreadableFile(f"{path.name} has two columns named {', '.join(twice)}.")
    return Table(path, encoding, separator, columns, lines)


def _encoding(path: Path) -> tuple[str, int]:
    """UTF-8 (with or without its mark) if every byte fits, else Windows-1252; and the line count."""
    lines, decoder, fits = 0, codecs.getincrementaldecoder("utf-8")(), True
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith(UTF16) or start.startswith(b"PK\x03\x04"):
            raise UnreadableFile(f"{path.name} is no CSV file in UTF-8. {HINT}")
        file.seek(0)
        while chunk := file.read(CHUNK):
            lines += chunk.count(b"\n")
            if fits:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    fits = False
        if fits:
            try:
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                fits = False
    if fits:
        return "utf-8-sig", lines
    _check_1252(path)
    return "cp1252", lines


def _check_1252(path: Path) -> None:
    try:
        with path.open(encoding="cp1252") as file:
            while file.read(CHUNK):
                pass
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"{path.name} is written neither in UTF-8 nor in Windows-1252. {HINT}"
        ) from error


def _one_line_end(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")


def _say(error: csv.Error) -> str:
    text = str(error)
    if "limit" in text:
        return f"a cell is longer than {LARGEST_CELL} characters"
    return "a quotation mark is not closed, or stands inside a cell"
