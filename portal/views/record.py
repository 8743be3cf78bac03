"""The client's own record: details and contacts."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from audit.actor import Actor, Request
from clients.access.statements import said_about
from clients.models import (
    AgreementAnswer,
    Attachment,
    Background,
    Contact,
    Explanation,
    Identity,
    SafeContact,
)
from portal.decorators import own_space
from portal.news import is_answer_new
from portal.pages import PAGE, own_access, own_client, own_keys, portal_page
from rights.export import document
from rights.export.agreements import agreed
from rights.export.consultations import consulted
from rights.export.contents import Gatherer
from rights.export.emergencies import opened_in_emergency
from rights.export.holds import GROUNDS as HELD
from rights.export.holds import held
from rights.export.restrictions import GROUNDS, restricted
from rights.models import Export, ExportState
from rights.requests.reading import own_requests


@require_GET
@own_space
def portal_home(request: Request) -> HttpResponse:
    """The way in: some doors, and what is new behind them. Opens nothing."""
    client = own_client(request)
    waiting, answered, deletion = own_requests(client.pk)
    context = {
        "branch": client.branch,
        "answer": is_answer_new(request.actor),
        "waiting": waiting,
        "answered": answered,
        "deletion": deletion,
        "access": own_access(request),
        "copy": Export.objects.filter(client=client, state=ExportState.READY).first(),
    }
    return portal_page(request, "portal/home.html", context)


@require_GET
@own_space
def portal_record(request: Request) -> HttpResponse:
    """Who I am for them, how they may reach me, my situation, what was explained to me."""
    client = own_client(request)
    gatherer = Gatherer(client, own_keys(request, "portal.record"), history=False)
    identity, record = gatherer.one(Identity), gatherer.record()
    context = {
        "record": record,
        "branch": client.branch,
        "identity": document.identity(identity, record),
    }
    if request.actor.confirmed and not request.actor.quiet:
        context |= _noted(gatherer, request.actor)
        context["hides"] = bool(own_access(request).notes_hidden_at)
        context["once"] = request.GET.get("show", "")
    return portal_page(request, "portal/record.html", context)


def _noted(gatherer: Gatherer, actor: Actor) -> dict[str, Any]:
    """What others noted: not for a space that somebody else may look into."""
    explanations = list(Explanation.objects.filter(client=gatherer.client).select_related("words"))
    for explanation in explanations:
        if hasattr(explanation, "words"):
            explanation.words.unlock(gatherer.keys)
    return {
        "safe_contact": document.safe_contact(gatherer.one(SafeContact, "checked_on")),
        "background": gatherer.one(Background).get("text"),
        "said": said_about(gatherer.keys).get(None, []),
        "explanations": explanations,
        "agreements": [
            {**one, "label": AgreementAnswer(one["answer"]).label}
            for one in agreed(gatherer.client, gatherer.keys)
        ],
        "restrictions": [
            {**one, "label": GROUNDS[one["ground"]]}
            for one in restricted(gatherer.client, gatherer.keys)
        ],
        "holds": [
            {**one, "label": HELD[one["ground"]]} for one in held(gatherer.client, gatherer.keys)
        ],
        "kept_longer": gatherer.kept_longer(),
        "consulted": consulted(gatherer.client, gatherer.keys),
        "emergencies": opened_in_emergency(gatherer.client, by=actor),
    }


@require_GET
@own_space
def portal_contacts(request: Request) -> HttpResponse:
    """Every contact, the latest first, with what was noted."""
    client = own_client(request)
    rows = Contact.objects.filter(client=client).select_related("note", "misplaced")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    keys = own_keys(request, "portal.contacts")
    said = said_about(keys, [contact.pk for contact in page])
    attached = Attachment.objects.filter(client=client, contact__in=[c.pk for c in page])
    names: dict[object, list[str]] = {}
    for attachment in attached.order_by("made_at"):
        attachment.unlock(keys)
        names.setdefault(attachment.contact_id, []).append(attachment.name)
    access = own_access(request)
    once = request.GET.get("show", "")
    for contact in page:
        contact.hidden = bool(access.notes_hidden_at) and str(contact.pk) != once  # type: ignore[attr-defined]
        contact.file_names = names.get(contact.pk, [])  # type: ignore[attr-defined]
        contact.said = said.get(contact.pk, [])  # type: ignore[attr-defined]
        if hasattr(contact, "note"):
            contact.note.unlock(keys)
    context = {"page_obj": page, "access": access}
    return portal_page(request, "portal/contacts.html", context)
