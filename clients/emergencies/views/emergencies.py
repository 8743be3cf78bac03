"""Emergency access, for whoever opens a record: first the numbers, then who, then the safe contact."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audit import door
from audit.actor import Actor, Request
from clients.access import permissions
from clients.access.opening import open_client, say_tidied
from clients.emergencies import actions
from clients.emergencies.forms import EmergencyForm, WordsForm
from clients.models import Client, Emergency, EmergencyEntry, Grant
from clients.records.page import numbers, safe_contact_lines
from vault.sealed import unlock_all
from volunteers.decorators import is_fresh, people_only, to_fresh_sign_in
from volunteers.models import Duty

PARTS = ("branch", "identity", "safe_contact")


@people_only
def emergency_open(request: Request) -> HttpResponse:
    """The numbers to call, which wait for nothing; then, just signed in, a reason and a person."""
    permissions.check_serves(request.actor)
    live = Emergency.objects.live().filter(person=request.actor.person).first()
    fresh = is_fresh(request)
    if request.method == "POST" and not fresh:
        return to_fresh_sign_in(request)
    form = EmergencyForm(request.POST or None, branches=permissions.serves_in(request.actor))
    lost = False
    if request.method == "POST" and form.is_valid() and live is None:
        say_tidied(request, form)
        emergency = _open(request, form)
        if emergency:
            return redirect("emergency_view", emergency.pk)
        lost = not Emergency.objects.live().filter(person=request.actor.person).exists()
    context = {"form": form, "fresh": fresh, "live": live, "lost": lost}
    if lost:
        context["coordinators"] = coordinators_of(form.cleaned_data["branch"].pk)
    return render(request, "clients/emergencies/emergency_open.html", context)


def _open(request: Request, form: EmergencyForm) -> Emergency | None:
    data = form.cleaned_data
    try:
        return actions.open_record(
            by=request.actor, branch=data["branch"].pk, reason=data["reason"], who=data["who"]
        )
    except actions.AnotherIsOpen:  # by a second press at the same moment: to that one
        return Emergency.objects.live().filter(person=request.actor.person).first()


def coordinators_of(branch: UUID) -> list[str]:
    """The working names of a branch's coordinators: whom to ring."""
    duties = Duty.objects.live().filter(branch_id=branch, kind="coordinator")
    return list(
        duties.order_by("person__working_name").values_list("person__working_name", flat=True)
    )


@people_only
def emergency_view(request: Request, emergency_id: UUID) -> HttpResponse:
    """What was opened: the safe contact first; the rest; ending it; and why, in words."""
    emergency = find_emergency(request, emergency_id, "emergency.view")
    if emergency.person_id != request.actor.person:
        return redirect("emergency_review", emergency.pk)
    form = WordsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.say_why(by=request.actor, emergency=emergency, text=form.cleaned_data["text"])
        say_tidied(request, form)
        messages.success(request, _("Thank you. Your words are kept for the review."))
        return redirect("emergency_view", emergency.pk)
    keys = door.open_one(request, emergency.pk, "emergency.view", emergency.reason)
    entries = unlock_all(emergency.entries.select_related("by"), {emergency.pk: keys})
    context: dict[str, Any] = {
        "emergency": emergency,
        "form": form,
        "words": [entry for entry in entries if entry.kind == EmergencyEntry.Kind.WORDS],
        "reviews": [entry for entry in entries if entry.kind == EmergencyEntry.Kind.REVIEW],
        **_record(request, emergency),
    }
    return render(request, "clients/emergencies/emergency_view.html", context)


def _record(request: Request, emergency: Emergency) -> dict[str, Any]:
    """Who it is and how to reach them, while that is open through this emergency."""
    if not is_open(request.actor, emergency):
        return {"client": None}
    client = Client.objects.select_related(*PARTS).get(pk=emergency.client_id)
    open_client(request, client, "client.view")
    card = getattr(client, "safe_contact", None)
    return {
        "client": client,
        "identity": client.identity,
        "card": card,
        "card_lines": safe_contact_lines(card) if card else [],
        "has_number": bool(card and numbers(card)),
    }


def is_open(actor: Actor, emergency: Emergency) -> bool:
    """Whether something can still be read through it: a permission of it may have been ended apart."""
    mine = Grant.objects.live().filter(act=emergency.pk, person=actor.person)
    return mine.exists() and Client.objects.filter(pk=emergency.client_id).exists()


def find_emergency(request: Request, emergency_id: UUID, action: str) -> Emergency:
    """The emergency with what the asker may do with it. Http404 for hidden and absent."""
    rows = Emergency.objects.with_rights().select_related("person", "branch", "reviewed_by")
    return door.get(request, rows, emergency_id, action)


@people_only
@require_POST
def emergency_rest(request: Request, emergency_id: UUID) -> HttpResponse:
    """The second press: contacts and notes as well."""
    emergency = find_emergency(request, emergency_id, "emergency.rest")
    try:
        actions.open_rest(by=request.actor, emergency=emergency)
    except DatabaseError:  # it ended meanwhile, or is not theirs
        messages.warning(request, _("This has ended. Nothing more of the record can be opened."))
        return redirect("emergency_view", emergency.pk)
    return redirect("client_view", emergency.client_id)


@people_only
@require_POST
def emergency_end(request: Request, emergency_id: UUID) -> HttpResponse:
    """Not needed any more: it ends in this second. A coordinator of the branch may end it too."""
    emergency = find_emergency(request, emergency_id, "emergency.end")
    try:
        ended = actions.end(by=request.actor, emergency=emergency)
    except DatabaseError as error:
        raise PermissionDenied from error
    if ended:
        messages.success(
            request, _("It has ended. Nothing of this record can be seen through it now.")
        )
    else:
        messages.info(request, _("This had ended already."))
    return redirect("emergency_view", emergency.pk)
