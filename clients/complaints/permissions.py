"""Who may hear and answer complaints; see ``clients.access.permissions``.

- Take one down: whoever may view the record; the data-protection lead by a reference; the lead and the
  president for a branch.
- Which ones somebody hears, the database alone decides (``sec.may_hear``). Coordinators, the president and
  the data-protection lead have the pages.
- Answer one: whoever it was handed to, or all who hear it while it is nobody's."""

from __future__ import annotations

from audit.actor import Actor
from clients.access.permissions import check
from clients.models import Complaint, ComplaintState

HEARING = ("coordinator", "president", "protection")


def can_hear_complaints(actor: Actor) -> bool:
    """Whether complaints can come to this person at all; which ones, the database decides."""
    return actor.cleared and any(map(actor.holds, HEARING))


def can_answer_complaint(actor: Actor, complaint: Complaint) -> bool:
    """Answer it: whoever it was handed to; while it is nobody's, whoever hears it."""
    is_open = complaint.state == ComplaintState.OPEN
    return is_open and complaint.handler_id in (None, actor.person)


def check_hear_complaints(actor: Actor) -> None:
    """Raises PermissionDenied. See :func:`can_hear_complaints`."""
    check(can_hear_complaints(actor))


def check_answer_complaint(actor: Actor, complaint: Complaint) -> None:
    """Raises PermissionDenied. See :func:`can_answer_complaint`."""
    check(can_answer_complaint(actor, complaint))
