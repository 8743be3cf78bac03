"""What the home page says of protected records, to the few who may know of them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from audit.actor import Actor, Request
from clients.access.home import Section
from clients.conflicts import actions
from clients.models import Client


def protected_named(request: Request) -> Section | None:
    """Protected records for which I was named, by reference: they stand in no other list of mine."""
    actor: Actor = request.actor
    if not actor.holds("coordinator"):
        return None
    named = list(Client.objects.named_to(actor).order_by("reference"))
    if not named:
        return None
    return Section(
        _("Protected records named to you"), "clients/home/protected.html", {"clients": named}, 35
    )


def protected_left_alone(request: Request) -> Section | None:
    """For the president and the data-protection lead: protected records whose coordinators are gone."""
    actor: Actor = request.actor
    if not (actor.holds("president") or actor.holds("protection")):
        return None
    records = actions.uncoordinated()
    if not records:
        return None
    title = _("Protected records that nobody looks after")
    return Section(title, "clients/home/uncoordinated.html", {"records": records}, order=11)
