"""Who reviews records whose time is over, and who says how long what is kept. The database says the same.

- Review, and keep longer: whoever looks after the client as coordinator. Whom a complaint of the client names
  is refused in the act.
- How many wait in each branch, without a name: the data-protection lead.
- Read the schedule: whoever serves. Write and adopt it: the president, who has just proved who they are."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from audit.actor import Actor
from clients.access import permissions
from clients.models import Client


def check_review(actor: Actor, client: Client) -> None:
    """Raises PermissionDenied unless this person looks after the client as coordinator."""
    if not permissions.coordinates(actor, client):
        raise PermissionDenied
