"""Finding a known word in a text, however it is written: accents, case, hyphens, line breaks, endings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What was struck. A word says it, as a screen reader cannot say a black bar."""

    NAME = "name"
    PLACE = "place"
    NUMBER = "number"
    DATE = "date"
    EMAIL = "e-mail"
    LINK = "link"


Span = tuple[int, int, Kind]
_LETTERS = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
_PLURAL = frozenset({"s", "es", "x", "e"})
_OF_A_PLACE = re.compile(
    r"n{0,2}(ais|aise|aises|ois|oises?|iens?|iennes?|ins?|ines?|ains?|aines?|ans?|anes?|ers?|ians?|"
    r"ites?|ards?|ardes?|ots?|otes?|onnes?|ish)"
)
LONG = 5  # letters from which an ending does not make another word
ENDING = 5  # letters of the longest ending


def fold(text: str) -> str:
    """Letters and digits only, without case and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(c for c in plain.casefold() if c.isalnum())


def words(text: str) -> list[str]:
    """The folded words and numbers of a text."""
    composed = unicodedata.normalize("NFC", text)
    return [w for w in map(fold, re.findall(r"[^\W_]+", composed)) if w]


class Stream:
    """The folded letters and digits of a text in one row, with where each stood and where words meet.

    So a name is found whatever stands between its letters: hyphen, line break, nothing.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        letters: list[str] = []
        self.origin: list[int] = []
        self.bounds = {0}
        before = ""
        for place, sign in enumerate(text):
            if unicodedata.combining(sign):
                continue
            folded = fold(sign)
            if not folded:
                self.bounds.add(len(letters))
                before = ""
                continue
            if before and (
                before.isdigit() != sign.isdigit() or (before.islower() and sign.isupper())
            ):
                self.bounds.add(len(letters))
            letters.extend(folded)
            self.origin.extend([place] * len(folded))
            before = sign
        self.letters = "".join(letters)
        self.bounds.add(len(letters))

    def find(self, wanted: str) -> Iterator[int]:
        """Where ``wanted`` begins, overlapping ones too."""
        at = self.letters.find(wanted)
        while at >= 0:
            yield at
            at = self.letters.find(wanted, at + 1)

    def rest(self, end: int) -> str:
        """What follows in the same word."""
        return self.letters[end : min(b for b in self.bounds if b >= end)]

    def span(self, start: int, end: int, kind: Kind) -> Span:
        """The place in the text, with the accents that stand apart."""
        last = self.origin[end - 1] + 1
        while last < len(self.text) and unicodedata.combining(self.text[last]):
            last += 1
        return self.origin[start], last, kind


@dataclass(frozen=True)
class Needle:
    """A word to find. ``capital``: only where it begins with one, as it is an ordinary word too."""

    word: str
    kind: Kind
    capital: bool = False
    stem: bool = False  # counts with an ending only

    def spans(self, stream: Stream) -> Iterator[Span]:
        """Where it stands, with its endings."""
        for start in stream.find(self.word):
            end = start + len(self.word)
            upper = stream.text[stream.origin[start]].isupper()
            if start not in stream.bounds or (self.capital and not upper):
                continue
            rest = stream.rest(end)
            if (not rest and not self.stem) or (rest and self._takes(rest, upper)):
                yield stream.span(start, end + len(rest), self.kind)

    def _takes(self, rest: str, upper: bool) -> bool:
        if not rest.isalpha():
            return False
        if rest in _PLURAL and not self.stem:
            return len(self.word) > 2 or upper
        if self.kind == Kind.PLACE and len(self.word) >= LONG - 1 and _OF_A_PLACE.fullmatch(rest):
            return True
        return upper and len(self.word) >= LONG and len(rest) <= ENDING
