"""Changing hands: clients of one volunteer to another, and a client to another branch."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import ProgrammingError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from audit import door
from audit.actor import Request
from clients.access import lists, permissions
from clients.access.opening import find_client
from clients.access.people import coordinators as leading
from clients.access.people import not_yet
from clients.handover import actions, leavers, moving
from clients.handover.forms import HandoverForm, MoveForm
from clients.models import Client, Conflict, Grant, Link
from clients.records.actions.portal_access import ending_spaces
from vault.exceptions import Refused
from volunteers.decorators import duty_required, fresh_sign_in, people_only
from volunteers.models import Branch, Duty, DutyKind, Person
from volunteers.querysets import bound_in, circle_of


@require_http_methods(["GET", "HEAD", "POST"])
@duty_required("coordinator")
@fresh_sign_in
def handover_add(request: Request, person_id: UUID) -> HttpResponse:
    """Hand one, several or all clients of somebody, who may have left, to another volunteer."""
    person: Person = door.get(request, Person.objects.all(), person_id, "handover.add")
    clients = leavers.clients_of(request.actor, person)
    names = lists.names(lists.opened(request, [c.pk for c in clients], "client.list"))
    people = takers(request, person, clients)
    form = HandoverForm(
        request.POST or None,
        clients=[(str(c.pk), f"{names.get(c.pk, '')} · {c.reference}") for c in clients],
        people=[(str(p.pk), p.working_name) for p in people],
        near=near(request, clients),
        initial={"clients": request.GET.getlist("client")} if "client" in request.GET else {},
    )
    if request.method == "POST" and form.is_valid() and handed(request, person, form):
        if departure := person.departure:
            return redirect("leaver_view", departure.pk)
        return redirect("person_view", person.pk)
    branches = {client.branch_id for client in clients}
    context = {
        "person": person,
        "clients": clients,
        "people": people,
        "form": form,
        "unconfirmed": not_yet(request.actor.person, branches),
        "ending": ending_spaces(
            person, Grant.objects.live().filter(person=person, client__in=clients)
        ),
    }
    return render(request, "clients/handover/handover_add.html", context)


def near(request: Request, clients: list[Client]) -> frozenset[str]:
    """Who has somebody already who belongs together with one of the clients that were chosen."""
    wanted = request.POST.getlist("clients")
    chosen = [c.pk for c in clients if "everyone" in request.POST or str(c.pk) in wanted]
    links = Link.objects.of(*chosen).values_list("first_id", "second_id") if chosen else ()
    others = {client for pair in links for client in pair} - set(chosen)
    have = Grant.objects.live().assignments().filter(client__in=others)
    return frozenset(map(str, have.values_list("person_id", flat=True))) if others else frozenset()


def takers(request: Request, person: Person, clients: list[Client]) -> list[Person]:
    """Who can take these clients over: in their branches, bound by the code, neither the one nor me, nor
    somebody who may be me. Not coordinators of one of the branches: they have the clients by that duty,
    without the notes."""
    branches = {client.branch_id for client in clients}
    people = bound_in(branches)
    away = {person.pk, *circle_of(request.actor.person)}.union(*(leading(b) for b in branches))
    return list(people.exclude(pk__in=away).order_by("working_name"))


def handed(request: Request, person: Person, form: HandoverForm) -> bool:
    """Do it and say so; False, with an error on the form, when it cannot be done."""
    chosen, to = form.chosen(), UUID(form.cleaned_data["person"])
    if apart := conflicts(to, chosen):
        form.add_error("person", apart)
        return False
    try:
        number = actions.hand_over(
            by=request.actor, clients=chosen, of=person.pk, to=to, since=form.since_day()
        )
    except Refused as refused:
        of_person = refused.constraint in actions.OF_PERSON
        form.add_error("person" if of_person else None, refused.message)
    except ProgrammingError:
        form.add_error(
            None,
            _("This is not possible. Choose somebody who serves in the branch of each client."),
        )
    else:
        name = Person.objects.get(pk=to).working_name
        said = ngettext(
            "%(name)s has taken over %(n)d client.",
            "%(name)s has taken over %(n)d clients.",
            number,
        )
        messages.success(request, said % {"name": name, "n": number})
        return True
    return False


def conflicts(to: UUID, clients: list[UUID]) -> str:
    """Which of these clients somebody must not deal with, in a sentence that helps; '' if none."""
    rows = Conflict.objects.live().filter(person=to, client__in=clients).select_related("client")
    found = sorted({row.client.reference for row in rows if row.client})
    if not found:
        return ""
    return _(
        "A conflict of interest is noted between this person and %(clients)s. "
        "Choose somebody else there."
    ) % {"clients": ", ".join(found)}


@require_http_methods(["GET", "HEAD", "POST"])
@people_only
@fresh_sign_in
def client_move(request: Request, client_id: UUID) -> HttpResponse:
    """A client goes to another branch: what ends, who takes over, who answers for the data then."""
    client = find_client(request, client_id, "client.move")
    permissions.check_assign(request.actor, client)
    branches = list(Branch.objects.exclude(pk=client.branch_id).order_by("name"))
    form = MoveForm(
        request.POST or None,
        branches=[(str(b.pk), branch_label(b)) for b in branches],
        coordinators=coordinators(branches) if client.protected else None,
    )
    waiting = moving.hindrances(request.actor, client)
    if (
        request.method == "POST"
        and not waiting
        and form.is_valid()
        and moved(request, client, form)
    ):
        return redirect("client_list")
    context: dict[str, Any] = {
        "client": client,
        "form": form,
        "branches": branches,
        "waiting": waiting,
        "controllers": client.branch.legal_body or any(b.legal_body for b in branches),
    }
    return render(request, "clients/handover/client_move.html", context)


def branch_label(branch: Branch) -> str:
    """A branch by name, and whether it answers for its data by itself."""
    if branch.legal_body:
        return _("%(branch)s (a legal body of its own)") % {"branch": branch.name}
    return branch.name


def coordinators(branches: list[Branch]) -> list[tuple[str, str]]:
    """The coordinators of these branches, with their branch. Whether they have signed is not for
    another branch to know; the database refuses whoever has not."""
    duties = Duty.objects.live().filter(branch__in=branches, kind=DutyKind.COORDINATOR)
    rows = duties.select_related("person", "branch").order_by(
        "branch__name", "person__working_name"
    )
    return [
        (str(d.person_id), f"{d.person.working_name}, {d.branch.name}") for d in rows if d.branch
    ]


def moved(request: Request, client: Client, form: MoveForm) -> bool:
    """Do it and say so; False, with an error on the form, when it cannot be done."""
    taker = form.cleaned_data.get("takes_over")
    try:
        actions.move(
            by=request.actor,
            client=client,
            branch=UUID(form.cleaned_data["branch"]),
            takes_over=UUID(taker) if taker else None,
        )
    except Refused as refused:
        form.add_error(None, refused.message)
    except ProgrammingError:
        form.add_error(
            None,
            _("This is not possible. A branch needs a coordinator who can take the record over."),
        )
    else:
        said = _("%(client)s belongs to the other branch now. Nothing of it can be seen here.")
        messages.success(request, said % {"client": client.reference})
        return True
    return False
