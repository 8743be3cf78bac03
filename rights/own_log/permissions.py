"""Who decides that a client sees names in their own log: the data-protection lead, freshly signed in."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from audit.visit import Visit


def check_names(visit: Visit) -> None:
    """Raises PermissionDenied for everybody but the data-protection lead."""
    if not visit.holds("protection"):
        raise PermissionDenied
