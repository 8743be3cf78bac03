"""What a client wants after their death: noted in life, taken back in one act, done once they have died."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from audit.actor import Request
from clients.access import permissions
from clients.access.opening import find_client, open_client, say_tidied
from clients.models.records import State
from clients.records.actions.directives import (
    direct,
    directives_of,
    take_back,
    tell,
    untell,
    wishes_of,
)
from clients.records.forms.directives import DirectiveForm, TakeBackForm, ToldForm
from vault.exceptions import Refused
from volunteers.decorators import people_only


@people_only
@require_http_methods(["GET", "HEAD", "POST"])
def directive_add(request: Request, client_id: UUID) -> HttpResponse:
    """What the client said until now, as far as the reader may know, and a new version."""
    client = find_client(request, client_id, "directive.write", "identity")
    permissions.check_hear(request.actor, client)
    died = client.state == State.DIED
    form = DirectiveForm(request.POST or None)
    if request.method == "POST" and not died and form.is_valid():
        keys = open_client(request, client, "directive.write")
        try:
            direct(by=request.actor, client=client, keys=keys, new=form.directive())
        except Refused as refused:
            form.add_error(None, str(refused.message))
        else:
            say_tidied(request, form)
            messages.success(request, _("Saved. What was said before is kept."))
            return redirect("client_view", client.pk)
    keys = open_client(request, client, "directive.read")
    versions = directives_of(client, keys)
    context = {"client": client, "form": form, "versions": versions, "died": died}
    return render(request, "clients/records/directive_add.html", context)


@people_only
@require_http_methods(["GET", "HEAD", "POST"])
def directive_end(request: Request, client_id: UUID) -> HttpResponse:
    """The client takes them back, with one press."""
    client = find_client(request, client_id, "directive.write", "identity")
    permissions.check_hear(request.actor, client)
    form = TakeBackForm(request.POST or None)
    if client.state == State.DIED:
        messages.info(request, _("This person has died. What they wanted stays as it is."))
        return redirect("client_view", client.pk)
    if request.method == "POST" and form.is_valid():
        keys = open_client(request, client, "directive.write")
        try:
            take_back(by=request.actor, client=client, keys=keys, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused.message))
        else:
            say_tidied(request, form)
            messages.success(request, _("It is taken back. Nothing of it counts any more."))
            return redirect("client_view", client.pk)
    context = {"client": client, "form": form}
    return render(request, "clients/records/directive_end.html", context)


@people_only
@require_http_methods(["GET", "HEAD", "POST"])
def death_told(request: Request, client_id: UUID, line: int) -> HttpResponse:
    """Somebody whom the client wanted told of their death: who, and that it was done."""
    client = find_client(request, client_id, "directive.read", "identity")
    permissions.check_edit(request.actor, client)
    keys = open_client(request, client, "directive.read")
    wishes = wishes_of(client, keys) if client.state == State.DIED else None
    one = next((one for one in wishes.to_tell if one.line == line), None) if wishes else None
    if wishes is None or one is None:
        raise Http404
    form = ToldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told_on = form.cleaned_data["told_on"]
        if tell(by=request.actor, directive=wishes.directive.pk, line=line, told_on=told_on):
            messages.success(request, _("It is noted. Thank you for telling them."))
        else:
            messages.info(request, _("Somebody else has noted this already."))
        return redirect("client_view", client.pk)
    context = {"client": client, "form": form, "one": one}
    return render(request, "clients/records/death_told.html", context)


@people_only
@require_POST
def death_untold(request: Request, client_id: UUID, line: int) -> HttpResponse:
    """That somebody was told of the death was noted by mistake."""
    client = find_client(request, client_id, "directive.read", "identity")
    permissions.check_edit(request.actor, client)
    keys = open_client(request, client, "directive.read")
    wishes = wishes_of(client, keys) if client.state == State.DIED else None
    if wishes is None or all(one.line != line for one in wishes.to_tell):
        raise Http404
    if untell(by=request.actor, directive=wishes.directive.pk, line=line):
        messages.success(request, _("It is noted that this person was not told yet."))
    return redirect("client_view", client.pk)
