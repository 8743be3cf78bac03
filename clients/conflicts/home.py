"""What the home page says of protected records, to the few who may know of them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from audit.actor import Actor, Request
from clients.access import home
from clients.access.home import Section, There
from clients.conflicts import actions
from clients.models import Client

PROTECTED, UNCOORDINATED = "clients.protected", "clients.uncoordinated"
IS_ANY = "EXISTS (SELECT FROM sec.uncoordinated())"

home.ask(PROTECTED, lambda me: Client.objects.filter(protected=True), "coordinator")
home.ask(UNCOORDINATED, lambda me: home.truth(IS_ANY), "president", "protection")


def protected_named(request: Request, there: There) -> Section | None:
    """Protected records for which I was named, by reference: they stand in no other list of mine."""
    actor: Actor = request.actor
    if PROTECTED not in there:
        return None
    named = list(Client.objects.named_to(actor).order_by("reference"))
    if not named:
        return None
    return Section(
        _("Protected records named to you"), "clients/home/protected.html", {"clients": named}, 35
    )


def protected_left_alone(request: Request, there: There) -> Section | None:
    """For the president and the data-protection lead: protected records whose coordinators are gone."""
    records = actions.uncoordinated() if UNCOORDINATED in there else []
    if not records:
        return None
    title = _("Protected records that nobody looks after")
    return Section(title, "clients/home/uncoordinated.html", {"records": records}, order=11)
