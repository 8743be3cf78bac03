"""The parts of a text document's archive: their names as programs read them, and what those must be."""

from __future__ import annotations

import re
from urllib.parse import unquote
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from clients.contacts.pdf_tokens import Active, Closed

XML_MAX_BYTES = 20_000_000
MOST_PARTS = 5_000
XML = frozenset({".xml", ".rels", ".rdf"})
PICTURES = frozenset(
    {".png", ".jpg", ".jpeg", ".jfif", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".webp"}
)
FONTS = frozenset({".odttf", ".ttf", ".otf"})
PICTURE_BEGINS = re.compile(
    rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|BM|II\*\0|MM\0\*|RIFF.{4}WEBP"
    rb"|\xd7\xcd\xc6\x9a|[\x01\x02]\0\x09\0|\x01\0\0\0.{36} EMF",
    re.S,
)
FONT_BEGINS = re.compile(rb"\0\x01\0\0|OTTO|true|ttcf|wOFF|wOF2")
WIDE = (b"\xfe\xff", b"\xff\xfe", b"\0<", b"<\0", b"\0\0")  # XML of two or four bytes a character
# No cache of a layout: other programs, other files, packed drawings.
NO_CACHE = (
    *WIDE,
    b"\xef\xbb\xbf",
    b"<",
    b"\x1f\x8b",
    b"\xd0\xcf\x11\xe0",
    b"PK\x03\x04",
    b"MZ",
    b"%PDF",
    b"{\\rtf",
    b"\x7fELF",
    b"#!",
)
FONT_TYPES = frozenset(
    {
        "application/vnd.openxmlformats-officedocument.obfuscatedfont",
        "application/x-fontdata",
        "application/x-font-ttf",
        "application/x-font-opentype",
        "application/vnd.ms-opentype",
        "font/ttf",
        "font/otf",
    }
)
# Relationships of Office documents by the last word of their type.
RELATIONS = frozenset(
    {
        "vbaproject",
        "wordvbadata",
        "oleobject",
        "package",
        "attachedtemplate",
        "afchunk",
        "control",
        "activexcontrolbinary",
        "subdocument",
        "frame",
        "externallink",
        "keymapcustomizations",
        "attachedtoolbars",
        "mailmergesource",
        "mailmergeheadersource",
        "customui",
        "ui",
        "video",
        "audio",
        "media",
    }
)
# Elements of OpenDocument, whatever their prefix.
ELEMENTS = frozenset(
    {
        "script",
        "event-listener",
        "event",
        "applet",
        "plugin",
        "object",
        "object-ole",
        "floating-frame",
        "param",
        "dde-source",
        "dde-connection",
        "dde-connection-decl",
        "section-source",
        "table-source",
        "connection-resource",
        "template",
        "encryption-data",
        "form",
        "model",
        "submission",
        "execute-macro",
    }
)
OUTSIDE = re.compile(r"[a-z][a-z0-9+.-]*:|[/\\]{2}|\\", re.I)
ANOTHER_NAME = 0x7075  # a field of an entry that some programs read the name from


def parts_of(archive: ZipFile, *others: str) -> dict[str, bytes | None]:
    """The names of the parts as a program on a desk may read them, with the text of those that are XML."""
    found: dict[str, bytes | None] = {}
    left = XML_MAX_BYTES
    entries = archive.infolist()
    # Programs find their way through bytes before and after an archive differently.
    if (
        len(entries) > MOST_PARTS
        or archive.comment
        or all(entry.header_offset for entry in entries)
    ):
        raise Closed
    for entry in entries:
        if "\0" in entry.orig_filename or _has_another_name(entry):
            raise Closed
        if entry.is_dir() and not entry.file_size:
            continue
        name = plain_name(entry.filename)
        ending = ending_of(name)
        if name in found or entry.is_dir() or entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise Closed
        if ending in XML:
            left -= entry.file_size
            if left < 0:
                raise Closed
            found[name] = archive.read(entry) or None
            continue
        if ending not in PICTURES | FONTS and name not in others:
            raise Active
        with archive.open(entry) as part:
            if not _is_what_it_is_called(ending, part.read(80)):
                raise Active
        found[name] = None
    return found


def _has_another_name(entry: ZipInfo) -> bool:
    at = 0
    while at + 4 <= len(entry.extra):
        kind, size = (int.from_bytes(entry.extra[at + n : at + n + 2], "little") for n in (0, 2))
        if kind == ANOTHER_NAME:
            return True
        at += 4 + size
    return False


def plain_name(name: str) -> str:
    """A name as Windows and the format see it. Raises Closed if programs could differ about it."""
    plain = unquote(name).lower()
    if "%" in plain or not plain.isprintable():
        raise Closed
    parts = [part.rstrip(" .").lstrip(" ") for part in re.split(r"[/\\]+", plain.strip("/"))]
    if not all(parts):
        raise Closed
    return "/".join(parts)


def relations_of(name: str) -> str:
    """The name of the part that says what another part leads to."""
    folder, slash, file = name.rpartition("/")
    return f"{folder}{slash}_rels/{file}.rels"


def depth_of(relations: str) -> int:
    """In how many folders the part lies whose relationships these are."""
    return max(0, relations.count("/") - 1)


def lies_inside(target: str, depth: int = 0) -> bool:
    """Whether a path leads to something in the archive, from a folder so deep, however it is written."""
    plain = unquote(target.strip())
    if "%" in plain or not plain.isprintable() or OUTSIDE.match(plain):
        return False
    plain = plain.replace("\\", "/")
    depth *= not plain.startswith("/")
    for step in map(str.strip, plain.split("/")):
        if step not in ("", "."):
            depth += -1 if step == ".." else 1
        if depth < 0:
            return False
    return True


def ending_of(name: str) -> str:
    """The ending of a part's name, with its dot."""
    _, dot, ending = name.rpartition("/")[2].rpartition(".")
    return dot + ending


def _is_what_it_is_called(ending: str, begins: bytes) -> bool:
    """Whether a part without words begins as it must. None that does is XML, in any encoding."""
    if ending in PICTURES:
        return bool(PICTURE_BEGINS.match(begins))
    if ending == ".odttf":
        # The first 32 bytes are veiled. The places of the second table and the third are below 16 MB: no XML
        # of one byte a character has such a zero in it.
        return (
            len(begins) == 80 and not begins[52] and not begins[68] and not begins.startswith(WIDE)
        )
    if ending in FONTS:
        return bool(FONT_BEGINS.match(begins))
    return not begins.lstrip().startswith(NO_CACHE)
