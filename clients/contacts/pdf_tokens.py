"""The objects of a PDF as tokens, read within a budget: no file takes long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MOST_STEPS = 2_000_000
MOST_BYTES = 50_000_000
WINDOW = 20  # tokens that are kept of how an object begins

_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
BLANK = b"\0\t\n\f\r "
END = rb"(?![^\0\t\n\f\r ()<>\[\]{}/%])"
_TOKEN = re.compile(
    rb"[\0\t\n\f\r ]++|%[^\r\n]*+|/[^\0\t\n\f\r ()<>\[\]{}/%]*+|<<|>>"
    rb"|<[\0\t\n\f\r 0-9A-Fa-f]*+>|[<\[\]{}>)]|[^\0\t\n\f\r ()<>\[\]{}/%]++"
)
_LOOSE = frozenset({b"<", b">", b")", b"{", b"}"})  # not a part of any object
STRING = b"()"  # stands for any string
_IN_STRING = re.compile(rb"[()]|\\.", re.S)


class Active(Exception):
    """It does something by itself, or carries another file."""


class Closed(Exception):
    """It cannot be looked into."""


@dataclass
class Budget:
    """What may still be read of one file, so that no file takes long."""

    steps: int = MOST_STEPS
    read: int = MOST_BYTES
    unpacked: int = MOST_BYTES
    objects: dict[bytes, list[bytes]] = field(default_factory=dict)  # by number: how each begins
    opening: list[list[bytes]] = field(default_factory=list)  # what happens when it is opened
    doubtful: bool = False  # a stream that could hold objects was not looked into
    table: bool = False  # a table of contents can lead into streams

    def spend(self, *, steps: int = 0, read: int = 0, unpacked: int = 0) -> None:
        """Raises Closed when nothing is left."""
        self.steps -= steps
        self.read -= read
        self.unpacked -= unpacked
        if min(self.steps, self.read, self.unpacked) < 0:
            raise Closed

    def begin(self, number: bytes, tokens: list[bytes]) -> None:
        """Keep how an object begins; one number may be given twice."""
        self.objects.setdefault(number.lstrip(b"0"), []).append(b" ".join(tokens[:WINDOW]))


def plain_bytes(content: bytes, budget: Budget) -> bytes:
    """The bytes with the escapes of names undone. Raises Closed where there are too many."""
    budget.spend(steps=content.count(b"#"))
    return unescaped(content)


def unescaped(content: bytes) -> bytes:
    """The same of a few."""
    return _ESCAPE.sub(lambda m: bytes([int(m[1], 16)]), content)


def read_object(content: bytes, at: int, budget: Budget) -> tuple[list[bytes], int | None]:
    """The tokens of an object, and where the body of its stream begins, if it has one.

    Readers skip words that have no place in a dictionary, "endobj" and "stream" as well.
    """
    tokens: list[bytes] = []
    opened: list[bytes] = []
    body = None
    for token, end in tokens_of(content, at, budget):
        if token == b"obj" or (token == b"endobj" and not opened):
            break
        if token == b"stream" and body is None:
            body = end
            if not opened:
                break
        tokens.append(token)
        if token in (b"<<", b"["):
            opened.append(token)
        elif token == b">>":  # it closes arrays that have no end, too
            while opened and opened.pop() != b"<<":
                pass
        elif token == b"]" and opened[-1:] == [b"["]:
            opened.pop()
    return tokens, body


def tokens_of(
    content: bytes, at: int, budget: Budget, *, strict: bool = False
) -> Iterator[tuple[bytes, int]]:
    """Tokens and where each ends, without blanks and comments; of strings only that they are there.

    Strictly, raises Closed for comments, and for what has no end or no beginning.
    """
    while at < len(content):
        if content[at] == ord("("):
            end = _after_string(content, at, budget)
            if end < 0 and strict:
                raise Closed
            end = end if end > 0 else len(content)
            yield STRING, end
        else:
            found = _TOKEN.match(content, at)
            end = found.end() if found else at + 1
            token = content[at:end]
            if strict and (token in _LOOSE or token[:1] == b"%"):
                raise Closed
            if token[:1] not in BLANK + b"%":
                yield token, end
        budget.spend(steps=1, read=end - at)
        at = end


def _after_string(content: bytes, at: int, budget: Budget) -> int:
    """Where a string ends; below 0 if it does not."""
    depth = 0
    for sign in _IN_STRING.finditer(content, at):
        budget.spend(steps=1)
        depth += {b"(": 1, b")": -1}.get(sign[0], 0)
        if not depth:
            return sign.end()
    return -1


def name_of(token: bytes) -> str:
    """The name that a token is, without its slash."""
    return unescaped(token[1:]).decode("latin-1")
