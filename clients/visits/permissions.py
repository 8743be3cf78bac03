"""Who may know where somebody is who went out alone; see ``clients.access.permissions``.

- They themselves, and on alarm the buddy. The database decides the same in ``sec.may_find_visit``."""

from __future__ import annotations

from audit.actor import Actor
from clients.access.permissions import check
from clients.models import LoneVisit


def can_find(actor: Actor, out: LoneVisit) -> bool:
    """Where somebody is who went out alone: they, and on alarm the buddy. ``sec.may_find_visit``."""
    mine = out.person_id == actor.person
    return out.safe_at is None and (mine or (out.buddy_id == actor.person and out.alarms))


def check_find(actor: Actor, out: LoneVisit) -> None:
    """Raises PermissionDenied. See :func:`can_find`."""
    check(can_find(actor, out))
