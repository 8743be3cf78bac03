"""What the home page says about emergency accesses: one's own, and those that wait for a review."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actor import Actor, Request
from audit.models import Event
from clients.access.home import Section
from clients.models import Breach, Emergency

FOLDER = "clients/emergencies/includes/"
FEW = 10


def my_emergencies(request: Request) -> Section | None:
    """A record that is open to this person now, and the words that they still owe."""
    actor: Actor = request.actor
    mine = Emergency.objects.filter(person=actor.person)
    live, owed = mine.live().first(), list(mine.without_words()[:FEW])
    if not (live or owed):
        return None
    context = {"live": live, "owed": owed, "now": timezone.now()}
    return Section(_("Opened in an emergency"), f"{FOLDER}mine.html", context, order=1)


def reviews(request: Request) -> Section | None:
    """What waits for a review by this person, overdue first, by references."""
    actor: Actor = request.actor
    if not (actor.holds("coordinator") or (actor.holds("protection") and actor.cleared)):
        return None
    waiting = Emergency.objects.for_review().select_related("person", "branch")
    rows, late = list(waiting[:FEW]), waiting.overdue().count()
    lead = actor.holds("protection")
    if not rows and not lead:
        return None
    context = {
        "rows": rows,
        "overdue": late,
        "now": timezone.now(),
        "more": waiting.count() - len(rows),
        "lead": lead,
    }
    if lead:
        context |= _numbers()
    return Section(_("Emergency accesses to review"), f"{FOLDER}reviews.html", context, order=8)


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
