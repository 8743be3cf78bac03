"""Whom the client lets be told: noting it, and taking it back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audit import door
from audit.actor import Request
from clients.access.opening import find_client, open_client, say_tidied
from clients.models import WhoMayKnow
from clients.models.records import State
from clients.who_may_know.actions import may_know
from clients.who_may_know.forms import MayKnowForm
from clients.who_may_know.permissions import check_let_know
from volunteers.decorators import people_only


@require_http_methods(["GET", "HEAD", "POST"])
@people_only
def may_know_add(request: Request, client_id: UUID) -> HttpResponse:
    """Note that the client lets somebody be told this kind of thing."""
    client = find_client(request, client_id, "may_know.add")
    check_let_know(request.actor, client)
    form, is_open = MayKnowForm(request.POST or None), client.state == State.OPEN
    if not is_open:  # what somebody typed meanwhile stays in the form
        messages.warning(request, _("This record is not open any more. Open it again first."))
        if request.method != "POST":
            return redirect("grant_list", client.pk)
    elif request.method == "POST" and form.is_valid():
        keys = open_client(request, client, "may_know.add")
        may_know.let_know(by=request.actor, client=client, keys=keys, **form.cleaned_data)
        say_tidied(request, form)
        messages.success(request, _("It is noted. The client can take it back at any time."))
        return redirect("grant_list", client.pk)
    context = {"client": client, "form": form}
    return render(request, "clients/records/may_know_add.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@people_only
def may_know_end(request: Request, may_know_id: UUID) -> HttpResponse:
    """The client takes it back: nobody may tell this person any more."""
    rows = WhoMayKnow.objects.select_related("client__branch")
    row: WhoMayKnow = door.get(request, rows, may_know_id, "may_know.end")
    client = row.client
    check_let_know(request.actor, client)
    row.unlock(open_client(request, client, "may_know.end"))
    if request.method == "POST":
        if may_know.take_back(by=request.actor, row=row):
            messages.success(request, _("It is taken back. Tell this person nothing any more."))
        else:
            messages.info(request, _("This was taken back before."))
        return redirect("grant_list", client.pk)
    return render(request, "clients/records/may_know_end.html", {"row": row, "client": client})
