"""Who may see a record, why and until when; giving, ending, and opening notes for a reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import DatabaseError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import door
from clients import permissions
from clients.actions import grants
from clients.forms.grants import GrantForm, NotesOpenForm
from clients.models import Basis, Client, Grant, ReadingReason, Scope
from clients.views.opening import Request, find_client
from volunteers.decorators import fresh_sign_in, people_only
from volunteers.models import Duty, Person, PolicyVersion, Undertaking

PURPOSES = dict(ReadingReason.choices)


@people_only
def grant_list(request: Request, client_id: UUID) -> HttpResponse:
    """Who may see this: a coordinator sees all grants, anybody else their own."""
    client = find_client(request, client_id, "grant.list")
    permissions.check_view(request.visit, client)
    rows = list(
        client.grants.select_related("person", "granted_by", "ended_by").order_by(
            "-starts_at", "id"
        )[:200]
    )
    now = timezone.now()
    live = [row for row in rows if row.ends_at is None or row.ends_at > now]
    coordinators = Duty.objects.live().filter(branch_id=client.branch_id, kind="coordinator")
    context = {
        "client": client,
        "live": [_line(request, row) for row in live],
        "ended": [_line(request, row) for row in rows if row not in live],
        "coordinators": coordinators.select_related("person").order_by("person__working_name"),
        "assigns": permissions.can_assign(request.visit, client),
    }
    return render(request, "clients/records/grant_list.html", context)


@people_only
@fresh_sign_in
def grant_add(request: Request, client_id: UUID) -> HttpResponse:
    """A coordinator gives the record to somebody of the branch."""
    client = find_client(request, client_id, "grant.add")
    permissions.check_assign(request.visit, client)
    people = assignable(request.visit.person, client)
    form = GrantForm(request.POST or None, people=[(str(p.pk), p.working_name) for p in people])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with transaction.atomic():
                grants.assign(
                    by=request.visit,
                    client=client,
                    person=UUID(data["person"]),
                    scope=data["scope"],
                    until=form.until_when(),
                )
        except DatabaseError:
            form.add_error(
                None, _("This is not possible any more. Look again who serves in the branch.")
            )
        else:
            name = next(p.working_name for p in people if str(p.pk) == data["person"])
            messages.success(request, _("%(name)s can see this record now.") % {"name": name})
            return redirect("grant_list", client.pk)
    context = {"client": client, "form": form, "people": people}
    return render(request, "clients/records/grant_add.html", context)


def assignable(me: UUID | None, client: Client) -> list[Person]:
    """Who serves in the client's branch, has signed the code that binds, and has no assignment yet."""
    today = timezone.localdate()
    binding = (
        PolicyVersion.objects.filter(material=True, adopted_on__lte=today)
        .order_by("-number").values_list("number", flat=True).first()
    )  # fmt: skip
    signed = Undertaking.objects.filter(version__number__gte=binding or 0).values("person")
    serving = Duty.objects.live().filter(branch_id=client.branch_id).values("person")
    have = client.grants.live().assignments().values("person")
    people = Person.objects.filter(pk__in=serving, left_at=None).filter(pk__in=signed)
    return list(people.exclude(pk=me).exclude(pk__in=have).order_by("working_name"))


@people_only
def grant_end(request: Request, grant_id: UUID) -> HttpResponse:
    """End a grant, one's own or as the coordinator. It binds in the same second."""
    rows = Grant.objects.select_related("client", "person")
    grant: Grant = door.get(request, rows, grant_id, "grant.end")
    permissions.check_end_grant(request.visit, grant)
    mine = grant.person_id == request.visit.person
    if request.method == "POST":
        if grants.end_grant(by=request.visit, grant=grant):
            messages.success(
                request, _("It has ended. Nothing of this record can be seen through it now.")
            )
        else:
            messages.info(request, _("This had ended already."))
        if permissions.coordinates(request.visit, grant.client):
            return redirect("grant_list", grant.client_id)
        return redirect("home")
    context = {"grant": grant, "client": grant.client, "mine": mine}
    return render(request, "clients/records/grant_end.html", context)


@people_only
@fresh_sign_in
def notes_open(request: Request, client_id: UUID) -> HttpResponse:
    """A coordinator opens the notes of a record, for a coded reason and one hour."""
    client = find_client(request, client_id, "notes.open")
    permissions.check_assign(request.visit, client)
    form = NotesOpenForm(request.POST or None)
    if permissions.can_read_notes(request.visit, client):
        return redirect("client_view", client.pk)
    if request.method == "POST" and form.is_valid():
        grants.open_notes(by=request.visit, client=client, reason=form.cleaned_data["reason"])
        messages.success(request, _("The notes are open to you for one hour."))
        return redirect("client_view", client.pk)
    context = {"client": client, "form": form, "hours": grants.READING_HOURS}
    return render(request, "clients/records/notes_open.html", context)


def _line(request: Request, grant: Grant) -> dict[str, Any]:
    can_end = permissions.can_end_grant(request.visit, grant)
    return {"grant": grant, "why": in_words(grant), "can_end": can_end}


def in_words(grant: Grant) -> str:
    """Why somebody may see: the basis, and the reason of a coordinator's reading."""
    if grant.scope == Scope.READ and grant.purpose in PURPOSES:
        return str(PURPOSES[grant.purpose])
    if grant.purpose == "intake":
        return _("Took this client in")
    return str(Basis(grant.basis).label)
