"""What the home page says of complaints, to those who hear them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from audit.actor import Actor, Request
from clients.access import home
from clients.access.home import Section, There
from clients.complaints.permissions import HEARING, can_hear_complaints
from clients.models import Complaint

SHOWN = 5
WAITING = "complaints.waiting"

home.ask(WAITING, lambda me: Complaint.objects.open(), *HEARING)


def complaints_waiting(request: Request, there: There) -> Section | None:
    """Complaints that I hear and that nobody has answered. Nothing, not even a title, to anybody else."""
    actor: Actor = request.actor
    if not can_hear_complaints(actor) or WAITING not in there:
        return None
    waiting = list(Complaint.objects.with_people().open()[: SHOWN + 1])
    if not waiting:
        return None
    context = {"complaints": waiting[:SHOWN], "more": len(waiting) > SHOWN, "me": actor.person}
    return Section(_("Complaints"), "clients/complaints/home.html", context, order=10)
