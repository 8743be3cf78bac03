"""Follow-ups: what is due, what comes, and marking one as done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audit.actor import Actor, Request
from clients.access import lists, permissions
from clients.contacts.actions.contacts import finish_follow_up
from clients.contacts.follow_ups import add_words, words_of
from clients.contacts.views.contacts import find
from clients.models import Contact
from volunteers.coming_back import safe_next
from volunteers.decorators import people_only


def waiting(actor: Actor) -> QuerySet[Contact, Any]:
    """Contacts one may see with a follow-up that is not done, the oldest first."""
    mine = Q(client_id__in=lists.given_to(actor, "view_notes"))
    if branches := list(actor.duties.get("coordinator", ())):
        mine |= Q(branch_id__in=branches, client__protected=False)
    rows = Contact.objects.filter(mine).to_follow_up()
    return rows.select_related("client").order_by("follow_up_on", "pk")


@require_safe
@people_only
def follow_up_list(request: Request) -> HttpResponse:
    """All follow-ups that are not done, those whose day has passed first."""
    actor = request.actor
    permissions.check_serves(actor)
    page = lists.page_of(request, waiting(actor))
    contacts = list(page.object_list)
    keys = lists.opened(request, [contact.client_id for contact in contacts], "client.list")
    add_words(contacts, lists.names(keys), words_of(request, contacts))
    today = timezone.localdate()
    context = {
        "page_obj": page,
        "contacts": contacts,
        "due": [c for c in contacts if c.follow_up_on and c.follow_up_on <= today],
        "coming": [c for c in contacts if c.follow_up_on and c.follow_up_on > today],
    }
    return render(request, "clients/contacts/follow_up_list.html", context)


@require_POST
@people_only
def follow_up_done(request: Request, contact_id: UUID) -> HttpResponse:
    """Mark a follow-up as done."""
    contact = find(request, contact_id, "follow_up.done")
    permissions.check_log_contact(request.actor, contact.client)
    if finish_follow_up(by=request.actor, contact=contact):
        messages.success(request, _("The follow-up is done."))
    else:
        messages.info(request, _("This follow-up was done before."))
    return redirect(safe_next(request) or "follow_up_list")
