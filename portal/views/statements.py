"""Something is wrong here: what the client says about a note, beside it; and taking that back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audit import door
from audit.actor import Request
from clients.access.statements import Said
from clients.contacts.actions import statements as actions
from clients.contacts.actions.statements import NewStatement
from clients.models import Background, Contact, Statement, StatementState
from portal.decorators import own_space
from portal.forms import StatementForm
from portal.pages import own_access, own_client, own_keys, portal_page
from vault.exceptions import Refused


@require_http_methods(["GET", "HEAD", "POST"])
@own_space
def portal_statement_add(request: Request, contact_id: UUID) -> HttpResponse:
    """About one contact of the client's own."""
    mine = Contact.objects.filter(client=request.actor.client, taken_out_at=None)
    rows = mine.select_related("note")
    contact: Contact = door.get(request, rows, contact_id, "statement.write")
    return _add(request, contact, getattr(contact, "note", None), reverse("portal_contacts"))


@require_http_methods(["GET", "HEAD", "POST"])
@own_space
def portal_statement_background(request: Request) -> HttpResponse:
    """About what is written of the client's situation."""
    background = Background.objects.filter(client=request.actor.client).first()
    if background is None:
        raise Http404
    return _add(request, None, background, reverse("portal_record"))


def _add(request: Request, contact: Contact | None, about: object, back: str) -> HttpResponse:
    client = own_client(request)
    form = StatementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keys = own_keys(request, "statement.write")
        try:
            actions.add_statement(
                by=request.actor,
                client=client,
                keys=keys,
                contact=contact.pk if contact else None,
                new=NewStatement(form.cleaned_data["words"]),
            )
        except Refused as refused:
            messages.warning(request, refused.message)
        else:
            messages.success(
                request, _("It stands beside what was noted. You will find our answer here.")
            )
        return redirect(back)
    keys = own_keys(request, "portal.contacts" if contact else "portal.record")
    text = about.unlock(keys).text if about else ""  # type: ignore[attr-defined]
    hides = bool(own_access(request).notes_hidden_at) and request.GET.get("show") != "note"
    context = {"form": form, "contact": contact, "text": text, "hides": hides, "back": back}
    return portal_page(request, "portal/statement_add.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@own_space
def portal_statement_withdraw(request: Request, statement_id: UUID) -> HttpResponse:
    """The client takes back what they said."""
    rows = Statement.objects.filter(client=request.actor.client).exclude(
        state=StatementState.WITHDRAWN
    )
    statement: Statement = door.get(request, rows, statement_id, "statement.withdraw")
    back = reverse("portal_contacts" if statement.contact_id else "portal_record")
    if request.method == "POST":
        if actions.withdraw(by=request.actor, statement=statement):
            messages.success(request, _("You have taken it back. We no longer see it."))
        else:
            messages.info(request, _("The note was corrected because of it, so it stays."))
        return redirect(back)
    keys = own_keys(request, "portal.contacts" if statement.contact_id else "portal.record")
    words = statement.words.filter(answer=False).first()
    said = Said(statement, words.unlock(keys).text if words else "", "")
    return portal_page(request, "portal/statement_withdraw.html", {"said": said, "back": back})
