"""Who prepares, releases and hands over a copy for a client. The database says the same.

- Prepare and hand over: a coordinator of the client's branch whom no complaint of the client names.
- Choose what is left out: whoever prepares it, with the notes open for a reason.
- Release: another coordinator of the branch, not tied to the first; the lead where there is none."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied

from audit.actor import Actor
from clients.access.definers import execute
from clients.models import Client
from rights.models import CopyState, PreparedCopy


def can_prepare(client: UUID) -> bool:
    """Whether this person may prepare a copy for the client."""
    return bool(execute("may_prepare_copy", client))


def check_prepare(client: Client) -> None:
    """Raises PermissionDenied for everybody else."""
    if not can_prepare(client.pk):
        raise PermissionDenied


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
