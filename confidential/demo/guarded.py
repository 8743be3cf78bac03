"""Complaints, clients who belong together, and a protected record of the demonstration."""

from __future__ import annotations

from audit import door
from audit.actor import Actor
from clients.complaints import actions as complaints
from clients.conflicts import actions as conflicts
from clients.models import Client, Complaint
from confidential.demo.data import Data, Row
from confidential.demo.people import People
from confidential.demo.rights import Portal
from volunteers.models import Person


def early(data: Data, people: People, clients: dict[str, Client]) -> None:
    """The complaints that disclosures answer: by a coordinator."""
    for row in data.guarded["complaints"]:
        if row.get("early"):
            _complaint(people, row, clients[row["client"]], people.actor(row["by"]))


def load(
    data: Data, people: People, clients: dict[str, Client], portals: dict[str, Portal]
) -> None:
    """The complaints in the portal, the links, and what is narrowed to named people."""
    for row in data.guarded["complaints"]:
        if not row.get("early"):
            _complaint(people, row, clients[row["client"]], portals[row["client"]].actor)
    for row in data.guarded["links"]:
        with people.actor(row["by"]).transaction() as actor:
            first, second = clients[row["first"]], clients[row["second"]]
            conflicts.link(by=actor, first=first, second=second, tie=row["tie"])
    for row in data.guarded["protected"]:
        with people.actor(row["by"]).transaction() as actor:
            named = Person.objects.filter(pk__in=[people.ids[name] for name in row["named"]])
            conflicts.protect(by=actor, client=clients[row["client"]], named=named)


def _complaint(people: People, row: Row, client: Client, by: Actor) -> None:
    about = people.ids[row["about"]] if "about" in row else None
    new = complaints.NewComplaint(row["kind"], row["words"], about, row.get("reach", ""))
    with by.transaction() as actor:
        made = complaints.complain(by=actor, client=client.pk, new=new)
    if "handed_to" in row:
        with people.actor(row["handed_by"]).transaction() as actor:
            complaint, to = Complaint.objects.get(pk=made), people.ids[row["handed_to"]]
            if actor.holds("president"):  # who has asked the client, where nobody was named
                complaints.clear(by=actor, complaint=complaint, person=to)
            complaints.hand(by=actor, complaint=complaint, to=to)
        with people.actor(row["handed_to"]).transaction() as actor:
            keys = door.open_one(actor, made, "complaint.view", "complaint")
            complaints.add_note(by=actor, complaint=complaint, keys=keys, words=row["note"])
    if "answered_by" in row:
        with people.actor(row["answered_by"]).transaction() as actor:
            keys = door.open_one(actor, made, "complaint.view", "complaint")
            complaint = Complaint.objects.get(pk=made)
            complaints.answer(by=actor, complaint=complaint, keys=keys, words=row["answer"])
