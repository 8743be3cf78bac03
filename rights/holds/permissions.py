"""Who places, sees and releases a legal hold. The database says the same (``rights/sql/holds.sql``).

- See, place and release: whoever looks after the client as coordinator.
- The data-protection lead and the president: by reference and ground, without a record and without words.
- Whom a complaint of the client names is refused in the act; what is because of a complaint is hidden from
  everybody to whom it is closed."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from audit.actor import Actor
from clients.access import permissions
from clients.models import Client
from rights.models import Hold

OFFICES = ("protection", "president")


def check_hold(actor: Actor, client: Client) -> None:
    """Raises PermissionDenied unless this person looks after the client as coordinator."""
    if not permissions.coordinates(actor, client):
        raise PermissionDenied


def looked_after(actor: Actor, hold: Hold) -> Client | None:
    """The client of a hold, for whoever looks after them as coordinator."""
    client = Client.objects.filter(pk=hold.client_id).first()
    return client if client is not None and permissions.coordinates(actor, client) else None


def check_release(actor: Actor, client: Client | None) -> None:
    """Raises PermissionDenied unless this person looks after the client, or holds an office."""
    if client is None and not any(map(actor.holds, OFFICES)):
        raise PermissionDenied
