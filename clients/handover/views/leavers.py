"""After somebody left: clients to hand over, and the reminder that the undertaking goes on (P3)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import ProgrammingError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audit import door
from audit.actor import Request
from clients.access import lists
from clients.handover import leavers
from volunteers.actions import leaving
from volunteers.decorators import people_only
from volunteers.models import Departure, Reminder
from volunteers.permissions import may_remind
from volunteers.views.leaving import reminder


def find(request: Request, departure_id: UUID, action: str) -> Departure:
    """The departure with its people, or 404."""
    rows = Departure.objects.lasting().select_related("person", "by", "reminded_by")
    return door.get(request, rows, departure_id, action)


@require_safe
@people_only
def leaver_view(request: Request, departure_id: UUID) -> HttpResponse:
    """What is left to do about somebody who left."""
    actor = request.actor
    departure = find(request, departure_id, "leaver.view")
    clients = leavers.clients_of(actor, departure.person) if actor.holds("coordinator") else []
    names = lists.names(lists.opened(request, [client.pk for client in clients], "client.list"))
    context = {
        "departure": departure,
        "person": departure.person,
        "clients": lists.named(clients, names),
        "hands_over": actor.holds("coordinator"),
        "reminds": may_remind(actor) and departure.reminder == Reminder.PENDING,
    }
    return render(request, "clients/handover/leaver_view.html", context)


@require_safe
@people_only
def leaver_reminder(request: Request, departure_id: UUID) -> HttpResponse:
    """The reminder as a PDF, in the language of whoever left."""
    departure = find(request, departure_id, "leaver.reminder")
    paper = reminder(departure.person)
    if paper is None:
        messages.error(request, _("The document could not be made. Tell the administrator."))
        return redirect("leaver_view", departure.pk)
    door.record(request, "leaver.reminder", about=departure)
    return paper


@require_POST
@people_only
def leaver_note(request: Request, departure_id: UUID) -> HttpResponse:
    """Note that the reminder was signed, or that the signature was refused. Once."""
    departure = find(request, departure_id, "leaver.note")
    what = request.POST.get("what", "")
    if what not in (Reminder.SIGNED, Reminder.REFUSED):
        messages.warning(request, _("Choose whether it was signed or refused."))
        return redirect("leaver_view", departure.pk)
    try:
        leaving.note_reminder(by=request.actor, departure=departure.pk, what=what)
    except ProgrammingError:
        messages.info(request, _("This was noted before, or is not yours to note."))
    else:
        messages.success(request, _("It is noted."))
    return redirect("leaver_view", departure.pk)
