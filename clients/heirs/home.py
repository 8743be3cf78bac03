"""What the home page says of heirs' requests to those who decide on them."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actor import Request
from clients.access import home
from clients.access.home import Section, There
from clients.heirs.permissions import SEES
from clients.models import HeirRequest

SHOWN = 5
WAITING = "heirs.waiting"

home.ask(WAITING, lambda me: HeirRequest.objects.open(), *SEES)


def heirs_waiting(request: Request, there: There) -> Section | None:
    """Requests of heirs that wait for an answer, the first due first."""
    rows = HeirRequest.objects.open()
    waiting = list(rows[: SHOWN + 1]) if WAITING in there else []
    if not waiting:
        return None
    context = {
        "waiting": waiting[:SHOWN],
        "more": len(waiting) > SHOWN,
        "today": timezone.localdate(),
    }
    return Section(_("Requests of heirs"), "clients/heirs/home.html", context, order=15)
