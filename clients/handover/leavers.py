"""Somebody who hands clients on, or has left: which clients wait for another volunteer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, QuerySet

from audit.actor import Actor
from clients.models import Client, Grant
from volunteers.models import Departure, Person, Reminder

SHOWN = 20


@dataclass
class Left:
    """A departure about which something is to be done: how many clients wait for another volunteer."""

    departure: Departure
    clients: int

    @property
    def pending(self) -> bool:
        """Whether nobody has given the reminder yet."""
        return self.departure.reminder == Reminder.PENDING


def clients_of(actor: Actor, person: Person) -> list[Client]:
    """Clients that a coordinator can hand on: given to ``person``, or left behind by them."""
    branches = actor.duties.get("coordinator", frozenset())
    if person.left_at:
        grants = left_behind([person.pk], branches)
    else:
        grants = Grant.objects.unended().assignments().filter(person=person, branch__in=branches)
    return list(Client.objects.filter(pk__in=grants.values("client_id")).order_by("reference"))


def left_behind(people: Iterable[UUID], branches: Iterable[UUID | None]) -> QuerySet[Grant]:
    """Assignments that ended when their holder left, of open clients whom nobody was given since."""
    since = Grant.objects.assignments().filter(
        client=OuterRef("client"), starts_at__gte=OuterRef("ends_at")
    )
    ended = Grant.objects.assignments().filter(
        person__in=list(people),
        ends_at=F("person__left_at"),
        branch__in=list(branches),
        client__state="open",
    )
    return ended.exclude(Exists(since))


def to_do(actor: Actor) -> list[Left]:
    """Departures about which something is to be done, the latest first."""
    rows = list(Departure.objects.lasting().select_related("person").order_by("-left_at")[:SHOWN])
    counts = {}
    if rows and (branches := actor.duties.get("coordinator", frozenset())):
        behind = left_behind([row.person_id for row in rows], branches).order_by()
        counted = behind.values("person").annotate(n=Count("client", distinct=True))
        counts = dict(counted.values_list("person", "n"))
    found = [Left(row, counts.get(row.person_id, 0)) for row in rows]
    return [left for left in found if left.clients or left.pending]
