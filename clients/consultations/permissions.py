"""Who may read a consultation, write in it and end it; see ``clients.access.permissions``.

- What a consultation shares is read by its colleague until its end, and by whoever may read the notes.
- The two of them write in it while it runs; they or a coordinator of the branch end it."""

from __future__ import annotations

from audit.visit import Visit
from clients.access.permissions import can_read_notes, check, leads
from clients.models import Client, Consultation


def can_read_consultation(visit: Visit, consultation: Consultation) -> bool:
    """What a consultation shares, and its answers."""
    if visit.person == consultation.colleague_id and consultation.is_running:
        return True
    return can_read_notes(visit, Client(pk=consultation.client_id))


def can_answer(visit: Visit, consultation: Consultation) -> bool:
    """Write in it: the two of them, while it runs."""
    return consultation.is_running and visit.person in (
        consultation.asked_by_id,
        consultation.colleague_id,
    )


def can_end_consultation(visit: Visit, consultation: Consultation) -> bool:
    """End it: the two of them, and the branch's coordinators."""
    mine = visit.person in (consultation.asked_by_id, consultation.colleague_id)
    coordinates = leads(visit, consultation.branch_id, consultation.client_id)
    return consultation.is_running and (mine or coordinates)


def check_read_consultation(visit: Visit, consultation: Consultation) -> None:
    """Raises PermissionDenied. See :func:`can_read_consultation`."""
    check(can_read_consultation(visit, consultation))


def check_answer(visit: Visit, consultation: Consultation) -> None:
    """Raises PermissionDenied. See :func:`can_answer`."""
    check(can_answer(visit, consultation))


def check_end_consultation(visit: Visit, consultation: Consultation) -> None:
    """Raises PermissionDenied. See :func:`can_end_consultation`."""
    check(can_end_consultation(visit, consultation))
