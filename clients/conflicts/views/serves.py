"""A client who serves here: the record closes to them, and stays with those whom they name."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from audit.actor import Request
from clients.access import people, permissions
from clients.access.opening import find_client
from clients.conflicts import actions
from clients.conflicts.forms import OwnRecordForm, ServesForm
from clients.conflicts.views.protection import who_sees
from clients.models import Conflict
from vault.exceptions import Refused
from volunteers.decorators import fresh_sign_in, people_only
from volunteers.models import Person


@people_only
@fresh_sign_in
def client_serves(request: Request, client_id: UUID) -> HttpResponse:
    """A coordinator says which of us the client is, and whom the client lets see the record."""
    client = find_client(request, client_id, "client.view")
    permissions.check_assign(request.actor, client)
    choices, seeing = who_sees(request, client)
    form = ServesForm(
        request.POST or None,
        people=choices,
        seeing=seeing,
        everybody=_everybody(request.actor.person),
        initial={"named": list(seeing) if client.protected else []},
    )
    if request.method == "POST" and form.is_valid():
        person = UUID(form.cleaned_data["person"])
        try:
            actions.mark_serves(
                by=request.actor, client=client, person=person, named=form.those_named()
            )
        except Refused:
            form.add_error(None, _("This is not possible any more. Look again who is named."))
        else:
            messages.success(request, _("The record is closed to this person, and protected."))
            return redirect("client_serves", client.pk)
    rows = Conflict.objects.live().own().filter(client=client).select_related("person")
    context = {"client": client, "form": form, "losing": form.losing, "own": list(rows)}
    return render(request, "clients/conflicts/client_serves.html", context)


@people_only
@fresh_sign_in
def own_record(request: Request) -> HttpResponse:
    """I am supported here too: my own record closes to me. Whether there is one, the page does not say."""
    form = OwnRecordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.mark_own(by=request.actor, name=form.cleaned_data["name"])
        except Refused:
            form.add_error(None, _("This is not possible now. Ask the president."))
        else:
            said = _(
                "Noted. If there is such a record, it is closed to you from now on, in an emergency too."
            )
            messages.success(request, said)
            return redirect("home")
    return render(request, "clients/conflicts/own_record.html", {"form": form})


def _everybody(me: UUID | None) -> people.Choices:
    """Everybody but me, also those who have left: they may come back."""
    here = people.everybody(without={me})
    gone = Person.objects.exclude(left_at=None).order_by("working_name")
    return [
        *here,
        *((str(p.pk), _("%(name)s (has left)") % {"name": p.working_name}) for p in gone),
    ]
