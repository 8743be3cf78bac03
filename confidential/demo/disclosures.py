"""The disclosures of the demonstration: asked for, decided, released, received, cancelled."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from audit import door
from audit.visit import Visit
from clients.access.opening import purpose
from clients.models import Client, Contact, ReadingReason
from clients.who_may_know.actions import grants
from confidential.demo.data import Data, Row, days_ago
from confidential.demo.people import People
from disclosures.actions import contents, delivery, requests
from disclosures.models import Disclosure, DisclosureItem, DisclosureWords

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
        if "released_by" in row:
            handover = _release(people, row, disclosure)
            if "received_days_ago" in row:
                _receive(handover)
            else:
                waiting = handover
        if "cancelled_by" in row:
            with people.visit(row["cancelled_by"]).transaction() as visit:
                keys = _keys(visit, disclosure)
                requests.cancel(
                    by=visit, disclosure=disclosure, keys=keys, reason=row["cancel_reason"]
                )
    return waiting


def _ask(people: People, row: Row, client: Client, contacts: dict[str, UUID]) -> Disclosure:
    with people.visit(row["requested_by"]).transaction() as visit:
        wanted = Disclosure(client=client)
        keys = _keys(visit, wanted)
        disclosure = requests.draft(
            by=visit,
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
            by=visit,
            disclosure=disclosure,
            words=words,
            revision=words.revision,
            clear=clear,
            sealed={name: row[name] for name in WORDS if name in row},
        )
        chosen = Contact.objects.filter(pk__in=[contacts[name] for name in row["contacts"]])
        requests.choose(by=visit, disclosure=disclosure, keys=keys, contacts=list(chosen))
        items = [i.unlock(keys) for i in DisclosureItem.objects.filter(disclosure=disclosure)]
        if "asked_days_ago" in row:
            why = dict.fromkeys((item.pk for item in items), WHY[client.language])
            requests.explain_items(by=visit, items=items, why=why)
            requests.ask(by=visit, disclosure=disclosure)
    return disclosure


def _decide(people: People, row: Row, disclosure: Disclosure) -> None:
    with people.visit(row["decided_by"]).transaction() as visit:
        requests.decide(
            by=visit,
            disclosure=disclosure,
            keys=_keys(visit, disclosure),
            approve=row["state"] != "refused",
            reason=row["decision_reason"],
            shown=contents.hash_of(disclosure),
        )


def _release(people: People, row: Row, disclosure: Disclosure) -> delivery.Handover:
    visit = people.visit(row["released_by"])
    with visit.transaction():
        grant = grants.open_notes(
            by=visit, client=disclosure.client, reason=ReadingReason.COORDINATION
        )
    with visit.transaction():
        handover = delivery.release(
            by=visit,
            disclosure=disclosure,
            keys=_keys(visit, disclosure),
            language=disclosure.client.language,
            days=LINK_DAYS,
        )
    with visit.transaction():
        grants.end_grant(by=visit, grant=grant)
    return handover


def _receive(handover: delivery.Handover) -> None:
    visit = Visit("")
    with visit.transaction():
        delivery.arrive(visit, handover.secret)
        delivery.receive(secret=handover.secret, passphrase=handover.passphrase)


def _keys(visit: Visit, disclosure: Disclosure) -> Any:
    return door.open_about(visit, [disclosure], "disclosure.view", purpose(visit))[
        disclosure.client_id
    ]
