"""Who is out alone, as the two whom it concerns may know it: names and times, never the place."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, F, Func, QuerySet

from audit.visit import Visit
from clients.access import permissions
from clients.models import LoneVisit
from volunteers.models import Duty, Person

SERVING = ("volunteer", "coordinator")


def buddies(visit: Visit) -> QuerySet[Person]:
    """Who may watch: colleagues of the branches one serves in, who have signed the code that binds."""
    people = _beside(visit).values("person")
    return Person.objects.filter(pk__in=people).exclude(pk=visit.person).order_by("working_name")


def branch_shared(visit: Visit, buddy: UUID) -> UUID:
    """A branch in which both serve."""
    return _beside(visit).filter(person=buddy).values_list("branch_id", flat=True)[0]


def _beside(visit: Visit) -> QuerySet[Any, Any]:
    serves = Func(
        F("person_id"), F("branch_id"), function="sec.is_serving_in", output_field=BooleanField()
    )
    here = Duty.objects.live().filter(branch__in=permissions.serves_in(visit), kind__in=SERVING)
    return here.annotate(serves=serves).filter(serves=True)


def state(visit: Visit) -> dict[str, Any]:
    """The visits that concern somebody, and a digest that changes when what they show does."""
    rows = list(LoneVisit.objects.around(visit.person))
    said = "|".join(f"{out.pk} {out.until} {out.is_late} {out.alarms}" for out in rows)
    mine = [out for out in rows if out.person_id == visit.person]
    return {
        "mine": mine,
        "alarms": [out for out in rows if out.buddy_id == visit.person and out.alarms],
        "watched": [out for out in rows if out.buddy_id == visit.person and not out.alarms],
        "digest": hashlib.sha256(said.encode()).hexdigest()[:16],
    }


def to_call(out: LoneVisit) -> list[str]:
    """Who else could know: the coordinators of the branch, by their working names."""
    duties = Duty.objects.live().filter(branch=out.branch_id, kind="coordinator")
    names = duties.exclude(person=out.person_id).order_by("person__working_name")
    return list(names.values_list("person__working_name", flat=True))
