"""Striking out as it is defined, place by place, without any thought of speed: what the quick way must equal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from clients.consultations import needles, striking
from clients.consultations.needles import GAP, Kind, Needle, Span, Stream

EMAIL = re.compile(r"\S+@\S+")


def strike(striker: striking.Striker, text: str) -> str:
    """What ``Striker.strike`` gives."""
    text = striking.normal(text)
    stream = Stream(text)
    spans = [*_certain(striker, stream), *_shapes(text)]
    spans += [(m.start(), m.end(), Kind.NAME) for m in striking._proper(text)]
    spans += [span for needle in _all(striker.learnt) for span in _spans(needle, stream)]
    return striking._replace(text, spans, striker.labels)


def _all(index: needles.Needles) -> list[Needle]:
    return [needle for same in index.needles.values() for needle in same]


def _certain(striker: striking.Striker, stream: Stream) -> Iterator[Span]:
    for needle in _all(striker.needles):
        yield from _spans(needle, stream)
    for core in striker.cores:
        yield from _numbers(stream, core)
    plain = "".join((needles.fold(c) or c)[0] if c.isalpha() else c for c in stream.text)
    for form in striker.dates:
        yield from ((m.start(), m.end(), Kind.DATE) for m in form.finditer(plain))


def _shapes(text: str) -> Iterator[Span]:
    for shape, kind in ((EMAIL, Kind.EMAIL), *striking._SHAPES):
        yield from ((m.start(), m.end(), kind) for m in shape.finditer(text))


def _spans(needle: Needle, stream: Stream) -> Iterator[Span]:
    for start in stream.find(needle.word):
        end = start + len(needle.word)
        upper = stream.text[stream.origin[start]].isupper()
        if start not in stream.bounds or (needle.capital and not upper):
            continue
        rest = stream.letters[end : min(b for b in stream.bounds if b >= end)]
        if (not rest and not needle.stem) or (rest and needle._takes(rest, upper)):
            yield stream.span(start, end + len(rest), needle.kind)


def _numbers(stream: Stream, core: str) -> Iterator[Span]:
    for start in stream.find(core):
        end = start + len(core)
        if any(b - a > GAP for a, b in pairwise(stream.origin[start:end])):
            continue
        first, last, kind = stream.span(start, end, Kind.NUMBER)
        if core.isdigit() and (before := striking._COUNTRY.search(stream.text[:first])):
            first -= len(before.group().lstrip(" .-/\u00a0"))
        yield first, last, kind
