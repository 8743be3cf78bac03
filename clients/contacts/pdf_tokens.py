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
_CLOSES = {b">>": b"<<", b"]": b"["}
# What a dictionary may be made of, so that every reader sees the same entries in it.
_PART = re.compile(
    rb"/.*|\(\)|<<|>>|<[^<]*>|[\[\]R]|true|false|null|[+-]?(?:\d+\.?|\d*\.\d+)", re.S
)
# No hexadecimal, to some readers nevertheless, and to others the beginning of words that hide what follows.
_UP_TO_HIDING = re.compile(rb"[^>(%]*+")
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
    # By number: how each begins.
    objects: dict[bytes, list[list[bytes]]] = field(default_factory=dict)
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
        self.objects.setdefault(number.lstrip(b"0"), []).append(tokens[:WINDOW])


def plain_bytes(content: bytes, budget: Budget) -> bytes:
    """The bytes with the escapes of names undone. Raises Closed where there are too many."""
    budget.spend(steps=content.count(b"#"))
    return unescaped(content)


def unescaped(content: bytes) -> bytes:
    """The same of a few."""
    return _ESCAPE.sub(lambda m: bytes([int(m[1], 16)]), content)


def read_object(
    content: bytes, at: int, budget: Budget, *, certain: bool
) -> tuple[list[bytes], int | None]:
    """The tokens of an object, and where the body of its stream begins, if it has one.

    Readers skip words that have no place in a dictionary, "endobj" and "stream" as well.
    Raises Closed for what certainly is an object and can be read in two ways.
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
        if token == b"<" and certain and _hides(content, end, budget):
            raise Closed
        tokens.append(token)
        if token in (b"<<", b"["):
            opened.append(token)
        elif token == b">>":  # it closes arrays that have no end, too
            while opened and opened.pop() != b"<<":
                pass
        elif token == b"]" and opened[-1:] == [b"["]:
            opened.pop()
    return tokens, body


def _hides(content: bytes, at: int, budget: Budget) -> bool:
    """Whether what follows is words to some readers only."""
    found = _UP_TO_HIDING.match(content, at)
    end = found.end() if found else at
    budget.spend(read=end - at)
    return content[end : end + 1] in (b"(", b"%")


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


def first_of(tokens: list[bytes]) -> list[bytes]:
    """The object that stands first; nothing if it has no end."""
    opened: list[bytes] = []
    for place, token in enumerate(tokens):
        if token in _CLOSES.values():
            opened.append(token)
        elif token in _CLOSES and (not opened or opened.pop() != _CLOSES[token]):
            return []
        if not opened:
            return tokens[:3] if is_reference(tokens[:3]) else tokens[: place + 1]
    return []


def is_reference(value: list[bytes]) -> bool:
    """Whether this leads to an object by its number."""
    return len(value) == 3 and value[0].isdigit() and value[1].isdigit() and value[2] == b"R"


def is_one(value: list[bytes]) -> bool:
    """Whether this is exactly one object."""
    return bool(value) and value != [b"R"] and first_of(value) == value


def entries_of(tokens: list[bytes]) -> dict[str, list[bytes]]:
    """What stands under each key. Raises Closed unless this is one dictionary that nobody could misread."""
    if not is_one(tokens) or tokens[0] != b"<<" or not all(map(_PART.fullmatch, tokens)):
        raise Closed
    found: dict[str, list[bytes]] = {}
    value: list[bytes] | None = None
    depth = 0
    for token in tokens[1:-1]:
        if not depth and token[:1] == b"/" and value != []:
            value = []
            if found.setdefault(name_of(token), value) is not value:
                raise Closed
            continue
        if value is None:
            raise Closed
        value.append(token)
        depth += (token in _CLOSES.values()) - (token in _CLOSES)
    if not all(map(is_one, found.values())):
        raise Closed
    return found
