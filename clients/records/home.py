"""What the home page says of records that look alike, and of online spaces that nobody has confirmed."""

from __future__ import annotations

from datetime import timedelta

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from audit.actor import Request
from clients.access import home
from clients.access.home import Section, There
from clients.models import Client, PortalAccess
from clients.records.actions.taking_in import alike

SHOWN = 5
ASK_WITHIN = timedelta(
    days=14
)  # after which the coordinator is asked: agreement, pseudonym, or no record
ALIKE, PORTALS = "clients.alike", "portals.to_confirm"
NOT_ASKED, NOT_TOLD = "clients.not_asked", "clients.not_told"
TO_TELL = "clients.to_tell"


home.ask(ALIKE, lambda me: home.truth("EXISTS (SELECT FROM sec.alike(1))"), "coordinator")
home.ask(PORTALS, lambda me: PortalAccess.objects.to_confirm(), "volunteer", "coordinator")
home.ask(
    NOT_ASKED,
    lambda me: Client.objects.coordinated(me).not_asked(Now() - ASK_WITHIN),
    "coordinator",
)
home.ask(TO_TELL, Client.objects.left_to_tell, "volunteer", "coordinator")
home.ask(NOT_TOLD, lambda me: Client.objects.coordinated(me).not_told_lately(), "coordinator")


def left_to_tell(request: Request, there: There) -> Section | None:
    """Clients who died and wanted people told, of mine and of my branches. Names are on their records."""
    if TO_TELL not in there:
        return None
    rows = list(Client.objects.left_to_tell(request.actor.person).order_by("state_at")[: SHOWN + 1])
    if not rows:
        return None
    context = {"clients": rows[:SHOWN], "more": len(rows) > SHOWN}
    return Section(_("To be told of a death"), "clients/home/left_to_tell.html", context, order=8)


def left_to_ask(request: Request, there: There) -> Section | None:
    """How many clients are left to be asked, or to be told again; their names are on a page of its own."""
    if NOT_ASKED not in there and NOT_TOLD not in there:
        return None
    here = Client.objects.coordinated(request.actor.person)
    context = {
        "not_asked": here.not_asked(Now() - ASK_WITHIN).count() if NOT_ASKED in there else 0,
        "not_told": here.not_told().count() if NOT_TOLD in there else 0,
    }
    title = _("To be asked, or told")
    return Section(title, "clients/home/left_to_ask.html", context, order=17)


def alike_records(request: Request, there: There) -> Section | None:
    """Records of my branch that share a name or a number: one person twice, or two who share a telephone."""
    if ALIKE not in there:
        return None
    waiting = alike(SHOWN + 1)
    if not waiting:
        return None
    context = {"alike": waiting[:SHOWN], "more": len(waiting) > SHOWN}
    return Section(_("Records that look alike"), "clients/home/alike.html", context, order=16)


def portals_to_confirm(request: Request, there: There) -> Section | None:
    """Online spaces of clients of mine that a colleague opened: somebody else speaks to the client."""
    rows = PortalAccess.objects.to_confirm().select_related("client", "opened_by")
    waiting = list(rows[: SHOWN + 1]) if PORTALS in there else []
    if not waiting:
        return None
    context = {"accesses": waiting[:SHOWN], "more": len(waiting) > SHOWN}
    title = _("Online spaces opened, not confirmed")
    return Section(title, "clients/home/portals.html", context, order=12)
