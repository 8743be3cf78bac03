"""What a part of the printed copy is: which values are printed, under which label, in which words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rights import event_words
from volunteers.models.accounts import LANGUAGES

# How a value reads: by its choices, or by a function; None prints it as it is.
Say = Callable[[Any], Any] | None


@dataclass(frozen=True)
class Field:
    """One value of an entry: its key in record.json, its label, how it reads.

    Where ``only`` is set, that value alone is worth a line on paper.
    """

    key: str
    label: Any
    say: Say = None
    only: bool | None = None


@dataclass(frozen=True)
class Part:
    """One key of record.json: a section of the paper, or the rows inside of an entry."""

    key: str
    title: Any
    fields: tuple[Field, ...]
    heading: tuple[str, ...] = ()  # the values that make the heading of an entry
    inside: tuple[Part, ...] = ()
    explained: Any = ""
    # Whether one of the rows is printed.
    shown: Callable[[dict[str, Any]], bool] = bool


def code(choices: Any) -> Callable[[Any], Any]:
    """The label of a code."""
    return lambda value: dict(choices.choices)[value]


def language(value: str) -> Any:
    """The name of a language."""
    return dict(LANGUAGES).get(value, value)


def why(value: str) -> Any:
    """A purpose in plain words."""
    return event_words.why(value) or value
