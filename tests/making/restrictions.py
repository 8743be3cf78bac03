"""Restricting a record, and using it again."""

from __future__ import annotations

from audit import door
from clients.models import Client, Restriction
from clients.records.actions import restrictions
from tests.making.people import Someone


def restrict(by: Someone, client: Client, ground: str = "contested") -> Restriction:
    with by.actor().transaction() as actor:
        keys = door.open_one(actor, client.pk, "restriction.write", "support")
        found = Client.objects.get(pk=client.pk)
        return restrictions.restrict(
            by=actor, client=found, keys=keys, ground=ground, why="It is not so."
        )


def lift(by: Someone, client: Client) -> bool:
    with by.actor().transaction() as actor:
        keys = door.open_one(actor, client.pk, "restriction.write", "coordination")
        restriction = Restriction.objects.get(client=client, ends_at=None)
        return restrictions.lift(by=actor, restriction=restriction, keys=keys, why="It is right.")
