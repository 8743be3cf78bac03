"""Who serves, by name and as choices of a form; and who is left to look after a record."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from audit.actor import Actor
from clients.models import Client, Conflict, Scope
from volunteers.confirming import tied_sentence
from volunteers.models import Duty, DutyKind, Person
from volunteers.querysets import bound_in, circle_of, serving

Choices = list[tuple[str, Any]]


def choices(branch: UUID, *, without: Collection[UUID | None] = ()) -> Choices:
    """Those who serve in a branch, with what they do there."""
    return [
        (str(person.pk), titled(person, branch))
        for person in serving()
        if person.pk not in without and any(duty.branch_id == branch for duty in person.live_duties)  # type: ignore[attr-defined]
    ]


def everybody(*, without: Collection[UUID | None] = (), me_first: UUID | None = None) -> Choices:
    """Everybody who serves; ``me_first`` heads the list as oneself."""
    found = [
        (str(person.pk), titled(person))
        for person in serving()
        if person.pk not in without and person.pk != me_first and person.live_duties  # type: ignore[attr-defined]
    ]
    return [(str(me_first), _("Myself")), *found] if me_first else found


def titled(person: Person, branch: UUID | None = None) -> str:
    """A working name with the duties, in one branch or all."""
    duties = [
        str(duty.get_kind_display()) + (f" {duty.branch}" if duty.branch_id and not branch else "")
        for duty in person.live_duties  # type: ignore[attr-defined]
        if branch is None or duty.branch_id == branch
    ]
    return f"{person.working_name} ({', '.join(duties)})" if duties else person.working_name


def in_conflict_with(client: Client) -> set[UUID]:
    """Who must not deal with this client, as far as the asker may know."""
    return set(Conflict.objects.live().filter(client=client).values_list("person_id", flat=True))


def coordinators(branch: UUID) -> set[UUID]:
    """Who coordinates a branch now."""
    rows = Duty.objects.live().filter(branch_id=branch, kind=DutyKind.COORDINATOR)
    return set(rows.filter(person__left_at=None).values_list("person_id", flat=True))


def is_last_coordinator(actor: Actor, client: Client) -> bool:
    """Whether nobody would coordinate this client without this person."""
    if not actor.holds("coordinator", client.branch_id):
        return False
    others = coordinators(client.branch_id) - in_conflict_with(client) - {actor.person}
    if client.protected:
        named = client.grants.live().filter(scope=Scope.NAMED).values_list("person_id", flat=True)
        others &= set(named)
    return not others


def colleagues(people: Iterable[UUID | None]) -> dict[UUID, str]:
    """Working names of people who serve."""
    wanted = {person for person in people if person}
    return dict(Person.objects.filter(pk__in=wanted).values_list("pk", "working_name"))


def not_yet(me: UUID | None, branches: Collection[UUID]) -> list[str]:
    """Whom somebody gives no client yet, because nobody else has confirmed them: who, and who can."""
    people = bound_in(branches).filter(pk__in=circle_of(me)).exclude(pk=me)
    return [tied_sentence(me, person) for person in people.order_by("working_name")]
