"""What the home page says to whoever may release a copy."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit.actor import Request
from clients.access import home
from clients.access.home import Section, There
from rights.models import CopyState, PreparedCopy

SHOWN = 5
WAITING = "copies.waiting"


def all_sent(me: UUID) -> QuerySet[PreparedCopy]:
    """All that wait, whichever: whose they are to release is asked of these only."""
    return PreparedCopy.objects.filter(state=CopyState.SENT)


home.ask(WAITING, all_sent, "coordinator", "protection")


def waiting_copies(request: Request, there: There) -> Section | None:
    """Copies for clients that this person may release, the oldest first."""
    rows = PreparedCopy.objects.waiting().with_reference() if WAITING in there else ()
    waiting = list(rows[: SHOWN + 1])
    if not waiting:
        return None
    context = {"copies": waiting[:SHOWN], "more": len(waiting) > SHOWN}
    return Section(_("Copies to release"), "rights/copies/home.html", context, order=10)
