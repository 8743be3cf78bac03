"""What a text document (docx, odt) may do by itself: its parts, what they point at, its fields and events.

Every part must be of a kind that letters need. What is called a picture or a font must be one by its content
and by the declared type, as programs read a part by what leads to it, and not by its name.
XML is read without declarations of its own, in bounded time.
"""

from __future__ import annotations

import re
from urllib.parse import unquote
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import ZipFile

from clients.contacts.office_parts import (
    ELEMENTS,
    FONT_TYPES,
    FONTS,
    RELATIONS,
    XML,
    depth_of,
    ending_of,
    lies_inside,
    parts_of,
    plain_name,
    relations_of,
)
from clients.contacts.pdf_tokens import Active, Closed

MOST_ELEMENTS = 1_000_000
ENCODINGS = frozenset({"utf-8", "utf-16", "us-ascii"})
TYPES_PART, FIRST_RELATIONS = "[content_types].xml", "_rels/.rels"
# Relationships that may lead to a picture or a font.
SHOWN = frozenset({"image", "font", "thumbnail"})
LINKS = re.compile(r"(https?://|mailto:|tel:|#)", re.I)
# What may be reached by a relationship that leads out: by a click, and in no other way.
CLICKED = frozenset({"hyperlink", "hlinkClick"})
# Elements that bring something in, whatever they name.
BRINGING = frozenset({"altChunk", "mailMerge", "subDoc", "webVideoPr"})
TYPES = ("macroenabled", "vba", "oleobject", "activex", "template")
# Fields that run or load something; QUOTE spells other fields in numbers.
# One whose first word comes out of another field, or goes on in one, could be any.
FIELDS = re.compile(
    r"\s*(\"?(DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|INCLUDE|IMPORT|LINK|MACROBUTTON|QUOTE|RD|DATABASE)\b"
    r"|[^\s\x03]*$)",
    re.I,
)
LINK_FIELD = re.compile(r"\s*\"?HYPERLINK\b\"?", re.I)
SWITCH = re.compile(r"(?<!\S)\\(?:[lotm](?!\S)(?:\s+(?:\"[^\"]*\"|[^\s\"\\]+))?|[a-z](?!\S))", re.I)
WORD = re.compile(r"\"([^\"]*)\"|(\S+)")
BEGIN, END = "\x01", "\x03"  # in no XML text
POINTING = frozenset({"Type", "Target", "ContentType", "src", "href"})
ODT_FOLDERS = frozenset({"", "meta-inf", "pictures", "thumbnails", "fonts"})


def check_docx(archive: ZipFile) -> None:
    """Raises Active or Closed for what is not taken."""
    parts = parts_of(archive)
    if not {TYPES_PART, FIRST_RELATIONS} <= parts.keys():
        raise Closed
    outside = {
        name: _names_outside(text)
        for name, text in parts.items()
        if text and name.endswith(".rels")
    }
    for name, text in parts.items():
        if text is None:
            continue
        reader = _Reader(text, outside.get(relations_of(name), frozenset()))
        for code in "".join(reader.fields).split(BEGIN)[1:]:
            _check_field(code)
        if reader.names & BRINGING:
            raise Active
        for element, attributes in reader.elements:
            if _local(element) == "Relationship":
                _check_relation(attributes, depth_of(name))
            _check_type(attributes.get("ContentType", ""))
            _check_pointing(attributes)
    _check_declared(parts)


def check_odt(archive: ZipFile) -> None:
    """Raises Active or Closed for what is not taken."""
    for name, text in parts_of(archive, "mimetype", "layout-cache").items():
        folder = name.partition("/")[0] if "/" in name else ""
        if folder not in ODT_FOLDERS and not name.startswith("configurations2/"):
            raise Active
        if text is None:
            continue
        reader = _Reader(text)
        if reader.names & ELEMENTS or "macrosignatures" in name:
            raise Active
        for element, attributes in reader.elements:
            for attribute, value in attributes.items():
                if _local(attribute) == "href":
                    _check_reference(element, value)
                elif _local(attribute) == "src":
                    _check_source(value)


def _names_outside(text: bytes) -> frozenset[str]:
    """By which names a part speaks of what lies outside."""
    return frozenset(
        attributes.get("Id", "").strip().lower()
        for element, attributes in _Reader(text).elements
        if _local(element) == "Relationship" and _leads_out(attributes)
    )


def _leads_out(attributes: dict[str, str]) -> bool:
    return attributes.get("TargetMode", "").strip().lower() == "external"


def _local(name: str) -> str:
    return name.rsplit(" ", 1)[-1]


def _check_declared(parts: dict[str, bytes | None]) -> None:
    """What is not read as XML must not be declared as XML, or as anything else that is not shown."""
    declared: dict[str, list[str]] = {}
    for element, attributes in _Reader(parts[TYPES_PART] or b"").elements:
        kind = attributes.get("ContentType", "").partition(";")[0].strip().lower()
        if _local(element) == "Override":
            declared.setdefault(plain_name(attributes.get("PartName", "")), []).append(kind)
        elif _local(element) == "Default":
            ending = "." + attributes.get("Extension", "").strip().lower()
            declared.setdefault(ending, []).append(kind)
    for name, text in parts.items():
        ending = ending_of(name)
        if text is not None or ending in XML:
            continue
        kinds = declared.get(name, []) + declared.get(ending, [])
        fits = FONT_TYPES.__contains__ if ending in FONTS else _is_picture_type
        if not kinds or not all(map(fits, kinds)):
            raise Active


def _is_picture_type(kind: str) -> bool:
    return kind.startswith("image/") and not kind.endswith("xml")


def _check_field(code: str) -> None:
    if FIELDS.match(code):
        raise Active
    code = code.partition(END)[0]
    if name := LINK_FIELD.match(code):
        for quoted, bare in WORD.findall(SWITCH.sub(" ", code[name.end() :])):
            if (quoted or bare) and not LINKS.match(quoted or bare):
                raise Active


def _check_pointing(attributes: dict[str, str]) -> None:
    """A drawing may lead out, on a click; what is shown must lie inside."""
    for attribute, value in attributes.items():
        if _local(attribute) == "src" or attribute.endswith(" href"):
            _check_source(value)
    link = attributes.get("href", "").strip()
    if link and not LINKS.match(link):
        raise Active


def _check_relation(attributes: dict[str, str], depth: int) -> None:
    kind = attributes.get("Type", "").rstrip("/ ").rsplit("/", 1)[-1].lower()
    if kind in RELATIONS:
        raise Active
    target = attributes.get("Target", "").strip()
    outside = _leads_out(attributes)
    if outside and not (kind == "hyperlink" and LINKS.match(target)):
        raise Active
    if outside or (kind == "hyperlink" and target.startswith("#")):
        return
    _check_source(target, depth)
    # A part that is not read as XML here must not be led to as if it were.
    plain = unquote(target).strip().lower()
    if target and kind not in SHOWN and (ending_of(plain) not in XML or re.search(r"[#?%]", plain)):
        raise Active


def _check_type(kind: str) -> None:
    plain = kind.lower()
    if any(word in plain for word in TYPES):
        raise Active


def _check_reference(element: str, target: str) -> None:
    """A link may lead out, on a click; what is shown must lie inside."""
    target = target.strip()
    if _local(element) == "a":
        if target and not LINKS.match(target):
            raise Active
    elif unquote(target).startswith("/"):  # from the disk
        raise Active
    else:
        _check_source(target)


def _check_source(target: str, depth: int = 0) -> None:
    """What is shown must lie inside."""
    if not lies_inside(target, depth):
        raise Active


class _Reader:
    """The elements of an XML text, their names without prefix, and the codes of its fields.

    Raises Active where what lies outside, by one of its names here, is not only reached by a click.
    """

    def __init__(self, text: bytes, outside: frozenset[str] = frozenset()) -> None:
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.names: set[str] = set()
        self.fields: list[str] = []
        self._outside = outside
        self._depth = 0  # inside the code of a field
        self._count = 0
        parser = ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._declared
        parser.XmlDeclHandler = self._encoded
        parser.ProcessingInstructionHandler = self._instructed
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            parser.Parse(text, True)
        except ExpatError as error:
            raise ValueError("no XML") from error

    def _declared(self, *_: object) -> None:
        raise Closed

    def _encoded(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() not in ENCODINGS:
            raise Closed

    def _instructed(self, target: str, _words: str) -> None:
        if target.lower() == "xml-stylesheet":
            raise Active

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS:
            raise Closed
        local = _local(name)
        self.names.add(local)
        if self._outside:
            self._check_named(local, attributes)
        if any(key in POINTING or key.endswith((" href", " src")) for key in attributes):
            self.elements.append((name, attributes))
        for key, value in attributes.items():
            if key.endswith(" instr"):
                self.fields += [BEGIN, value, END]
            elif key.endswith(" fldCharType"):
                self.fields.append(BEGIN if value.strip().lower() == "begin" else END)
        if self._depth or local in ("instrText", "delInstrText"):
            self._depth += 1

    def _check_named(self, local: str, attributes: dict[str, str]) -> None:
        for key, value in attributes.items():
            clicked = local in CLICKED and key.endswith(" id")
            if value.strip().lower() in self._outside and not clicked:
                raise Active

    def _end(self, name: str) -> None:
        self._depth = max(0, self._depth - 1)

    def _text(self, text: str) -> None:
        if self._depth:
            self.fields.append(text)
