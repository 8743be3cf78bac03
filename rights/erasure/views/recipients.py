"""Whoever received something of a record that goes: who they are, a letter for each, that they were told."""

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
from clients.access.opening import find_client, purpose
from clients.models import Client
from disclosures.actions import deletions as acts
from disclosures.actions.printing import PrintingFailed, printed
from disclosures.actions.recipients import NOT_TOLD
from disclosures.forms.recipients import ToldForm
from disclosures.models import Disclosure
from rights.erasure.permissions import check_propose
from rights.models import UNDECIDED, Erasure
from vault.exceptions import Refused
from volunteers.decorators import duty_required


def _client(request: Request, client_id: UUID) -> Client:
    client = find_client(request, client_id, "erasure.view")
    check_propose(request.actor, client)
    return client


@require_safe
@duty_required("coordinator")
def erasure_recipients(request: Request, client_id: UUID) -> HttpResponse:
    """Who has something of the record, and who of them was told; with letters once a deletion is proposed."""
    return _page(request, _client(request, client_id))


def _page(request: Request, client: Client, sent: dict[UUID, Any] | None = None) -> HttpResponse:
    rows = list(acts.held_outside(client.pk).select_related("client"))
    standing = Erasure.objects.filter(client=client, state__in=UNDECIDED).first()
    found = []
    if rows:
        opened = door.open_about(request, rows, "disclosure.view", purpose(request.actor))
        keys = opened[client.pk]
        found = acts.holders(rows, keys, standing.proposed_at if standing else None)
    forms = sent or {}
    lines = [
        (one, forms.get(one.disclosure.pk) or ToldForm(auto_id=f"{one.disclosure.pk}_%s"))
        for one in found
    ]
    context = {"client": client, "erasure": standing, "lines": lines}
    return render(request, "rights/erasure/recipients.html", context)


@require_POST
@duty_required("coordinator")
def erasure_told(request: Request, client_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """A recipient was told."""
    client = _client(request, client_id)
    disclosure = _disclosure(request, client, disclosure_id, "disclosure.corrected")
    form = ToldForm(request.POST, auto_id=f"{disclosure.pk}_%s")
    if not form.is_valid():
        return _page(request, client, {disclosure.pk: form})
    try:
        done = acts.tell(by=request.actor, disclosure=disclosure, **form.cleaned_data)
    except Refused as refused:
        other = _("Choose a day since the deletion was proposed.")
        messages.warning(request, NOT_TOLD.get(refused.constraint, other))
    else:
        said = _("It is written down.") if done else _("This was written down before.")
        messages.success(request, said)
    return redirect("erasure_recipients", client.pk)


@require_safe
@duty_required("coordinator")
def erasure_letter(request: Request, client_id: UUID, disclosure_id: UUID) -> HttpResponse:
    """The letter to one recipient, as a PDF. Printing it is in the log."""
    client = _client(request, client_id)
    disclosure = _disclosure(request, client, disclosure_id, "disclosure.letter")
    if not acts.may_tell(disclosure):
        raise Http404
    keys = door.open_about(request, [disclosure], "disclosure.letter", purpose(request.actor))
    data = acts.letter(disclosure, keys[client.pk])
    try:
        content = printed(data, request.LANGUAGE_CODE, "deletion_letter")
    except PrintingFailed:
        messages.error(request, _("The document could not be made. Tell the administrator."))
        return redirect("erasure_recipients", client.pk)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{disclosure.reference}.pdf"'
    return response


def _disclosure(request: Request, client: Client, disclosure_id: UUID, action: str) -> Disclosure:
    rows = Disclosure.objects.filter(client=client).select_related("client", "branch")
    found: Disclosure = door.get(request, rows, disclosure_id, action)
    return found
