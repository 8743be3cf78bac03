"""Clients who belong together. A link shows only to whoever may see both records."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from audit import door
from audit.actor import Request
from clients.access.opening import find_client
from clients.conflicts import actions
from clients.conflicts.forms import LinkForm
from clients.conflicts.permissions import check_link
from clients.models import Client, Link
from clients.search.forms import SearchForm
from clients.search.search import search
from volunteers.decorators import people_only


@people_only
def link_find(request: Request, client_id: UUID) -> HttpResponse:
    """Look for the other one among what one may see."""
    client = find_client(request, client_id, "client.view")
    check_link(request.actor, client)
    form = SearchForm(request.POST or None)
    del form.fields["notes"]
    choose = None
    if request.method == "POST" and form.is_valid():
        result = search(by=request.actor, words=form.cleaned_data["words"])
        linked = {client.pk} | {link.other(client).pk for link in _links(client)}
        found = [
            (str(one.client.pk), f"{one.name} · {one.client.reference}")
            for one in result.shown
            if one.client.pk not in linked
        ]
        choose = LinkForm(found=found) if found else None
    context = {"client": client, "form": form, "choose": choose, "searched": form.is_bound}
    return render(request, "clients/links/link_find.html", context)


@people_only
def link_add(request: Request, client_id: UUID) -> HttpResponse:
    """Say that these two belong together. What one may not see looks like what is not there."""
    client = find_client(request, client_id, "client.view")
    check_link(request.actor, client)
    other = request.POST.get("other", "")
    form = LinkForm(request.POST or None, found=[(other, "")])
    if request.method != "POST" or not form.is_valid():
        messages.warning(request, _("Choose a client, and how they belong together."))
        return redirect("link_find", client.pk)
    rows = Client.objects.exclude(pk=client.pk)
    second = door.get(request, rows, _uuid(other), "client.view")
    try:
        with transaction.atomic():
            actions.link(
                by=request.actor, first=client, second=second, tie=form.cleaned_data["tie"]
            )
    except DatabaseError:
        messages.warning(request, _("This is not possible."))
    else:
        messages.success(request, _("They are linked. Only who may see both will see it."))
    return redirect("client_view", client.pk)


@people_only
def link_end(request: Request, client_id: UUID, link_id: UUID) -> HttpResponse:
    """They do not belong together, or not any more."""
    client = find_client(request, client_id, "client.view")
    check_link(request.actor, client)
    link: Link = door.get(request, _links(client), link_id, "client.view")
    if request.method == "POST":
        actions.unlink(by=request.actor, link=link)
        messages.success(request, _("They are not linked any more."))
        return redirect("client_view", client.pk)
    context = {"client": client, "link": link, "other": link.other(client)}
    return render(request, "clients/links/link_end.html", context)


def _links(client: Client) -> QuerySet[Link]:
    return Link.objects.of(client).select_related("first", "second")


def _uuid(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        return UUID(int=0)
