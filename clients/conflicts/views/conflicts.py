"""Conflicts of interest: with a client, with a colleague, with a complaint; marking and lifting."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from audit import door
from audit.actor import Request
from clients.access import people, permissions
from clients.access.opening import find_client
from clients.conflicts import actions
from clients.conflicts.forms import NOT_POSSIBLE, ConflictForm, OwnConflictForm
from clients.conflicts.permissions import can_lift, check_lift, check_mark_colleague
from clients.models import Client, Conflict
from vault.exceptions import Refused
from volunteers.decorators import fresh_sign_in, people_only
from volunteers.models import Person
from volunteers.querysets import serving

PEOPLE = ("person", "colleague", "marked_by", "ended_by")


@people_only
def conflict_self(request: Request, client_id: UUID) -> HttpResponse:
    """I should not deal with this client: the record closes to me at once."""
    client = find_client(request, client_id, "client.view")
    permissions.check_view(request.actor, client)
    alone = people.is_last_coordinator(request.actor, client)
    form = OwnConflictForm(request.POST or None, alone=alone)
    first = alone and client.protected  # nobody could name another afterwards: the database refuses
    if request.method == "POST" and not first and form.is_valid():
        reason = form.cleaned_data["reason"]
        me = request.actor.person
        actions.mark_with_client(by=request.actor, person=me, client=client, reason=reason)
        messages.success(request, _("Done. This record is closed to you from now on."))
        return redirect("home")
    return _page(request, "conflict_self.html", form, client=client, alone=alone, first=first)


@people_only
def conflict_list(request: Request, client_id: UUID) -> HttpResponse:
    """Who must not deal with this client; for the coordinators of the branch."""
    client = find_client(request, client_id, "client.view")
    permissions.check_assign(request.actor, client)
    rows = Conflict.objects.listed().filter(client=client).select_related(*PEOPLE)
    return _page(request, "conflict_list.html", None, client=client, **_lines(request, rows))


@people_only
def conflict_add(request: Request, client_id: UUID) -> HttpResponse:
    """A coordinator marks somebody of the branch: the record closes to that person at once."""
    client = find_client(request, client_id, "client.view")
    permissions.check_assign(request.actor, client)
    marked = people.in_conflict_with(client)
    others = people.choices(client.branch_id, without={request.actor.person, *marked})
    form = ConflictForm(request.POST or None, people=others)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.mark_with_client(
                by=request.actor, person=UUID(data["person"]), client=client, reason=data["reason"]
            )
        except Refused:
            form.add_error(None, NOT_POSSIBLE)
        else:
            messages.success(request, _("The record is closed to this person from now on."))
            return redirect("conflict_list", client.pk)
    return _page(request, "conflict_add.html", form, client=client, people=others)


@people_only
def conflict_person(request: Request, person_id: UUID) -> HttpResponse:
    """With whom somebody must not deal, among colleagues."""
    person = _find_person(request, person_id)
    rows = Conflict.objects.filter(colleague__isnull=False).select_related(*PEOPLE)
    rows = rows.filter(person=person) | rows.filter(colleague=person)
    return _page(request, "conflict_person.html", None, person=person, **_lines(request, rows))


@people_only
def conflict_person_add(request: Request, person_id: UUID) -> HttpResponse:
    """Mark that somebody and a colleague must not decide on each other."""
    person = _find_person(request, person_id)
    others = people.everybody(without={person.pk})
    form = ConflictForm(request.POST or None, people=others)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.mark_with_colleague(
                by=request.actor,
                person=person.pk,
                colleague=UUID(data["person"]),
                reason=data["reason"],
            )
        except Refused:
            form.add_error(None, NOT_POSSIBLE)
        else:
            messages.success(request, _("From now on they decide nothing about each other."))
            return redirect("conflict_person", person.pk)
    return _page(request, "conflict_person_add.html", form, person=person)


@people_only
@fresh_sign_in
def conflict_end(request: Request, conflict_id: UUID) -> HttpResponse:
    """Lift a conflict. What had ended by it does not come back by itself."""
    rows = Conflict.objects.select_related(*PEOPLE)
    conflict: Conflict = door.get(request, rows, conflict_id, "conflict.lift")
    check_lift(request.actor, conflict)
    back = _back(conflict)
    if request.method == "POST":
        try:
            lifted = actions.lift(by=request.actor, conflict=conflict)
        except Refused:
            messages.warning(request, _("You may not lift this. The president can."))
        else:
            said = _("Lifted.") if lifted else _("This had been lifted already.")
            messages.success(request, said)
        return redirect(*back)
    return _page(request, "conflict_end.html", None, conflict=conflict, back=back)


def _back(conflict: Conflict) -> tuple[str, UUID]:
    if conflict.client_id:
        return "conflict_list", conflict.client_id
    if conflict.complaint_id:
        return "complaint_view", conflict.complaint_id
    return "conflict_person", conflict.person_id


def _find_person(request: Request, person_id: UUID) -> Person:
    person = door.get(request, serving(), person_id, "person.view")
    check_mark_colleague(request.actor, person.pk, person.live_duties)
    return person


def _lines(request: Request, rows: Any) -> dict[str, Any]:
    """Conflicts that bind, with whether they may be lifted here; and those that were lifted."""
    live = [{"conflict": row, "may_lift": can_lift(request.actor, row)} for row in rows.live()]
    known = {line["conflict"].pk for line in live}
    return {"live": live, "ended": [row for row in rows if row.pk not in known]}


def _page(request: Request, name: str, form: Any, **context: Any) -> HttpResponse:
    client: Client | None = context.get("client")
    context |= {"form": form, "client": client}
    return render(request, f"clients/conflicts/{name}", context)
