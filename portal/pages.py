"""What the portal's pages share: the neutral name, the client whose space it is, the way to the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Subquery
from django.http import HttpResponse
from django.shortcuts import render

from audit import door
from audit.actor import Request, known
from clients.models import Client, PortalAccess
from volunteers import speaking
from volunteers.models import Association

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

PURPOSE = "own_record"
PAGE = 10


def own_client(request: Request) -> Client:
    """The client whose space this is; the address never says whose."""
    return Client.objects.select_related("branch").get(pk=known(request.actor.client))


def own_keys(request: Request, action: str) -> SubjectKeys:
    """The keys of the client's own record. Looking at it is an event too."""
    return door.open_one(request, known(request.actor.client), action, PURPOSE)


def own_access(request: Request) -> PortalAccess:
    """The access through which the client is here."""
    return PortalAccess.objects.get(user=str(request.user.pk))


def portal_page(
    request: Request, template: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """A page of the portal under its neutral name, with the telephone of the client's branch."""
    actor = request.actor
    mine = Client.objects.filter(pk=known(actor.client))
    phones = {"branch_phone": Subquery(mine.values("branch__phone"))}
    association = speaking.remember(Association.objects.annotate(**phones).get())
    frame = {
        "portal_name": association.said("portal_name"),
        "site_phone": "" if actor.quiet else association.branch_phone or association.phone,  # type: ignore[attr-defined]
        "quiet": actor.quiet,
        "whole": actor.confirmed and not actor.quiet,
    }
    return render(request, template, {**(context or {}), **frame}, status=status)
