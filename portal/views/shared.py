"""What was passed on to somebody outside, or may be: to whom, why, what; and taking back one's yes to it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from audit import door
from audit.actor import Request
from disclosures.actions import will
from disclosures.models import Consent, Disclosure, Said, State
from portal.decorators import own_space
from portal.pages import PAGE, own_client, own_keys, portal_page
from vault.exceptions import Refused


@require_GET
@own_space
def portal_disclosures(request: Request) -> HttpResponse:
    """What was passed on to somebody outside: what, to whom, why, when, on which ground, with which yes."""
    client = own_client(request)
    rows = Disclosure.objects.filter(client=client).exclude(state=State.DRAFT)
    rows = rows.select_related("words").prefetch_related("items__contact", "details", "told")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    keys = own_keys(request, "portal.disclosures")
    for disclosure in page:
        disclosure.words.unlock(keys)
        items = [item.unlock(keys) for item in disclosure.items.all() if item.chosen]
        disclosure.chosen = items  # type: ignore[attr-defined]
        disclosure.picks = [row for row in disclosure.details.all() if row.chosen]  # type: ignore[attr-defined]
        disclosure.taken_back = will.taken_back(disclosure)  # type: ignore[attr-defined]
        disclosure.open_yes = _open_yes(disclosure)  # type: ignore[attr-defined]
    return portal_page(request, "portal/disclosures.html", {"page_obj": page})


@require_http_methods(["GET", "HEAD", "POST"])
@own_space
def portal_disclosure_end(request: Request, disclosure_id: UUID) -> HttpResponse:
    """The client takes back their yes, as long as nothing has been handed over: one press."""
    rows = Disclosure.objects.select_related("words")
    disclosure: Disclosure = door.get(request, rows, disclosure_id, "will.write")
    if not _open_yes(disclosure):
        messages.info(request, _("This cannot be stopped any more, or was stopped before."))
        return redirect("portal_disclosures")
    if request.method == "POST":
        client, keys = own_client(request), own_keys(request, "will.write")
        try:
            will.say(
                by=request.actor,
                client=client,
                keys=keys,
                disclosure=disclosure,
                said=Said.WITHDRAWN,
            )
        except Refused:
            messages.info(request, _("This cannot be stopped any more, or was stopped before."))
        else:
            said = _("It is stopped. We share nothing on the strength of your agreement any more.")
            messages.success(request, said)
        return redirect("portal_disclosures")
    disclosure.words.unlock(own_keys(request, "portal.disclosures"))
    return portal_page(request, "portal/disclosure_end.html", {"disclosure": disclosure})


def _open_yes(disclosure: Disclosure) -> bool:
    """Whether a yes of the client still carries it, so that they can take it back."""
    yes = disclosure.consent == Consent.GIVEN and disclosure.state in will.RESTS
    return yes and will.taken_back(disclosure) is None
