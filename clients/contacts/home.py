"""What the home page says of notes: that something in one is wrong, or was on the wrong client."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from audit.actor import Request, known
from clients.access import home
from clients.access.home import Section, There
from clients.models import Client, Misplaced, Statement

SHOWN = 5
LATELY = timedelta(days=14)
STATEMENTS, MISPLACED = "statements.waiting", "contacts.misplaced"


def misplaced_lately(me: UUID) -> QuerySet[Misplaced]:
    """What was taken out of the wrong record in the branches that somebody coordinates."""
    here = Client.objects.coordinated(me).values("pk")
    return Misplaced.objects.filter(client__in=here, made_at__gt=Now() - LATELY)


home.ask(STATEMENTS, Statement.objects.waiting_for, "volunteer", "coordinator")
home.ask(MISPLACED, misplaced_lately, "coordinator")


def statements_waiting(request: Request, there: There) -> Section | None:
    """What clients say about my notes, or those of my branch, and nobody has answered. Opens nothing."""
    if STATEMENTS not in there:
        return None
    found = Statement.objects.waiting_for(request.actor.person)
    rows = list(found.select_related("client", "contact")[: SHOWN + 1])
    if not rows:
        return None
    context = {"rows": rows[:SHOWN], "more": len(rows) > SHOWN}
    title = _("A client says that something is wrong")
    return Section(title, "clients/home/statements.html", context, order=11)


def on_the_wrong_record(request: Request, there: There) -> Section | None:
    """Contacts that stood on the wrong record: somebody looks whether they were seen. Opens nothing."""
    if MISPLACED not in there:
        return None
    found = misplaced_lately(known(request.actor.person)).select_related("client")
    rows = list(found[: SHOWN + 1])
    if not rows:
        return None
    context = {"rows": rows[:SHOWN], "more": len(rows) > SHOWN}
    return Section(_("Noted on the wrong record"), "clients/home/misplaced.html", context, order=13)
