"""Recording a request that somebody heard, and noting what happens to it until it is answered and told."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audit import door
from audit.actor import Request
from clients.access.opening import find_client, say_tidied
from components.dates import written
from rights.requests import actions
from rights.requests.forms.recording import NOTES, RecordForm
from rights.requests.opening import PURPOSE, open_request
from rights.requests.permissions import check_answer, check_record
from vault.exceptions import Refused
from volunteers.decorators import duty_required, people_only


@require_http_methods(["GET", "POST"])
@people_only
def request_add(request: Request, client_id: UUID) -> HttpResponse:
    """Write down what a client, or somebody for them, asks about their data."""
    client = find_client(request, client_id, "request.record")
    check_record(request.actor, client)
    form = RecordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keys = door.open_one(request, client.pk, "request.record", PURPOSE)
        try:
            made = actions.ask(
                by=request.actor,
                client=client,
                keys=keys,
                kind=form.cleaned_data["kind"],
                words=form.cleaned_data["words"],
                received=form.received(),
            )
        except Refused as refused:
            form.add_error(None, str(refused.message))
        else:
            say_tidied(request, form)
            said = _("The request is recorded. The branch answers by %(day)s.")
            messages.success(request, said % {"day": written(made.due_on, "DATE_FORMAT")})
            return redirect("client_view", client.pk)
    return render(request, "rights/request_add.html", {"client": client, "form": form})


@require_http_methods(["GET", "POST"])
@duty_required("coordinator")
def request_note(request: Request, request_id: UUID, kind: str) -> HttpResponse:
    """Note something to a request: who asks, a pause, more time, another day of receipt, how it was told."""
    if kind not in NOTES:
        raise Http404
    asked, keys = open_request(request, request_id)
    check_answer(request.actor, asked)
    form = NOTES[kind](request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                for new in form.notes():
                    actions.note(by=request.actor, request=asked, keys=keys, **new)
        except Refused as refused:
            form.add_error(None, str(refused.message))
        else:
            say_tidied(request, form)
            messages.success(request, _("Saved."))
            return redirect("request_view", asked.pk)
    return render(request, "rights/request_note.html", {"asked": asked, "form": form})
