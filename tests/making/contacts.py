"""Contacts with a client: the form of one, sent, and logged without a form."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.test import Client as Browser
from django.utils import timezone

from clients.contacts.actions import contacts
from clients.models import Client
from tests.making.pages import errors
from tests.making.people import Someone


def log_contact(by: Someone, client: Client, text: str, day: date = date(2026, 2, 3)) -> None:
    """A contact with these words."""
    with by.actor().transaction() as actor:
        contacts.log_contact(
            by=actor, client=client, new=contacts.NewContact("visit", day, text=text)
        )


def entry(**changes: Any) -> dict[str, Any]:
    """What a volunteer sends: a telephone call of today."""
    today = timezone.localdate()
    return {
        "key": str(uuid4()),
        "channel": "phone",
        "text": "Slept better.",
        "happened_on_day": str(today.day),
        "happened_on_month": str(today.month),
        "happened_on_year": str(today.year),
        **changes,
    }


def log(browser: Browser, client: Client, **changes: Any) -> Any:
    """Send the form of a contact."""
    return browser.post(f"/clients/{client.pk}/contacts/new/", entry(**changes))


def made(response: Any) -> UUID:
    """The id of the contact that a redirect leads to."""
    assert response.status_code == 302, errors(response)
    return UUID(response["Location"].split("/")[2])
