"""Every document is a tagged, titled PDF in its language; what people typed stays literal.
These tests need no database."""

import copy
import io
import json
import re
import time
from typing import Any

import pytest
from pypdf import PdfReader

import documents
from documents.rendering import TEMPLATE_FOLDER
from tests.making.documents import EXAMPLES, text_of
from tests.making.pace import pace

BOTH = pytest.mark.parametrize("language", documents.LANGUAGES)
EACH = pytest.mark.parametrize("template", sorted(EXAMPLES))

INJECTIONS = [
    '#read("/_base.typ")',
    "#panic()",
    "*bold* _low_ $x^2$ = Heading",
    "@label <label> \\ \\u{1F600}",
    '"); #import "@preview/evil:1.0.0',
    "<script>alert(1)</script>",
    "'; DROP TABLE clients; --",
    "{association} {0} {{",
    "// comment /* block */ `raw`",
    "=HYPERLINK(1)",
]


def read(template: str, language: str, data: dict[str, Any] | None = None) -> PdfReader:
    pdf = documents.render(template, data or EXAMPLES[template], language=language)
    return PdfReader(io.BytesIO(pdf))


def test_examples_cover_every_template() -> None:
    assert set(documents.template_names()) == set(EXAMPLES)


@EACH
@BOTH
def test_document_is_tagged_titled_and_in_its_language(template: str, language: str) -> None:
    reader = read(template, language)
    catalogue = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalogue
    assert str(catalogue["/Lang"]).startswith(language)
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title
    xmp = catalogue["/Metadata"].get_object().get_data().decode()
    assert re.search(r"pdfuaid:part>1<", xmp)
    assert re.search(r"pdfaid:part>2<", xmp)
    assert re.search(r"pdfaid:conformance>A<", xmp)


@EACH
def test_words_are_complete_in_both_languages(template: str) -> None:
    def shape(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: shape(item) for key, item in value.items()}
        if isinstance(value, list):
            return [shape(item) for item in value]
        assert value.strip()
        return sorted(re.findall(r"\{\w+\}", value))

    words = json.loads((TEMPLATE_FOLDER / f"{template}.json").read_text(encoding="utf-8"))
    assert shape(words["en"]) == shape(words["fr"])


@EACH
def test_template_uses_each_of_its_words(template: str) -> None:
    words = json.loads((TEMPLATE_FOLDER / f"{template}.json").read_text(encoding="utf-8"))["en"]
    source = (TEMPLATE_FOLDER / f"{template}.typ").read_text(encoding="utf-8")
    unused = [
        key
        for key in words
        if not re.search(rf"\b[tw]\.{key}\b", source) and f'"{key}"' not in source
    ]
    assert unused == []


@BOTH
def test_typed_text_stays_literal(language: str) -> None:
    data = copy.deepcopy(EXAMPLES["record_export"])
    data["name"] = INJECTIONS[0]
    data["sections"] = [
        {"title": "Situation", "texts": INJECTIONS},
        {
            "title": "Contacts",
            "entries": [
                {"heading": [text], "facts": [{"label": "", "value": text}]} for text in INJECTIONS
            ],
        },
    ]
    printed = text_of(read("record_export", language, data))
    for text in INJECTIONS:
        assert printed.count(text) >= 3, text


def test_injection_stays_literal_in_each_text_of_each_template() -> None:
    def poisoned(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: poisoned(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [poisoned(item, key) for item in value]
        return (
            '#read("x") *y*'
            if isinstance(value, str) and key not in ("ground", "language")
            else value
        )

    for template, data in EXAMPLES.items():
        assert '#read("x")' in text_of(read(template, "en", poisoned(data))), template


@BOTH
def test_both_languages_stand_on_a_disclosure(language: str) -> None:
    printed = text_of(read("disclosure_package", language))
    assert "Do not copy it or pass it on" in printed
    assert "Ne le copiez pas et ne le transmettez pas" in printed
    assert "D-2026-014" in printed
    assert "First line" in printed


def test_struck_passage_leaves_a_mark() -> None:
    assert "He said [passage struck out] then left." in text_of(read("disclosure_package", "en"))


@BOTH
@pytest.mark.parametrize("waits", [False, True])
def test_portal_card_says_nothing_about_why(language: str, waits: bool) -> None:
    reader = read("portal_card", language, {**EXAMPLES["portal_card"], "waits": waits})
    told = {"en": "This code will work once", "fr": "Ce code fonctionnera quand"}[language]
    assert (told in text_of(reader)) is waits
    words = text_of(reader).lower() + str(reader.metadata).lower()
    assert "K7QD-93MX-TT2P".lower() in words
    telling = (
        "cancer",
        "charit",
        "associ",
        "health",
        "sant",
        "malad",
        "support",
        "client",
        "volunt",
        "bénév",
    )
    assert not [word for word in telling if word in words]
    assert len(reader.pages) == 1


@BOTH
def test_leaflet_fits_one_sheet(language: str) -> None:
    assert len(read("leaflet", language).pages) == 2


def test_dates_read_as_people_say_them() -> None:
    assert "1 March 2026 at 14:05" in text_of(read("record_export", "en"))
    assert "1er mars 2026 à 14 h 05" in text_of(read("record_export", "fr"))


def test_only_bundled_fonts_are_used() -> None:
    names = set()
    for template in EXAMPLES:
        for page in read(template, "fr").pages:
            for font in page["/Resources"]["/Font"].values():
                names.add(str(font.get_object()["/BaseFont"]).split("+")[-1])
    assert all(name.startswith(("AtkinsonHyperlegible", "DejaVuSans")) for name in names), names


@pytest.mark.parametrize(
    ("template", "data", "language"),
    [
        ("no_such", {}, "en"),
        ("_base", {}, "en"),
        ("../secrets", {}, "en"),
        ("leaflet", {}, "en"),
        ("leaflet", {}, "de"),
    ],
)
def test_wrong_call_is_a_render_error(template: str, data: dict[str, Any], language: str) -> None:
    with pytest.raises(documents.RenderError):
        documents.render(template, data, language=language)


def test_error_does_not_quote_the_data() -> None:
    data = copy.deepcopy(EXAMPLES["record_export"])
    data["sections"] = [{"title": "Secret words", "entries": [{"heading": "Secret words"}]}]
    with pytest.raises(documents.RenderError) as caught:
        documents.render("record_export", data, language="en")
    assert "Secret" not in str(caught.value)


def test_two_hundred_contacts_in_reasonable_time() -> None:
    data = copy.deepcopy(EXAMPLES["record_export"])
    contacts = [
        {
            "heading": [f"{number} January 2026", "Telephone"],
            "facts": [{"label": "", "value": f"Call {number}. " * 30}],
        }
        for number in range(200)
    ]
    data["sections"] = [{"title": "Contacts", "entries": contacts}]
    started = time.process_time()
    reader = read("record_export", "en", data)
    assert time.process_time() - started < 20 * pace()
    printed = text_of(reader)
    assert "Call 0." in printed
    assert "Call 199." in printed
