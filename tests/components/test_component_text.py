"""Texts that come in: what is taken out, and that none takes long."""

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
