"""The home page, by duty, and the list of all clients one may see."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from audit.actor import Request
from clients.access import lists, permissions
from clients.access.home import registered, what_is_there
from clients.home.sections import VISITS, own_sections
from clients.models import Client
from clients.search.forms import ListForm
from clients.visits import watching
from volunteers.decorators import people_only
from volunteers.middleware import before_undertaking


@before_undertaking
@require_safe
def home(request: Request) -> HttpResponse:
    """What waits for this person. A client's account goes to the portal."""
    actor = request.actor
    if actor.client:
        return redirect("portal_home")
    if actor.person is None:
        raise PermissionDenied
    if not actor.cleared:
        return until_signed(request)
    there = what_is_there(actor)
    sections = sorted(
        [*own_sections(request, there), *registered(request, there)],
        key=lambda section: section.order,
    )
    drawn = [
        (section, render_to_string(section.template, section.context, request))
        for section in sections
    ]
    serves = permissions.can_take_in(actor)
    context = {
        "sections": drawn,
        "can_take_in": serves,
        "watch": watching.state(actor, any_out=VISITS in there) if serves else None,
    }
    return render(request, "clients/home/home.html", context)


def until_signed(request: Request) -> HttpResponse:
    """To the code; but who is out alone, or waits for somebody, comes back and calls for help without it."""
    watch = watching.state(request.actor)
    if not any(watch[whose] for whose in ("alarms", "mine", "watched")):
        return redirect("code_read")
    return render(request, "clients/home/until_signed.html", {"watch": watch})


@require_safe
@people_only
def client_list(request: Request) -> HttpResponse:
    """All clients one may see, a page at a time; the names of that page are opened."""
    actor = request.actor
    permissions.check_serves(actor)
    form = ListForm(request.GET or None)
    rows = form.chosen(Client.objects.visible_to(actor))
    page = lists.page_of(request, rows)
    keys = lists.opened(request, [client.pk for client in page], "client.list")
    context = {
        "form": form,
        "page_obj": page,
        "clients": lists.named(lists.dated(actor, page.object_list), lists.names(keys)),
        "filtered": form.is_filtered,
    }
    return render(request, "clients/home/client_list.html", context)
