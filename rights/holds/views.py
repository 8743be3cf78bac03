"""Legal holds of a record, for its coordinators; and by reference, for the lead and the president."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from audit import door
from audit.actor import Request
from clients.access import permissions as access
from clients.access.opening import find_client, open_client, say_tidied
from clients.models import Client
from rights.holds import actions
from rights.holds.forms import HoldForm, ReferenceForm, ReleaseForm
from rights.holds.permissions import OFFICES, check_hold, check_release, looked_after
from rights.models import Hold
from vault.exceptions import Refused
from volunteers.decorators import duty_required, fresh_sign_in, people_only

PAST = 20


@require_safe
@duty_required("coordinator")
def hold_list(request: Request, client_id: UUID) -> HttpResponse:
    """The reasons for which a record must be kept; their words for whoever has its notes open."""
    client = find_client(request, client_id, "hold.read")
    check_hold(request.actor, client)
    holds = list(client.holds.select_related("placed_by", "released_by").prefetch_related("words"))
    reads = access.can_read_notes(request.actor, client)
    if holds:  # for which reasons is in the client's log, whether the words are read or not
        keys = open_client(request, client, "hold.read")
        for words in (words for hold in holds if reads for words in hold.words.all()):
            words.unlock(keys)
    context = {"client": client, "holds": holds, "reads": reads}
    return render(request, "rights/holds/list.html", context)


@duty_required("coordinator")
@fresh_sign_in
def hold_add(request: Request, client_id: UUID) -> HttpResponse:
    """Say that a record must be kept, and why."""
    client = find_client(request, client_id, "hold.place")
    check_hold(request.actor, client)
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keys = open_client(request, client, "hold.write")
        try:
            actions.place(by=request.actor, client=client, keys=keys, **form.cleaned_data)
        except Refused as error:
            form.add_error(None, str(error.message))
        else:
            say_tidied(request, form)
            messages.success(request, _("The record is kept until this hold is released."))
            return redirect("hold_list", client.pk)
    return render(request, "rights/holds/add.html", {"client": client, "form": form})


@people_only
@fresh_sign_in
def hold_release(request: Request, hold_id: UUID) -> HttpResponse:
    """One reason is over. Whoever looks after the client says why; the lead and the president need not."""
    hold = door.get(request, Hold.objects.with_reference(), hold_id, "hold.release")
    client = looked_after(request.actor, hold)
    check_release(request.actor, client)
    form: forms.Form = (ReleaseForm if client else forms.Form)(
        request.POST if request.method == "POST" else None
    )
    if request.method == "POST" and form.is_valid():
        return _release(request, hold, client, form)
    context = {
        "hold": hold,
        "form": form,
        "back": reverse(_back(client)[0], args=_back(client)[1:]),
    }
    return render(request, "rights/holds/release.html", context)


def _release(request: Request, hold: Hold, client: Client | None, form: forms.Form) -> HttpResponse:
    keys = open_client(request, client, "hold.write") if client else None
    why = form.cleaned_data.get("why", "")
    try:
        if actions.release(by=request.actor, hold=hold, keys=keys, why=why):
            messages.success(request, _("This hold is released. Other holds go on."))
        else:
            messages.info(request, _("This hold was released meanwhile."))
    except Refused as error:
        messages.warning(request, error.message)
    return redirect(*_back(client))


def _back(client: Client | None) -> tuple[Any, ...]:
    return ("hold_list", client.pk) if client else ("hold_register",)


@require_http_methods(["GET", "HEAD", "POST"])
@duty_required(*OFFICES)
@fresh_sign_in
def hold_register(request: Request) -> HttpResponse:
    """All holds by reference and ground, and a new one. Opens no record."""
    form = ReferenceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if actions.place_by_reference(by=request.actor, **form.cleaned_data):
            messages.success(request, _("The record is kept until this hold is released."))
            return redirect("hold_register")
        form.add_error("reference", _("There is no such reference, or it is closed to you."))
    holds = Hold.objects.with_reference()
    live = list(holds.filter(released_at=None))
    past = list(holds.exclude(released_at=None).order_by("-released_at")[:PAST])
    door.record(request, "hold.register", holds=len(live))
    context = {"form": form, "live": live, "past": past}
    return render(request, "rights/holds/register.html", context)
