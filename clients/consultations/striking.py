"""Striking out of a text what says who it is about (P5: anonymous wherever possible).

Pure: no database, no request. Three nets, from sure to wide: what the record says of identity, address,
telephone and birth, whatever its accents, case, hyphens, endings or grouping; shapes of telephone numbers,
e-mail and web addresses; and every word with a capital in the middle of a sentence. What begins a sentence
with a capital, and numbers, are left and listed: a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from clients.consultations.common_words import COMMON, GENERIC, MONTHS, PARTICLES, SAFE, TITLES
from clients.consultations.needles import (
    LONG,
    Kind,
    Needle,
    Needles,
    Span,
    Stream,
    fold,
    fold_sign,
    words,
)
from components.text import normal


@dataclass(frozen=True)
class Known:
    """What a record says of who it is; empty where nothing was said."""

    names: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    born: str = ""
    around: tuple[str, ...] = ()  # free words that may name relatives and neighbours


_WORD = re.compile(r"[^\W\d_]+")
_RUN = re.compile(r"\S+")
_SHAPES = (
    (re.compile(r"(?:https?://|www\.)\S+", re.I), Kind.LINK),
    (re.compile(r"\+?(?<!\d)\d(?:[ .\-()\u00a0\u202f\u2009]{0,2}\d){7,14}(?!\d)"), Kind.NUMBER),
)
_COUNTRY = re.compile(r"(?:(?:\+|(?<!\d)00) ?\d{1,3}[ .\-/\u00a0]*)?(?:\(?0\)?)?[ .\-/\u00a0]*$")
_SIDE = re.compile(r"[\s\-–]*")
_END = re.compile(r"[.!?…\n]")
_TIME = re.compile(r"\d{1,2}[.:]\d\d")
PHONE = 9  # digits of a number without what stands before it for the country
FEWEST = 5  # digits that are looked for
REACH = 40  # signs before a number in which its country is looked for
LONGEST_NAME = 60
ACRONYM = 5


@dataclass
class Striker:
    """Strikes what is ``known`` out of texts. ``texts``: all that are shared, to learn names from."""

    known: Known
    texts: tuple[str, ...] = ()
    labels: Mapping[Kind, str] = field(default_factory=lambda: {k: f"[{k}]" for k in Kind})

    def __post_init__(self) -> None:
        self.needles = Needles([*_names(self.known), *_places(self.known)])
        proper = {m.group() for text in self.texts for m in _proper(normal(text))}
        learnt = set(_learnt(self.known.around)) | {
            Needle(fold(word), Kind.NAME, capital=True) for word in proper
        }
        self.learnt = Needles(n for n in learnt if len(n.word) <= LONGEST_NAME)
        self.cores = [c for n in self.known.numbers if len(c := _core(n)) >= FEWEST]
        self.dates = _birth(self.known.born)
        everything = (*self.texts, *self.known.around)
        small = {w for t in everything for w in _WORD.findall(t) if w.islower()}
        self.ordinary = {fold(w) for w in small}

    def strike(self, text: str) -> str:
        """The text with a word in brackets for each thing that was struck."""
        stream = Stream(normal(text))
        text = stream.text
        spans = [*self._certain(stream), *_shapes(text)]
        spans += [(m.start(), m.end(), Kind.NAME) for m in _proper(text)]
        spans += self.learnt.spans(stream)
        return _replace(text, spans, self.labels)

    def still_said(self, text: str) -> list[str]:
        """The words of ``text`` that are known to say who it is: each once, as they stand."""
        text = self._unlabelled(normal(text))
        found, at = [], 0
        for start, end, _ in sorted(self._certain(Stream(text)), key=_longest_first):
            if start >= at:
                found.append(text[start:end])
                at = end
        return list(dict.fromkeys(found))

    def doubtful(self, text: str) -> list[str]:
        """Words with a capital, and numbers, that are left: somebody should look at them once more."""
        text = self._unlabelled(normal(text))
        found = re.findall(r"[^\W\d_]+|\d[\d.,:/]*\d", text)
        return list(dict.fromkeys(word for word in found if self._is_doubtful(word)))

    def _is_doubtful(self, word: str) -> bool:
        if word[0].isdigit():
            return not _TIME.fullmatch(word)
        folded = fold(word)
        return word[0].isupper() and not (_is_harmless(folded) or folded in self.ordinary)

    def _certain(self, stream: Stream) -> list[Span]:
        spans = list(self.needles.spans(stream))
        spans += [span for core in self.cores for span in _numbers(stream, core)]
        plain = "".join((fold_sign(c) or c)[0] if c.isalpha() else c for c in stream.text)
        spans += [
            (m.start(), m.end(), Kind.DATE) for date in self.dates for m in date.finditer(plain)
        ]
        return spans

    def _unlabelled(self, text: str) -> str:
        for label in self.labels.values():
            text = text.replace(label, " … ")
        return text


def _names(known: Known) -> Iterator[Needle]:
    whole = ["".join(words(name)) for name in known.names]
    for name in known.names:
        parts = words(name)
        for part in parts:
            if part not in PARTICLES and len(part) > 1:
                yield Needle(part, Kind.NAME, capital=part in COMMON)
        if len(parts) > 1 or (parts and parts[0] in PARTICLES):
            yield Needle("".join(parts), Kind.NAME, capital=len(parts) == 1)
    for one in whole:  # written together, either way round
        for other in whole:
            if one and other and one != other:
                yield Needle(one + other, Kind.NAME)


def _places(known: Known) -> Iterator[Needle]:
    for place in known.places:
        for part in re.split(r"[\n,;]+", place):
            together = words(part)
            if len(together) > 1 and not set(together) <= GENERIC:
                yield Needle("".join(together), Kind.PLACE)
            for word in together:
                if word.isdigit():
                    if len(word) >= LONG - 1:
                        yield Needle(word, Kind.PLACE)
                elif word not in GENERIC and len(word) > 1:
                    yield Needle(word, Kind.PLACE, capital=word in COMMON or len(word) < 3)
                    if word[-1] in "es" and len(word) > LONG:
                        yield Needle(word.rstrip("es"), Kind.PLACE, stem=True)


def _learnt(around: Iterable[str]) -> Iterator[Needle]:
    """Names of others in free words: in the middle of a sentence surely, at its beginning perhaps."""
    for text in map(normal, around):
        inside = {m.start() for m in _proper(text)}
        for m in _WORD.finditer(text):
            word = fold(m.group())
            if m.start() in inside:
                yield Needle(word, Kind.NAME, capital=word in COMMON)
            elif m.group()[0].isupper() and not _is_harmless(word) and len(word) > 1:
                yield Needle(word, Kind.NAME, capital=True)


def _proper(text: str) -> Iterator[re.Match[str]]:
    """Words with a capital in the middle of a sentence, but for abbreviations and days."""
    harmless: dict[str, bool] = {}  # of this text: words come again
    before: re.Match[str] | None = None
    for m in _WORD.finditer(text):
        word = m.group()
        if before is not None and word[0].isupper() and not _is_short(word):
            if word not in harmless:
                harmless[word] = _is_harmless(fold(word))
            if not harmless[word] and not _begins(before, text[before.end() : m.start()]):
                yield m
        before = m


def _is_short(word: str) -> bool:
    return 1 < len(word) <= ACRONYM and word.isupper()


def _begins(before: re.Match[str], gap: str) -> bool:
    """Whether a sentence begins after the word ``before``: not after the point of a title."""
    if not _END.search(gap):
        return False
    return "\n" in gap or fold(before.group()) not in TITLES


def _is_harmless(word: str) -> bool:
    """Whether a folded word with a capital says nothing about who it is: "Mondays" like "Monday"."""
    return any(word in words for words in (COMMON, SAFE, TITLES)) or word.removesuffix("s") in SAFE


def _shapes(text: str) -> Iterator[Span]:
    for m in _RUN.finditer(text):
        if "@" in m.group()[1:-1]:
            yield m.start(), m.end(), Kind.EMAIL
    for shape, kind in _SHAPES:
        for m in shape.finditer(text):
            yield m.start(), m.end(), kind


def _core(number: str) -> str:
    """The digits that stay the same with and without the country; a reference as it is."""
    folded = fold(number)
    return folded[-PHONE:] if folded.isdigit() else folded


def _numbers(stream: Stream, core: str) -> Iterator[Span]:
    covered = 0  # what begins inside of one that was found has its country before that one
    for start in stream.find(core):
        end = start + len(core)
        if not stream.together(start, end):
            continue
        first, last, kind = stream.span(start, end, Kind.NUMBER)
        within, covered = first < covered, last
        if (
            not within
            and core.isdigit()
            and (before := _COUNTRY.search(stream.text, max(0, first - REACH), first))
        ):
            first -= len(before.group().lstrip(" .-/\u00a0"))
        yield first, last, kind


def _birth(born: str) -> list[re.Pattern[str]]:
    """The ways to write a date of birth, on text without accents; of a text that is none, its years."""
    m = re.search(r"(\d{4})\D(\d{1,2})\D(\d{1,2})", born)
    m = m or re.search(r"(?P<d>\d{1,2})\D(?P<m>\d{1,2})\D(?P<y>\d{4})", born)
    years = [re.compile(rf"(?<!\d){year}(?!\d)") for year in re.findall(r"\d{4}", born)]
    if not m:
        return years
    year, month, day = (m["y"], m["m"], m["d"]) if "y" in m.groupdict() else m.groups()
    if not 1 <= int(month) <= len(MONTHS):
        return years
    d, n, y = f"0?{int(day)}(?:er|st|nd|rd|th)?", f"0?{int(month)}", f"(?:{year[:2]})?{year[2:]}"
    name = f"(?:{'|'.join(MONTHS[int(month) - 1].split())})\\b\\.?"
    s = r"\s*[/.\-]\s*"
    forms = [
        rf"{d}{s}{n}(?:{s}{y})?",
        rf"{n}{s}{d}{s}{y}",
        rf"{year}{s}{n}{s}{d}",
        rf"{d}\s*(?:of\s+)?{name}(?:,?\s*{y})?",
        rf"{name}\s*{d}(?:,?\s*{y})?",
        rf"{int(day):02}{int(month):02}{y}",
        rf"{year}{int(month):02}{int(day):02}",
        rf"['’]{year[2:]}",
    ]
    return [re.compile(rf"(?<!\w){form}(?!\w)", re.I) for form in forms] + years


def _longest_first(span: Span) -> tuple[int, int, bool]:
    """What says more about the same place goes before what says "a name" of any word."""
    return span[0], -span[1], span[2] == Kind.NAME


def _replace(text: str, spans: list[Span], labels: Mapping[Kind, str]) -> str:
    """One label for what overlaps, or stands side by side and is of one kind."""
    merged: list[Span] = []
    for start, end, kind in sorted(spans, key=_longest_first):
        if merged:
            first, last, held = merged[-1]
            if start < last or (held == kind and _SIDE.fullmatch(text, last, start)):
                merged[-1] = (first, max(last, end), held)
                continue
        merged.append((start, end, kind))
    out, at = [], 0
    for start, end, kind in merged:
        out += [text[at:start], labels[kind]]
        at = end
    return "".join([*out, text[at:]])
