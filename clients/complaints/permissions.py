"""Who may hear and answer complaints; see ``clients.access.permissions``.

- Take one down: whoever may view the record; the data-protection lead by a reference; the lead and the
  president for a branch.
- Which ones somebody hears, the database alone decides (``sec.may_hear``). Coordinators, the president and
  the data-protection lead have the pages.
- Answer one: whoever it was handed to, or all who hear it while it is nobody's."""

from __future__ import annotations

from audit.visit import Visit
from clients.access.permissions import check
from clients.models import Complaint, ComplaintState

HEARING = ("coordinator", "president", "protection")


def can_hear_complaints(visit: Visit) -> bool:
    """Whether complaints can come to this person at all; which ones, the database decides."""
    return visit.cleared and any(map(visit.holds, HEARING))


def can_answer_complaint(visit: Visit, complaint: Complaint) -> bool:
    """Answer it: whoever it was handed to; while it is nobody's, whoever hears it."""
    is_open = complaint.state == ComplaintState.OPEN
    return is_open and complaint.handler_id in (None, visit.person)


def check_hear_complaints(visit: Visit) -> None:
    """Raises PermissionDenied. See :func:`can_hear_complaints`."""
    check(can_hear_complaints(visit))


def check_answer_complaint(visit: Visit, complaint: Complaint) -> None:
    """Raises PermissionDenied. See :func:`can_answer_complaint`."""
    check(can_answer_complaint(visit, complaint))
