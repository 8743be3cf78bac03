"""What the home page says about emergency accesses: one's own, and those that wait for a review."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actor import Actor, Request
from audit.models import Event
from clients.access import home
from clients.access.home import Section, There
from clients.models import Breach, Emergency

FOLDER = "clients/emergencies/includes/"
FEW = 10
MINE, TO_REVIEW = "emergencies.mine", "emergencies.to_review"


def of_mine(me: UUID) -> QuerySet[Emergency]:
    """What somebody opened that is still open, or of which they have not said why."""
    return Emergency.objects.filter(Q(ends_at__gt=Now()) | Q(words_at=None), person=me)


home.ask(MINE, of_mine)
home.ask(TO_REVIEW, lambda me: Emergency.objects.for_review(), "coordinator", "protection")


def my_emergencies(request: Request, there: There) -> Section | None:
    """A record that is open to this person now, and the words that they still owe."""
    if MINE not in there:
        return None
    actor: Actor = request.actor
    mine = Emergency.objects.filter(person=actor.person)
    live, owed = mine.live().first(), list(mine.without_words()[:FEW])
    if not (live or owed):
        return None
    context = {"live": live, "owed": owed, "now": timezone.now()}
    return Section(_("Opened in an emergency"), f"{FOLDER}mine.html", context, order=1)


def reviews(request: Request, there: There) -> Section | None:
    """What waits for a review by this person, overdue first, by references."""
    actor: Actor = request.actor
    if not (actor.holds("coordinator") or (actor.holds("protection") and actor.cleared)):
        return None
    lead = actor.holds("protection")
    if TO_REVIEW not in there and not lead:
        return None
    context = {"now": timezone.now(), "lead": lead} | _waiting(TO_REVIEW in there)
    if not context["rows"] and not lead:
        return None
    if lead:
        context |= _numbers()
    return Section(_("Emergency accesses to review"), f"{FOLDER}reviews.html", context, order=8)


def _waiting(any_of_mine: bool) -> dict[str, Any]:
    """What waits for this person: the first of them, how many more there are, how many are late."""
    if not any_of_mine:
        return {"rows": [], "overdue": 0, "more": 0}
    waiting = Emergency.objects.for_review().select_related("person", "branch")
    rows = list(waiting[:FEW])
    more = waiting.count() - len(rows) if len(rows) == FEW else 0
    return {"rows": rows, "overdue": waiting.overdue().count(), "more": more}


def _numbers() -> dict[str, int]:
    """For the data-protection lead: how many wait and are late anywhere, breaches, vain tries."""
    week = timezone.now() - timedelta(days=7)
    tries = Event.objects.filter(action="emergency.open", outcome="denied", at__gte=week)
    return {
        "all_waiting": Emergency.objects.to_review().count(),
        "all_overdue": Emergency.objects.overdue().count(),
        "breaches": Breach.objects.count(),
        "tries": tries.count(),
    }
