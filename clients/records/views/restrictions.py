"""Restricting a record, and using it again (GDPR 18)."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from audit.actor import Request
from clients.access import permissions
from clients.access.opening import find_client, open_client, say_tidied
from clients.records.actions import restrictions
from clients.records.forms.restrictions import LiftForm, RestrictForm
from vault.exceptions import Refused
from volunteers.decorators import fresh_sign_in, people_only


@people_only
def restriction_add(request: Request, client_id: UUID) -> HttpResponse:
    """The client asks that the record is not used, or something in it is in question."""
    client = find_client(request, client_id, "restriction.begin", "identity")
    permissions.check_edit(request.actor, client)
    form = RestrictForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keys = open_client(request, client, "restriction.write")
        try:
            restrictions.restrict(by=request.actor, client=client, keys=keys, **form.cleaned_data)
        except Refused as error:
            messages.warning(request, error.message)
        else:
            say_tidied(request, form)
            messages.success(
                request, _("The record is restricted. It is kept, and nobody uses it.")
            )
        return redirect("client_view", client.pk)
    context = {"client": client, "form": form, "restricted": client.restricted_at}
    return render(request, "clients/records/restriction_add.html", context)


@people_only
@fresh_sign_in
def restriction_end(request: Request, client_id: UUID) -> HttpResponse:
    """A coordinator ends it, having told the client."""
    client = find_client(request, client_id, "restriction.end", "identity")
    permissions.check_assign(request.actor, client)
    restriction = restrictions.restriction_of(client)
    if restriction is None:
        messages.info(request, _("This record is not restricted any more."))
        return redirect("client_view", client.pk)
    form = LiftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keys = open_client(request, client, "restriction.write")
        why = form.cleaned_data["why"]
        try:
            if restrictions.lift(by=request.actor, restriction=restriction, keys=keys, why=why):
                messages.success(request, _("The record can be used again, as before."))
        except Refused as error:
            messages.warning(request, error.message)
        return redirect("client_view", client.pk)
    context = {"client": client, "form": form, "restriction": restriction}
    return render(request, "clients/records/restriction_end.html", context)
