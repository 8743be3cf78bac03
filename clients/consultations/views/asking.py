"""Asking a colleague (P5): noting a talk; a question in writing, in two pages with a draft between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.db import DatabaseError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audit import door
from audit.actor import Request
from clients.access import permissions
from clients.access.opening import find_client, say_tidied
from clients.consultations import actions, reading
from clients.consultations.forms import QuestionForm, SharingForm, TalkForm, chosen
from clients.contacts.actions import drafts
from clients.models import Client, Consultation, Draft, Ground
from volunteers.decorators import people_only
from volunteers.models import Person

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(FORM_METHODS)
@people_only
def consultation_talk(request: Request, client_id: UUID) -> HttpResponse:
    """Note that one talked: with whom, on which ground."""
    client = find_client(request, client_id, "consultation.talk")
    permissions.check_consult(request.actor, client)
    people = reading.consultable(client)
    form = TalkForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.note_talk(
                by=request.actor,
                client=client,
                colleague=UUID(said["colleague"]),
                ground=said["ground"],
                on=said["on"],
            )
        except DatabaseError:
            form.add_error(None, not_possible())
        else:
            messages.success(request, _("It is noted that you talked."))
            return redirect("consultation_list", client.pk)
    context = {"client": client, "form": form, "people": people}
    return render(request, "clients/consultations/consultation_talk.html", context)


@require_http_methods(FORM_METHODS)
@people_only
def consultation_add(request: Request, client_id: UUID) -> HttpResponse:
    """A question in writing, first page: why, whom, what, which contacts, for how long."""
    client, keys = open_for_asking(request, client_id)
    people = reading.consultable(client)
    contacts = reading.shareable(client, keys)
    if request.method == "POST":
        form = QuestionForm(request.POST, people=people, contacts=contacts)
        if form.is_valid() and (kept := keep(request, client)):
            say_tidied(request, form)
            return redirect("consultation_share", client.pk, kept.pk)
    else:
        draft = drafts.draft_of(request.actor, request.GET.get("draft"), client.pk, drafts.CONSULT)
        form = QuestionForm(
            people=people, contacts=contacts, initial=chosen(draft.values) if draft else {}
        )
    context = {"client": client, "form": form, "people": people}
    return render(request, "clients/consultations/consultation_add.html", context)


@require_http_methods(FORM_METHODS)
@people_only
def consultation_share(request: Request, client_id: UUID, draft_id: UUID) -> HttpResponse:
    """Second page: exactly what the colleague will read, to be adjusted, then shared."""
    if (
        done := Consultation.objects.filter(pk=draft_id, asked_by_id=request.actor.person)
    ).exists():
        messages.info(request, _("You have asked this before. It was not asked twice."))
        return redirect("consultation_view", done.get().pk)
    client, keys = open_for_asking(request, client_id)
    draft = drafts.draft_of(request.actor, draft_id, client.pk, drafts.CONSULT)
    if draft is None:
        raise Http404
    first = first_page(client, keys, draft)
    if first is None:
        messages.warning(request, _("Something has changed since. Please look at this page again."))
        return redirect(f"{reverse('consultation_add', args=[client.pk])}?draft={draft.pk}")
    withheld = is_withheld(request, client, draft, first)
    form = sharing_form(request, client, keys, draft, first, withheld)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.ask(
                by=request.actor, client=client, keys=keys, question=form.asked(first, draft.pk)
            )
        except DatabaseError:
            if Consultation.objects.filter(pk=draft.pk).exists():  # sent twice at the same moment
                return redirect("consultation_view", draft.pk)
            form.add_error(None, not_possible())
        else:
            messages.success(request, _("Your colleague can read it now."))
            return redirect("consultation_view", made)
    return show_sharing(request, client, draft, first, form, withheld)


def open_for_asking(request: Request, client_id: UUID) -> tuple[Client, SubjectKeys]:
    """The record whose contacts are chosen from, with its keys; 404 for hidden, 403 without notes."""
    client = find_client(request, client_id, "consultation.ask")
    permissions.check_consult(request.actor, client)
    return client, door.open_one(request, client.pk, "contact.list", "consultation")


def keep(request: Request, client: Client) -> Draft | None:
    """Keep the first page as a draft, which the second one goes on from; None where it was asked."""
    try:
        return drafts.keep(
            by=request.actor, client=client.pk, values=request.POST, form=drafts.CONSULT
        )
    except drafts.TooLong:
        messages.warning(request, _("Your question is too long. Please shorten it."))
        return None


def first_page(client: Client, keys: SubjectKeys, draft: Draft) -> dict[str, Any] | None:
    """What the first page said, checked again; None where it does not hold any more."""
    people, contacts = reading.consultable(client), reading.shareable(client, keys)
    form = QuestionForm(chosen(draft.values), people=people, contacts=contacts)
    return form.cleaned_data if form.is_valid() else None


def is_withheld(request: Request, client: Client, draft: Draft, first: dict[str, Any]) -> bool:
    """Whether the identity is left out: by default for one's own support, always where protected."""
    if client.protected:
        return True
    said = request.POST.get("identity") or request.GET.get("identity")
    said = said or draft.values.get("identity")
    return (
        first["ground"] == Ground.VOLUNTEER
        if said not in ("known", "withheld")
        else said == "withheld"
    )


def sharing_form(
    request: Request,
    client: Client,
    keys: SubjectKeys,
    draft: Draft,
    first: dict[str, Any],
    withheld: bool,
) -> SharingForm:
    """The form with the chosen contacts; what was adjusted before, if it was adjusted in this way."""
    items = reading.shareable(client, keys, first["contacts"])
    striker = None
    if withheld:
        texts = [first["question"], *(item.text for item in items)]
        striker = reading.striker(client, keys, texts)
    mode = "withheld" if withheld else "known"
    kept = draft.values if draft.values.get("identity") == mode else {}
    identity = client.identity.unlock(keys)
    return SharingForm(
        request.POST or None,
        items=items,
        question=first["question"],
        striker=striker,
        called=reading.first_name(identity),
        initial=adjusted(kept),
    )


def adjusted(kept: dict[str, Any]) -> dict[str, Any]:
    """The texts that were being adjusted."""
    return {
        name: text for name, text in kept.items() if name == "called" or name.startswith("text-")
    }


def show_sharing(
    request: Request,
    client: Client,
    draft: Draft,
    first: dict[str, Any],
    form: SharingForm,
    withheld: bool,
) -> HttpResponse:
    """The page with what the colleague will read."""
    colleague = Person.objects.get(pk=first["colleague"])
    context = {
        "client": client,
        "form": form,
        "texts": form.texts(),
        "draft": draft,
        "key": draft.values.get("key", ""),
        "colleague": colleague,
        "days": first["days"],
        "ground": Ground(first["ground"]).label,
        "withheld": withheld,
        "identity": "withheld" if withheld else "known",
        "sees_anyway": withheld and reading.sees_anyway(client, colleague.pk),
    }
    return render(request, "clients/consultations/consultation_share.html", context)


def not_possible() -> str:
    """What is said when the database refuses."""
    return _(
        "This is not possible any more. Perhaps somebody stopped serving. Please choose again."
    )
