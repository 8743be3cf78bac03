"""Clients taken in by somebody, who may know them, and the form of a new record."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.test import Client as Browser
from django.utils import timezone

from clients.contacts.actions import contacts
from clients.models import Client, Grant
from clients.records.actions import taking_in
from clients.records.actions.explanations import NewExplanation
from clients.who_may_know.actions import grants
from tests.making.people import Someone

# What each new client's record holds.
BACKGROUND = "Lives alone near the old mill."
NUMBER = "06 39 98 11 22"
NOTE = "Sleeps badly since Tuesday."
EXPLAINED = NewExplanation(
    given=True,
    answer="yes",
    channel="phone",
    language="fr",
    happened_on=date(2026, 1, 5),
    where="on the telephone",
    words="That is fine.",
)


def new_client(by: Someone, given_name: str = "Odile", family_name: str = "Quercy") -> Client:
    """A client taken in by somebody, with the policy explained and one contact."""
    with by.actor().transaction() as actor:
        new = taking_in.NewClient(
            branch=by.branch or uuid4(),
            language="fr",
            identity={"given_name": given_name, "family_name": family_name},
            safe_contact={"phone": NUMBER},
            background=BACKGROUND,
        )
        client, _ = taking_in.take_in(by=actor, new=new)
        contacts.log_contact(
            by=actor,
            client=client,
            explanation=EXPLAINED,
            new=contacts.NewContact("phone", date(2026, 1, 5), text=NOTE),
        )
    return client


def assign(by: Someone, client: Client, person: Someone, **kwargs: object) -> object:
    """An assignment by a coordinator."""
    with by.actor().transaction() as actor:
        return grants.assign(by=actor, client=client, person=person.id, **kwargs)


def let_read(by: Someone, client: Client, coordinator: Someone, **kwargs: Any) -> Grant:
    """A coordinator lets another one read the notes for a week."""
    kwargs = {"reason": "standing_in", "until": timezone.now() + timedelta(days=7), **kwargs}
    with by.actor().transaction() as actor:
        return grants.let_read(by=actor, client=client, person=coordinator.id, **kwargs)


def unexplained(by: Someone) -> Client:
    """A client to whom nothing was explained yet."""
    with by.actor().transaction() as actor:
        new = taking_in.NewClient(
            branch=by.branch or uuid4(),
            language="fr",
            identity={"given_name": "Aude", "family_name": "Vial"},
        )
        client, _ = taking_in.take_in(by=actor, new=new)
    return client


def intake(**changes: Any) -> dict[str, Any]:
    """What a volunteer sends after a first call."""
    name = changes.pop("family_name", f"Vernet{uuid4().hex[:8]}")
    return {
        "key": str(uuid4()),
        "given_name": "Lucie",
        "family_name": name,
        "known_as": "",
        "language": "fr",
        "phone": "",
        "explained": "on",
        "answer": "yes",
        "channel": "phone",
        "happened_on_day": "5",
        "happened_on_month": "1",
        "happened_on_year": "2026",
        "text": "Asked about transport.",
        **changes,
    }


def add(browser: Browser, branch: Any, **changes: Any) -> Any:
    """Send the form of a new client."""
    return browser.post("/clients/new/", {"branch": str(branch), **intake(**changes)})


def made(response: Any) -> str:
    """The id that a redirect to a record holds."""
    assert response.status_code == 302, response.content.decode()[:4000]
    return response["Location"].split("/")[2]
