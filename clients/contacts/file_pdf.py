"""What a PDF may do by itself: told from its objects, also packed and misspelt ones, in bounded time.

A PDF is read wherever "obj" or "trailer" stands in it, whatever its table of contents says.
Names are compared with their escapes undone (``/J#61vaScript``). Object streams are unpacked, and each of
their objects is read from where a reader begins: the streams must hold whole objects and nothing besides.
What is packed in a way that only old or hostile files use is not looked into but refused.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from clients.contacts.pdf_tokens import (
    BLANK,
    END,
    WINDOW,
    Active,
    Budget,
    Closed,
    entries_of,
    first_of,
    is_one,
    is_reference,
    name_of,
    plain_bytes,
    read_object,
    tokens_of,
)

OBJECT, STREAM = 5, 50  # steps that each is worth
MOST_DIGITS = 9
PEEK = 4_000  # bytes
# Long enough not to stand in pictures by chance, so looked for in every byte.
ACTIVE = frozenset(
    {
        "JavaScript",
        "Launch",
        "EmbeddedFile",
        "EmbeddedFiles",
        "FileAttachment",
        "RichMedia",
        "Rendition",
        "SubmitForm",
        "ImportData",
        "GoToR",
        "GoToE",
        "Movie",
        "Sound",
        "XFA",
    }
)
SHORT = frozenset({"JS", "AA", "EF", "3D"})  # looked for in objects only
CLOSED = frozenset({"Encrypt", "Crypt"})
OPEN_ACTION = "OpenAction"
PACKED = frozenset({"ObjStm", "First"})  # marks of a stream that holds objects
# Enough of a mark for a reader that takes a missing First for 0; colour profiles have it too. They are packed
# in many ways, so what cannot be looked into is refused only beside a table that leads into streams.
COUNT, TABLE = "N", "W"
FILTER = "Filter"
FLATE = "FlateDecode"

ELSEWHERE = frozenset({"F", "FFilter", "FDecodeParms", "Ref"})  # its content lies in another file
UNUSUAL = ELSEWHERE | {"DecodeParms", "DP"}

_OBJECT = re.compile(rb"(?<!end)obj|trailer")
_NUMBER = re.compile(rb"(\d{1,10})[\0\s]+\d{1,5}[\0\s]*$")
_NUMBERS = re.compile(rb"[\0\t\n\f\r \d]*+")
_BEGINS_WITH_NUMBER = re.compile(rb"[\0\t\n\f\r ]*+([\d+.%-]|$)")
UNNUMBERED = b"?"  # its number stands too far off, or behind a comment
_AFTER_KEYWORD = re.compile(END)


def check(content: bytes) -> None:
    """Raises Active or Closed for what is not taken."""
    budget = Budget()
    _look_everywhere(content, budget)
    for found in _OBJECT.finditer(content):
        budget.spend(steps=OBJECT)
        number = _number_before(content, found)
        tokens, body = read_object(content, found.end(), budget, certain=number is not None)
        if number:
            budget.begin(number, tokens)
        names = _look_at(tokens, budget)
        if body is not None:
            _look_at_stream(content, body, tokens, names, budget)
    if budget.doubtful and budget.table:
        raise Closed
    for value in budget.opening:
        _check_opening(value, budget)


def _number_before(content: bytes, found: re.Match[bytes]) -> bytes | None:
    """The number of an object; nothing in front of a trailer; None where this is hardly an object."""
    if found[0] == b"trailer":
        return b""
    before = content[max(0, found.start() - 30) : found.start()]
    if number := _NUMBER.search(before):
        return number[1]
    apart = before[-1:].isdigit() or before[-1:] in BLANK
    return UNNUMBERED if apart and _AFTER_KEYWORD.match(content, found.end()) else None


def _look_everywhere(content: bytes, budget: Budget) -> None:
    """Also where no object seems to be: a table of contents may lead into the middle of a picture."""
    plain = plain_bytes(content, budget)
    for name, found in [(n, b"/" + n.encode()) for n in ACTIVE | CLOSED]:
        if found in plain and re.search(found + END, plain):
            raise Closed if name in CLOSED else Active


def _look_at(tokens: list[bytes], budget: Budget) -> list[str]:
    """The names among these tokens, in order. Raises Active."""
    names = []
    for number, token in enumerate(tokens):
        if token[:1] != b"/":
            continue
        names.append(name_of(token))
        if names[-1] in SHORT:
            raise Active
        if names[-1] == OPEN_ACTION:
            budget.opening.append(tokens[number + 1 : number + 1 + WINDOW])
    return names


def _look_at_stream(
    content: bytes, body: int, tokens: list[bytes], names: list[str], budget: Budget
) -> None:
    budget.table |= TABLE in names
    if not PACKED.isdisjoint(names):
        entries = entries_of(tokens)
        text = _unpack(content, body, entries, budget)
        _look_into(text, _number(entries, COUNT), _number(entries, "First"), budget)
        return
    if not ELSEWHERE.isdisjoint(names) and not ELSEWHERE.isdisjoint(entries_of(tokens)):
        raise Active
    if COUNT in names:
        budget.doubtful |= _could_hold_objects(content, body, tokens, budget)


def _could_hold_objects(content: bytes, body: int, tokens: list[bytes], budget: Budget) -> bool:
    try:
        entries = entries_of(tokens)
        begins = _beginning(content, body, entries, budget)
        return COUNT in entries and bool(_BEGINS_WITH_NUMBER.match(begins))
    except Closed:
        return True


def _number(entries: dict[str, list[bytes]], key: str) -> int:
    value = entries.get(key, [])
    if len(value) != 1 or not value[0].isdigit() or len(value[0]) > MOST_DIGITS:
        raise Closed
    return int(value[0])


def _unpack(content: bytes, body: int, entries: dict[str, list[bytes]], budget: Budget) -> bytes:
    """What a stream of objects holds. Raises Closed unless it is packed as everybody packs them."""
    if not _is_packed(entries):
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


def _beginning(content: bytes, body: int, entries: dict[str, list[bytes]], budget: Budget) -> bytes:
    """How a stream begins. Raises Closed if it is packed in another way."""
    begins = content[body : body + PEEK]
    budget.spend(steps=STREAM, read=len(begins))
    if not _is_packed(entries):
        return begins
    try:
        return zlib.decompressobj().decompress(begins.lstrip(b"\r\n "), PEEK)
    except zlib.error as error:
        raise Closed from error


def _is_packed(entries: dict[str, list[bytes]]) -> bool:
    """Whether a stream is packed as everybody packs. Raises Closed if it is packed otherwise.

    Only the entry itself says so: a reader takes the bytes as they lie, whatever other names stand there.
    """
    if not UNUSUAL.isdisjoint(entries):
        raise Closed
    if FILTER not in entries:
        return False
    value = entries[FILTER]
    if len(value) == 3 and value[0] == b"[":
        value = value[1:2]
    if not _is_name(value, FLATE):
        raise Closed
    return True


def _is_name(value: list[bytes], name: str) -> bool:
    """Whether this is that name itself, and no reference to one."""
    return len(value) == 1 and value[0][:1] == b"/" and name_of(value[0]) == name


def _look_into(text: bytes, count: int, first: int, budget: Budget) -> None:
    """A stream of objects: their numbers and places, then the objects without "obj", each from its place."""
    _look_everywhere(text, budget)
    names: list[str] = []
    for number, words in _places(text, count, first, budget):
        tokens = [token for token, _ in tokens_of(words, 0, budget, strict=True)]
        if not is_one(tokens):
            raise Closed
        names += _look_at(tokens, budget)
        budget.begin(number, tokens)
    # Also where a reader of another mind would see a name: in a string.
    plain = plain_bytes(text, budget)
    for name in (*SHORT, OPEN_ACTION):
        found = re.findall(b"/" + name.encode() + END, plain)
        if len(found) != names.count(name):
            raise Active


def _places(text: bytes, count: int, first: int, budget: Budget) -> Iterator[tuple[bytes, bytes]]:
    """The number and the bytes of each object. Raises Closed unless these are all bytes there are."""
    head = text[:first]
    numbers = re.findall(rb"\d+", head)
    budget.spend(steps=len(numbers), read=len(text))
    if first > len(text) or not _NUMBERS.fullmatch(head) or len(numbers) != 2 * count:
        raise Closed
    if any(len(number) > MOST_DIGITS for number in numbers):
        raise Closed
    if head[-1:].isdigit() and not re.match(END, text[first : first + 1]):
        raise Closed  # the last number would go on
    places = [*(first + int(place) for place in numbers[1::2]), len(text)]
    if text[first : places[0]].strip(BLANK):
        raise Closed
    for number, begin, end in zip(numbers[::2], places, places[1:], strict=False):
        if begin >= end:
            raise Closed
        yield number, text[begin:end]


def _check_opening(tokens: list[bytes], budget: Budget) -> None:
    """What happens when it is opened: showing a page is fine, anything else is not."""
    value = first_of(tokens)
    if is_reference(value):
        shown = budget.objects.get(value[0].lstrip(b"0"), [])
        shown = shown and shown + budget.objects.get(UNNUMBERED, [])
    else:
        shown = [value]
    if not shown or not all(map(_shows_a_page, shown)):
        raise Active


def _shows_a_page(tokens: list[bytes]) -> bool:
    """Whether this is a place in the document, or the plain step to one."""
    value = first_of(tokens)
    if value[:1] == [b"["]:
        return b"<<" not in value
    try:
        step = entries_of(value)
    except Closed:
        return False
    return _is_name(step.get("S", []), "GoTo") and "Next" not in step
