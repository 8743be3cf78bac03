"""Changing hands in the demonstration: a handover, somebody who left, whom clients let be told."""

from __future__ import annotations

from audit import door
from clients.handover import actions as handover
from clients.models import Client
from clients.who_may_know.actions import grants, may_know
from confidential.demo.data import Data, days_ago
from confidential.demo.people import People
from volunteers.actions import leaving


def load(data: Data, people: People, clients: dict[str, Client]) -> None:
    """Whom clients let be told; a handover; a leaver whose clients wait for another volunteer."""
    for row in data.hands["told"]:
        client = clients[row["client"]]
        with people.actor(row["by"]).transaction() as actor:
            keys = door.open_one(actor, client.pk, "may_know.add", "support")
            words = {name: row[name] for name in ("person", "reach", "what")}
            may_know.let_know(by=actor, client=client, keys=keys, until=None, **words)
    for row in data.hands["handovers"]:
        with people.actor(row["by"]).transaction() as actor:
            handover.hand_over(
                by=actor,
                clients=[clients[row["client"]].pk],
                of=people.ids[row["of"]],
                to=people.ids[row["to"]],
                since=days_ago(row["since_days_ago"]),
            )
    for row in data.hands["leavers"]:
        leaver = people.ids[row["user_name"]]
        with people.actor(row["by"]).transaction() as actor:
            for key in row["clients"]:
                grants.assign(by=actor, client=clients[key], person=leaver)
        leaving.leave(by=people.actor(row["by"]), person=leaver)
