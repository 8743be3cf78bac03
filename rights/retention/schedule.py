"""The schedule as the program proposes it, and the times that stand in code: shown from where they bind.

``periods.json`` has the kinds of data for which a president decides, each with a proposal, its limits, its
source and how sure we are of it; and the kinds whose time is a constant, which it names.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, reduce
from importlib import import_module
from pathlib import Path
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

PROPOSED = Path(__file__).with_name("periods.json")
LANGUAGES = ("en", "fr")
REVIEWED, SWEPT = "review", "swept"


@dataclass(frozen=True)
class Kind:
    """A kind of data for which a president decides."""

    kind: str
    months: int
    least: int
    most: int
    then: str
    certainty: str
    source: str
    words: dict[str, dict[str, str]]

    def said(self, name: str, language: str | None = None) -> str:
        """``what`` it is, ``from`` when its time runs, ``why``: in this language, by default the reader's."""
        return _in(self.words, language)[name]


@dataclass(frozen=True)
class Fixed:
    """A kind of data whose time stands in code."""

    kind: str
    constant: str
    unit: str
    words: dict[str, dict[str, str]]

    @property
    def what(self) -> str:
        """What it is, in the reader's language."""
        return _in(self.words)["what"]

    @property
    def number(self) -> int:
        """The time that binds, in its unit."""
        value = constant(self.constant)
        if isinstance(value, timedelta):
            return value // timedelta(**{self.unit: 1})
        return int(value)

    @property
    def time(self) -> str:
        """The same in words."""
        said = {
            "minutes": ngettext("%(number)s minute", "%(number)s minutes", self.number),
            "hours": ngettext("%(number)s hour", "%(number)s hours", self.number),
            "days": ngettext("%(number)s day", "%(number)s days", self.number),
        }
        return said[self.unit] % {"number": self.number}


def constant(place: str) -> Any:
    """What stands in the code under ``module:name``."""
    module, _colon, name = place.partition(":")
    return reduce(getattr, name.split("."), import_module(module))


@cache
def _read() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = json.loads(PROPOSED.read_text("utf-8"))
    return found


def _words(line: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {language: line[language] for language in LANGUAGES}


def _in(words: dict[str, dict[str, str]], language: str | None = None) -> dict[str, str]:
    return words["en" if (language or get_language() or "fr").startswith("en") else "fr"]


@cache
def kinds() -> tuple[Kind, ...]:
    """The kinds of data for which a president decides, as proposed."""
    names = ("kind", "months", "least", "most", "then", "certainty", "source")
    return tuple(
        Kind(**{name: line[name] for name in names}, words=_words(line))
        for line in _read()["decided"]
    )


@cache
def fixed() -> tuple[Fixed, ...]:
    """The kinds whose time stands in code."""
    return tuple(
        Fixed(line["kind"], line["constant"], line["unit"], _words(line))
        for line in _read()["fixed"]
    )


def with_record() -> list[dict[str, str]]:
    """What has no time of its own and goes with the record: ``what`` and ``why``, for the reader."""
    return [_in(_words(line)) for line in _read()["with_record"]]


def swept() -> tuple[str, ...]:
    """The kinds that go by themselves when their time is over."""
    return tuple(kind.kind for kind in kinds() if kind.then == SWEPT)


def proposal() -> dict[str, dict[str, Any]]:
    """The proposed periods, as a version of the schedule has them."""
    return {
        kind.kind: {
            "months": kind.months,
            **{language: kind.said("why", language) for language in LANGUAGES},
        }
        for kind in kinds()
    }


def bounds() -> str:
    """Between how few and how many months, as the database reads it."""
    return json.dumps({kind.kind: {"least": kind.least, "most": kind.most} for kind in kinds()})


def certainty(code: str) -> str:
    """How sure we are of a period, in words."""
    words = {
        "sure": _("The text says so."),
        "read": _("Our reading of the text."),
        "ask": _("Our proposal: ask a lawyer."),
    }
    return words[code]


def fate(code: str) -> str:
    """What happens when the time is over, in words."""
    words = {
        REVIEWED: _("A coordinator looks at each record. Nothing happens by itself."),
        SWEPT: _("It is deleted by itself, once a day."),
        "stays": _("Nothing deletes it by itself."),
    }
    return words[code]
