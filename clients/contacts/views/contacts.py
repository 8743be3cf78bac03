"""Logging a contact in thirty seconds, looking at one, correcting one, and its earlier texts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from audit import door
from audit.actor import Actor, Request
from clients.access import lists, permissions
from clients.access.form_ids import form_id
from clients.access.opening import purpose
from clients.access.people import colleagues
from clients.access.statements import said_about
from clients.contacts.actions import contacts as actions
from clients.contacts.actions.attachments import of_contact
from clients.contacts.actions.drafts import draft_of, keep_for_later, waiting, was_theirs
from clients.contacts.actions.statements import may_answer
from clients.contacts.forms.contacts import ContactForm, CorrectionForm, FileForm, typed
from clients.models import (
    AgreementAnswer,
    Client,
    Contact,
    ContactNote,
    Draft,
    Misplaced,
    Statement,
    StatementState,
)
from clients.records.actions.agreements import after_no
from clients.records.actions.changes import take_pseudonym
from clients.records.actions.explanations import explanation_wanted
from clients.records.spoken_cards import spoken_cards
from components.text import was_tidied
from vault.exceptions import Conflict
from volunteers.decorators import people_only


@require_safe
@people_only
def contact_choose(request: Request) -> HttpResponse:
    """Whom the contact was with: my clients, one tap each. A draft leads to its own form."""
    actor = request.actor
    permissions.check_serves(actor)
    if draft := draft_of(actor, request.GET.get("draft")):
        if draft.client_id and Client.objects.filter(pk=draft.client_id).exists():
            return to_form(draft.client_id, draft.pk)
        messages.warning(request, _("This client is no longer given to you. Your text is kept."))
        return redirect("draft_list")
    mine = Client.objects.visible_to(actor).open().recent()
    page = lists.page_of(request, mine)
    keys = lists.opened(request, [client.pk for client in page], "client.list")
    clients = lists.named(lists.dated(actor, page.object_list), lists.names(keys))
    context = {"page_obj": page, "clients": clients}
    return render(request, "clients/contacts/contact_choose.html", context)


def to_form(client: UUID, draft: UUID) -> HttpResponse:
    """To the form of a draft."""
    response = redirect("contact_add", client)
    response["Location"] += f"?draft={draft}"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@people_only
def contact_add(request: Request, client_id: UUID) -> HttpResponse:
    """Log a contact with this client, together with the explanation where it is missing (P10)."""
    actor = request.actor
    if request.method == "POST" and was_theirs(actor, client_id):
        # The assignment ended while this was being written: nothing of it is lost.
        keep_for_later(by=actor, client=client_id, values=request.POST)
        messages.warning(
            request,
            _(
                "This client is no longer given to you. Your text is kept as a draft. Ask your coordinator."
            ),
        )
        return redirect("draft_list")
    client = door.get(request, Client.objects.all(), client_id, "contact.log")
    permissions.check_log_contact(actor, client)
    wanted = explanation_wanted(client)
    if request.method == "POST":
        form = ContactForm(request.POST, request.FILES, wanted=wanted)
        if form.is_valid() and (answer := save_contact(request, client, form)):
            return answer
        return show_form(request, client, form)
    draft = draft_of(actor, request.GET.get("draft"), client_id)
    form = ContactForm(wanted=wanted, initial=typed(draft.values) if draft else {})
    begun = None if draft else waiting(actor, client_id)
    return show_form(request, client, form, begun)


def save_contact(request: Request, client: Client, form: ContactForm) -> HttpResponse | None:
    """Save and go on; None, with an error on the form, when the database refuses it."""
    actor = request.actor
    contact_id = form_id(actor, form.cleaned_data["key"])
    if Contact.objects.filter(pk=contact_id).exists():
        messages.info(request, _("This contact was saved before. It was not saved twice."))
        return redirect("contact_view", contact_id)
    new, explanation = form.new_contact(contact_id), form.new_explanation(client)
    if explanation and explanation.agreed == AgreementAnswer.NO_RECORD:
        actions.keep_nothing(by=actor, client=client, id=contact_id, explanation=explanation)
        messages.warning(request, after_no(client))
        messages.info(request, _("Nothing of this contact was kept."))
        return redirect("client_view", client.pk)
    try:
        contact = actions.log_contact(by=actor, client=client, new=new, explanation=explanation)
    except IntegrityError as error:
        form.add_error(None, refusal(error))
        return None
    if form.pseudonym:
        keys = door.open_one(actor, client.pk, "explanation.add", purpose(actor))
        take_pseudonym(by=actor, client=client, keys=keys, known_as=form.pseudonym)
    messages.success(request, _("The contact is saved."))
    if was_tidied(form):
        messages.info(request, _("Invisible characters were taken out of the text."))
    return redirect("contact_view", contact.pk)


def refusal(error: IntegrityError) -> str:
    """What the database said, in words that help."""
    if "explained" in str(error):
        return _("The policy has not been explained to this client. Explain it, or tick Urgent.")
    return _(
        "Somebody saved something at the same moment. Look at the list of contacts, then try again."
    )


def show_form(
    request: Request, client: Client, form: ContactForm, begun: Draft | None = None
) -> HttpResponse:
    """The form, with the client's name, and the way to a draft that was begun before."""
    keys = lists.opened(request, [client.pk], "contact.form")
    context = {
        "client": client,
        "name": lists.names(keys).get(client.pk, ""),
        "form": form,
        "begun": begun,
        "cards": spoken_cards(client.language) if form.wanted else [],
    }
    return render(request, "clients/contacts/contact_add.html", context)


@require_safe
@people_only
def contact_view(request: Request, contact_id: UUID) -> HttpResponse:
    """One contact, its words where one may read them, its files."""
    return show_contact(request, find(request, contact_id, "contact.view"))


def find(request: Request, contact_id: UUID, action: str) -> Contact:
    """The contact with its client, or 404."""
    rows = Contact.objects.select_related("client")
    return door.get(request, rows, contact_id, action)


def show_contact(
    request: Request, contact: Contact, file_form: FileForm | None = None
) -> HttpResponse:
    """The page of a contact, opened and logged."""
    actor, client = request.actor, contact.client
    keys = door.open_one(actor, client.pk, "contact.view", purpose(actor))
    may_read = permissions.can_read_contact(actor, contact)
    note = ContactNote.objects.filter(contact=contact).first() if may_read else None
    if note:
        note.unlock(keys)
    taken_out = contact.taken_out_at is not None
    may_write = permissions.can_log_contact(actor, client) and not taken_out
    edits = permissions.can_edit(actor, client) and not taken_out
    coordinates = permissions.coordinates(actor, client)
    context = {
        "contact": contact,
        "client": client,
        "name": lists.names({client.pk: keys}).get(client.pk, ""),
        "note": note,
        "files": of_contact(contact, keys) if may_read else [],
        "author": colleagues([contact.by_id]).get(contact.by_id, ""),  # type: ignore[arg-type]
        "may_read": may_read,
        "may_write": may_write,
        "edits": edits,
        "sees_earlier": note is not None and coordinates,
        "misplaced": Misplaced.objects.filter(contact=contact).first() if taken_out else None,
        "moves": edits and may_read and (contact.by_id == actor.person or coordinates),
        **said_beside(actor, contact, keys),
        "file_form": file_form or FileForm(),
    }
    return render(request, "clients/contacts/contact_view.html", context)


def said_beside(actor: Actor, contact: Contact, keys: Any) -> dict[str, Any]:
    """What the client says about a contact, where its words may be read; and that something is said."""
    rows = list(Statement.objects.filter(contact=contact))
    if not rows:
        return {"said": [], "is_said": False, "answers": False}
    unanswered = [row for row in rows if row.state == StatementState.OPEN]
    return {
        "said": said_about(keys, [contact.pk]).get(contact.pk, []),
        "is_said": True,
        "answers": bool(unanswered and any(may_answer(unanswered[0]).values())),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@people_only
def contact_correct(request: Request, contact_id: UUID) -> HttpResponse:
    """A new text for a note, and why. A stale form shows both texts and loses nothing."""
    actor = request.actor
    contact, note = open_note(request, contact_id, "contact.correct")
    permissions.check_edit(actor, contact.client)
    form = CorrectionForm(
        request.POST or None, initial={"text": note.text, "revision": note.revision}
    )
    other = None
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct_note(by=actor, note=note, **form.cleaned_data)
        except Conflict:
            form, other = after_conflict(request, note)
        else:
            messages.success(request, _("The correction is saved. The earlier text is kept."))
            return redirect("contact_view", contact_id)
    context = {"contact": contact, "form": form, "other": other}
    return render(request, "clients/contacts/contact_correct.html", context)


def after_conflict(request: Request, note: ContactNote) -> tuple[CorrectionForm, dict[str, Any]]:
    """The typed text on the newest revision, and what somebody else wrote meanwhile."""
    now = ContactNote.objects.get(pk=note.pk)
    now.unlock(note.keys)
    data = request.POST.copy()
    data["revision"] = str(now.revision)
    form = CorrectionForm(data)
    form.add_error(
        None,
        _(
            "Somebody else corrected this meanwhile. Put both texts together below, then save again."
        ),
    )
    author = colleagues([now.by_id]).get(now.by_id, "")  # type: ignore[arg-type]
    return form, {"text": now.text, "by": author, "at": now.saved_at}


@require_safe
@people_only
def contact_history(request: Request, contact_id: UUID) -> HttpResponse:
    """All texts that a note ever had, for a coordinator who opened the notes for a reason."""
    found = find(request, contact_id, "contact.history")
    permissions.check_read_earlier(request.actor, found)
    contact, note = open_note(request, contact_id, "contact.history")
    versions = actions.note_versions(note)
    people = colleagues(version.by for version in versions)
    context = {
        "contact": contact,
        "versions": [(v, people.get(v.by, "") if v.by else "") for v in versions],
    }
    return render(request, "clients/contacts/contact_history.html", context)


def open_note(request: Request, contact_id: UUID, action: str) -> tuple[Contact, ContactNote]:
    """A contact with its note, opened; 404 for what is hidden, 403 where notes are closed."""
    actor = request.actor
    contact = find(request, contact_id, action)
    permissions.check_read_contact(actor, contact)
    keys = door.open_one(actor, contact.client_id, action, purpose(actor))
    note = ContactNote.objects.filter(contact=contact).first()
    if note is None:  # it was noted here by mistake, and moved
        raise Http404
    note.unlock(keys)
    return contact, note
