"""Who decides that a client sees names in their own log: the data-protection lead, freshly signed in."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from audit.actor import Actor


def check_names(actor: Actor) -> None:
    """Raises PermissionDenied for everybody but the data-protection lead."""
    if not actor.holds("protection"):
        raise PermissionDenied
