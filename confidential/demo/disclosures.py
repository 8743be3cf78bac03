"""The disclosures of the demonstration: asked for, decided, released, received, cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from audit import door
from audit.actor import Actor
from clients.access.opening import purpose
from clients.models import Client, Contact, ReadingReason
from clients.who_may_know.actions import grants
from confidential.demo.data import Data, Row, days_ago
from confidential.demo.people import People
from disclosures.actions import contents, delivery, requests, will
from disclosures.models import Disclosure, DisclosureWords, Said

LINK_DAYS = 14
WORDS = (
    "recipient",
    "recipient_function",
    "recipient_reach",
    "need",
    "discussion",
    "consent_words",
    "why_no_consent",
)
WHY = {
    "en": "It shows what the recipient asks about.",
    "fr": "Il montre ce que le destinataire demande.",
}


def load(
    data: Data, people: People, clients: dict[str, Client], contacts: dict[str, UUID]
) -> delivery.Handover | None:
    """All of them, oldest first; gives the hand-over of one that waits for its recipient."""
    waiting = None
    for row in sorted(data.disclosures, key=lambda row: -row["made_days_ago"]):
        client = clients[row["client"]]
        disclosure = _ask(people, row, client, contacts)
        if "decided_by" in row:
            _decide(people, row, disclosure)
        if "taken_back" in row:
            _take_back(people, row, disclosure)
        if "released_by" in row:
            handover = _release(people, row, disclosure)
            if "received_days_ago" in row:
                _receive(handover)
            else:
                waiting = handover
        if "cancelled_by" in row:
            with people.actor(row["cancelled_by"]).transaction() as actor:
                keys = _keys(actor, disclosure)
                requests.cancel(
                    by=actor, disclosure=disclosure, keys=keys, reason=row["cancel_reason"]
                )
    return waiting


def _ask(people: People, row: Row, client: Client, contacts: dict[str, UUID]) -> Disclosure:
    with people.actor(row["requested_by"]).transaction() as actor:
        wanted = Disclosure(client=client)
        keys = _keys(actor, wanted)
        disclosure = requests.draft(
            by=actor,
            client=client,
            keys=keys,
            ground=row["ground"],
            ground_details=row["ground_details"],
            new_id=wanted.pk,
        )
        words = DisclosureWords.objects.get(disclosure=disclosure).unlock(keys)
        clear: dict[str, Any] = {"consent": row["consent"]}
        if "discussed_days_ago" in row:
            clear["discussed_on"] = days_ago(row["discussed_days_ago"])
        requests.describe(
            by=actor,
            disclosure=disclosure,
            words=words,
            revision=words.revision,
            clear=clear,
            sealed={name: row[name] for name in WORDS if name in row},
        )
        chosen = Contact.objects.filter(pk__in=[contacts[name] for name in row["contacts"]])
        requests.choose(by=actor, disclosure=disclosure, keys=keys, contacts=list(chosen))
        picked = row.get("details", ["name", "born_on"])
        requests.pick(by=actor, disclosure=disclosure, keys=keys, details=picked)
        items = contents.all_chosen(disclosure, keys)
        if "asked_days_ago" in row:
            why = dict.fromkeys((item.pk for item in items), WHY[client.language])
            requests.explain_items(by=actor, items=items, why=why)
            requests.ask(by=actor, disclosure=disclosure)
    return disclosure


def _take_back(people: People, row: Row, disclosure: Disclosure) -> None:
    """The client takes back their yes, heard by whoever has them."""
    with people.actor(row["taken_back_by"]).transaction() as actor:
        client = disclosure.client
        will.say(
            by=actor,
            client=client,
            keys=door.open_one(actor, client.pk, "will.write", purpose(actor)),
            said=Said.WITHDRAWN,
            channel="phone",
            words=row["taken_back"],
        )


@contextmanager
def notes_open(actor: Actor, client: Client) -> Iterator[None]:
    """With the notes open, as nobody decides on what they have not read."""
    with actor.transaction():
        grant = grants.open_notes(by=actor, client=client, reason=ReadingReason.COORDINATION)
    yield
    with actor.transaction():
        grants.end_grant(by=actor, grant=grant)


def _decide(people: People, row: Row, disclosure: Disclosure) -> None:
    actor = people.actor(row["decided_by"])
    with notes_open(actor, disclosure.client), actor.transaction():
        requests.decide(
            by=actor,
            disclosure=disclosure,
            keys=_keys(actor, disclosure),
            approve=row["state"] != "refused",
            reason=row["decision_reason"],
            shown=contents.hash_of(disclosure),
        )


def _release(people: People, row: Row, disclosure: Disclosure) -> delivery.Handover:
    actor = people.actor(row["released_by"])
    with notes_open(actor, disclosure.client), actor.transaction():
        return delivery.release(
            by=actor,
            disclosure=disclosure,
            keys=_keys(actor, disclosure),
            language=disclosure.client.language,
            days=LINK_DAYS,
        )


def _receive(handover: delivery.Handover) -> None:
    actor = Actor("")
    with actor.transaction():
        delivery.arrive(actor, handover.secret)
        delivery.receive(secret=handover.secret, passphrase=handover.passphrase)


def _keys(actor: Actor, disclosure: Disclosure) -> Any:
    return door.open_about(actor, [disclosure], "disclosure.view", purpose(actor))[
        disclosure.client_id
    ]
