"""Who may know what of a client, why and until when; giving, ending, and opening notes for a reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import DatabaseError, transaction
from django.db.models import F, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from audit import door
from audit.actor import Actor, Request
from clients.access import permissions
from clients.access.opening import find_client, purpose
from clients.access.people import coordinators, not_yet
from clients.models import Basis, Client, Conflict, Grant, Link, Scope
from clients.models.records import State
from clients.records.actions.portal_access import ending_spaces
from clients.who_may_know import page
from clients.who_may_know.actions import grants
from clients.who_may_know.actions.grants import NOT_NOW
from clients.who_may_know.forms import GrantForm, NotesOpenForm
from clients.who_may_know.page import told
from clients.who_may_know.permissions import can_let_know, check_end_grant
from components.dates import written
from vault.exceptions import Refused
from volunteers.decorators import fresh_sign_in, people_only
from volunteers.models import Association, Person
from volunteers.querysets import bound_in, circle_of

NOT_GIVEN = gettext_lazy(
    "This is not possible now. Look again who serves in the branch, or ask the data-protection lead."
)


@require_safe
@people_only
def grant_list(request: Request, client_id: UUID) -> HttpResponse:
    """Who may know what, why, until when: the whole of it, to read and to print."""
    client = find_client(request, client_id, "grant.list")
    permissions.check_view(request.actor, client)
    actor = request.actor
    keys = door.open_one(request, client.pk, "grant.list", purpose(actor))
    context = {
        "client": client,
        "parts": page.registered(actor, client, keys),
        "told": told(client, keys),
        "association": Association.objects.get(),
        "now": timezone.now(),
        "printing": "print" in request.GET,
        "ends": "print" not in request.GET,
        "assigns": permissions.can_assign(actor, client),
        "lets_know": can_let_know(actor, client) and client.state == State.OPEN,
        **page.split(page.lines(actor, client)),
    }
    return render(request, "clients/records/grant_list.html", context)


@people_only
@fresh_sign_in
def grant_add(request: Request, client_id: UUID) -> HttpResponse:
    """A coordinator gives the record to somebody of the branch."""
    client = find_client(request, client_id, "grant.add")
    permissions.check_assign(request.actor, client)
    people = assignable(request.actor.person, client)
    leading = coordinators(client.branch_id)
    form = GrantForm(
        request.POST or None,
        people=[(str(p.pk), titled(p, leading)) for p in people],
        near=people_near(client),
        leading=frozenset(map(str, leading)),
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with transaction.atomic():
                give(request.actor, client, form)
        except DatabaseError:
            form.add_error(None, NOT_GIVEN)
        else:
            name = next(p.working_name for p in people if str(p.pk) == data["person"])
            messages.success(request, given(name, form))
            return redirect("grant_list", client.pk)
    context = {
        "client": client,
        "form": form,
        "people": people,
        "unconfirmed": not_yet(request.actor.person, [client.branch_id]),
    }
    return render(request, "clients/records/grant_add.html", context)


def give(actor: Actor, client: Client, form: GrantForm) -> Grant:
    """What the form asks for: an assignment, or that a coordinator reads the notes."""
    data, until = form.cleaned_data, form.until_when()
    to: dict[str, Any] = {
        "by": actor,
        "client": client,
        "person": UUID(data["person"]),
        "starts": form.starts_when(),
    }
    if form.lets_read and until:
        return grants.let_read(reason=data["reason"], until=until, **to)
    return grants.assign(scope=data["scope"], until=until, **to)


def titled(person: Person, leading: set[UUID]) -> str:
    """A name, and that somebody coordinates the branch: what can be given to them differs."""
    if person.pk not in leading:
        return person.working_name
    return _("%(name)s (coordinates this branch)") % {"name": person.working_name}


def given(name: str, form: GrantForm) -> str:
    """That somebody can see the record, and from when on."""
    if form.starts_when() is None:
        return _("%(name)s can see this record now.") % {"name": name}
    day = written(form.cleaned_data["starts"])
    return _("%(name)s can see this record from %(day)s on.") % {"name": name, "day": day}


def assignable(me: UUID | None, client: Client) -> list[Person]:
    """Who serves in the client's branch, has signed the code that binds, and has no assignment yet, nor
    notes that another coordinator let them read."""
    let_read = Q(basis=Basis.BRANCH_DUTY, scope=Scope.READ) & ~Q(granted_by=F("person"))
    have = client.grants.unended().filter(Q(basis=Basis.ASSIGNMENT) | let_read).values("person")
    barred = Conflict.objects.live().filter(client=client).values("person")
    people = bound_in([client.branch_id]).exclude(pk__in=circle_of(me)).exclude(pk__in=have)
    return list(people.exclude(pk__in=barred).order_by("working_name"))


def people_near(client: Client) -> frozenset[str]:
    """Who has somebody already who belongs together with this client, as far as the asker may see both."""
    links = Link.objects.of(client)
    others = [
        second if first == client.pk else first
        for first, second in links.values_list("first_id", "second_id")
    ]
    if not others:
        return frozenset()
    have = Grant.objects.live().assignments().filter(client__in=others)
    return frozenset(map(str, have.values_list("person_id", flat=True)))


@people_only
def grant_end(request: Request, grant_id: UUID) -> HttpResponse:
    """End a grant, one's own or as the coordinator. It binds in the same second."""
    rows = Grant.objects.select_related("client", "person")
    grant: Grant = door.get(request, rows, grant_id, "grant.end")
    check_end_grant(request.actor, grant)
    mine = grant.person_id == request.actor.person
    notes = mine and grant.scope == Scope.READ  # the notes that one opened for oneself
    if request.method == "POST":
        try:
            ended = grants.end_grant(by=request.actor, grant=grant)
        except Refused:
            messages.warning(
                request, _("Nobody else coordinates this protected record. Name another first.")
            )
            return redirect("client_protect", grant.client_id)
        if ended and notes:
            messages.success(request, _("The notes are closed."))
        elif ended:
            messages.success(
                request, _("It has ended. Nothing of this record can be seen through it now.")
            )
        else:
            messages.info(request, _("This had ended already."))
        if not Client.objects.filter(pk=grant.client_id).exists():
            return redirect("home")  # it was by this that the record could be seen
        return redirect("client_view" if notes else "grant_list", grant.client_id)
    context = {"grant": grant, "client": grant.client, "mine": mine, "notes": notes}
    context["ending"] = ending_spaces(grant.person, Grant.objects.filter(pk=grant.pk))
    return render(request, "clients/records/grant_end.html", context)


@people_only
@fresh_sign_in
def notes_open(request: Request, client_id: UUID) -> HttpResponse:
    """A coordinator opens the notes of a record, for a coded reason and one hour."""
    client = find_client(request, client_id, "notes.open")
    permissions.check_assign(request.actor, client)
    form = NotesOpenForm(request.POST or None)
    if permissions.can_read_notes(request.actor, client):
        return redirect("client_view", client.pk)
    if request.method == "POST" and form.is_valid():
        try:
            grants.open_notes(by=request.actor, client=client, reason=form.cleaned_data["reason"])
        except Refused:
            messages.warning(request, NOT_NOW)
        else:
            messages.success(request, _("The notes are open to you for one hour."))
        return redirect("client_view", client.pk)
    context = {"client": client, "form": form, "hours": grants.READING_HOURS}
    return render(request, "clients/records/notes_open.html", context)
