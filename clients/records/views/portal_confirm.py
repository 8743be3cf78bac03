"""Confirming that a client's online space is the client's: by another of the team, who has spoken to them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import door
from audit.actor import Request
from clients.access import people, permissions
from clients.models import Basis, Client, PortalAccess, Scope
from clients.records.actions import portal_access
from clients.records.forms.portal_access import ConfirmForm, ConfirmNamedForm
from components.dates import written
from vault.exceptions import Refused
from volunteers.confirming import tied_sentence
from volunteers.decorators import duty_required, fresh_sign_in, people_only
from volunteers.models import Person
from volunteers.querysets import circle_of

DONE = gettext_lazy("Confirmed. The space is the client’s own from now on. They sign in again.")
NO_SPACE = gettext_lazy("No space waits to be confirmed under this name, or not since that day.")


@people_only
@fresh_sign_in
def portal_confirm(request: Request, access_id: UUID) -> HttpResponse:
    """Say when one spoke to the client. Whoever opened the space reads who can, also in a branch of one."""
    access = _found(request, access_id)
    form = ConfirmForm(request.POST or None, made=access.opened_at, used=access.first_used_at)
    mine = access.opened_by_id == request.actor.person
    able = access.may_confirm  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        day, theirs = form.cleaned_data["spoken_on"], form.cleaned_data.get("theirs", False)
        try:
            portal_access.confirm(by=request.actor, access=access, spoken_on=day, theirs=theirs)
        except Refused:
            messages.warning(
                request, _("Somebody else has to confirm it, or it was confirmed meanwhile.")
            )
        else:
            messages.success(request, DONE)
        return redirect("client_view", access.client_id)
    tied = not able and not mine
    context = {
        "access": access,
        "client": access.client,
        "form": form,
        "mine": mine,
        "able": able,
        "others": [] if able else _others(access),
        "tied": tied_sentence(request.actor.person, access.opened_by)
        if tied and access.opened_by
        else "",
    }
    return render(request, "clients/records/portal_confirm.html", context)


@people_only
@fresh_sign_in
def portal_unconfirm(request: Request, access_id: UUID) -> HttpResponse:
    """It was a mistake: the space is provisional again."""
    access = _found(request, access_id)
    permissions.check(access.may_unconfirm)  # type: ignore[attr-defined]
    if request.method == "POST":
        try:
            done = portal_access.unconfirm(by=request.actor, access=access)
        except Refused:
            messages.warning(request, _("This is not possible any more."))
        else:
            if done:
                messages.success(
                    request, _("Taken back. Somebody has to speak to the client again.")
                )
            else:
                messages.info(request, _("This had been taken back already."))
        return redirect("client_view", access.client_id)
    context = {"access": access, "client": access.client}
    return render(request, "clients/records/portal_unconfirm.html", context)


@people_only
@fresh_sign_in
def portal_resume(request: Request, access_id: UUID) -> HttpResponse:
    """The client closed the space for a time, and says that it may be opened again."""
    access = _found(request, access_id)
    if request.method == "POST":
        try:
            done = portal_access.resume(by=request.actor, access=access)
        except Refused:
            messages.warning(request, _("This is not possible any more."))
        else:
            if done:
                messages.success(request, _("The space is open again. The client can sign in now."))
            else:
                messages.info(request, _("This space is not closed for a time."))
        return redirect("client_view", access.client_id)
    context = {"access": access, "client": access.client}
    return render(request, "clients/records/portal_resume.html", context)


@duty_required("president")
@fresh_sign_in
def portal_confirm_named(request: Request) -> HttpResponse:
    """The president, for a branch in which nobody else has the record: by the user name on the card."""
    form = ConfirmNamedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("username", "spoken_on", "theirs")}
        try:
            if portal_access.confirm_named(by=request.actor, **data):
                messages.success(request, DONE)
                return redirect("home")
        except Refused as refused:
            if refused.constraint == portal_access.USED:
                form.add_error("theirs", _used(refused.detail))
            else:  # a colleague was quicker
                form.add_error("username", NO_SPACE)
        else:
            form.add_error("username", NO_SPACE)
    return render(request, "clients/records/portal_confirm_named.html", {"form": form})


def _used(first: str) -> str:
    return _(
        "Somebody first signed in on %(when)s. Ask the client whether it was they: if so, tick this and give "
        "a day since then. If not, do not confirm it: tell the data-protection lead."
    ) % {"when": written(timezone.localtime(parse_datetime(first)), "DATETIME_FORMAT")}


def _found(request: Request, access_id: UUID) -> PortalAccess:
    rows = PortalAccess.objects.with_state().select_related("client", "opened_by", "confirmed_by")
    access: PortalAccess = door.get(request, rows, access_id, "portal.confirmation")
    permissions.check_edit(request.actor, access.client)
    return access


def _others(access: PortalAccess) -> list[str]:
    """Who can confirm it: the branch's coordinators, and others to whom the client is given.

    Nobody who may be the same as whoever opened it.
    """
    client: Client = access.client
    leading = people.coordinators(client.branch_id) - people.in_conflict_with(client)
    given = client.grants.live()
    if client.protected:
        leading &= set(given.filter(scope=Scope.NAMED).values_list("person_id", flat=True))
    have = given.filter(basis=Basis.ASSIGNMENT, scope=Scope.FULL).values_list(
        "person_id", flat=True
    )
    able = Person.objects.filter(pk__in=leading | set(have), left_at=None).exclude(
        pk__in=circle_of(access.opened_by_id)
    )
    return list(able.order_by("working_name").values_list("working_name", flat=True))
