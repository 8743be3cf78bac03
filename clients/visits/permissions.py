"""Who may know where somebody is who went out alone; see ``clients.access.permissions``.

- They themselves, and on alarm the buddy. The database decides the same in ``sec.may_find_visit``."""

from __future__ import annotations

from audit.visit import Visit
from clients.access.permissions import check
from clients.models import LoneVisit


def can_find(visit: Visit, out: LoneVisit) -> bool:
    """Where somebody is who went out alone: they, and on alarm the buddy. ``sec.may_find_visit``."""
    mine = out.person_id == visit.person
    return out.safe_at is None and (mine or (out.buddy_id == visit.person and out.alarms))


def check_find(visit: Visit, out: LoneVisit) -> None:
    """Raises PermissionDenied. See :func:`can_find`."""
    check(can_find(visit, out))
