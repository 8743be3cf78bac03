"""The guides and printed documents speak with the words of the pages, in English and French.

A text in bold in a guide is the name of a button, a link or a page, letter for letter; the few that
are not are listed here."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

BASE = Path(__file__).resolve().parent.parent
GUIDES = BASE / "docs" / "guides"
NAMES = sorted(path.name for path in (GUIDES / "en").glob("*.md"))
BOLD = re.compile(r"\*\*(.+?)\*\*", re.S)

# Bold because it matters or begins a paragraph: no name of anything on a page.
STRESSED = {
    "en": {
        "The key ring",
        "Somebody comes back",
        "A relative or friend of the client serves in the branch",
        "Two colleagues who must not judge each other",
        "A client in hiding, or related to one of you",
        "A couple, both supported",
        "it opens once",
        "Do not say so to the caller",
        "The client wants somebody to be told from now on",
        "The client asks you to tell the nurse or a daughter",
        "Anybody else asks",
        "You talked",
        "In writing",
        "Is it heavy for you",
        "call 15, 17, 18 or 112",
    },
    "fr": {
        "Le trousseau de clés",
        "Quelqu’un revient",
        "Un proche de la personne fait partie de l’antenne",
        "Deux collègues qui ne doivent pas se juger",
        "Une personne qui se cache, ou parente de l’un de vous",
        "Un couple, accompagné tous les deux",
        "il s’ouvre une seule fois",
        "Ne le dites pas à la personne qui appelle",
        "La personne veut que l’on parle à quelqu’un désormais",
        "La personne vous demande de prévenir l’infirmière ou sa fille",
        "Quelqu’un d’autre demande",
        "Vous vous êtes parlé",
        "Par écrit",
        "C’est lourd pour vous",
        "appelez le 15, le 17, le 18 ou le 112",
    },
}


def plain(text: str) -> str:
    """Without tags, placeholders, kinds of space and the mark at the end."""
    text = re.sub(r"</?[a-z]+\d?>|%\(\w+\)s|\{\w*\}", "", text)
    return re.sub(r"\s+", " ", text).strip(" .,:;?!")


def catalogue() -> polib.POFile:
    return polib.pofile(str(BASE / "locale" / "fr" / "LC_MESSAGES" / "django.po"))


def pairs() -> Iterator[tuple[str, str]]:
    """Each text of the program, in English and in French; check_translations compares them with the code."""
    for entry in catalogue():
        if entry.msgid_plural:
            yield entry.msgid, entry.msgstr_plural[0]
            yield entry.msgid_plural, entry.msgstr_plural[1]
        else:
            yield entry.msgid, entry.msgstr


def translations() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """From English to French, and back."""
    there, back = defaultdict(set), defaultdict(set)
    for english, french in pairs():
        there[plain(english)].add(plain(french))
        back[plain(french)].add(plain(english))
    return there, back


def bold(language: str, name: str) -> set[str]:
    text = (GUIDES / language / name).read_text(encoding="utf-8")
    return {plain(found) for found in BOLD.findall(text)}


@pytest.mark.parametrize("name", NAMES)
def test_guides_name_what_the_pages_show(name: str) -> None:
    there, back = translations()
    wrong = {
        (language, text)
        for language, known in (("en", there), ("fr", back))
        for text in bold(language, name) - STRESSED[language]
        if text not in known
    }
    assert wrong == set()


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_of_a_guide_name_the_same(name: str) -> None:
    there, back = translations()
    english, french = bold("en", name), bold("fr", name)
    alone = {text for text in english if text in there and not there[text] & french}
    alone |= {text for text in french if text in back and not back[text] & english}
    assert alone == set()


def test_stressed_texts_are_still_there() -> None:
    for language, texts in STRESSED.items():
        found = set().union(*(bold(language, name) for name in NAMES))
        assert texts <= found


def strings(value: object) -> Iterator[str]:
    """Each text in what a JSON file holds."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


def french() -> Iterator[tuple[str, str]]:
    """Each French text, with where it stands."""
    for path in sorted((GUIDES / "fr").glob("*.md")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield f"{path.name} {number}", line
    for path in sorted((BASE / "documents" / "templates").glob("*.json")):
        for text in strings(json.loads(path.read_text(encoding="utf-8"))["fr"]):
            yield path.name, text
    for english, text in pairs():
        yield english, text


def test_french_has_its_no_break_spaces() -> None:
    """U+00A0 before : ; ? ! and inside « »: no sign stands alone at the beginning of a line."""
    wrong = [
        (where, found.group())
        for where, text in french()
        for found in re.finditer(r"\S[ \u202f][:;?!»]|«[^\u00a0]|[^\u00a0]»|\w[?!](?=\s|$)", text)
    ]
    assert wrong == []
