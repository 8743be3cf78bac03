"""What waits for a coordinator, on the home page."""

from __future__ import annotations

from django.utils.translation import gettext as _

from audit.actor import Request
from clients.access.home import Section
from disclosures.models import Disclosure

SHOWN = 5


def waiting_decisions(request: Request) -> Section | None:
    """Disclosures that wait for this coordinator's decision or release."""
    actor = request.actor
    if not actor.holds("coordinator"):
        return None
    decide = Disclosure.objects.to_decide(actor).select_related("client", "requested_by")
    release = Disclosure.objects.to_release(actor).select_related("client", "requested_by")
    again = Disclosure.objects.to_look_at_again(actor).select_related("client", "requested_by")
    rows = [*decide[: SHOWN + 1], *release[: SHOWN + 1]]
    known = {row.pk for row in rows}
    rows += [row for row in again[: SHOWN + 1] if row.pk not in known]
    context = {"disclosures": rows[:SHOWN], "more": len(rows) > SHOWN}
    return Section(
        title=_("Disclosures that wait for you"),
        template="disclosures/includes/home_waiting.html",
        context=context,
        order=10,
    )
