"""What the home page says to coordinators about clients' requests."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actor import Request
from clients.access import home
from clients.access.home import Section, There
from rights.models import SubjectRequest

SHOWN = 5
WAITING = "requests.waiting"

home.ask(WAITING, lambda me: SubjectRequest.objects.open(), "coordinator")


def waiting_requests(request: Request, there: There) -> Section | None:
    """Requests that wait for an answer, the first due first."""
    rows = SubjectRequest.objects.coordinated(request.actor).open().select_related("client")
    waiting = list(rows[: SHOWN + 1]) if WAITING in there else []
    if not waiting:
        return None
    context = {
        "requests": waiting[:SHOWN],
        "more": len(waiting) > SHOWN,
        "today": timezone.localdate(),
    }
    return Section(_("Requests of clients"), "rights/includes/home.html", context, order=15)
