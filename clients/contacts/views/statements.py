"""What a client says about a note or about the background: written down for them, and answered."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audit import door
from audit.actor import Request
from clients.access import permissions
from clients.access.opening import find_client, open_client, purpose, say_tidied
from clients.access.statements import Said, said_about
from clients.contacts.actions import statements as actions
from clients.contacts.forms.statements import AnswerForm, HeardForm
from clients.contacts.views.contacts import find
from clients.models import Client, PortalAccess, Statement, StatementState
from vault.exceptions import Conflict, Refused
from volunteers.decorators import people_only


@require_http_methods(["GET", "HEAD", "POST"])
@people_only
def statement_add(request: Request, contact_id: UUID) -> HttpResponse:
    """The client said, to somebody of the team, that something in this note is wrong."""
    contact = find(request, contact_id, "statement.write")
    if contact.taken_out_at:
        raise Http404
    back = reverse("contact_view", args=[contact.pk])
    return _add(request, contact.client, contact.pk, back)


@require_http_methods(["GET", "HEAD", "POST"])
@people_only
def statement_background(request: Request, client_id: UUID) -> HttpResponse:
    """The same of what is written about the situation."""
    client = find_client(request, client_id, "statement.write")
    return _add(request, client, None, reverse("client_view", args=[client.pk]))


def _add(request: Request, client: Client, contact: UUID | None, back: str) -> HttpResponse:
    permissions.check_hear(request.actor, client)
    form = HeardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keys = open_client(request, client, "statement.write")
        try:
            actions.add_statement(
                by=request.actor, client=client, keys=keys, contact=contact, new=form.new()
            )
        except Refused as refused:
            messages.warning(request, refused.message)
        else:
            say_tidied(request, form)
            messages.success(
                request, _("It stands beside the note now. It waits for an answer to the client.")
            )
        return redirect(back)
    context = {"client": client, "form": form, "back": back}
    return render(request, "clients/contacts/statement_add.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@people_only
def statement_answer(request: Request, statement_id: UUID) -> HttpResponse:
    """Correct what the client says is wrong, or leave it and say why."""
    actor = request.actor
    rows = Statement.objects.select_related("client", "contact")
    statement: Statement = door.get(request, rows, statement_id, "statement.answer")
    ways = actions.may_answer(statement)
    permissions.check(any(ways.values()))
    client = statement.client
    back = _where(statement)
    if statement.state != StatementState.OPEN:
        messages.info(request, _("This statement has been answered."))
        return redirect(back)
    keys = door.open_one(actor, client.pk, "statement.view", purpose(actor))
    text, revision = actions.words_of(statement, keys)
    start = {"text": text, "revision": revision}
    form = AnswerForm(request.POST or None, ways=ways, initial=start)
    if request.method == "POST" and form.is_valid() and _answered(request, statement, keys, form):
        return redirect(back)
    said = said_about(keys).get(statement.contact_id, [])
    context = {
        "client": client,
        "statement": statement,
        "said": next((one for one in said if one.row.pk == statement.pk), Said(statement, "", "")),
        "text": text,
        "form": form,
        "back": back,
    }
    return render(request, "clients/contacts/statement_answer.html", context)


def _answered(request: Request, statement: Statement, keys: object, form: AnswerForm) -> bool:
    """Whether the answer was kept; else the form says why not."""
    data = form.cleaned_data
    try:
        if data["answer"] == StatementState.ACCEPTED:
            actions.accept(
                by=request.actor,
                statement=statement,
                keys=keys,  # type: ignore[arg-type]
                text=data["text"],
                why=data["why"],
                revision=data["revision"],
            )
            said = _("The note is corrected.")
        else:
            actions.refuse(
                by=request.actor,
                statement=statement,
                keys=keys,  # type: ignore[arg-type]
                why=data["why"],
            )
            said = _("What the client says stays beside the note.")
    except (Conflict, Refused) as refused:
        form.add_error(None, str(refused.message))
        return False
    say_tidied(request, form)
    if PortalAccess.objects.read_by(statement.client_id).exists():
        told = _("The client can read your answer.")
    else:
        told = _("Tell the client: they do not read it online.")
    messages.success(request, f"{said} {told}")
    return True


def _where(statement: Statement) -> str:
    """The page on which a statement stands."""
    if statement.contact_id:
        return reverse("contact_view", args=[statement.contact_id])
    return reverse("client_view", args=[statement.client_id])
