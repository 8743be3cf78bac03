"""The record of a client: its page, and changing its parts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from audit import door
from audit.actor import Actor, Request
from clients.access import permissions
from clients.access.opening import find_client, open_client, say_tidied
from clients.access.statements import said_about
from clients.models import Basis, Client, Scope
from clients.models.records import AccessState, State
from clients.records import reading
from clients.records.actions import changes
from clients.records.actions.directives import wishes_of
from clients.records.actions.taking_in import unrecognised
from clients.records.forms.records import (
    BackgroundForm,
    IdentityForm,
    SafeContactFields,
    SafeContactForm,
    StateForm,
)
from clients.records.page import (
    born,
    contact_lines,
    emergency_of,
    latest_explanation,
    numbers,
    safe_contact_lines,
)
from vault.exceptions import Conflict
from volunteers.decorators import people_only


def rights_on(actor: Actor, client: Client) -> dict[str, bool]:
    """What the page offers to this person."""
    return {
        "reads": permissions.can_read_notes(actor, client),
        "sees_contacts": permissions.can_see_contacts(actor, client),
        "edits": permissions.can_edit(actor, client),
        "hears": permissions.can_hear(actor, client),
        "logs": permissions.can_log_contact(actor, client),
        "assigns": permissions.can_assign(actor, client),
        "consults": permissions.can_consult(actor, client),
    }


@people_only
def client_view(request: Request, client_id: UUID) -> HttpResponse:
    """THE page: how to reach the client safely, who they are, what happened last, what to do next."""
    record = reading.record(request.actor, client_id)
    if record is None:
        door.hidden(request, Client, client_id, "client.view")
    client = record.client
    permissions.check_view(request.actor, client)
    keys = open_client(request, client, "client.view")
    may = rights_on(request.actor, client)
    card = getattr(client, "safe_contact", None)
    open_now = [p for p in record.portals if p["state"] != AccessState.ENDED]
    context: dict[str, Any] = {
        "client": client,
        "identity": client.identity,
        "born_on": born(client.identity.born_on),
        "card": card,
        "card_lines": safe_contact_lines(card) if card else [],
        "has_number": bool(card and numbers(card)),
        "background": getattr(client, "background", None) if may["reads"] else None,
        "explanation": latest_explanation(record, keys, may["reads"]),
        "consultations": record.consultations,
        "emergency": emergency_of(request.actor, client),
        "portals": [p for p in record.portals if p in open_now or client.state != State.DIED],
        "has_space": bool(open_now),
        "links": record.links,
        "directives": record.fate,
        "wishes": wishes_of(client, keys) if client.state == State.DIED and may["edits"] else None,
        "asked_to_stop": record.asked_to_stop,
        "held_since": record.held_since,
        "unrecognised": False,
        "own_reading": None,
        **may,
    }
    said = said_about(keys) if record.is_said else {}
    context["said"] = said
    context["answers"] = may["edits"] and may["reads"]
    if may["sees_contacts"]:
        context["page_obj"], context["lines"] = contact_lines(request, client, keys)
    if may["assigns"]:
        grants = list(client.grants.live().select_related("person").order_by("starts_at", "id"))
        context["assigned"] = [grant for grant in grants if grant.basis == Basis.ASSIGNMENT]
        context["unrecognised"] = unrecognised(client)
        context["own_reading"] = next(
            (
                g
                for g in grants
                if g.basis == Basis.BRANCH_DUTY
                and g.scope == Scope.READ  # being named for a protected record opens no notes
                and g.person_id == request.actor.person
            ),
            None,
        )
    return render(request, "clients/records/client_view.html", context)


@people_only
def client_edit(request: Request, client_id: UUID) -> HttpResponse:
    """Who the client is."""
    client = find_client(request, client_id, "client.edit", "identity")
    permissions.check_edit(request.actor, client)
    open_client(request, client, "client.edit")
    identity = client.identity
    names = ("given_name", "family_name", "known_as", "born_on", "address", "revision")
    was = {name: getattr(identity, name) for name in names}
    form = IdentityForm(
        request.POST or None,
        pseudonym=client.pseudonym,
        initial={**was, "language": client.language},
    )
    if request.method == "POST" and form.is_valid():
        try:
            changes.change_identity(
                by=request.actor,
                client=client,
                revision=form.cleaned_data["revision"],
                language=form.cleaned_data["language"],
                values=form.identity(),
            )
        except Conflict:
            return _conflict(request, client, form, "client_edit", was)
        return _saved(request, client, form)
    return _edit(request, client, form, _("Who this is"))


@people_only
def safe_contact_edit(request: Request, client_id: UUID) -> HttpResponse:
    """How to reach the client safely."""
    client = find_client(request, client_id, "safe_contact.edit", "safe_contact")
    permissions.check_edit(request.actor, client)
    keys = open_client(request, client, "safe_contact.edit")
    card = getattr(client, "safe_contact", None)
    was = (
        {**SafeContactFields.initial_from(card), "revision": card.revision}
        if card
        else {"revision": 0}
    )
    form = SafeContactForm(request.POST or None, initial=was)
    if request.method == "POST" and form.is_valid():
        try:
            changes.change_safe_contact(
                by=request.actor,
                client=client,
                keys=keys,
                revision=form.cleaned_data["revision"],
                values=form.safe_contact(),
            )
        except Conflict:
            return _conflict(request, client, form, "safe_contact_edit", was)
        return _saved(request, client, form)
    return _edit(request, client, form, _("How to reach this person safely"))


@people_only
def background_edit(request: Request, client_id: UUID) -> HttpResponse:
    """The background, for those who read it."""
    client = find_client(request, client_id, "background.edit", "background")
    permissions.check_edit_background(request.actor, client)
    keys = open_client(request, client, "background.edit")
    background = getattr(client, "background", None)
    was = {
        "text": background.text if background else "",
        "revision": background.revision if background else 0,
    }
    form = BackgroundForm(request.POST or None, initial=was)
    if request.method == "POST" and form.is_valid():
        try:
            changes.change_background(
                client=client,
                keys=keys,
                revision=form.cleaned_data["revision"],
                text=form.cleaned_data["text"],
            )
        except Conflict:
            return _conflict(request, client, form, "background_edit", was)
        return _saved(request, client, form)
    return _edit(request, client, form, _("Background"))


@people_only
def client_state(request: Request, client_id: UUID) -> HttpResponse:
    """Close the record, open it again, or note a death."""
    client = find_client(request, client_id, "client.state")
    permissions.check_edit(request.actor, client)
    form = StateForm(request.POST or None, now=client.state)
    if request.method == "POST" and form.is_valid():
        state, since = form.cleaned_data["state"], form.cleaned_data["since"]
        if not changes.change_state(by=request.actor, client=client, state=state, since=since):
            messages.warning(request, _("Somebody else changed this just now. Please look again."))
        elif state == State.DIED:
            messages.info(
                request,
                _("It is noted. Take the time you need; your coordinator is there for you too."),
            )
        else:
            messages.success(request, _("Saved."))
        return redirect("client_view", client.pk)
    return render(request, "clients/records/client_state.html", {"client": client, "form": form})


def _edit(request: Request, client: Client, form: Any, title: str, **more: Any) -> HttpResponse:
    context = {"client": client, "form": form, "title": title, **more}
    return render(request, "clients/records/part_edit.html", context)


def _saved(request: Request, client: Client, form: Any) -> HttpResponse:
    say_tidied(request, form)
    messages.success(request, _("Saved. The earlier version is kept."))
    return redirect("client_view", client.pk)


def _conflict(
    request: Request, client: Client, form: Any, name: str, saved: dict[str, Any]
) -> HttpResponse:
    """Both versions: what was typed stays in the form, what somebody else saved stands above it."""
    form.data = form.data.copy()
    form.data["revision"] = str(saved["revision"])  # sent again, it replaces what is shown above
    labels = [
        (field.label, _shown(form.fields[field.name], saved.get(field.name, "")))
        for field in form.visible_fields()
        if field.name in saved
        and str(form.cleaned_data.get(field.name) or "") != str(saved[field.name] or "")
    ]
    title = _("Somebody else changed this at the same time")
    response = _edit(request, client, form, title, saved=labels, edit_name=name)
    response.status_code = 409
    return response


def _shown(field: Any, value: Any) -> Any:
    choices = dict(getattr(field, "choices", None) or [])
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return choices.get(value, value)
