"""What a PDF may do by itself: told from its objects, also packed and misspelt ones, in bounded time.

A PDF is read wherever "obj" stands in it, whatever its table of contents says.
Names are compared with their escapes undone (``/J#61vaScript``), object streams are unpacked. What is
packed in a way that only old or hostile files use is not looked into but refused.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

MOST_STEPS = 2_000_000
OBJECT, STREAM = 5, 50  # steps that each is worth
MOST_BYTES = 50_000_000
WINDOW = 20  # tokens that are kept of how an object begins
# Long enough not to stand in pictures by chance, so looked for in every byte.
ACTIVE = frozenset({
    "JavaScript", "Launch", "EmbeddedFile", "EmbeddedFiles", "FileAttachment", "RichMedia", "Rendition",
    "SubmitForm", "ImportData", "GoToR", "GoToE", "Movie", "Sound", "XFA",
})  # fmt: skip
SHORT = frozenset({"JS", "AA", "EF", "3D"})  # looked for in objects only
CLOSED = frozenset({"Encrypt", "Crypt"})
OPEN_ACTION = "OpenAction"
PACKED = frozenset({"ObjStm", "First"})  # marks of a stream that holds objects
FILTERS = frozenset({"FlateDecode", "Fl"})
UNUSUAL = frozenset({"DecodeParms", "DP", "FFilter"})

_OBJECT = re.compile(rb"(?<!end)obj")
_NUMBER = re.compile(rb"(\d{1,10})[\0\s]+\d{1,5}[\0\s]*$")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_NUMBERS = re.compile(rb"[\0\t\n\f\r \d]*+")
_END = rb"(?![^\0\t\n\f\r ()<>\[\]{}/%])"
_TOKEN = re.compile(
    rb"[\0\t\n\f\r ]++|%[^\r\n]*+|/[^\0\t\n\f\r ()<>\[\]{}/%]*+|<<|>>|<[^>]*+>|[\[\]{}>)]"
    rb"|[^\0\t\n\f\r ()<>\[\]{}/%]++"
)
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

    def spend(self, *, steps: int = 0, read: int = 0, unpacked: int = 0) -> None:
        """Raises Closed when nothing is left."""
        self.steps -= steps
        self.read -= read
        self.unpacked -= unpacked
        if min(self.steps, self.read, self.unpacked) < 0:
            raise Closed

    def begin(self, number: bytes, words: bytes) -> None:
        """Keep how an object begins; one number may be given twice."""
        self.objects.setdefault(number.lstrip(b"0"), []).append(words)


def check(content: bytes) -> None:
    """Raises Active or Closed for what is not taken."""
    budget = Budget()
    _look_everywhere(content, budget)
    for found in _OBJECT.finditer(content):
        budget.spend(steps=OBJECT)
        tokens, body = _object(content, found.end(), budget)
        if number := _NUMBER.search(content[max(0, found.start() - 30) : found.start()]):
            budget.begin(number[1], b" ".join(tokens[:WINDOW]))
        names = _look_at(tokens, budget)
        if body is not None and not PACKED.isdisjoint(names):
            _look_into(_unpack(content, body, names, budget), budget)
    for value in budget.opening:
        _check_opening(value, budget)


def _look_everywhere(content: bytes, budget: Budget) -> None:
    """Also where no object seems to be: a table of contents may lead into the middle of a picture."""
    plain = _plain(content, budget)
    for name, found in [(n, b"/" + n.encode()) for n in ACTIVE | CLOSED]:
        if found in plain and re.search(found + _END, plain):
            raise Closed if name in CLOSED else Active


def _plain(content: bytes, budget: Budget) -> bytes:
    budget.spend(steps=content.count(b"#"))
    return _unescaped(content)


def _unescaped(content: bytes) -> bytes:
    return _ESCAPE.sub(lambda m: bytes([int(m[1], 16)]), content)


def _object(content: bytes, at: int, budget: Budget) -> tuple[list[bytes], int | None]:
    """The tokens of an object, and where the body of its stream begins, if it has one."""
    tokens: list[bytes] = []
    for token, end in _tokens(content, at, budget):
        if token in (b"endobj", b"obj"):
            break
        if token == b"stream":
            return tokens, end
        tokens.append(token)
    return tokens, None


def _tokens(content: bytes, at: int, budget: Budget) -> Iterator[tuple[bytes, int]]:
    """Tokens and where each ends, without blanks, comments and strings."""
    while at < len(content):
        if content[at] == ord("("):
            end = _after_string(content, at, budget)
        else:
            found = _TOKEN.match(content, at)
            end = found.end() if found else len(content)  # "<" without an end
            if found and found[0][0] not in b"\0\t\n\f\r %":
                yield found[0], end
        budget.spend(steps=1, read=end - at)
        at = end


def _after_string(content: bytes, at: int, budget: Budget) -> int:
    depth = 0
    for sign in _IN_STRING.finditer(content, at):
        budget.spend(steps=1)
        depth += {b"(": 1, b")": -1}.get(sign[0], 0)
        if not depth:
            return sign.end()
    return len(content)


def _name(token: bytes) -> str:
    return _unescaped(token[1:]).decode("latin-1")


def _look_at(tokens: list[bytes], budget: Budget) -> list[str]:
    """The names among these tokens, in order. Raises Active."""
    names = []
    for number, token in enumerate(tokens):
        if token[:1] != b"/":
            continue
        names.append(_name(token))
        if names[-1] in SHORT:
            raise Active
        if names[-1] == OPEN_ACTION:
            budget.opening.append(tokens[number + 1 : number + 1 + WINDOW])
    return names


def _unpack(content: bytes, body: int, names: list[str], budget: Budget) -> bytes:
    """What a stream of objects holds. Raises Closed unless it is packed as everybody packs them."""
    filters = [name for name in names if name.endswith("Decode") or name in FILTERS]
    if len(filters) != 1 or filters[0] not in FILTERS or not UNUSUAL.isdisjoint(names):
        raise Closed
    end = content.find(b"endstream", body)
    budget.spend(steps=STREAM, read=max(end, body) - body)
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(content[body:end].lstrip(b"\r\n "), budget.unpacked + 1)
    except zlib.error as error:
        raise Closed from error
    budget.spend(unpacked=len(text))
    if end < 0 or not unpacker.eof:
        raise Closed
    return text


def _look_into(text: bytes, budget: Budget) -> None:
    """A stream of objects: their numbers and places first, then the objects without "obj"."""
    _look_everywhere(text, budget)
    _look_at([token for token, _ in _tokens(text, 0, budget)], budget)
    head = _NUMBERS.match(text)
    numbers = head[0].split() if head else []
    for number, place in zip(numbers[::2], numbers[1::2], strict=False):
        begin = len(head[0]) + int(place[:9]) if head else 0
        budget.begin(number, text[begin : begin + 200])
    budget.spend(steps=len(numbers))


def _check_opening(value: list[bytes], budget: Budget) -> None:
    """What happens when it is opened: showing a page is fine, anything else is not."""
    if len(value) > 2 and value[0].isdigit() and value[2] == b"R":
        shown = budget.objects.get(value[0].lstrip(b"0"), [])
    else:
        shown = [b" ".join(value)]
    if not shown or not all(map(_shows_a_page, shown)):
        raise Active


def _shows_a_page(value: bytes) -> bool:
    """Whether this is a place in the document, or the plain step to one."""
    step = re.match(rb"\s*<<([^<>#]*)>>", value)
    if step is None:
        return value.lstrip()[:1] == b"["
    kinds = re.findall(rb"/S\s*/(\w+)", step[1])
    return kinds == [b"GoTo"] and b"/Next" not in step[1]
