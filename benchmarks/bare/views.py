"""The record page and the list, written as one writes them without a thought for confidentiality."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from benchmarks.bare.forms import ListForm
from benchmarks.bare.models import Client, Contact

FEW, MANY, PAGE = 10, 50, 25


@dataclass(frozen=True)
class Line:
    """A contact as the page shows it."""

    contact: Contact
    text: str
    corrected: bool = False


def client_view(request: HttpRequest, client_id: UUID) -> HttpResponse:
    """A record."""
    client = get_object_or_404(Client.objects.select_related("branch"), pk=client_id)
    return render(request, "clients/records/client_view.html", record(request, client))


def record(request: HttpRequest, client: Client) -> dict[str, Any]:
    """What the page of a record shows."""
    explanation = client.explanations.select_related("by").order_by("-given", "-made_at").first()
    size = MANY if request.GET.get("show") == str(MANY) else FEW
    rows = client.contacts.select_related("by").order_by("-happened_on", "-made_at", "id")
    page = Paginator(rows, size).get_page(request.GET.get("page"))
    return {
        "client": client,
        "identity": client,
        "born_on": parse_date(client.born_on) or client.born_on,
        "card": client,
        "card_lines": card_lines(client),
        "has_number": bool(client.phone),
        "background": {"text": client.background},
        "explanation": explanation and {"row": explanation, "words": explanation},
        "has_space": client.portal_accesses.filter(ended_at=None).exists(),
        "directive": client.directives.order_by("-made_at").first(),
        "page_obj": page,
        "lines": [Line(contact, contact.text) for contact in page],
        # What none of the measured records has is not looked for: in favour of these sides.
        "portals": [],
        "consultations": [],
        "links": [],
        "emergency": None,
        "own_reading": None,
        "unrecognised": False,
        "reads": True,
        "sees_contacts": True,
        "edits": True,
        "hears": True,
        "assigns": False,
        "consults": True,
    }


def card_lines(client: Client) -> list[tuple[str, str]]:
    """What to know before ringing."""
    voicemail = {True: _("Yes, a message is all right"), False: _("No message, never")}
    lines = [
        (_("Good times"), client.times),
        (_("Ask for"), client.ask_for),
        (_("Voicemail"), voicemail.get(client.voicemail, _("Not asked yet: leave no message"))),
        (_("Words to leave"), client.voicemail_words),
        (_("Also"), client.remarks),
    ]
    return [(label, value) for label, value in lines if value]


def mine(request: HttpRequest) -> QuerySet[Client]:
    """The branch's clients for a coordinator, else those that were assigned."""
    if request.user.last_name == "Coordinator":
        return Client.objects.filter(branch=request.user.person.branch_id)
    return Client.objects.filter(assignment__person__user=request.user)


def client_list(request: HttpRequest) -> HttpResponse:
    """A page of 25."""
    form = ListForm(request.GET or None)
    rows = mine(request).filter(state="open").order_by("-last_contact_on", "id")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    clients = list(page)
    for client in clients:
        client.name = client.full_name
    context = {"form": form, "page_obj": page, "clients": clients, "filtered": False}
    return render(request, "clients/home/client_list.html", context)
