"""What the home page says of clients' requests: to coordinators, and of their dates to the lead."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actor import Request
from clients.access import home
from clients.access.home import Section, There
from rights.models import OPEN, SubjectRequest
from rights.requests.reading import dates

SHOWN = 5
WAITING = "requests.waiting"
DUE = "requests.due"
SOON = timedelta(days=7)

home.ask(
    WAITING,
    lambda me: SubjectRequest.objects.filter(Q(state__in=OPEN) | Q(to_tell=True)),
    "coordinator",
)
home.ask(DUE, lambda me: home.truth("sec.is_request_due()"), "protection")


def waiting_requests(request: Request, there: There) -> Section | None:
    """Requests that wait for an answer, the first due first; and answers that wait to be told."""
    if WAITING not in there:
        return None
    rows = SubjectRequest.objects.coordinated(request.actor)
    # The clock of those that stand still waits for the client: they come last.
    waiting = sorted(rows.open().select_related("client"), key=lambda asked: bool(asked.paused_on))
    to_tell = rows.to_tell().count()
    if not waiting and not to_tell:
        return None
    today = timezone.localdate()
    running = [asked.due_on for asked in waiting if asked.paused_on is None]
    context = {
        "requests": waiting[:SHOWN],
        "more": len(waiting) > SHOWN,
        "overdue": sum(due < today for due in running),
        "soon": sum(today <= due <= today + SOON for due in running),
        "to_tell": to_tell,
        "today": today,
    }
    return Section(_("Requests of clients"), "rights/includes/home.html", context, order=15)


def due_requests(request: Request, there: There) -> Section | None:
    """How many are overdue, or due within a week: for whoever watches over the dates of all branches."""
    if DUE not in there:
        return None
    today = timezone.localdate()
    running = [row.due_on for row in dates(today) if row.is_open and not row.paused_on]
    context = {
        "overdue": sum(due < today for due in running),
        "soon": sum(today <= due <= today + SOON for due in running),
    }
    return Section(_("Requests of clients"), "rights/includes/home_dates.html", context, order=15)
