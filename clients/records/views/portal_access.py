"""The portal of a client who wants one: opening it, the card that is shown once, closing it."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from audit import door
from audit.actor import Request
from clients.access import permissions
from clients.access.opening import find_client
from clients.models import Client, PortalAccess
from clients.models.records import State
from clients.records.actions import portal_access
from clients.records.forms.portal_access import PortalForm
from clients.records.views.explanations import pdf
from documents import render as render_document
from vault.exceptions import Refused
from volunteers.decorators import fresh_sign_in, people_only
from volunteers.models import Association

CARD = "portal_card"  # in the session, which is sealed under its own key
CARD_SECONDS = 600


@people_only
@fresh_sign_in
def portal_open(request: Request, client_id: UUID) -> HttpResponse:
    """Make an account for the client, only if the client wants it."""
    client = find_client(request, client_id, "portal.open")
    permissions.check_edit(request.actor, client)
    if client.state != State.OPEN:
        messages.warning(request, _("This record is not open any more. Open it again first."))
        return redirect("client_view", client.pk)
    now = client.portal_accesses.open().first()
    form = PortalForm(request.POST if request.method == "POST" else None, initial=_mode(now))
    in_use = bool(now and (now.confirmed_at or now.first_used_at))
    if request.method == "POST" and form.is_valid():
        try:
            card = portal_access.open_portal(by=request.actor, client=client, quiet=form.quiet)
        except Refused:
            messages.warning(request, _("This is not possible now. Ask the data-protection lead."))
            return redirect("client_view", client.pk)
        request.session[CARD] = {
            "client": str(client.pk),
            "username": card.username,
            "code": card.code,
            "until": time.time() + CARD_SECONDS,
            "shown": False,
            "waits": in_use,
            "quiet": form.quiet,
        }
        return redirect("portal_card", client.pk)
    context = {"client": client, "has_one": bool(now), "in_use": in_use, "form": form}
    return render(request, "clients/records/portal_open.html", context)


@people_only
def portal_card(request: Request, client_id: UUID) -> HttpResponse:
    """The user name and the code, shown once; as a PDF (POST) once more, for ten minutes."""
    client = find_client(request, client_id, "portal.card")
    permissions.check_edit(request.actor, client)
    card = _card(request, client)
    if request.method == "POST" and card:
        del request.session[CARD]
        door.record(request, "portal.card", subject=client.pk, about=client, purpose="portal")
        association = Association.objects.get()
        # Whoever is watched at home carries no number on the card that answers with our name.
        phone = "" if card["quiet"] else client.branch.phone or association.phone
        data = {
            "portal_name": association.said("portal_name", client.language),
            "phone": phone,
            "site_address": _address(request),
            "user_name": card["username"],
            "code": card["code"],
            "waits": card["waits"],
        }
        return pdf(render_document("portal_card", data, language=client.language), "card.pdf")
    show = card if card and not card["shown"] else None
    if show:
        request.session[CARD] = {**card, "shown": True}  # type: ignore[dict-item]
    context = {"client": client, "card": show, "printable": card, "address": _address(request)}
    return render(request, "clients/records/portal_card.html", context)


@people_only
def portal_close(request: Request, client_id: UUID) -> HttpResponse:
    """End the client's access to the portal, at once."""
    client = find_client(request, client_id, "portal.close")
    permissions.check_edit(request.actor, client)
    if request.method == "POST":
        portal_access.close_portal(by=request.actor, client=client)
        request.session.pop(CARD, None)
        messages.success(request, _("The portal is closed for this client."))
        return redirect("client_view", client.pk)
    return render(request, "clients/records/portal_close.html", {"client": client})


def _mode(now: PortalAccess | None) -> dict[str, str]:
    """What the client has now stays chosen; the first time somebody has to choose."""
    return {"mode": "quiet" if now.quiet else "open"} if now else {}


def _card(request: Request, client: Client) -> dict[str, Any] | None:
    card = request.session.get(CARD)
    if not card or card["client"] != str(client.pk) or card["until"] < time.time():
        return None
    return card


def _address(request: Request) -> str:
    try:
        path = reverse("portal_home")
    except NoReverseMatch:
        path = "/"
    return request.get_host() + path
