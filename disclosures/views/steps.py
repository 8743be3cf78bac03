"""Deciding by a second person, releasing, cancelling, opening the notes for it, telling the client."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from audit.actor import Request
from clients.access.opening import say_tidied
from clients.models import ReadingReason
from clients.records.page import born
from clients.who_may_know.actions import grants
from clients.who_may_know.actions.grants import NOT_NOW
from disclosures import permissions
from disclosures.actions import contents, delivery, will
from disclosures.actions import requests as acts
from disclosures.actions.printing import PrintingFailed
from disclosures.forms.decisions import CancelForm, DecisionForm, ReleaseForm, ToldAgainForm
from disclosures.models import Consent, Detail, Disclosure, State
from disclosures.views.common import elsewhere, get, opened_one, read_online, serving
from disclosures.workflow import Action, Who
from vault.exceptions import Refused
from vault.sealed import Locked
from volunteers.decorators import fresh_sign_in, is_fresh, to_fresh_sign_in

TOLD = _("Saved. The client can read of it once it has left.")
KEPT = _("Saved. The client is not told. It stands on your first page on the day you chose.")
NOTES_CLOSED = _("The notes were closed meanwhile. Open them again, then decide.")


@serving
@require_POST
def disclosure_notes(request: Request, disclosure_id: UUID) -> HttpResponse:
    """Open the client's notes to a coordinator for an hour, as for all work on the record.

    Whoever has not proved lately who they are does so first, and then presses the button again.
    """
    disclosure = get(request, disclosure_id, "disclosure.notes")
    by = request.actor
    permissions.check_ever(by, disclosure, Who.COORDINATOR)
    back = reverse("disclosure_view", args=[disclosure.pk])
    if disclosure.state == State.APPROVED:
        back = reverse("disclosure_release", args=[disclosure.pk])
    elif permissions.can(by, disclosure, Action.APPROVE):
        back = reverse("disclosure_decide", args=[disclosure.pk])
    if not permissions.reads_all(by, disclosure):
        if not is_fresh(request):
            return to_fresh_sign_in(request, back)
        try:
            grants.open_notes(by=by, client=disclosure.client, reason=ReadingReason.COORDINATION)
        except Refused:
            messages.warning(request, NOT_NOW)
            return redirect("disclosure_view", disclosure.pk)
    return redirect(back)


@serving
@fresh_sign_in
def disclosure_decide(request: Request, disclosure_id: UUID) -> HttpResponse:
    """Another coordinator decides on exactly what would leave."""
    disclosure = get(request, disclosure_id, "disclosure.decide")
    away = elsewhere(request, disclosure, Action.APPROVE, State.ASKED)
    if away:
        return away
    if permissions.in_conflict(request.actor, disclosure):
        messages.info(request, acts.HINDRANCES["disclosure_conflict"])
        return redirect("disclosure_view", disclosure.pk)
    if permissions.tied(request.actor, disclosure):
        return redirect("disclosure_view", disclosure.pk)  # which says why, and who can confirm it
    keys = opened_one(request, disclosure, "disclosure.decide")
    context = _leaving(request, disclosure, keys)
    form = DecisionForm(
        request.POST or None,
        agreed=disclosure.consent == Consent.GIVEN,
        against=will.taken_back(disclosure) is not None,
        ground=disclosure.ground,
    )
    if request.method == "POST" and form.is_valid():
        shown = bytes.fromhex(form.cleaned_data["shown"])
        approving = form.cleaned_data["decision"] == "approve"
        if approving and context["gone"]:
            form.add_error(None, context["gone"])
        elif not context["readable"]:
            form.add_error(None, NOTES_CLOSED)
        elif approving and context["unfit"]:
            form.add_error(None, context["unfit"])
        elif shown != context["hash"]:
            form.add_error(None, acts.CHANGED)
        else:
            say_tidied(request, form)
            return _decided(request, disclosure, keys, form.cleaned_data, shown)
    # The form always carries the hash of what this very page shows.
    form.data = {**form.data.dict(), "shown": context["hash"].hex()} if form.is_bound else {}  # type: ignore[attr-defined]
    form.initial["shown"] = context["hash"].hex()
    return render(request, "disclosures/decide.html", {**context, "form": form})


@serving
@fresh_sign_in
def disclosure_release(request: Request, disclosure_id: UUID) -> HttpResponse:
    """Make the package, and show its link and passphrase once."""
    disclosure = get(request, disclosure_id, "disclosure.release")
    away = elsewhere(request, disclosure, Action.RELEASE, State.APPROVED)
    if away:
        return away
    keys = opened_one(request, disclosure, "disclosure.release")
    context = _leaving(request, disclosure, keys)
    form = ReleaseForm(request.POST or None)
    may = context["readable"] and not context["gone"]
    if request.method == "POST" and form.is_valid() and may:
        by = request.actor
        try:
            out = delivery.release(by=by, disclosure=disclosure, keys=keys, **form.cleaned_data)
        except Refused as refused:
            messages.warning(request, refused.message)
            return redirect("disclosure_view", disclosure.pk)
        except Locked:  # closed, or taken out, between looking and pressing
            messages.warning(request, NOTES_CLOSED)
            return redirect("disclosure_view", disclosure.pk)
        except PrintingFailed:
            form.add_error(
                None, _("The document could not be made. Nothing was released. Try again.")
            )
        else:
            return _released(request, context, out)
    context["changed"] = context["hash"] != bytes(disclosure.decided_on_hash or b"")
    return render(request, "disclosures/release.html", {**context, "form": form})


@serving
@fresh_sign_in
def disclosure_telling(request: Request, disclosure_id: UUID) -> HttpResponse:
    """Look again whether the client may be told of what was approved without their yes."""
    disclosure = get(request, disclosure_id, "disclosure.telling")
    by = request.actor
    permissions.check_ever(by, disclosure, Who.COORDINATOR)
    if not permissions.can_say_when_told(by, disclosure):
        messages.info(request, acts.MEANWHILE)
        return redirect("disclosure_view", disclosure.pk)
    form = ToldAgainForm(request.POST or None, reason=disclosure.untold)
    if request.method == "POST" and form.is_valid():
        try:
            acts.tell(by=by, disclosure=disclosure, **form.cleaned_data)
        except Refused as refused:
            messages.info(request, refused.message)
        else:
            messages.success(request, KEPT if form.cleaned_data["untold"] else TOLD)
        return redirect("disclosure_view", disclosure.pk)
    return render(request, "disclosures/telling.html", {"disclosure": disclosure, "form": form})


@serving
def disclosure_cancel(request: Request, disclosure_id: UUID) -> HttpResponse:
    """Give a request up before anything was released, with the reason."""
    disclosure = get(request, disclosure_id, "disclosure.cancel")
    away = elsewhere(request, disclosure, Action.CANCEL, State.DRAFT)
    if away:
        return away
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keys = opened_one(request, disclosure, "disclosure.view")
        by = request.actor
        try:
            acts.cancel(by=by, disclosure=disclosure, keys=keys, **form.cleaned_data)
        except Refused as refused:
            messages.info(request, refused.message)
        else:
            say_tidied(request, form)
            messages.success(request, _("Cancelled. Nothing leaves."))
        return redirect("disclosure_view", disclosure.pk)
    return render(request, "disclosures/cancel.html", {"disclosure": disclosure, "form": form})


def _leaving(request: Request, disclosure: Disclosure, keys: Any) -> dict[str, Any]:
    """What would leave, as it would be printed; without the notes for whoever may not read them."""
    readable = permissions.reads_all(request.actor, disclosure)
    shown_hash = contents.hash_of(disclosure)  # before reading: a change in between is noticed
    words, items = contents.words_of(disclosure, keys), contents.chosen(disclosure, keys)
    contacts = [item.contact for item in items]
    texts = contents.notes(request.actor, disclosure, contacts) if readable else {}
    about = contents.cover(disclosure, keys)
    said = contents.beside(items, keys) if readable else {}
    entries, unfit = _as_it_leaves(disclosure.ground, words, about, items, texts, said)
    return {
        "disclosure": disclosure,
        "client": disclosure.client,
        "name": disclosure.client.identity.unlock(keys).full_name,
        "about": _labelled(about),
        "named": Detail.NAME in about,
        "why": [(row.get_detail_display(), row.why) for row in contents.details(disclosure, keys)],
        "words": words,
        "items": entries,
        "unfit": unfit,
        "share": disclosure.client.contacts.count(),
        "readable": readable,
        "gone": "" if items or about else acts.HINDRANCES["disclosure_nothing"],
        "read_online": read_online(disclosure),
        "will": will.events(disclosure, words, keys),
        "hash": shown_hash,
    }


def _as_it_leaves(
    ground: str,
    words: Any,
    about: dict[str, str],
    items: list[Any],
    texts: dict[Any, str],
    said: dict[Any, list[str]],
) -> tuple[list[dict[str, Any]], Any]:
    """Each note as it will look, and why the whole cannot leave, if so."""
    entries: list[dict[str, Any]] = []
    try:
        parts = contents.leaving(items, texts, said)
        contents.check_struck(ground, words, about, parts, items)
    except Refused as refused:
        return [{"item": item, "parts": []} for item in items], refused.message
    entries = [{"item": item, "parts": parts.get(item.pk, [])} for item in items]
    return entries, ""


def _labelled(about: dict[str, str]) -> list[tuple[Any, Any]]:
    """What the cover says of the client, with its labels."""
    return [
        (Detail(code).label, born(value) if code == Detail.BORN_ON else value)
        for code, value in about.items()
    ]


def _decided(
    request: Request, disclosure: Disclosure, keys: Any, given: dict[str, Any], shown: bytes
) -> HttpResponse:
    by, approve = request.actor, given["decision"] == "approve"
    told = {name: given[name] for name in ("untold", "untold_why", "look_again_on")}
    try:
        acts.decide(
            by=by,
            disclosure=disclosure,
            keys=keys,
            approve=approve,
            reason=given["reason"],
            shown=shown,
            **told,
        )
    except acts.Changed as changed:
        messages.warning(request, changed.message)
        return redirect("disclosure_decide", disclosure.pk)
    except Refused as refused:
        messages.info(request, refused.message)
    else:
        said = _("Approved. It can now be released.") if approve else _("Refused. Nothing leaves.")
        messages.success(request, said)
    return redirect("disclosure_view", disclosure.pk)


def _released(request: Request, context: dict[str, Any], out: delivery.Handover) -> HttpResponse:
    """The answer to the form itself: a redirect would have to keep the secrets somewhere."""
    link = request.build_absolute_uri(reverse("delivery_open", args=[out.secret]))
    shown = {**context, "link": link, "passphrase": out.passphrase, "delivery": out.delivery}
    return render(request, "disclosures/released.html", shown)
