"""Who prepares, releases and hands over a copy for a client. The database says the same.

- See, prepare and hand over: whoever looks after the client as coordinator. Whom a complaint of the client
  names is refused in the act alone: looking does not tell whether there is one.
- Choose what is left out: whoever prepares it, with the notes open for a reason.
- Release: another coordinator of the branch, not tied to the first; the lead where there is none.
- Give up: whoever prepared it; where they have left, any coordinator of the branch, or the lead."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from audit.actor import Actor
from clients.access import permissions
from clients.access.definers import execute
from clients.models import Client
from rights.models import CopyState, PreparedCopy


def check_prepare(actor: Actor, client: Client) -> None:
    """Raises PermissionDenied unless this person looks after the client as coordinator."""
    if not permissions.coordinates(actor, client):
        raise PermissionDenied


def can_hand_over(actor: Actor, copy: PreparedCopy) -> bool:
    """Whether this person takes its file: looks after the client as coordinator."""
    client = Client.objects.filter(pk=copy.client_id).first()
    return client is not None and permissions.coordinates(actor, client)


def can_end(copy: PreparedCopy) -> bool:
    """Whether this person may give it up, now."""
    return bool(execute("may_end_copy", copy.pk))


def can_strike(actor: Actor, copy: PreparedCopy) -> bool:
    """Whether this person chooses what the copy leaves out, now."""
    return copy.state == CopyState.PREPARED and copy.prepared_by_id == actor.person


def can_release(copy: PreparedCopy) -> bool:
    """Whether this person may release it, now."""
    return bool(execute("may_release_copy", copy.pk))


def check_release(copy: PreparedCopy) -> None:
    """Raises PermissionDenied for whoever prepared it, and for whom it is not to release."""
    if copy.state == CopyState.SENT and not can_release(copy):
        raise PermissionDenied
