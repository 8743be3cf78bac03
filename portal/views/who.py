"""Who may know what of the client, as the client sees it: roles and reasons, no names of those who serve."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from audit import door
from audit.actor import Request
from clients.models import WhoMayKnow
from clients.who_may_know import page as who
from clients.who_may_know.actions import may_know
from clients.who_may_know.page import told
from portal.decorators import own_space
from portal.pages import own_client, own_keys, portal_page


@require_GET
@own_space
def portal_who(request: Request) -> HttpResponse:
    """Who may know inside the association, and whom the client lets be told. Absent in quiet mode."""
    client = own_client(request)
    keys = own_keys(request, "portal.who")
    context = {
        "told": told(client, keys),
        **who.split(who.lines(request.actor, client)),
    }
    return portal_page(request, "portal/who.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@own_space
def portal_take_back(request: Request, may_know_id: UUID) -> HttpResponse:
    """The client takes back that somebody may be told."""
    row: WhoMayKnow = door.get(request, WhoMayKnow.objects.all(), may_know_id, "may_know.end")
    row.unlock(own_keys(request, "may_know.end"))
    if request.method == "POST":
        if may_know.take_back(by=request.actor, row=row):
            messages.success(request, _("Done. We will tell this person nothing more."))
        else:
            messages.info(request, _("This was taken back before."))
        return redirect("portal_who")
    return portal_page(request, "portal/take_back.html", {"row": row})
