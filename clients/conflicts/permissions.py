"""Who may do what about conflicts of interest and links; see ``clients.access.permissions``.

- Say that oneself must not deal with a client: whoever sees it. Mark others, protect the record:
  coordinators of its branch. Link two clients: whoever writes in one and sees both.
- Mark that two colleagues must not decide on each other: oneself for oneself, the president, and a
  coordinator of one of them. Whoever is one of the two lifts nothing."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from audit.actor import Actor
from clients.access.permissions import can_log_contact, check
from clients.models import Client, Conflict
from volunteers.models import Duty
from volunteers.querysets import circle_of


def can_link(actor: Actor, client: Client) -> bool:
    """Say that this client and another one belong together."""
    return can_log_contact(actor, client)


def can_mark_colleague(actor: Actor, person: UUID, duties: Iterable[Duty]) -> bool:
    """Mark a conflict of this person (with live ``duties``) with somebody else."""
    mine = actor.duties.get("coordinator", frozenset())
    leads = any(duty.branch_id in mine for duty in duties if duty.branch_id)
    return person == actor.person or actor.holds("president") or leads


def can_lift(actor: Actor, conflict: Conflict) -> bool:
    """Lift a conflict that one sees: nobody their own, and nobody one that keeps others from them; nor
    that of somebody who may be themself."""
    return not {conflict.person_id, conflict.colleague_id} & set(circle_of(actor.person))


def check_link(actor: Actor, client: Client) -> None:
    """Raises PermissionDenied. See :func:`can_link`."""
    check(can_link(actor, client))


def check_mark_colleague(actor: Actor, person: UUID, duties: Iterable[Duty]) -> None:
    """Raises PermissionDenied. See :func:`can_mark_colleague`."""
    check(can_mark_colleague(actor, person, duties))


def check_lift(actor: Actor, conflict: Conflict) -> None:
    """Raises PermissionDenied. See :func:`can_lift`."""
    check(can_lift(actor, conflict))
