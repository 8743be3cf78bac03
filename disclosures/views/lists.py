"""Lists of disclosures: all that one may see, and those of one client."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from audit import door
from audit.actor import Request
from clients.access import lists
from clients.models import Client
from disclosures.models import Disclosure
from disclosures.views.common import TAGS, opened, opened_one, serving

PAGE = 25


@serving
def disclosure_list(request: Request) -> HttpResponse:
    """All that I may see; a coordinator's waiting decisions first."""
    rows = Disclosure.objects.with_people().waiting_first(request.actor)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    names = lists.names(opened(request, page, "disclosure.list"))
    lines = [_line(row, names.get(row.client_id, "")) for row in page]
    context = {
        "lines": lines,
        "page_obj": page,
        "waiting": Disclosure.objects.to_decide(request.actor).count(),
    }
    return render(request, "disclosures/list.html", context)


@serving
def disclosure_client_list(request: Request, client_id: UUID) -> HttpResponse:
    """The disclosures about one client."""
    client = door.get(request, Client.objects.all(), client_id, "client.view")
    rows = list(Disclosure.objects.with_people().filter(client=client))
    # Where there is none, the page is about one that is not there: no client is told either way.
    about = rows or [Disclosure(client=client)]
    keys = opened_one(request, about, "disclosure.client_list")
    context = {
        "client": client,
        "name": client.identity.unlock(keys).full_name,
        "lines": [_line(row, "") for row in rows],
    }
    return render(request, "disclosures/client_list.html", context)


def _line(row: Disclosure, name: str) -> dict[str, Any]:
    return {"row": row, "name": name, "kind": TAGS[row.state], "date": row.asked_at or row.made_at}  # type: ignore[index]
