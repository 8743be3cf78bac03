"""What waits for a coordinator, on the home page."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from audit.actor import Actor, Request
from clients.access import home
from clients.access.home import Section, There
from disclosures.models import Disclosure

SHOWN = 5
WAITING = "disclosures.waiting"


def all_waiting(me: UUID) -> QuerySet[Disclosure]:
    """All that wait for a coordinator, whichever: whose it is to decide is asked of these only."""
    tomorrow = Now() + timedelta(days=1)  # wherever the day begins
    return Disclosure.objects.filter(
        Q(state__in=["asked", "stopped", "approved"])
        | Q(look_again_on__lte=tomorrow) & ~Q(state="cancelled")
    )


home.ask(WAITING, all_waiting, "coordinator")


def waiting_decisions(request: Request, there: There) -> Section | None:
    """Disclosures that wait for this coordinator's decision or release."""
    actor = request.actor
    if not actor.holds("coordinator"):
        return None
    rows = _rows(actor) if WAITING in there else []
    context = {"disclosures": rows[:SHOWN], "more": len(rows) > SHOWN}
    return Section(
        title=_("Disclosures that wait for you"),
        template="disclosures/includes/home_waiting.html",
        context=context,
        order=10,
    )


def _rows(actor: Actor) -> list[Disclosure]:
    """What waits for this coordinator: to decide, to release, to look at again."""
    decide = Disclosure.objects.to_decide(actor).select_related("client", "requested_by")
    release = Disclosure.objects.to_release(actor).select_related("client", "requested_by")
    again = Disclosure.objects.to_look_at_again(actor).select_related("client", "requested_by")
    rows = [*decide[: SHOWN + 1], *release[: SHOWN + 1]]
    known = {row.pk for row in rows}
    return rows + [row for row in again[: SHOWN + 1] if row.pk not in known]
