"""Striking words out of a note before it leaves: what is struck is gone, not covered.

Pure. A word or phrase is found whatever its accents, case and hyphens, as where a colleague is asked
(``clients/consultations/needles.py``). What stands in its place says nothing of its length.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from clients.consultations.needles import Kind, Stream, words
from components.text import normal

Part = str | None  # a text that leaves; None: something is struck here
SHORT = 4  # letters from which a word that only begins with a struck one tells it too


def phrases(typed: str) -> list[str]:
    """What somebody typed to be struck: a word or a phrase a line."""
    lines = (line.strip() for line in typed.splitlines())
    return list(dict.fromkeys(line for line in lines if words(line)))


def struck(text: str, typed: str) -> list[Part]:
    """The text without the phrases, each None in their place; what stands side by side is one."""
    text = normal(text)
    return _without(text, _spans(text, phrases(typed)))


def hidden(text: str, typed: Iterable[str]) -> list[Part]:
    """The text without anything by which a struck phrase can still be read; see :func:`still_said`.

    For what was not there when somebody struck words out: a statement of the client's, added afterwards.
    """
    text = normal(text)
    stream = Stream(text)
    wanted = dict.fromkeys(phrase for one in typed for phrase in phrases(one))
    spans = (span for phrase in wanted for span in _read(stream, phrase))
    return _without(text, (stream.span(start, end, Kind.NAME)[:2] for start, end in spans))


def _without(text: str, spans: Iterable[tuple[int, int]]) -> list[Part]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and not words(text[merged[-1][1] : start]):
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    parts: list[Part] = []
    at = 0
    for start, end in merged:
        parts += [text[at:start], None]
        at = end
    return [part for part in [*parts, text[at:]] if part != ""]


def absent(text: str, typed: str) -> list[str]:
    """The phrases that do not stand in the text, so that nothing would be struck."""
    return [phrase for phrase in phrases(typed) if not list(_spans(normal(text), [phrase]))]


def still_said(typed: Iterable[str], texts: Iterable[str]) -> list[str]:
    """The struck phrases that can still be read in what leaves, also at the beginning of a longer word."""
    streams = [Stream(normal(text)) for text in texts]
    wanted = dict.fromkeys(phrase for one in typed for phrase in phrases(one))
    return [phrase for phrase in wanted if any(any(_read(s, phrase)) for s in streams)]


def _spans(text: str, wanted: list[str]) -> Iterator[tuple[int, int]]:
    stream = Stream(text)
    bounds = set(stream.bounds)
    for phrase in wanted:
        core = "".join(words(phrase))
        for start in stream.find(core):
            end = start + len(core)
            if start in bounds and end in bounds and stream.together(start, end):
                first, last, _kind = stream.span(start, end, Kind.NAME)
                yield first, last


def _read(stream: Stream, phrase: str) -> Iterator[tuple[int, int]]:
    """Where the phrase can be read, up to the end of the word."""
    core, bounds = "".join(words(phrase)), set(stream.bounds)
    for start in stream.find(core):
        end = start + len(core)
        if start in bounds and (end in bounds or len(core) >= SHORT):
            yield start, end + len(stream.rest(end))
