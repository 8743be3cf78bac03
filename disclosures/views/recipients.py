"""Recipients of what was corrected since: who is to be told, a letter for each, and that it is done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audit import door
from audit.actor import Request
from clients.access import permissions
from clients.models import Statement, StatementState
from disclosures.actions import printing
from disclosures.actions import recipients as acts
from disclosures.forms.recipients import ToldForm
from disclosures.models import Disclosure
from disclosures.views.common import get, opened_one, serving
from vault.exceptions import Refused


def _statement(request: Request, statement_id: UUID) -> Statement:
    """A statement that was taken over, for whoever coordinates; 404 for what is hidden, else 403."""
    rows = Statement.objects.select_related("client").exclude(contact=None)
    rows = rows.filter(state=StatementState.ACCEPTED)
    found: Statement = door.get(request, rows, statement_id, "disclosure.corrected")
    permissions.check_assign(request.actor, found.client)
    return found


@require_safe
@serving
def recipient_list(request: Request, statement_id: UUID) -> HttpResponse:
    """Who received the old words, and who of them was told."""
    return _page(request, _statement(request, statement_id))


def _page(
    request: Request, statement: Statement, sent: dict[UUID, Any] | None = None
) -> HttpResponse:
    left = acts.left_with(statement.contact_id, statement.answered_at).select_related("client")
    rows = list(left.order_by("released_at"))
    # Where nothing left, the page is about one that is not there: no client is told either way.
    keys = opened_one(request, rows or [Disclosure(client=statement.client)], "disclosure.view")
    found = acts.recipients(statement, rows, keys)
    forms = sent or {}
    lines = [
        (one, forms.get(one.disclosure.pk) or ToldForm(auto_id=f"{one.disclosure.pk}_%s"))
        for one in found
    ]
    context = {"statement": statement, "client": statement.client, "lines": lines}
    return render(request, "disclosures/recipients.html", context)


@require_POST
@serving
def recipient_told(request: Request, statement_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """A recipient was told."""
    statement = _statement(request, statement_id)
    disclosure = get(request, disclosure_id, "disclosure.corrected")
    form = ToldForm(request.POST, auto_id=f"{disclosure.pk}_%s")
    if not form.is_valid():
        return _page(request, statement, {disclosure.pk: form})
    try:
        done = acts.tell(
            by=request.actor, statement=statement, disclosure=disclosure, **form.cleaned_data
        )
    except Refused as refused:
        other = _("This recipient is not among those to be told from that day on.")
        messages.warning(request, acts.NOT_TOLD.get(refused.constraint, other))
    else:
        said = _("It is written down.") if done else _("This was written down before.")
        messages.success(request, said)
    return redirect("recipient_list", statement.pk)


@require_safe
@serving
def recipient_letter(request: Request, statement_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """The letter to one recipient, as a PDF. Printing it is in the log."""
    statement = _statement(request, statement_id)
    disclosure = get(request, disclosure_id, "disclosure.letter")
    if not acts.may_tell(statement, disclosure):
        raise Http404
    keys = opened_one(request, disclosure, "disclosure.letter")
    data = acts.letter(statement, disclosure, keys)
    if data is None:
        messages.info(request, _("Open the notes first: the letter says how the note reads now."))
        return redirect("client_view", statement.client_id)
    try:
        pdf = printing.printed(data, request.LANGUAGE_CODE, "correction_letter")
    except printing.PrintingFailed:
        messages.error(request, _("The document could not be made. Tell the administrator."))
        return redirect("recipient_list", statement.pk)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{disclosure.reference}.pdf"'
    return response
