"""Consultations: those of a client, one of them with its answers, and ending it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.db import DatabaseError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit import door
from audit.actor import Request
from clients.access import permissions
from clients.access.opening import find_client, say_tidied
from clients.consultations import actions, reading
from clients.consultations.forms import AnswerForm
from clients.consultations.permissions import (
    can_answer,
    can_end_consultation,
    check_answer,
    check_end_consultation,
    check_read_consultation,
)
from clients.consultations.striking import Striker
from clients.models import Client, Consultation
from volunteers.decorators import people_only

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

SHOWN = 100


@require_safe
@people_only
def consultation_list(request: Request, client_id: UUID) -> HttpResponse:
    """Who was asked about this client, and the two ways to ask."""
    client = find_client(request, client_id, "consultation.list")
    permissions.check_see_contacts(request.actor, client)
    rows = client.consultations.select_related("asked_by", "colleague").order_by("-starts_at", "id")
    found = list(rows[:SHOWN])
    context = {
        "client": client,
        "running": [row for row in found if row.is_running],
        "before": [row for row in found if not row.is_running],
        "consults": permissions.can_consult(request.actor, client),
        "reads": permissions.can_read_notes(request.actor, client),
        "coordinates": permissions.coordinates(request.actor, client),
    }
    return render(request, "clients/consultations/consultation_list.html", context)


@require_safe
@people_only
def consultation_view(request: Request, consultation_id: UUID) -> HttpResponse:
    """What was asked and shared, the answers, and what ends when."""
    consultation = find(request, consultation_id, "consultation.view")
    check_read_consultation(request.actor, consultation)
    return show(request, consultation)


@require_POST
@people_only
def consultation_answer(request: Request, consultation_id: UUID) -> HttpResponse:
    """Write an answer, as one of the two."""
    consultation = find(request, consultation_id, "consultation.answer")
    check_answer(request.actor, consultation)
    form = AnswerForm(request.POST, striker=striker_for(request, consultation))
    if not form.is_valid():
        return show(request, consultation, form)
    try:
        with transaction.atomic():
            actions.answer(
                by=request.actor, consultation=consultation, text=form.cleaned_data["text"]
            )
    except DatabaseError:
        form.add_error(None, _("This has just ended. Your text was not sent; you can copy it."))
        return show(request, consultation, form)
    say_tidied(request, form)
    messages.success(request, _("Your answer is saved."))
    return redirect("consultation_view", consultation.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@people_only
def consultation_end(request: Request, consultation_id: UUID) -> HttpResponse:
    """End it now: the one who asked, the colleague, or a coordinator."""
    consultation = find(request, consultation_id, "consultation.end")
    check_end_consultation(request.actor, consultation)
    mine = request.actor.person == consultation.colleague_id
    if request.method == "POST":
        if actions.end_early(by=request.actor, consultation=consultation):
            messages.success(request, _("It has ended. Nothing can be read through it any more."))
        else:
            messages.info(request, _("This had ended already."))
        return redirect("home") if mine else redirect("consultation_list", consultation.client_id)
    context = {"consultation": consultation, "mine": mine}
    return render(request, "clients/consultations/consultation_end.html", context)


def find(request: Request, consultation_id: UUID, action: str) -> Consultation:
    """The consultation without its client, whom its colleague may not see; 404 for hidden and absent."""
    rows = Consultation.objects.select_related("asked_by", "colleague")
    return door.get(request, rows, consultation_id, action)


def show(
    request: Request, consultation: Consultation, form: AnswerForm | None = None
) -> HttpResponse:
    """The page, opened and logged. Its colleague gets nothing that leads to the client."""
    actor = request.actor
    keys = door.open_one(request, consultation.client_id, "consultation.view", "consultation")
    is_colleague = actor.person == consultation.colleague_id
    client = None
    if not is_colleague:
        client = Client.objects.filter(pk=consultation.client_id).first()
    context = {
        "consultation": consultation,
        "shared": reading.shared(actor, consultation, keys),
        "is_colleague": is_colleague,
        "client": client,
        "form": form or AnswerForm(),
        "answers": can_answer(actor, consultation),
        "ends": can_end_consultation(actor, consultation),
    }
    return render(request, "clients/consultations/consultation_view.html", context)


def striker_for(request: Request, consultation: Consultation) -> Striker | None:
    """What recognises the client in the asker's own answers; nothing for the colleague, ever."""
    if not consultation.withheld or request.actor.person != consultation.asked_by_id:
        return None
    client = find_client(request, consultation.client_id, "consultation.answer")
    keys: SubjectKeys = door.open_one(request, client.pk, "consultation.view", "consultation")
    return reading.striker(client, keys)
