"""What an heir asks, recorded by somebody."""

from __future__ import annotations

from django.utils import timezone

from audit import door
from clients.heirs import actions
from clients.models import Client, HeirRequest
from tests.making.people import Someone


def heir(by: Someone, client: Client, **more: object) -> HeirRequest:
    """The daughter asks for what is needed to settle the estate, today."""
    said = {
        "who": "Claire Quercy",
        "reach": "06 39 98 00 21",
        "text": "The notary needs the dates of the visits.",
        "quality": "heir",
        "wish": "estate",
        "proof": "family_book",
        "proof_seen_on": timezone.localdate(),
        "along": "silent",
        "channel": "visit",
        "received_on": timezone.localdate(),
        **more,
    }
    with by.actor().transaction() as actor:
        keys = door.open_one(actor, client.pk, "heir.write", "support")
        new = actions.NewHeirRequest(**said)  # type: ignore[arg-type]
        return actions.record(by=actor, client=client, keys=keys, new=new)


def propose(by: Someone, asked: HeirRequest, *, grant: bool) -> None:
    """A coordinator proposes an answer."""
    with by.actor().transaction() as actor:
        keys = door.open_one(actor, asked.client_id, "heir.write", "request")
        found = HeirRequest.objects.get(pk=asked.pk)
        actions.propose(by=actor, asked=found, keys=keys, grant=grant, text="Because of this.")


def objects(by: Someone, asked: HeirRequest) -> None:
    """Another heir does not agree."""
    with by.actor().transaction() as actor:
        keys = door.open_one(actor, asked.client_id, "heir.write", "support")
        found = HeirRequest.objects.get(pk=asked.pk)
        actions.object_to(by=actor, asked=found, keys=keys, who="Paul", reach="", text="No.")


def settle(by: Someone, asked: HeirRequest) -> None:
    """The objection is settled."""
    with by.actor().transaction() as actor:
        keys = door.open_one(actor, asked.client_id, "heir.write", "request")
        found = HeirRequest.objects.get(pk=asked.pk)
        actions.settle(by=actor, asked=found, keys=keys, text="Judgment of 3 November.")


def confirm(by: Someone, asked: HeirRequest, *, fresh: bool = True) -> HeirRequest:
    """A second person agrees."""
    with by.actor(fresh=fresh).transaction() as actor:
        found = HeirRequest.objects.get(pk=asked.pk)
        actions.confirm(by=actor, asked=found)
        return found
