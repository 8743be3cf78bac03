"""What the home page says of records that look alike, and of online spaces that nobody has confirmed."""

from __future__ import annotations

from django.utils.translation import gettext as _

from audit.actor import Actor, Request
from clients.access.home import Section
from clients.models import PortalAccess
from clients.records.actions.taking_in import alike

SHOWN = 5


def alike_records(request: Request) -> Section | None:
    """Records of my branch that share a name or a number: one person twice, or two who share a telephone."""
    actor: Actor = request.actor
    if not actor.holds("coordinator"):
        return None
    waiting = alike(SHOWN + 1)
    if not waiting:
        return None
    context = {"alike": waiting[:SHOWN], "more": len(waiting) > SHOWN}
    return Section(_("Records that look alike"), "clients/home/alike.html", context, order=16)


def portals_to_confirm(request: Request) -> Section | None:
    """Online spaces of clients of mine that a colleague opened: somebody else speaks to the client."""
    actor: Actor = request.actor
    if not (actor.holds("volunteer") or actor.holds("coordinator")):
        return None
    rows = PortalAccess.objects.to_confirm().select_related("client", "opened_by")
    waiting = list(rows[: SHOWN + 1])
    if not waiting:
        return None
    context = {"accesses": waiting[:SHOWN], "more": len(waiting) > SHOWN}
    title = _("Online spaces opened, not confirmed")
    return Section(title, "clients/home/portals.html", context, order=12)
