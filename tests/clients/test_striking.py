"""Striking out who a text is about: nothing that the record knows survives, however it is written."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from clients.consultations.needles import Kind, fold
from clients.consultations.striking import Known, Striker
from tests.clients import plain_striking
from tests.making.pace import pace

ODILE = Known(
    names=("Marie-Thérèse", "Le Gall", "Tété"),
    places=("2 impasse des Lavoirs, 46290 Prayssac",),
    numbers=("06 39 98 11 22", "C-7KM2QX"),
    born="1953-11-05",
    around=("a neighbour, Paul: say only that the choir rang", "Sister of Josiane."),
)


def strike(text: str, known: Known = ODILE, *texts: str) -> str:
    return Striker(known, (text, *texts)).strike(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("J’ai vu Marie-Thérèse hier.", "J’ai vu [name] hier."),
        ("MARIE THERESE LE GALL sleeps.", "[name] sleeps."),
        ("marie-\nthérèse va mieux", "[name] va mieux"),
        ("Marie\u2011The\u0301re\u0300se va mieux", "[name] va mieux"),
        ("Mari\u200be va mieux", "[name] va mieux"),
        ("LeGall rang.", "[name] rang."),
        ("tété's flat, the Galls’ flat", "[name]'s flat, the [name]’ flat"),
        ("Elle habite Prayssac.", "Elle habite [place]."),
        ("une boulangerie prayssacoise", "une boulangerie [place]"),
        ("2 Impasse des lavoirs", "[place]"),
        ("rue des lavoirs, 46 290", "rue des [place], [place]"),
        (
            "Call 0639981122, +33 6 39 98 11 22 or 06.39.98-11/22.",
            "Call [number], [number] or [number].",
        ),
        ("0033639981122", "[number]"),
        ("son numéro 05 36 49 31 78", "son numéro [number]"),
        ("dossier c7km2qx", "dossier [number]"),
        ("née le 5 novembre 1953, le 05/11/53, le 5.11", "née le [date], le [date], le [date]"),
        ("born November 5th, 1953, in 1953, 1953-11-05", "born [date], in [date], [date]"),
        ("écrire à mtlg@free.fr ou www.exemple.fr/x", "écrire à [e-mail] ou [link]"),
        ("paul et Josiane étaient là", "[name] et [name] étaient là"),
        (
            "son mari Hervé, le Dr. Martin et Mme Durand",
            "son mari [name], le Dr. [name] et Mme [name]",
        ),
        ("on Tuesday, in English, at the EHPAD", "on Tuesday, in English, at the EHPAD"),
        ("d’Albi à Cahors", "d’[name] à [name]"),
        ("Elle dort mal depuis l’opération.", "Elle dort mal depuis l’opération."),
    ],
)
def test_what_is_struck(text: str, expected: str) -> None:
    assert strike(text) == expected


def test_name_at_the_beginning_of_a_sentence_is_learnt_from_the_other_texts() -> None:
    assert strike("Hervé came.", ODILE, "I met Hervé twice.") == "[name] came."


def test_what_is_left_is_listed() -> None:
    striker = Striker(ODILE, ("Gwenola came on the 23rd. She slept. Oui. the visit. Visit.",))
    left = striker.doubtful(striker.strike(striker.texts[0]))
    assert left == ["Gwenola", "23"]


def test_what_still_says_who_it_is_is_named() -> None:
    striker = Striker(ODILE)
    assert striker.still_said("I rang le Gall in prayssac, and Zoé.") == ["le Gall", "prayssac"]
    assert striker.still_said("I rang [name] in [place].") == []


def test_little_words_are_no_names_unless_they_begin_with_a_capital() -> None:
    known = Known(names=("An", "Le"))
    assert strike("I saw An and le chat, an hour", known) == "I saw [name] and le chat, an hour"


def test_nothing_known_strikes_shapes_only() -> None:
    assert strike("slept badly, 06 39 98 11 22", Known()) == "slept badly, [number]"
    assert strike("", ODILE) == ""


def test_long_text_is_struck_at_once() -> None:
    text = "Marie a dit que Prayssac est loin. " * 570
    assert "Marie" not in strike(text)


NAMES = [
    "Odile",
    "Jean-Pierre",
    "Thérèse",
    "Nguyễn",
    "O'Brien",
    "Béatrice",
    "Müller",
    "Łukasz",
    "Quercy",
    "Saint-Exupéry",
    "Françoise",
    "Dœuf",
    "D’Arcy",
    "Sørensen",
    "Zoë",
    "Li",
]
PLACES = ["Prayssac", "Marseille", "Sainte-Croix", "Lyon", "Villefranche-de-Rouergue"]
AROUND = [
    "sa fille ",
    "chez ",
    "the ",
    "(",
    "« ",
    "d’",
    "",
    "and\n",
    "vu ",
    "1 ",
    "—",
    "_",
    "\u00a0",
]
AFTER = ["", "’s", "'s", "s", ".", ", hier", " va mieux", "\n", ")", " »", "-même", "_", "es", "!"]


def plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


MANGLED = [
    str,
    str.upper,
    str.lower,
    plain,
    str.title,
    lambda n: unicodedata.normalize("NFD", n),
    lambda n: n.replace("-", " "),
    lambda n: n.replace("-", "\n"),
    lambda n: n.replace("-", ""),
    lambda n: n.replace("-", "\u2011"),
    lambda n: n[:2] + "\u00ad" + n[2:],
    lambda n: n[:3] + "-\n" + n[3:],
    lambda n: plain(n).upper().replace("-", " "),
]


@given(
    names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True),
    place=st.sampled_from(PLACES),
    mangle=st.sampled_from(MANGLED),
    before=st.sampled_from(AROUND),
    after=st.sampled_from(AFTER),
    filling=st.text(max_size=40),
    data=st.data(),
)
def test_no_identifying_word_survives(
    names: list[str],
    place: str,
    mangle: object,
    before: str,
    after: str,
    filling: str,
    data: st.DataObject,
) -> None:
    said = data.draw(st.sampled_from([*names, place]))
    # A name of two letters with a letter behind it is another word: Li, "lis".
    assume(len(said) > 2 or not after.isalpha())
    text = f"{filling} {before}{mangle(said)}{after} {filling}"
    striker = Striker(Known(names=tuple(names), places=(place,)), labels=dict.fromkeys(Kind, "▢"))
    struck = striker.strike(text)
    assert "▢" in struck
    # What was said is gone, also as letters without anything between; the filling cannot hold it.
    if fold(said) not in fold(filling + filling) and len(fold(said)) > 2:
        assert fold(said) not in fold(struck)
    assert striker.still_said(struck) == []
    assert striker.strike(struck) == struck


@given(
    digits=st.text("0123456789", min_size=8, max_size=8),
    gaps=st.lists(
        st.sampled_from(["", " ", ".", "-", "\u00a0", "/", " - ", ")", "\n"]),
        min_size=9,
        max_size=9,
    ),
    lead=st.sampled_from(["0", "+33", "0033", "+33 (0)", "+33 "]),
    before=st.sampled_from(["", "tel ", "tel:", "n°", "06 "]),
)
def test_no_telephone_number_survives(digits: str, gaps: list[str], lead: str, before: str) -> None:
    core = "6" + digits
    written = lead + "".join(d + g for d, g in zip(core, gaps, strict=True))
    text = f"Rappeler {before}{written} demain"
    struck = Striker(Known(numbers=("0" + core,))).strike(text)
    assert core not in "".join(c for c in struck if c.isdigit())
    assert "Rappeler" in struck
    assert "demain" in struck


@given(
    born=st.dates(date(1900, 1, 1), date(2030, 12, 31)),
    style=st.sampled_from(
        [
            "%d/%m/%Y",
            "%d/%m/%y",
            "%d.%m.%Y",
            "%d-%m-%y",
            "%Y-%m-%d",
            "%d %B %Y",
            "%B %d, %Y",
            "%d %b %y",
            "%d %B",
            "%d%m%Y",
            "%Y%m%d",
        ]
    ),
)
def test_no_date_of_birth_survives(born: date, style: str) -> None:
    written = born.strftime(style)
    text = f"ne le {written} ici"
    struck = Striker(Known(born=born.isoformat())).strike(text)
    assert written not in struck
    assert struck.replace("[date]", "").replace("[number]", "").split() == ["ne", "le", "ici"]


@given(st.text(max_size=200))
def test_any_text_can_be_struck(text: str) -> None:
    striker = Striker(ODILE, (text,))
    striker.doubtful(striker.strike(text))


# Few letters, so that names overlap, begin one another, and stand inside longer words.
PIECES = st.sampled_from(
    [
        "a",
        "A",
        "b",
        "aa",
        "Ab",
        "aab",
        "lyon",
        "Lyon",
        "nais",
        "s",
        "1",
        "12",
        "0",
        "+33",
        " ",
        "  ",
        "\n",
        "-",
        ".",
        "@",
        "é",
        "\u0301",
        "œ",
        "Paul",
        "paul",
        ", ",
        "(0)",
        "www.",
        "1953",
        "5/11",
    ]
)
TEXTS = st.lists(PIECES, max_size=30).map("".join)


@given(
    names=st.lists(TEXTS, max_size=3),
    places=st.lists(TEXTS, max_size=2),
    numbers=st.lists(TEXTS, max_size=2),
    around=st.lists(TEXTS, max_size=2),
    born=st.sampled_from(["", "1953-11-05", "in 1953"]),
    text=TEXTS,
    other=TEXTS,
)
def test_the_quick_way_strikes_what_the_plain_way_strikes(
    names: list[str],
    places: list[str],
    numbers: list[str],
    around: list[str],
    born: str,
    text: str,
    other: str,
) -> None:
    known = Known(tuple(names), tuple(places), tuple(numbers), born, tuple(around))
    striker = Striker(known, (text, other))
    assert striker.strike(text) == plain_striking.strike(striker, text)


SHORT = Known(names=("Al", "Ab"), numbers=("11111", "06 39 98 11 22"), born="1953-11-05")


@pytest.mark.parametrize(
    "piece",
    [
        "1 ",
        "1",
        "1,",
        "al",
        "al ",
        "Al ",
        "A1",
        "x",
        "@",
        "x@ ",
        "www.",
        "5 . ",
        "5 of     ",
        "\u0301\u0316",
        "É ",
        "Marie a dit que Prayssac est loin. ",
    ],
    ids=ascii,
)
def test_no_text_takes_long(piece: str) -> None:
    def seconds(signs: int) -> float:
        text = ("a" + piece * signs)[:signs]
        began = time.process_time()
        striker = Striker(SHORT, (text,))
        striker.strike(text)
        striker.still_said(text)
        striker.doubtful(text)
        return time.process_time() - began

    _grows_evenly(seconds)


def test_no_number_of_names_takes_long() -> None:
    def seconds(signs: int) -> float:
        text = " ".join(f"a {_name(number)}" for number in range(signs // 10))
        began = time.process_time()
        Striker(SHORT, (text,)).strike(text)
        return time.process_time() - began

    _grows_evenly(seconds)


def _name(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in f"{number:08}").capitalize()


def _grows_evenly(seconds: Callable[[int], float]) -> None:
    """Four times the text takes about four times as long, not sixteen; 200 000 signs about a second.

    Up to three times: a machine at work stumbles once, what grows with the square does so each time.
    """
    for _ in range(3):
        slower = pace()
        short, long = seconds(50_000), seconds(200_000)
        if long < max(8 * short, 0.5) and long < 4 * max(slower, pace()):
            return
    pytest.fail(f"{short:.2f} s for 50 000 signs, {long:.2f} s for 200 000")
