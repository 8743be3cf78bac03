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
from clients.models import Client
from disclosures.actions import recipients
from disclosures.models import Disclosure

SHOWN = 5
WAITING, TO_TELL = "disclosures.waiting", "disclosures.to_tell"


def all_waiting(me: UUID) -> QuerySet[Disclosure]:
    """All that wait for a coordinator, whichever: whose it is to decide is asked of these only."""
    tomorrow = Now() + timedelta(days=1)  # wherever the day begins
    return Disclosure.objects.filter(
        Q(state__in=["asked", "stopped", "approved"])
        | Q(look_again_on__lte=tomorrow) & ~Q(state="cancelled")
    )


home.ask(WAITING, all_waiting, "coordinator")


home.ask(TO_TELL, lambda me: recipients.waiting(), "coordinator")


def recipients_to_tell(request: Request, there: There) -> Section | None:
    """Notes of my branch that were corrected after they had left. Opens nothing."""
    if TO_TELL not in there:
        return None
    here = Client.objects.coordinated(request.actor.person)
    found = recipients.waiting().filter(client__in=here.values("pk")).select_related("client")
    rows = list(found.order_by("answered_at")[: SHOWN + 1])
    if not rows:
        return None
    context = {"statements": rows[:SHOWN], "more": len(rows) > SHOWN}
    title = _("Tell who received a note that was corrected")
    return Section(title, "disclosures/includes/home_recipients.html", context, order=11)


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
