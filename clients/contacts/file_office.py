"""What a text document (docx, odt) may do by itself: its parts, what they point at, its fields and events.

Every part must be of a kind that letters need. XML is read without declarations of its own, in bounded time.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import unquote
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from clients.contacts.file_pdf import Active, Closed

XML_MAX_BYTES = 20_000_000
MOST_ELEMENTS = 1_000_000
MOST_PARTS = 5_000
XML = frozenset({".xml", ".rels", ".rdf"})
PICTURES = frozenset(
    {".png", ".jpg", ".jpeg", ".jfif", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".webp"}
)
FONTS = frozenset({".odttf", ".ttf", ".otf"})
# How other programs and files begin, whatever a part is called.
OTHERS = (b"\xd0\xcf\x11\xe0", b"PK\x03\x04", b"MZ", b"%PDF", b"{\\rtf", b"\x7fELF")
NO_PICTURES = (*OTHERS, b"#!", b"<")
LINKS = re.compile(r"(https?://|mailto:|tel:|#)", re.I)
# Relationships of Office documents by the last word of their type.
RELATIONS = frozenset({
    "vbaproject", "wordvbadata", "oleobject", "package", "attachedtemplate", "afchunk", "control",
    "activexcontrolbinary", "subdocument", "frame", "externallink", "keymapcustomizations",
    "attachedtoolbars",
    "mailmergesource", "mailmergeheadersource", "customui", "ui", "video", "audio", "media",
})  # fmt: skip
TYPES = ("macroenabled", "vba", "oleobject", "activex", "template")
# Fields that run or load something; QUOTE spells other fields in numbers.
# One whose first word comes out of another field could be any.
FIELDS = re.compile(
    r"\s*((DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|INCLUDE|IMPORT|LINK|MACROBUTTON|QUOTE|RD|DATABASE)\b|$)",
    re.I,
)
BEGIN = "\x01"  # in no XML text
# Elements of OpenDocument, whatever their prefix.
ELEMENTS = frozenset({
    "script", "event-listener", "event", "applet", "plugin", "object", "object-ole", "floating-frame",
    "param", "dde-source", "dde-connection", "dde-connection-decl", "section-source", "table-source",
    "connection-resource",
    "template", "encryption-data", "form",
})  # fmt: skip
POINTING = frozenset({"Type", "Target", "ContentType", "src"})
ODT_FOLDERS = frozenset({"", "meta-inf", "pictures", "thumbnails", "fonts"})


def check_docx(archive: ZipFile) -> None:
    """Raises Active or Closed for what is not taken."""
    for name, text in _parts(archive):
        if text is None:
            continue
        reader = _Reader(text)
        if name.endswith(".rels"):
            for _, attributes in reader.elements:
                _check_relation(attributes)
        elif name == "[content_types].xml":
            for _, attributes in reader.elements:
                _check_type(attributes.get("ContentType", ""))
        else:
            codes = "".join(reader.fields).split(BEGIN)[1:]
            if any(map(FIELDS.match, codes)) or "altChunk" in reader.names:
                raise Active
            for _, attributes in reader.elements:
                _check_source(attributes.get("src", ""))


def check_odt(archive: ZipFile) -> None:
    """Raises Active or Closed for what is not taken."""
    for name, text in _parts(archive):
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
                if attribute.endswith(" href"):
                    _check_reference(element, value)


def _parts(archive: ZipFile) -> list[tuple[str, bytes | None]]:
    """The names of the parts as a program on a desk may read them, with the text of those that are XML."""
    found: dict[str, bytes | None] = {}
    left = XML_MAX_BYTES
    if len(archive.infolist()) > MOST_PARTS:
        raise Closed
    for entry in archive.infolist():
        if entry.is_dir():
            continue
        name = _plain_name(entry.filename)
        ending = PurePosixPath(name).suffix
        if name in found or entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise Closed
        if ending in XML:
            left -= entry.file_size
            if left < 0:
                raise Closed
            found[name] = archive.read(entry) or None
            continue
        if ending not in PICTURES | FONTS and name not in ("mimetype", "layout-cache"):
            raise Active
        with archive.open(entry) as part:
            if part.read(8).lstrip().startswith(OTHERS if ending in FONTS else NO_PICTURES):
                raise Active
        found[name] = None
    return list(found.items())


def _plain_name(name: str) -> str:
    parts = [part.strip(" .\0\t") if part.strip(" .\0\t") else part for part in
             re.split(r"[/\\]+", unquote(name).lower().strip("/"))]  # fmt: skip
    if ".." in parts or any(not part.strip(" .") for part in parts):
        raise Closed
    return "/".join(parts)


def _check_relation(attributes: dict[str, str]) -> None:
    kind = attributes.get("Type", "").rstrip("/ ").rsplit("/", 1)[-1].lower()
    if kind in RELATIONS:
        raise Active
    target = attributes.get("Target", "").strip()
    outside = attributes.get("TargetMode", "").strip().lower() == "external"
    if outside and not (kind == "hyperlink" and LINKS.match(target)):
        raise Active
    if not outside:
        _check_source(target)


def _check_type(kind: str) -> None:
    plain = kind.lower()
    if any(word in plain for word in TYPES):
        raise Active


def _check_reference(element: str, target: str) -> None:
    """A link may lead out, on a click; what is shown must lie inside."""
    target = target.strip()
    if element.rsplit(" ", 1)[-1] == "a":
        if target and not LINKS.match(target):
            raise Active
    elif target.startswith(("/", "..")):
        raise Active
    else:
        _check_source(target)


def _check_source(target: str) -> None:
    """What is shown must lie inside."""
    if re.match(r"\s*([a-z][a-z0-9+.-]*:|//|\\)", target, re.I):
        raise Active


class _Reader:
    """The elements of an XML text, their names without prefix, and the codes of its fields."""

    def __init__(self, text: bytes) -> None:
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.names: set[str] = set()
        self.fields: list[str] = []
        self._open = False
        self._count = 0
        parser = ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._declared
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            parser.Parse(text, True)
        except ExpatError as error:
            raise ValueError("no XML") from error

    def _declared(self, *_: object) -> None:
        raise Closed

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS:
            raise Closed
        local = name.rsplit(" ", 1)[-1]
        self.names.add(local)
        if any(key in POINTING or key.endswith(" href") for key in attributes):
            self.elements.append((name, attributes))
        for key, value in attributes.items():
            if key.endswith(" instr"):
                self.fields += [BEGIN, value]
            elif key.endswith(" fldCharType") and value.strip().lower() == "begin":
                self.fields.append(BEGIN)
        self._open = local in ("instrText", "delInstrText")

    def _end(self, name: str) -> None:
        self._open = False

    def _text(self, text: str) -> None:
        if self._open:
            self.fields.append(text)
