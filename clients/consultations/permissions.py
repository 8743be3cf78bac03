"""Who may read a consultation, write in it and end it; see ``clients.access.permissions``.

- What a consultation shares is read by its colleague until its end, and by whoever may read the notes.
- The two of them write in it while it runs; they or a coordinator of the branch end it."""

from __future__ import annotations

from audit.actor import Actor
from clients.access.permissions import can_read_notes, check, leads
from clients.models import Client, Consultation


def can_read_consultation(actor: Actor, consultation: Consultation) -> bool:
    """What a consultation shares, and its answers."""
    if actor.person == consultation.colleague_id and consultation.is_running:
        return True
    return can_read_notes(actor, Client(pk=consultation.client_id))


def can_answer(actor: Actor, consultation: Consultation) -> bool:
    """Write in it: the two of them, while it runs."""
    return consultation.is_running and actor.person in (
        consultation.asked_by_id,
        consultation.colleague_id,
    )


def can_end_consultation(actor: Actor, consultation: Consultation) -> bool:
    """End it: the two of them, and the branch's coordinators."""
    mine = actor.person in (consultation.asked_by_id, consultation.colleague_id)
    coordinates = leads(actor, consultation.branch_id, consultation.client_id)
    return consultation.is_running and (mine or coordinates)


def check_read_consultation(actor: Actor, consultation: Consultation) -> None:
    """Raises PermissionDenied. See :func:`can_read_consultation`."""
    check(can_read_consultation(actor, consultation))


def check_answer(actor: Actor, consultation: Consultation) -> None:
    """Raises PermissionDenied. See :func:`can_answer`."""
    check(can_answer(actor, consultation))


def check_end_consultation(actor: Actor, consultation: Consultation) -> None:
    """Raises PermissionDenied. See :func:`can_end_consultation`."""
    check(can_end_consultation(actor, consultation))
