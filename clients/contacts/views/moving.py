"""This belongs to someone else: a contact is moved to the right record."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audit import door
from audit.actor import Actor, Request
from clients.access import lists, permissions
from clients.access.opening import purpose
from clients.contacts.actions import moving as actions
from clients.contacts.forms.moving import MoveForm, RightForm
from clients.contacts.views.contacts import find
from clients.models import Client, Contact, Identity
from vault.exceptions import Refused
from volunteers.decorators import fresh_sign_in, people_only


def can_move(actor: Actor, contact: Contact) -> bool:
    """Whether somebody takes this contact out: its author, or a coordinator, who reads it."""
    mine = contact.by_id == actor.person and permissions.can_edit(actor, contact.client)
    return (
        mine or permissions.coordinates(actor, contact.client)
    ) and permissions.can_read_contact(actor, contact)


@require_http_methods(["GET", "HEAD", "POST"])
@people_only
@fresh_sign_in
def contact_move(request: Request, contact_id: UUID) -> HttpResponse:
    """To whom: by reference, then with the name to be checked; and it is moved."""
    contact = find(request, contact_id, "contact.move")
    if contact.taken_out_at:
        raise Http404
    if not can_move(request.actor, contact):
        raise PermissionDenied
    if request.method == "POST":
        return _move(request, contact)
    form = RightForm(request.GET if "to" in request.GET else None)
    if form.is_bound and form.is_valid():
        found = Client.objects.filter(reference__iexact=form.cleaned_data["to"].strip()).first()
        if found and actions.may_move(contact, found):
            return _confirm(request, contact, found, MoveForm(initial={"client": found.pk}))
        form.add_error("to", _("You have no other record with this reference to which it can go."))
    return _ask(request, contact, form)


def _move(request: Request, contact: Contact) -> HttpResponse:
    form = MoveForm(request.POST)
    form.full_clean()
    if "client" not in form.cleaned_data:
        return _ask(request, contact, RightForm())
    to: Client = door.get(
        request, Client.objects.all(), form.cleaned_data["client"], "contact.move"
    )
    if not actions.may_move(contact, to):
        raise PermissionDenied
    if not form.is_valid():
        return _confirm(request, contact, to, form)
    wrong, right = (
        door.open_one(request, client, "contact.move", purpose(request.actor))
        for client in (contact.client_id, to.pk)
    )
    try:
        left = actions.move_contact(
            by=request.actor, contact=contact, to=to, wrong=wrong, right=right
        )
    except Refused as error:
        messages.warning(request, error.message)
        return redirect("contact_view", contact.pk)
    messages.success(request, _("The contact is in the right record now."))
    if left.breaches.exists():
        messages.warning(
            request,
            _("Others could read it in the wrong record. Tell the data-protection lead today."),
        )
    return redirect("contact_view", contact.pk)


def _ask(request: Request, contact: Contact, form: RightForm) -> HttpResponse:
    context = {"contact": contact, "client": contact.client, "form": form}
    return render(request, "clients/contacts/contact_move.html", context)


def _confirm(request: Request, contact: Contact, to: Client, form: MoveForm) -> HttpResponse:
    keys = lists.opened(request, [to.pk], "client.found")  # by its reference, to be recognised
    identity = Identity.objects.filter(client=to).first()
    who = identity.unlock(keys[to.pk]) if identity and to.pk in keys else None
    context = {
        "contact": contact,
        "client": contact.client,
        "to": to,
        "name": who.full_name if who else "",
        "born": who.born_on if who else "",
        "address": who.address if who else "",
        "form": form,
    }
    return render(request, "clients/contacts/contact_move_confirm.html", context)
