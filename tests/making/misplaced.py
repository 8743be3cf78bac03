"""A contact that was noted on the wrong client, and moved."""

from __future__ import annotations

from uuid import UUID

from audit import door
from clients.contacts.actions import moving
from clients.models import Client, Contact, Misplaced
from tests.making.people import Someone


def move(by: Someone, contact: UUID, to: Client) -> Misplaced:
    """It is in the record of ``to`` from now on."""
    with by.actor().transaction() as actor:
        row = Contact.objects.select_related("client").get(pk=contact)
        wrong, right = (
            door.open_one(actor, client, "contact.move", "support")
            for client in (row.client_id, to.pk)
        )
        return moving.move_contact(by=actor, contact=row, to=to, wrong=wrong, right=right)
