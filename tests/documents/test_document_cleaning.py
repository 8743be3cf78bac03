"""Characters that are invisible, turn the writing direction or have no glyph are not printed.
Everything that remains can be drawn by the bundled fonts, in both weights."""

import io
import unicodedata
from datetime import UTC, date, datetime

from pypdf import PdfReader

import documents
from documents.cleaning import REPLACEMENT, clean, clean_text
from documents.coverage import covered_characters
from tests.making.documents import EXAMPLES


def test_control_and_bidirectional_characters_are_dropped() -> None:
    assert clean_text("a\x00b\x07c\x1b[0m") == "abc[0m"
    assert clean_text("safe\u202egpj.exe\u2066x\u2069\u200f") == "safegpj.exex"
    assert clean_text("zero\u200bwidth\ufeff\u00ad") == "zerowidth"


def test_line_ends_become_one_kind() -> None:
    assert clean_text("a\r\nb\rc\u2028d\te") == "a\nb\nc\nd e"


def test_what_no_font_covers_becomes_a_square() -> None:
    assert (
        clean_text("ok 🦄 漢 \ue000 \ud800")
        == f"ok {REPLACEMENT} {REPLACEMENT} {REPLACEMENT} {REPLACEMENT}"
    )


def test_names_of_europe_stay_as_written() -> None:
    names = "Zoë Ångström Nuño Łukasz Dvořák Șerban Œuvré Ÿ Nguyễn Müßig Ελένη Наталья"
    assert clean_text(names) == names
    assert clean_text(unicodedata.normalize("NFD", names)) == names


def test_a_long_word_may_break() -> None:
    assert clean_text("x" * 100).replace("\u200b", "") == "x" * 100
    assert "\u200b" not in clean_text("x" * 40)


def test_values_become_what_json_carries() -> None:
    moment = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    assert clean({"a": (moment, date(2026, 1, 2), None, 3, True)}) == {
        "a": ["2026-07-02T00:30", "2026-01-02", None, 3, True]
    }


def test_each_covered_character_can_be_drawn() -> None:
    """PDF/UA-1 refuses a missing glyph, so a wrong coverage table would make this fail."""
    characters = [chr(code) for code in sorted(covered_characters())]
    assert len(characters) > 4000
    text = clean_text(" ".join(characters))
    data = dict(EXAMPLES["record_export"], name=text)
    facts = [{"label": text, "value": text}]
    data["sections"] = [{"title": text, "entries": [{"heading": [text], "facts": facts}]}]
    assert documents.render("record_export", data, language="en").startswith(b"%PDF")


def test_odd_characters_do_not_stop_a_document() -> None:
    odd = "".join(
        map(
            chr,
            [
                *range(0x20),
                0x7F,
                0x85,
                0xA0,
                0xAD,
                0x202E,
                0xD800,
                0xFFFE,
                0xFFFF,
                0x1F600,
                0x10FFFF,
            ],
        )
    )
    data = dict(EXAMPLES["portal_card"], user_name=f"ann{odd}smith", code="W" * 500)
    pdf = documents.render("portal_card", data, language="fr")
    assert "ann" in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
