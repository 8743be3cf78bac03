"""Drafts: kept while one types, found again on the home page, thrown away when not wanted."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audit import door
from audit.actor import Request
from clients.access import lists, permissions
from clients.contacts.actions import drafts as actions
from clients.contacts.actions.drafts import my_drafts
from clients.models import Client
from vault.exceptions import Conflict
from volunteers.decorators import people_only


@require_POST
@people_only
def draft_save(request: Request) -> HttpResponse:
    """Keep what was typed so far: by the page itself every few seconds, or by a button."""
    actor = request.actor
    by_itself = request.headers.get("Accept", "").startswith("application/json")
    client = client_of(request)
    form = actions.CONSULT if request.POST.get("form") == actions.CONSULT else actions.CONTACT
    if not actions.was_theirs(actor, client):
        found = door.get(request, Client.objects.all(), client, "draft.save")
        check = (
            permissions.check_consult if form == actions.CONSULT else permissions.check_log_contact
        )
        check(actor, found)
    try:
        draft = actions.keep(by=actor, client=client, values=request.POST, form=form)
    except (ValueError, actions.TooLong):
        return HttpResponseBadRequest(_("This text is too long to keep as a draft."))
    except (Conflict, IntegrityError):
        # Two windows, or two requests at once: the next change is kept again.
        return JsonResponse({"saved": False}, status=409) if by_itself else redirect("draft_list")
    if by_itself:
        now = timezone.localtime().strftime("%H:%M")
        return JsonResponse({"saved": draft is not None, "at": now})
    if draft:
        messages.success(request, _("The draft is kept. You find it here and on your home page."))
    return redirect("draft_list")


def client_of(request: Request) -> UUID:
    """The client that the form names; 404 for what is no id."""
    try:
        return UUID(request.POST.get("client", ""))
    except ValueError:
        raise Http404 from None


@require_safe
@people_only
def draft_list(request: Request) -> HttpResponse:
    """What was being written and has not been saved."""
    drafts = my_drafts(request.actor)
    keys = lists.opened(request, [d.client_id for d in drafts if d.client_id], "client.list")
    names = lists.names(keys)
    for draft in drafts:
        draft.client_name = names.get(draft.client_id, "")  # type: ignore[attr-defined, arg-type]
    return render(request, "clients/contacts/draft_list.html", {"drafts": drafts})


@require_POST
@people_only
def draft_delete(request: Request, draft_id: UUID) -> HttpResponse:
    """Throw a draft of one's own away."""
    if not actions.throw_away(by=request.actor, draft=draft_id):
        raise Http404
    messages.success(request, _("The draft is thrown away."))
    return redirect("draft_list")
