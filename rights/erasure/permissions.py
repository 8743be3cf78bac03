"""Who proposes, decides, hastens and takes back that a record is erased. The database says the same.

- Look, propose, waive the pause for the client, take back: whoever looks after the client as coordinator.
  Whom a complaint of the client names is refused in the act alone: looking does not tell of it.
- Decide: another coordinator of the branch, not tied to the first; the lead, by reference only, where there
  is none; whoever proposed it where nothing is at stake.
- The client, in their confirmed space: waive the pause and take back what is theirs to say.
- The lead sees the list of all, without names."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from audit.actor import Actor
from clients.access import permissions
from clients.access.definers import execute
from clients.models import Client
from rights.models import Erasure, ErasureState


def check_propose(actor: Actor, client: Client) -> None:
    """Raises PermissionDenied unless this person looks after the client as coordinator."""
    if not permissions.coordinates(actor, client):
        raise PermissionDenied


def can_steer(actor: Actor, erasure: Erasure) -> bool:
    """Whether this person looks after the client whom it is about: waives the pause, takes it back."""
    if erasure.client_id is None:
        return False
    client = Client.objects.filter(pk=erasure.client_id).first()
    return client is not None and permissions.coordinates(actor, client)


def check_steer(actor: Actor, erasure: Erasure) -> None:
    """Raises PermissionDenied unless this person looks after the client whom it is about."""
    if not can_steer(actor, erasure):
        raise PermissionDenied


def can_decide(erasure: Erasure) -> bool:
    """Whether this person decides on it, now."""
    return bool(execute("may_decide_erasure", erasure.pk))


def check_decide(erasure: Erasure) -> None:
    """Raises PermissionDenied where it waits for a decision, and not for this person's."""
    if erasure.state == ErasureState.PROPOSED and not can_decide(erasure):
        raise PermissionDenied
