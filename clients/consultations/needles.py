"""Finding a known word in a text, however it is written: accents, case, hyphens, line breaks, endings."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate, pairwise

from components.text import normal


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
ENDING_OF_A_PLACE = 8
GAP = 5  # signs between two digits of one number


def fold(text: str) -> str:
    """Letters and digits only, without case and accents."""
    plain = normal(text.casefold().translate(_LETTERS), "NFKD")
    return "".join(c for c in plain.casefold() if c.isalnum())


fold_sign = lru_cache(maxsize=4096)(fold)


def words(text: str) -> list[str]:
    """The folded words and numbers of a text."""
    return [w for w in map(fold, re.findall(r"[^\W_]+", normal(text))) if w]


class Stream:
    """The folded letters and digits of a text in one row, with where each stood and where words meet.

    So a name is found whatever stands between its letters: hyphen, line break, nothing.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        letters: list[str] = []
        self.origin: list[int] = []
        bounds = {0: None}  # in order, each once
        before = ""
        for place, sign in enumerate(text):
            if unicodedata.combining(sign):
                continue
            folded = fold_sign(sign)
            if not folded:
                bounds[len(letters)] = None
                before = ""
                continue
            if before and (
                before.isdigit() != sign.isdigit() or (before.islower() and sign.isupper())
            ):
                bounds[len(letters)] = None
            letters.extend(folded)
            self.origin.extend([place] * len(folded))
            before = sign
        self.letters = "".join(letters)
        bounds[len(letters)] = None
        self.bounds = list(bounds)
        apart = (b - a > GAP for a, b in pairwise(self.origin))
        self.gaps = [0, *accumulate(apart)]

    def find(self, wanted: str) -> Iterator[int]:
        """Where ``wanted`` begins, overlapping ones too."""
        at = self.letters.find(wanted)
        while at >= 0:
            yield at
            at = self.letters.find(wanted, at + 1)

    def rest(self, end: int) -> str:
        """What follows in the same word."""
        return self.letters[end : self.bounds[bisect_left(self.bounds, end)]]

    def together(self, start: int, end: int) -> bool:
        """Whether no two letters that follow each other stand further apart than ``GAP``."""
        return self.gaps[start] == self.gaps[end - 1]

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

    def span(self, stream: Stream, start: int) -> Span | None:
        """What it covers with its ending where it begins at ``start``; None where it does not count."""
        end = start + len(self.word)
        upper = stream.text[stream.origin[start]].isupper()
        if self.capital and not upper:
            return None
        rest = stream.rest(end)
        if (not rest and not self.stem) or (rest and self._takes(rest, upper)):
            return stream.span(start, end + len(rest), self.kind)
        return None

    def _takes(self, rest: str, upper: bool) -> bool:
        if len(rest) > ENDING_OF_A_PLACE or not rest.isalpha():
            return False
        if rest in _PLURAL and not self.stem:
            return len(self.word) > 2 or upper
        if self.kind == Kind.PLACE and len(self.word) >= LONG - 1 and _OF_A_PLACE.fullmatch(rest):
            return True
        return upper and len(self.word) >= LONG and len(rest) <= ENDING


class Needles:
    """Many needles, found in one walk along the beginnings of words, however many they are.

    Sorted, the longest word that a text goes on with stands just before that text, and leads to the shorter
    ones that it begins with.
    """

    def __init__(self, needles: Iterable[Needle]) -> None:
        by_word: dict[str, list[Needle]] = {}
        for needle in needles:
            if needle.word:
                by_word.setdefault(needle.word, []).append(needle)
        self.needles = by_word
        self.sorted = sorted(by_word)
        self.longest = max(map(len, by_word), default=0)
        self.shorter: dict[str, str] = {}
        open_words: list[str] = []
        for word in self.sorted:
            while open_words and not word.startswith(open_words[-1]):
                open_words.pop()
            self.shorter[word] = open_words[-1] if open_words else ""
            open_words.append(word)

    def spans(self, stream: Stream) -> Iterator[Span]:
        """Where any of them stands, with its ending."""
        for start in stream.bounds:
            for word in self._at(stream.letters[start : start + self.longest]):
                for needle in self.needles[word]:
                    if span := needle.span(stream, start):
                        yield span

    def _at(self, letters: str) -> Iterator[str]:
        """The words with which ``letters`` begin."""
        before = bisect_right(self.sorted, letters)
        word = self.sorted[before - 1] if before else ""
        while word:
            if letters.startswith(word):
                yield word
            word = self.shorter[word]
