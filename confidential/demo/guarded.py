"""Complaints, clients who belong together, and a protected record of the demonstration."""

from __future__ import annotations

from audit import door
from audit.visit import Visit
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
            _complaint(people, row, clients[row["client"]], people.visit(row["by"]))


def load(
    data: Data, people: People, clients: dict[str, Client], portals: dict[str, Portal]
) -> None:
    """The complaints in the portal, the links, and what is narrowed to named people."""
    for row in data.guarded["complaints"]:
        if not row.get("early"):
            _complaint(people, row, clients[row["client"]], portals[row["client"]].visit)
    for row in data.guarded["links"]:
        with people.visit(row["by"]).transaction() as visit:
            first, second = clients[row["first"]], clients[row["second"]]
            conflicts.link(by=visit, first=first, second=second, tie=row["tie"])
    for row in data.guarded["protected"]:
        with people.visit(row["by"]).transaction() as visit:
            named = Person.objects.filter(pk__in=[people.ids[name] for name in row["named"]])
            conflicts.protect(by=visit, client=clients[row["client"]], named=named)


def _complaint(people: People, row: Row, client: Client, by: Visit) -> None:
    about = people.ids[row["about"]] if "about" in row else None
    new = complaints.NewComplaint(row["kind"], row["words"], about, row.get("reach", ""))
    with by.transaction() as visit:
        made = complaints.complain(by=visit, client=client.pk, new=new)
    if "handed_to" in row:
        with people.visit(row["handed_by"]).transaction() as visit:
            complaint, to = Complaint.objects.get(pk=made), people.ids[row["handed_to"]]
            if visit.holds("president"):  # who has asked the client, where nobody was named
                complaints.clear(by=visit, complaint=complaint, person=to)
            complaints.hand(by=visit, complaint=complaint, to=to)
        with people.visit(row["handed_to"]).transaction() as visit:
            keys = door.open_one(visit, made, "complaint.view", "complaint")
            complaints.add_note(by=visit, complaint=complaint, keys=keys, words=row["note"])
    if "answered_by" in row:
        with people.visit(row["answered_by"]).transaction() as visit:
            keys = door.open_one(visit, made, "complaint.view", "complaint")
            complaint = Complaint.objects.get(pk=made)
            complaints.answer(by=visit, complaint=complaint, keys=keys, words=row["answer"])
