"""Who may judge an emergency access and read what was found; see ``clients.access.permissions``.

- Judge it: a coordinator of the branch, or the data-protection lead; never whoever opened it
  (``sec.may_review``). Its words: they, whoever opened it, the client (``sec.may_read_emergency``).
- Read the list of breaches: the data-protection lead."""

from __future__ import annotations

from audit.actor import Actor
from clients.access.permissions import check
from clients.models import Emergency


def can_review(actor: Actor, emergency: Emergency) -> bool:
    """Judge an emergency access: the database said so, see ``with_rights()``."""
    return emergency.person_id != actor.person and emergency.is_reviewer  # type: ignore[attr-defined]


def can_read_review(actor: Actor, emergency: Emergency) -> bool:
    """The words of an emergency access, and what was found about it, as somebody who judges it."""
    return emergency.person_id != actor.person and emergency.is_reader  # type: ignore[attr-defined]


def check_review(actor: Actor, emergency: Emergency) -> None:
    """Raises PermissionDenied. See :func:`can_review`."""
    check(can_review(actor, emergency))


def check_read_review(actor: Actor, emergency: Emergency) -> None:
    """Raises PermissionDenied. See :func:`can_read_review`."""
    check(can_read_review(actor, emergency))


def check_breaches(actor: Actor) -> None:
    """Raises PermissionDenied for anybody but the data-protection lead, bound by the code."""
    check(actor.holds("protection") and actor.cleared)
