"""Preparing a request, one question a page; looking at where it stands; sending it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from audit import door
from audit.actor import Request
from clients.access.opening import say_tidied
from clients.models import Client, Complaint, Contact
from disclosures import permissions
from disclosures.actions import contents
from disclosures.actions import requests as acts
from disclosures.forms.requests import (
    ClientWillForm,
    ContactsForm,
    GroundForm,
    RecipientForm,
    WhyForm,
)
from disclosures.models import Disclosure, State
from disclosures.views.common import elsewhere, get, opened_one, read_online, serving
from disclosures.workflow import Action
from vault.exceptions import Conflict, Refused

STEPS = ("ground", "recipient", "client", "contacts", "why")
COLUMNS = {"ground": ("ground", "complaint_id"), "client": ("consent", "discussed_on")}
FORMS: dict[str, type[forms.Form]] = {
    "ground": GroundForm,
    "recipient": RecipientForm,
    "client": ClientWillForm,
}
TITLES = {
    "ground": _("Why would this leave?"),
    "recipient": _("Who would receive it?"),
    "client": _("What does the client say?"),
    "contacts": _("What would leave?"),
    "why": _("Why is each needed?"),
}
CONTACTS_SHOWN = 200


@serving
def disclosure_add(request: Request, client_id: UUID) -> HttpResponse:
    """Begin a request: its ground. Saved as a draft; the same page sent twice makes one."""
    client = door.get(request, Client.objects.all(), client_id, "client.view")
    form = GroundForm(request.POST or None, complaints=_heard(client))
    form.fields["new_id"] = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4())
    # Before it is there, the page is about it already: what is not made yet, no client is told.
    wanted = Disclosure(pk=form_id(form), client=client)
    keys = opened_one(request, wanted, "disclosure.add")
    if request.method == "POST" and form.is_valid():
        try:
            actor = request.actor
            made = acts.draft(by=actor, client=client, keys=keys, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            say_tidied(request, form)
            return redirect("disclosure_edit", made.pk, "recipient")
    context = {
        "client": client,
        "name": client.identity.unlock(keys).full_name,
        "form": form,
        "number": 1,
        "steps": len(STEPS),
        "title": TITLES["ground"],
        "back_url": reverse("disclosure_client_list", args=[client.pk]),
    }
    return render(request, "disclosures/step.html", context)


@serving
def disclosure_edit(request: Request, disclosure_id: UUID, step: str) -> HttpResponse:
    """One question of a draft: its ground, the recipient, the client's will, contacts, why each."""
    disclosure = get(request, disclosure_id, "disclosure.edit")
    away = elsewhere(request, disclosure, Action.EDIT, State.DRAFT)
    if away:
        return away
    keys = opened_one(request, disclosure, "disclosure.edit")
    words = contents.words_of(disclosure, keys)
    form = _form(request, disclosure, words, keys, step)
    if request.method == "POST" and form.is_valid():
        try:
            _save(request.actor, disclosure, words, keys, step, form)
        except (Conflict, Refused) as refused:
            form.add_error(None, refused.message)
        else:
            say_tidied(request, form)
            return _onward(disclosure, words, keys)
    context = {
        "client": disclosure.client,
        "name": disclosure.client.identity.unlock(keys).full_name,
        "disclosure": disclosure,
        "form": form,
        "step": step,
        "number": STEPS.index(step) + 1,
        "steps": len(STEPS),
        "title": TITLES[step],
        "back_url": reverse("disclosure_view", args=[disclosure.pk]),
        "read_online": step == "client" and read_online(disclosure),
        "no_notes": step == "contacts" and not permissions.reads_notes(request.actor, disclosure),
        "nothing": step == "contacts" and not form.fields["contacts"].choices,  # type: ignore[attr-defined]
    }
    return render(request, "disclosures/step.html", context)


@serving
@require_POST
def disclosure_ask(request: Request, disclosure_id: UUID) -> HttpResponse:
    """Send the draft for a decision. Sending twice is sending once."""
    disclosure = get(request, disclosure_id, "disclosure.ask")
    if elsewhere(request, disclosure, Action.ASK, State.DRAFT):
        return redirect("disclosure_view", disclosure.pk)
    keys = opened_one(request, disclosure, "disclosure.view")
    words, items = contents.words_of(disclosure, keys), contents.all_chosen(disclosure, keys)
    lacking = acts.missing(disclosure, words, items)
    if lacking:
        messages.warning(request, _("Something is missing before it can be sent."))
        return redirect("disclosure_edit", disclosure.pk, lacking[0])
    if unfit := contents.unfit(request.actor, disclosure, keys):
        messages.warning(request, unfit)
        return redirect("disclosure_edit", disclosure.pk, "why")
    try:
        acts.ask(by=request.actor, disclosure=disclosure)
    except Refused as refused:
        messages.info(request, refused.message)
    else:
        messages.success(request, _("Sent. Another coordinator of the branch will decide."))
    return redirect("disclosure_view", disclosure.pk)


def form_id(form: forms.Form) -> Any:
    """The id that the new request will have: the form's own; another where it sends none."""
    try:
        return form.fields["new_id"].clean(form["new_id"].value())
    except forms.ValidationError:
        return uuid4()


def _heard(client: Client) -> QuerySet[Complaint]:
    """The complaints of this client that whoever asks hears; the database shows no others."""
    return Complaint.objects.filter(client=client)


def _form(request: Request, disclosure: Disclosure, words: Any, keys: Any, step: str) -> forms.Form:
    data = request.POST if request.method == "POST" else None
    if step == "why":
        items, details = contents.chosen(disclosure, keys), contents.details(disclosure, keys)
        texts = contents.notes(request.actor, disclosure, [item.contact for item in items])
        readable = [item for item in items if item.contact_id in texts]
        beside = contents.beside(readable, keys)
        return WhyForm(data, items=items, details=details, texts=texts, said=beside)
    if step == "contacts":
        shown = list(
            Contact.objects.filter(client=disclosure.client, taken_out_at=None)[:CONTACTS_SHOWN]
        )
        texts = contents.notes(request.actor, disclosure, shown)
        ticked = {
            "contacts": [str(item.contact_id) for item in contents.chosen(disclosure, keys)],
            "details": [row.detail for row in contents.details(disclosure, keys)],
        }
        said = contents.values(disclosure.client_id, keys)
        return ContactsForm(data, shown=shown, texts=texts, values=said, initial=ticked)
    kind = FORMS[step]
    initial = {
        name: getattr(disclosure if name in COLUMNS.get(step, ()) else words, name)
        for name in kind.base_fields
    }
    more: dict[str, Any] = {"complaints": _heard(disclosure.client)} if step == "ground" else {}
    form = kind(data, initial=initial, **more)
    form.fields["revision"] = forms.IntegerField(widget=forms.HiddenInput, initial=words.revision)
    return form


def _save(by: Any, disclosure: Disclosure, words: Any, keys: Any, step: str, form: Any) -> None:
    if step == "contacts":
        acts.choose(by=by, disclosure=disclosure, keys=keys, contacts=form.wanted())
        picked = form.cleaned_data["details"]
        acts.pick(by=by, disclosure=disclosure, keys=keys, details=picked)
    elif step == "why":
        acts.strike(by=by, items=form.items, typed=form.typed(), texts=form.texts)
        acts.explain_items(by=by, items=[*form.details, *form.items], why=form.why())
    else:
        values = dict(form.cleaned_data)
        revision = values.pop("revision")
        clear = {name: values.pop(name) for name in COLUMNS.get(step, ())}
        acts.describe(
            by=by, disclosure=disclosure, words=words, revision=revision, clear=clear, sealed=values
        )


def _onward(disclosure: Disclosure, words: Any, keys: Any) -> HttpResponse:
    """To what is still missing; else to the page that shows it all."""
    disclosure.refresh_from_db(fields=["ground", "consent"])
    lacking = acts.missing(disclosure, words, contents.all_chosen(disclosure, keys))
    if lacking:
        return redirect("disclosure_edit", disclosure.pk, lacking[0])
    return redirect("disclosure_view", disclosure.pk)
