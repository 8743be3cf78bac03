"""The telephone numbers of a client: fetched when somebody is about to ring, and in no page before that."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from audit.actor import Request
from clients.access import permissions
from clients.access.opening import find_client, open_client
from clients.records.page import numbers
from volunteers.decorators import people_only


@require_safe
@people_only
def client_number(request: Request, client_id: UUID) -> HttpResponse:
    """The numbers, below what to say or not to say; for htmx the fragment alone."""
    client = find_client(request, client_id, "client.number", "safe_contact", "identity")
    permissions.check_view(request.actor, client)
    open_client(request, client, "client.number")
    card = getattr(client, "safe_contact", None)
    context = {"client": client, "card": card, "numbers": numbers(card) if card else []}
    page = "includes/number.html" if request.htmx else "number_view.html"
    return render(request, f"clients/records/{page}", context)
