"""Tables on their way out: nothing in them is run by the spreadsheet that opens them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# A French spreadsheet splits at semicolons, an English one at commas, whatever stands in quotation marks.
_SPLIT = re.compile(r"([;,|\t\r\n])")
_MARK = re.compile(r"(^|[;,|\t\r\n])'(?=\"*[=+\-@])")


class TableWriter:
    """The one way out for a table: every cell in quotation marks, none a formula."""

    def __init__(self, file: Any, *, separator: str = ",") -> None:
        self._rows = csv.writer(file, delimiter=separator, quoting=csv.QUOTE_ALL)

    def add(self, cells: Iterable[str]) -> None:
        """One row."""
        self._rows.writerow([escape(str(cell)) for cell in cells])


def escape(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula, wherever it splits it. Plain numbers stay as they are."""
    inert = "".join(map(_inert, _SPLIT.split(cell)))
    return f"'{inert}" if cell.startswith(FORMULA[4:]) else inert


def unescape(cell: str) -> str:
    """What was escaped: mended rows come back with the marks."""
    return _MARK.sub(r"\1", cell)


def _inert(piece: str) -> str:
    if not piece.lstrip('"').startswith(
        FORMULA[:4]
    ):  # in the wrong place a quotation mark is left out
        return piece
    try:
        float(piece)
    except ValueError:
        return "'" + piece
    return piece
