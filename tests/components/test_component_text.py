"""Texts that come in: what is taken out, and that none takes long."""

import sys
import time
import unicodedata

import pytest

from components.text import MARKS, CleanTextField, normal
from tests.making.pace import pace

ROW = "a" + "\u0301\u0316" * 200_000


def test_a_row_of_accents_is_cut_at_once() -> None:
    began = time.process_time()
    assert len(normal(ROW)) <= 1 + MARKS
    assert len(CleanTextField(max_length=50).clean(ROW)) <= 1 + MARKS
    assert time.process_time() - began < 4 * pace()


@pytest.mark.parametrize(
    "text", ["", "Zoe\u0308", "\u1e9b\u0323", "\u0e19\u0e49\u0e33", "e" + "\u0301" * MARKS]
)
def test_what_is_written_is_kept(text: str) -> None:
    assert normal(text) == unicodedata.normalize("NFC", text)
    assert normal(text, "NFKD") == unicodedata.normalize("NFKD", text)


def test_no_accent_passes_for_a_letter() -> None:
    """``normal`` looks at accents one by one only where a row of what is no letter is long enough."""
    accents = [c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.combining(c)]
    assert len(accents) > 800
    assert not [c for c in accents if c.isascii() or c.isalnum()]


@pytest.mark.parametrize("before", ["", "e", "日", "日" * 40])
def test_accents_are_counted_wherever_they_stand(before: str) -> None:
    assert normal(before + "\u0301" * (MARKS + 9)) == unicodedata.normalize(
        "NFC", before + "\u0301" * MARKS
    )
