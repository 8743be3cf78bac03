"""Posts that nobody holds, or one person only; what the board gave; and accounts that were let in again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from audit.actor import Actor
from volunteers.models import Branch, Duty, DutyKind, LetIn, LettingIn

DAYS = 30  # for so long something is news
OF_THE_ASSOCIATION = (DutyKind.PRESIDENT, DutyKind.PROTECTION, DutyKind.ADMINISTRATOR)
OFFICES = frozenset(kind.value for kind in OF_THE_ASSOCIATION)


@dataclass
class Posts:
    """Posts in words."""

    empty: list[str] = field(default_factory=list)
    single: list[str] = field(default_factory=list)


def posts(actor: Actor) -> Posts:
    """Empty posts that concern the actor: those of the association, and who coordinates a branch.

    Posts for whose holder nobody stands in are for the president, and for a branch's own coordinator."""
    held: dict[tuple[str, Any], set[Any]] = {}
    for duty in Duty.objects.live().filter(kind__in=[*OFFICES, DutyKind.COORDINATOR]):
        held.setdefault((duty.kind, duty.branch_id), set()).add(duty.person_id)
    president, officer = actor.holds("president"), bool(OFFICES & actor.duties.keys())
    mine = {branch for branches in actor.duties.values() for branch in branches}
    found = Posts()

    def count(kind: DutyKind, branch: Branch | None, alone: bool) -> None:
        people = held.get((kind.value, branch.pk if branch else None), set())
        words = f"{kind.label}, {branch.name}" if branch else str(kind.label)
        if not people:
            found.empty.append(words)
        elif len(people) == 1 and alone:
            found.single.append(words)

    for kind in OF_THE_ASSOCIATION:
        count(kind, None, president)
    for branch in Branch.objects.order_by("code"):
        if officer or branch.pk in mine:
            count(DutyKind.COORDINATOR, branch, president or actor.holds("coordinator", branch.pk))
    return found


def minuted() -> list[dict[str, Any]]:
    """The offices that the board gave in the last days, with who held them before."""
    since = timezone.now() - timedelta(days=DAYS)
    given = list(Duty.objects.minuted_since(since).select_related("person"))
    return [{"duty": duty, "before": _before(duty)} for duty in given]


def let_in_again() -> QuerySet[LettingIn]:
    """Accounts that got a new first password in the last days, the last first."""
    since = timezone.now() - timedelta(days=DAYS)
    return LettingIn.objects.filter(how=LetIn.NEW_SIGN_IN, at__gte=since).select_related("person")


def _before(duty: Duty) -> list[str]:
    """Who else's duty ended in the same act."""
    ended = Duty.objects.filter(kind=duty.kind, ends_at=duty.starts_at)
    ended = ended.exclude(person=duty.person_id)
    return list(
        ended.order_by("person__working_name").values_list("person__working_name", flat=True)
    )
