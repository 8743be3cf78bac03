"""Which files may be attached, recognised by their content: what a name or a browser says proves nothing.

Nothing is ever shown inside a page; the checks keep out what is broken, disguised or of no use here.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from io import BytesIO
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clients.contacts import file_office, file_pdf
from clients.contacts.pdf_tokens import Active, Closed

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
ENDINGS = {
    "application/pdf": ("pdf",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "text/plain": ("txt",),
    DOCX: ("docx",),
    ODT: ("odt",),
}
ACCEPT = ",".join(f".{ending}" for endings in ENDINGS.values() for ending in endings)
UNPACKED_MAX_BYTES = 200_000_000
# What a damaged archive makes Python raise.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)
# Pages, drawings, and what is like them.
_MARKUP = re.compile(r"\s*(<[a-z!?/]|\{\\rtf|MIME-Version:)", re.I)

UNKNOWN = _(
    "This kind of file cannot be kept here. Choose a PDF, a picture (JPEG or PNG), a plain text, "
    "or a document in the format docx or odt."
)
EMPTY = _("The file is empty. Choose it again, or choose another one.")
BROKEN = _("The file is damaged or not complete. Open it on your device to check, then try again.")
DISGUISED = _(
    "The file holds more than it seems to. Make a new copy or a PDF of it, and try again."
)
ACTIVE = _(
    "The file holds more than words and pictures: a program, another file, or something that it fetches from "
    "elsewhere when it is opened. That can harm whoever opens it. Print it into a new PDF (“Print”, then "
    "“Save as PDF”), or take a picture of it, and choose that."
)
CLOSED = _(
    "The file is protected, or packed so that nobody can check what is in it. Print it into a new PDF "
    "(“Print”, then “Save as PDF”), or take a picture of it, and choose that."
)
MISNAMED = _(
    "The ending of the file's name does not fit what is in it. Rename it to end in %(ending)s."
)


def check(name: str, content: bytes) -> str:
    """The media type of a file. Raises ValidationError, with what to do, for what is not taken."""
    if not content:
        raise ValidationError(EMPTY, code="empty")
    try:
        kind = _recognise(content)
    except Active as error:
        raise ValidationError(ACTIVE, code="active") from error
    except Closed as error:
        raise ValidationError(CLOSED, code="closed") from error
    ending = PurePath(name).suffix.lower().lstrip(".")
    if ending not in ENDINGS[kind]:
        raise ValidationError(MISNAMED, code="misnamed", params={"ending": f".{ENDINGS[kind][0]}"})
    return kind


def _recognise(content: bytes) -> str:
    if content.startswith(b"%PDF-"):
        kind = _whole(content, "application/pdf", b"%%EOF" in content[-2048:])
        file_pdf.check(content)
        return kind
    if content.startswith(b"\xff\xd8\xff"):
        # Telephones put more behind the picture's end: the mark must be there, not be last.
        return _whole(content, "image/jpeg", b"\xff\xd9" in content[-len(content) // 2 :])
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return _whole(content, "image/png", content.endswith(b"IEND\xaeB`\x82"))
    if content.startswith(b"PK\x03\x04"):
        return _document(content)
    return _text(content)


def _whole(content: bytes, kind: str, complete: bool) -> str:
    if not complete:
        raise ValidationError(BROKEN, code="broken")
    # A second file inside: the directory of an archive at the end, or a PDF behind a picture's head.
    if b"PK\x05\x06" in content[-66_000:] or b"%PDF-" in content[1:1024]:
        raise ValidationError(DISGUISED, code="disguised")
    return kind


def _document(content: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
            if sum(entry.file_size for entry in archive.infolist()) > UNPACKED_MAX_BYTES:
                raise ValidationError(DISGUISED, code="disguised")
            if {"[Content_Types].xml", "word/document.xml"} <= names:
                file_office.check_docx(archive)
                return DOCX
            if {"mimetype", "content.xml"} <= names and _says_odt(archive):
                file_office.check_odt(archive)
                return ODT
    except UNREADABLE as error:
        raise ValidationError(BROKEN, code="broken") from error
    raise ValidationError(UNKNOWN, code="unknown")


def _says_odt(archive: zipfile.ZipFile) -> bool:
    short = archive.getinfo("mimetype").file_size < 200
    return short and archive.read("mimetype").strip() == ODT.encode()


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError(UNKNOWN, code="unknown") from None
    if any(ord(character) < 32 and character not in "\t\n\r\f" for character in text):
        raise ValidationError(UNKNOWN, code="unknown")
    if _MARKUP.match(text):
        raise ValidationError(UNKNOWN, code="unknown")
    return "text/plain"
