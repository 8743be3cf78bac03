"""What the home page says to coordinators about clients' requests."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actor import Request
from clients.access.home import Section
from rights.models import SubjectRequest

SHOWN = 5


def waiting_requests(request: Request) -> Section | None:
    """Requests that wait for an answer, the first due first."""
    if not request.actor.holds("coordinator"):
        return None
    waiting = list(SubjectRequest.objects.open().select_related("client")[: SHOWN + 1])
    if not waiting:
        return None
    context = {
        "requests": waiting[:SHOWN],
        "more": len(waiting) > SHOWN,
        "today": timezone.localdate(),
    }
    return Section(_("Requests of clients"), "rights/includes/home.html", context, order=15)
