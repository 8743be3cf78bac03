"""Who may end a grant, and note whom the client lets be told; see ``clients.access.permissions``.

- End a grant: the branch's coordinators, the person it was given to, and who asked for a consultation.
- Note whom the client lets be told, and take it back: whoever may write in the record; and the client."""

from __future__ import annotations

from audit.actor import Actor
from clients.access.permissions import can_log_contact, check, leads
from clients.models import Basis, Client, Grant


def can_let_know(actor: Actor, client: Client) -> bool:
    """Note whom the client lets be told, and take it back for them."""
    return can_log_contact(actor, client)


def can_end_grant(actor: Actor, grant: Grant) -> bool:
    """End a grant: the coordinator, the person it was given to, or who asked for a consultation."""
    asked = grant.basis == Basis.CONSULTATION and grant.granted_by_id == actor.person
    coordinates = leads(actor, grant.branch_id, grant.client_id)
    return asked or coordinates or grant.person_id == actor.person


def check_let_know(actor: Actor, client: Client) -> None:
    """Raises PermissionDenied. See :func:`can_let_know`."""
    check(can_let_know(actor, client))


def check_end_grant(actor: Actor, grant: Grant) -> None:
    """Raises PermissionDenied. See :func:`can_end_grant`."""
    check(can_end_grant(actor, grant))
