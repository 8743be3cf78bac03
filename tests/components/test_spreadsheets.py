"""No cell of a table is run, whichever sign the spreadsheet splits at."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.spreadsheets import TableWriter, escape, unescape

SIGNS = st.text(st.sampled_from("=+-@;,|\t\n'\"x1 "), max_size=12)


@given(st.lists(SIGNS, min_size=1, max_size=4), st.sampled_from(",;"))
def test_nothing_begins_a_formula_wherever_it_is_split(cells: list[str], separator: str) -> None:
    file = io.StringIO()
    TableWriter(file, separator=separator).add(cells)
    for piece in re.split(r"[;,|\t\r\n]", file.getvalue()):
        bare = piece.strip('"')
        assert not bare.startswith(("=", "@")), piece
        if bare.startswith(("+", "-")):
            assert re.fullmatch(r"[+-]\d+\s*", bare), piece
    assert [escape(cell) for cell in cells] == next(
        csv.reader([file.getvalue()], delimiter=separator)
    ) or any("\n" in cell for cell in cells)


@pytest.mark.parametrize(
    "cell", ["x;=1+1", "=1+1", "a,@b", "+33 6 39", "-71.08", "a; -5", "x\t=1", "l'eau; d'ici"]
)
def test_what_was_escaped_comes_back(cell: str) -> None:
    assert unescape(escape(cell)) == cell


def test_every_cell_is_quoted() -> None:
    file = io.StringIO()
    TableWriter(file).add(["a", "1", "x;=1+1"])
    assert file.getvalue() == '"a","1","x;\'=1+1"\r\n'
