"""What the home page says to whoever may decide on a deletion."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit.actor import Request
from clients.access import home
from clients.access.home import Section, There
from rights.models import Erasure, ErasureState

SHOWN = 5
WAITING = "erasures.waiting"


def all_proposed(me: UUID) -> QuerySet[Erasure]:
    """All that wait, whichever: whose they are to decide is asked of these only."""
    return Erasure.objects.filter(state=ErasureState.PROPOSED)


home.ask(WAITING, all_proposed, "coordinator", "protection")


def waiting_erasures(request: Request, there: There) -> Section | None:
    """Deletions on which this person may decide, the oldest first."""
    rows = Erasure.objects.to_decide().with_reference() if WAITING in there else ()
    waiting = list(rows[: SHOWN + 1])
    if not waiting:
        return None
    context = {"erasures": waiting[:SHOWN], "more": len(waiting) > SHOWN}
    title = _("Deletions that wait for a decision")
    return Section(title, "rights/erasure/home.html", context, order=10)
