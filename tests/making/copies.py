"""Copies that the team prepares, through the pages."""

from __future__ import annotations

import io
import re
import zipfile
from html import unescape
from typing import Any
from uuid import UUID

import psycopg
from django.test import Client as Browser

from clients.models import Client
from tests.making.exports import pages


def open_notes(browser: Browser, client: Client) -> None:
    assert browser.post(f"/clients/{client.pk}/notes/", {"reason": "request"}).status_code == 302


def begun(browser: Browser, client: Client, **more: str) -> UUID:
    """A copy that is being prepared."""
    data = {"reason": "asked", "way": "hand", "language": "en", **more}
    answer = browser.post(f"/clients/{client.pk}/copies/new/", data)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return UUID(answer["Location"].split("/")[2])


def sent(browser: Browser, client: Client, *, contact: UUID | None = None, **passages: str) -> UUID:
    """A copy that waits for its release."""
    open_notes(browser, client)
    copy = begun(browser, client)
    data = {f"contact-{contact}": "others"} if contact else {}
    answer = strike(browser, copy, **data, **passages)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return copy


def strike(browser: Browser, copy: UUID, **typed: str) -> Any:
    """What comes of the page on which is chosen what the copy leaves out."""
    page = browser.get(f"/copies/{copy}/strike/").content.decode()
    drawn = re.search(r'name="drawn" value="([^"]+)"', page)
    assert drawn, page[-3000:]
    return browser.post(f"/copies/{copy}/strike/", {"drawn": unescape(drawn[1]), **typed})


def taken(browser: Browser, copy: UUID) -> zipfile.ZipFile:
    """The file of a copy that the worker has made."""
    answer = browser.post(f"/copies/{copy}/file/")
    assert answer.status_code == 200, answer.headers
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def text_of(archive: zipfile.ZipFile) -> str:
    """All that is to be read in it."""
    found = [archive.read(name) for name in archive.namelist() if not name.endswith(".pdf")]
    return b"\n".join(found).decode() + pages(archive)


def state_of(copy: UUID, superuser: psycopg.Connection) -> str:
    row = superuser.execute(
        "SELECT state FROM rights_preparedcopy WHERE id = %s", [copy]
    ).fetchone()
    assert row
    return row[0]
