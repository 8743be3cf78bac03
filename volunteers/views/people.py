"""Colleagues: who serves where, and a person's page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from audit import door
from audit.actor import Actor, Request
from volunteers.decorators import people_only
from volunteers.models import Branch, Departure, DutyKind, Person, PersonDetails
from volunteers.permissions import OFFICES, coordinates, duties_to_give, may_end, may_part_with
from volunteers.querysets import (
    lettings_in,
    meetings_of,
    serving,
    signed_now,
    undertakings_of,
    who_confirms,
)

LEFT_SHOWN = 50
WIDE = frozenset({DutyKind.PRESIDENT, DutyKind.PROTECTION, DutyKind.ADMINISTRATOR})


@people_only
def people_list(request: Request) -> HttpResponse:
    """The colleagues of my branches; all of them for whoever serves the whole association."""
    actor = request.actor
    people = list(serving())
    context = {
        "groups": groups(actor, people),
        "may_invite": bool(duties_to_give(actor)),
        "on_duty": bool(actor.duties),
        "departures": Departure.objects.lasting().select_related("person")[:LEFT_SHOWN],
        "in_office": any(map(actor.holds, OFFICES)),
    }
    return render(request, "volunteers/people_list.html", context)


def groups(actor: Actor, people: list[Person]) -> list[dict[str, Any]]:
    """People by branch, then those who serve the whole association."""
    signed = signed_now(person.pk for person in people)
    found = []
    for branch in branches_in_sight(actor):
        rows = [row(person, branch.pk) for person in people if row(person, branch.pk)["duties"]]
        if actor.holds("coordinator", branch.pk) or actor.holds("president"):
            rows = [entry | {"unsigned": entry["person"].pk not in signed} for entry in rows]
        found.append({"title": branch.name, "rows": rows})
    rows = [row(person, None) for person in people if row(person, None)["duties"]]
    return [*found, {"title": _("The whole association"), "rows": rows}]


def branches_in_sight(actor: Actor) -> list[Branch]:
    """My branches; every branch for whoever serves the whole association."""
    branches = Branch.objects.order_by("name")
    if WIDE & actor.duties.keys():
        return list(branches)
    mine = actor.duties.get("volunteer", frozenset()) | actor.duties.get("coordinator", frozenset())
    return list(branches.filter(pk__in=[branch for branch in mine if branch]))


def row(person: Person, branch: UUID | None) -> dict[str, Any]:
    """A person in a branch (None: for the whole association): their duties there, in words."""
    labels = [
        str(duty.get_kind_display())
        for duty in person.live_duties  # type: ignore[attr-defined]
        if duty.branch_id == branch
    ]
    return {"person": person, "duties": ", ".join(labels), "unsigned": False}


@people_only
def person_view(request: Request, person_id: UUID) -> HttpResponse:
    """Somebody who serves: duties for all, private details for the coordinator of the branch."""
    actor = request.actor
    person = door.get(request, serving(), person_id, "person.view")
    myself = person.pk == actor.person
    details = None
    sees_details = coordinates(actor, person) and not myself
    if sees_details:
        details = private_details(request, person)
    context = {
        "person": person,
        "myself": myself,
        "duties": [{"duty": duty, "may_end": may_end(actor, duty)} for duty in person.live_duties],
        "sees_details": sees_details,
        "details": details,
        "undertakings": undertakings_of(person.pk) if not myself else [],
        "may_appoint": bool(duties_to_give(actor)) and not myself,
        "may_part": may_part_with(actor, person),
        "lettings": lettings_in([person.pk]),
        "meetings": meetings_of([person.pk]).filter(withdrawn_at=None),
        "may_confirm": not myself and actor.person in [p.pk for p in who_confirms(person.pk)],
        "may_mark": myself or actor.holds("president") or coordinates(actor, person),
    }
    return render(request, "volunteers/person_view.html", context)


def private_details(request: Request, person: Person) -> PersonDetails | None:
    """A person's details, opened; None when none were given. Looking is an event in any case (P12)."""
    keys = door.open_one(request, person.pk, "person.view", "coordination")
    details = PersonDetails.objects.filter(person=person).first()
    return details.unlock(keys) if details else None
