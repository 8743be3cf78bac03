"""Files of contacts: what is taken, what is refused and with which words, and how they come out again."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from audit import door
from audit.actor import LogUnavailable
from clients.contacts import file_types
from clients.contacts.actions.attachments import NewFile, add_file, safe_name
from clients.models import Attachment, Client, Contact
from tests.making.clients import new_client
from tests.making.contacts import entry
from tests.making.events import events
from tests.making.pages import SignIn, errors
from tests.making.people import Cast

PDF = b"%PDF-1.7\n" + b"words " * 50_000 + b"\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0" + b"p" * 500 + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n" + b"p" * 100 + b"\x00\x00\x00\x00IEND\xaeB`\x82"


def archive(**members: str) -> bytes:
    """A ZIP archive; two underscores in a name stand for a slash."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name.replace("__", "/"), content)
    return out.getvalue()


DOCX = archive(
    **{"[Content_Types].xml": "<Types/>", "_rels__.rels": "<r/>", "word__document.xml": "<w/>"}
)
ODT = archive(mimetype=file_types.ODT, **{"content.xml": "<c/>"})


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("scan.PDF", PDF, "application/pdf"),
        ("photo.jpeg", JPEG, "image/jpeg"),
        ("photo.jpg", JPEG + b"\0" * 400, "image/jpeg"),
        ("screen.png", PNG, "image/png"),
        ("letter.txt", "Où êtes-vous ?\r\n".encode(), "text/plain"),
        ("letter.docx", DOCX, file_types.DOCX),
        ("letter.odt", ODT, file_types.ODT),
    ],
)
def test_what_is_taken(name: str, content: bytes, kind: str) -> None:
    assert file_types.check(name, content) == kind


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.pdf", b"", "empty"),
        ("cut.pdf", PDF[:4000], "broken"),
        ("cut.jpg", JPEG[:200], "broken"),
        ("cut.png", PNG[:-3], "broken"),
        ("cut.docx", DOCX[:-20], "broken"),
        ("photo.png", JPEG, "misnamed"),
        ("letter.pdf", b"Only text.", "misnamed"),
        ("letter", PDF, "misnamed"),
        ("letter.pdf.exe", PDF, "misnamed"),
        ("both.pdf", PDF + archive(a="b"), "disguised"),
        ("both.png", PNG[:8] + b"%PDF-1.4" + PNG[8:], "disguised"),
        (
            "macro.docx",
            archive(
                **{"[Content_Types].xml": "", "word__document.xml": "", "word__vbaProject.bin": ""}
            ),
            "active",
        ),
        ("page.txt", b"<!DOCTYPE html><script>alert(1)</script>", "unknown"),
        ("drawing.svg", b"<svg xmlns='x'></svg>", "unknown"),
        ("program.exe", b"MZ\x90\x00\x03", "unknown"),
        ("things.zip", archive(a="b"), "unknown"),
        ("control.txt", b"a\x00b", "unknown"),
    ],
)
def test_what_is_refused(name: str, content: bytes, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        file_types.check(name, content)
    assert refused.value.code == code


def test_an_archive_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_types, "UNPACKED_MAX_BYTES", 1000)
    with pytest.raises(ValidationError, match="holds more"):
        file_types.check("letter.docx", archive(**{"[Content_Types].xml": "x" * 2000}))


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\letters\\mine.pdf", "mine.pdf"),
        ("exe\u202efdp.pdf", "exefdp.pdf"),
        ('a"b<c>.pdf', "a_b_c_.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_name_keeps_neither_path_nor_tricks(name: str, kept: str) -> None:
    assert safe_name(name) == kept


def contact_of(cast: Cast) -> tuple[Client, UUID]:
    """A client with one contact."""
    client = new_client(cast.volunteer)
    with cast.volunteer.actor().transaction():
        return client, Contact.objects.get(client=client).pk


def send(browser: Browser, contact: UUID, name: str, content: bytes, **kwargs: Any) -> Any:
    """Attach a file."""
    file = SimpleUploadedFile(name, content, content_type="application/pdf")
    return browser.post(f"/contacts/{contact}/files/", {"file": file}, **kwargs)


def attachment(cast: Cast, client: Client) -> Attachment:
    """The client's one attachment."""
    with cast.volunteer.actor().transaction():
        return Attachment.objects.get(client=client)


def test_a_file_comes_out_as_it_went_in(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    client, contact = contact_of(cast)
    browser = sign_in(cast.volunteer)
    page = send(browser, contact, "Compte-rendu d’Élise.pdf", PDF, follow=True).content.decode()
    assert "The file is attached." in page
    assert "Compte-rendu d’Élise.pdf" in page
    kept = attachment(cast, client)
    answer = browser.get(f"/files/{kept.pk}/")
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''Compte-rendu")
    assert answer["Content-Length"] == str(len(PDF))
    assert events(superuser, client, "attachment.get") == 1


def test_the_event_is_there_before_the_first_byte(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    client, contact = contact_of(cast)
    browser = sign_in(cast.volunteer)
    send(browser, contact, "scan.pdf", PDF)
    answer = browser.get(f"/files/{attachment(cast, client).pk}/")
    assert events(superuser, client, "attachment.get") == 1  # and nothing was read yet
    answer.close()


def test_nothing_lies_plain_on_the_disk_or_in_the_row(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    client, contact = contact_of(cast)
    send(sign_in(cast.volunteer), contact, "Zanzibar.txt", b"Words of Zanzibar.")
    kept = attachment(cast, client)
    for path in Path(settings.FILES_ROOT).rglob("*"):
        if path.is_file():
            assert b"Zanzibar" not in path.read_bytes()
            assert "Zanzibar" not in path.name
            assert path.stat().st_mode & 0o077 == 0
    row = superuser.execute(
        "SELECT a::text FROM clients_attachment a WHERE id = %s", [kept.pk]
    ).fetchone()
    assert row
    assert b"Zanzibar".hex() not in row[0]


def test_a_file_comes_with_the_contact(cast: Cast, sign_in: SignIn) -> None:
    client, _ = contact_of(cast)
    data = entry(file=SimpleUploadedFile("photo.jpg", JPEG))
    page = sign_in(cast.volunteer).post(f"/clients/{client.pk}/contacts/new/", data, follow=True)
    assert "photo.jpg" in page.content.decode()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.pdf", b"", "The file is empty"),
        ("cut.pdf", PDF[:4000], "damaged or not complete"),
        ("photo.png", JPEG, "Rename it to end in .jpg"),
        ("program.exe", b"MZ\x90\x00\x03", "Choose a PDF"),
        ("big.pdf", b"%PDF-" + b"x" * 10_000_001, "The file is too large"),
    ],
)
def test_a_refusal_says_what_to_do(
    cast: Cast, sign_in: SignIn, name: str, content: bytes, words: str
) -> None:
    client, contact = contact_of(cast)
    browser = sign_in(cast.volunteer)
    response = send(browser, contact, name, content)
    assert response.status_code == 200
    assert words in errors(response)
    data = entry(file=SimpleUploadedFile(name, content), text="Not to be lost.")
    response = browser.post(f"/clients/{client.pk}/contacts/new/", data)
    assert words in errors(response)
    assert "Not to be lost." in response.content.decode()


def test_a_file_beside_something_to_mend_is_asked_for_again(cast: Cast, sign_in: SignIn) -> None:
    client, _contact = contact_of(cast)
    data = entry(file=SimpleUploadedFile("scan.pdf", PDF), minutes="-3")
    response = sign_in(cast.volunteer).post(f"/clients/{client.pk}/contacts/new/", data)
    assert "Choose the file again" in errors(response)


def test_a_coordinator_may_add_a_file_and_not_read_it(cast: Cast, sign_in: SignIn) -> None:
    client, contact = contact_of(cast)
    browser = sign_in(cast.coordinator)
    page = send(browser, contact, "scan.pdf", PDF, follow=True).content.decode()
    assert "The file is attached." in page
    assert "scan.pdf" not in page
    assert browser.get(f"/files/{attachment(cast, client).pk}/").status_code == 404


def test_no_file_at_all_is_said(cast: Cast, sign_in: SignIn) -> None:
    _, contact = contact_of(cast)
    response = sign_in(cast.volunteer).post(f"/contacts/{contact}/files/", {})
    assert "Choose a file first." in errors(response)


def test_nothing_stays_when_the_transaction_fails(cast: Cast) -> None:
    client, contact = contact_of(cast)
    before = set(Path(settings.FILES_ROOT).rglob("*"))
    with pytest.raises(LogUnavailable), cast.volunteer.actor().transaction() as actor:
        row = Contact.objects.get(pk=contact)
        keys = door.open_one(actor, client.pk, "attachment.add", "support")
        add_file(by=actor, contact=row, keys=keys, new=NewFile("a.txt", "text/plain", b"x"))
        assert {path for path in Path(settings.FILES_ROOT).rglob("*") if path.is_file()} - before
        raise LogUnavailable
    after = {path for path in Path(settings.FILES_ROOT).rglob("*") if path.is_file()}
    assert not after - before


def test_who_may_not_read_gets_no_file(cast: Cast, sign_in: SignIn) -> None:
    client, contact = contact_of(cast)
    send(sign_in(cast.volunteer), contact, "scan.pdf", PDF)
    kept = attachment(cast, client)
    for other in (cast.outsider, cast.coordinator, cast.president, cast.colleague):
        assert sign_in(other).get(f"/files/{kept.pk}/").status_code == 404
    assert send(sign_in(cast.outsider), contact, "scan.pdf", PDF).status_code == 404
