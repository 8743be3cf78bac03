"""Copies of everything about a client, asked for in the space and made by a worker."""

from __future__ import annotations

import io
import zipfile

from django.urls import reverse
from pypdf import PdfReader

from rights.models import Export
from tests.making.people import Someone
from tests.making.servers import work
from tests.making.spaces import Space


def latest(own: Space) -> Export:
    """The copy asked for last, as the client sees it."""
    with Someone(own.user, "", None).actor().transaction():
        return Export.objects.filter(client=own.client).latest("made_at")


def asked(own: Space) -> Export:
    """Ask for a copy in the portal; the row as it is now."""
    assert own.browser.post(reverse("portal_export")).status_code == 302
    return latest(own)


def taken(own: Space, export: Export) -> zipfile.ZipFile:
    """Download the ZIP through the portal."""
    response = own.browser.get(reverse("portal_export_get", args=[export.pk]))
    assert response.status_code == 200
    content = b"".join(response.streaming_content)
    assert len(content) == int(response.headers["Content-Length"]) == export.size
    assert "Odile" not in response.headers["Content-Disposition"]
    return zipfile.ZipFile(io.BytesIO(content))


def made(own: Space) -> Export:
    """An export, made by the worker."""
    asked(own)
    worked = work()
    export = latest(own)
    assert export.state == "ready", worked.stderr[-3000:]
    return export


def pages(archive: zipfile.ZipFile) -> str:
    """The words of the printed copy."""
    return "\n".join(
        page.extract_text() for page in PdfReader(io.BytesIO(archive.read("record.pdf"))).pages
    )
