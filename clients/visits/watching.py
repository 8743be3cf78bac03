"""Who is out alone, as the two whom it concerns may know it: names and times, never the place."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, F, Func, QuerySet

from audit.actor import Actor
from clients.access import permissions
from clients.models import LoneVisit
from volunteers.models import Duty, Person

SERVING = ("volunteer", "coordinator")


def buddies(actor: Actor) -> QuerySet[Person]:
    """Who may watch: colleagues of the branches one serves in, who have signed the code that binds."""
    people = _beside(actor).values("person")
    return Person.objects.filter(pk__in=people).exclude(pk=actor.person).order_by("working_name")


def branch_shared(actor: Actor, buddy: UUID) -> UUID:
    """A branch in which both serve."""
    return _beside(actor).filter(person=buddy).values_list("branch_id", flat=True)[0]


def _beside(actor: Actor) -> QuerySet[Any, Any]:
    serves = Func(
        F("person_id"), F("branch_id"), function="sec.is_serving_in", output_field=BooleanField()
    )
    here = Duty.objects.live().filter(branch__in=permissions.serves_in(actor), kind__in=SERVING)
    return here.annotate(serves=serves).filter(serves=True)


def state(actor: Actor, *, any_out: bool = True) -> dict[str, Any]:
    """The visits that concern somebody, and a digest that changes when what they show does.

    ``any_out`` is False where it is known already that there is none.
    """
    rows = list(LoneVisit.objects.around(actor.person)) if any_out else []
    said = "|".join(f"{out.pk} {out.until} {out.is_late} {out.alarms}" for out in rows)
    mine = [out for out in rows if out.person_id == actor.person]
    return {
        "mine": mine,
        "alarms": [out for out in rows if out.buddy_id == actor.person and out.alarms],
        "watched": [out for out in rows if out.buddy_id == actor.person and not out.alarms],
        "digest": hashlib.sha256(said.encode()).hexdigest()[:16],
    }


def to_call(out: LoneVisit) -> list[str]:
    """Who else could know: the other coordinators of the branch, by their working names."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.visit_coordinators(%s)", [out.pk])
        return [name for (name,) in cursor.fetchall()]
