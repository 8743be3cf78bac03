"""Requests of heirs: recorded on the record of somebody who died, decided by two people, objected to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from audit import door
from audit.actor import Request
from clients.access import permissions as access
from clients.access.opening import find_client, open_client, say_tidied
from clients.heirs import actions
from clients.heirs.forms import (
    ConfirmForm,
    HeirForm,
    ObjectionForm,
    ProofForm,
    ProposeForm,
    SettleForm,
)
from clients.heirs.permissions import (
    SEES,
    can_confirm,
    can_propose,
    can_read_words,
    check_confirm,
    check_leads_on,
    check_read_words,
    leads_on,
)
from clients.models import Client, HeirRequest, HeirState, HeirWords
from clients.models.records import State
from clients.records.actions.directives import wishes_of
from vault.exceptions import Conflict, Refused
from volunteers.decorators import duty_required, fresh_sign_in, people_only

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

PURPOSE = "request"
SHOWN = 50  # of those that were answered


@people_only
@require_http_methods(["GET", "HEAD", "POST"])
def heir_add(request: Request, client_id: UUID) -> HttpResponse:
    """Record what a relative asks. The page says what the law allows, and gives nothing."""
    client = find_client(request, client_id, "heir.write", "identity")
    access.check_edit(request.actor, client)
    if client.state != State.DIED:
        messages.info(request, _("This is for the record of somebody who has died."))
        return redirect("client_view", client.pk)
    form = HeirForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keys = open_client(request, client, "heir.write")
        asked = actions.record(by=request.actor, client=client, keys=keys, new=form.request())
        say_tidied(request, form)
        messages.success(request, _("It is noted. Tell them: we answer within a month."))
        return redirect("heir_view", asked.pk)
    keys = open_client(request, client, "directive.read")
    context = {"client": client, "form": form, "wishes": wishes_of(client, keys)}
    return render(request, "clients/heirs/heir_add.html", context)


@duty_required(*SEES)
@require_safe
def heir_list(request: Request) -> HttpResponse:
    """Those that wait, the first due first; then those that were answered."""
    rows = HeirRequest.objects.select_related("by")
    context = {
        "waiting": list(rows.open()),
        "answered": rows.exclude(decided_at=None).order_by("-decided_at")[:SHOWN],
        "today": timezone.localdate(),
    }
    return render(request, "clients/heirs/heir_list.html", context)


@people_only
@require_safe
def heir_view(request: Request, request_id: UUID) -> HttpResponse:
    """One request: who asks, what was proposed, what was decided, and what to tell them."""
    asked, client = _found(request, request_id, "heir.read")
    actor = request.actor
    words: list[HeirWords] = []
    reads = can_read_words(actor, asked, client)
    if reads:
        keys = door.open_one(request, asked.client_id, "heir.read", PURPOSE)
        words = _words(asked, keys)
    context = {
        **_shown(asked, client),
        "words": words,
        "may_read": reads,
        "may_propose": can_propose(actor, asked, client),
        "may_confirm": can_confirm(actor, asked),
        "may_correct": asked.state == HeirState.NEW and reads,
        "may_object": asked.is_open and not asked.is_contested and reads,
        "may_settle": asked.is_open and asked.is_contested and leads_on(actor, client),
    }
    return render(request, "clients/heirs/heir_view.html", context)


@people_only
@require_http_methods(["GET", "HEAD", "POST"])
def heir_correct(request: Request, request_id: UUID) -> HttpResponse:
    """Another paper was seen since, or what the directives say of it was noted wrongly."""
    asked, client = _found(request, request_id, "heir.write")
    check_read_words(request.actor, asked, client)
    if asked.state != HeirState.NEW:
        messages.info(request, _("An answer was proposed already."))
        return redirect("heir_view", asked.pk)
    now = {name: getattr(asked, name) for name in ("proof", "proof_seen_on", "along")}
    form = ProofForm(request.POST or None, initial=now)
    sent = request.method == "POST" and form.is_valid()
    if sent and _done(form, actions.correct, by=request.actor, asked=asked, **form.cleaned_data):
        messages.success(request, _("Saved."))
        return redirect("heir_view", asked.pk)
    context = {**_shown(asked, client), "form": form}
    return render(request, "clients/heirs/heir_correct.html", context)


@duty_required("coordinator")
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in
def heir_propose(request: Request, request_id: UUID) -> HttpResponse:
    """A coordinator proposes an answer; no is chosen beforehand."""
    asked, client = _found(request, request_id, "heir.write")
    check_leads_on(request.actor, client)
    if not can_propose(request.actor, asked, client):
        messages.info(request, _("An answer was proposed already."))
        return redirect("heir_view", asked.pk)
    form = ProposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keys = door.open_one(request, asked.client_id, "heir.write", PURPOSE)
        grant, text = form.cleaned_data["answer"] == "grant", form.cleaned_data["text"]
        if _done(
            form, actions.propose, by=request.actor, asked=asked, keys=keys, grant=grant, text=text
        ):
            messages.success(request, _("Proposed. A second person has to agree."))
            return redirect("heir_view", asked.pk)
    return render(
        request, "clients/heirs/heir_propose.html", {**_shown(asked, client), "form": form}
    )


@duty_required(*SEES)
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in
def heir_confirm(request: Request, request_id: UUID) -> HttpResponse:
    """A second person agrees, or sends it back. Without an answer of theirs nothing is decided."""
    asked, client = _found(request, request_id, "heir.write")
    check_confirm(request.actor, asked)
    reads = leads_on(request.actor, client)
    form = ConfirmForm(request.POST or None)
    if not reads:
        del form.fields["text"]  # the lead holds no key to it, and tells the coordinator
    sent = request.method == "POST" and form.is_valid()
    if sent and _answer(request, asked, form, reads=reads):
        return redirect("heir_view", asked.pk)
    keys = door.open_one(request, asked.client_id, "heir.read", PURPOSE) if reads else None
    context = {
        **_shown(asked, client),
        "form": form,
        "words": _words(asked, keys) if keys else [],
        "may_read": reads,
    }
    return render(request, "clients/heirs/heir_confirm.html", context)


def _answer(request: Request, asked: HeirRequest, form: ConfirmForm, *, reads: bool) -> bool:
    if form.cleaned_data["answer"] == "confirm":
        seen_on = form.cleaned_data["seen_on"]
        if _done(form, actions.confirm, by=request.actor, asked=asked, seen_on=seen_on):
            messages.success(request, _("It is decided. Nothing was given by it."))
            return True
        return False
    keys = door.open_one(request, asked.client_id, "heir.write", PURPOSE) if reads else None
    text = form.cleaned_data.get("text", "")
    if _done(form, actions.send_back, by=request.actor, asked=asked, keys=keys, text=text):
        messages.success(request, _("It is back with the coordinator."))
        return True
    return False


@people_only
@require_http_methods(["GET", "HEAD", "POST"])
def heir_object(request: Request, request_id: UUID) -> HttpResponse:
    """Another heir does not agree: from now on the answer cannot be yes."""
    asked, client = _found(request, request_id, "heir.write")
    check_read_words(request.actor, asked, client)
    if not asked.is_open or asked.is_contested:
        return redirect("heir_view", asked.pk)
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keys = door.open_one(request, asked.client_id, "heir.write", PURPOSE)
        if _done(
            form, actions.object_to, by=request.actor, asked=asked, keys=keys, **form.cleaned_data
        ):
            messages.success(request, _("It is noted. Nothing is given while they disagree."))
            return redirect("heir_view", asked.pk)
    return render(
        request, "clients/heirs/heir_object.html", {**_shown(asked, client), "form": form}
    )


@duty_required("coordinator")
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in
def heir_settle(request: Request, request_id: UUID) -> HttpResponse:
    """What settled the objection: they agree now, or the court has decided."""
    asked, client = _found(request, request_id, "heir.write")
    check_leads_on(request.actor, client)
    if not asked.is_open or not asked.is_contested:
        return redirect("heir_view", asked.pk)
    form = SettleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keys = door.open_one(request, asked.client_id, "heir.write", PURPOSE)
        if _done(
            form, actions.settle, by=request.actor, asked=asked, keys=keys, **form.cleaned_data
        ):
            messages.success(request, _("Saved."))
            return redirect("heir_view", asked.pk)
    return render(
        request, "clients/heirs/heir_settle.html", {**_shown(asked, client), "form": form}
    )


def _done(form: Any, act: Any, **values: Any) -> bool:
    """Whether the act went through; else the form says why not."""
    try:
        act(**values)
    except (Conflict, Refused) as error:
        form.add_error(None, str(error.message))
        return False
    return True


def _found(request: Request, request_id: UUID, action: str) -> tuple[HeirRequest, Client | None]:
    """The request, and the record that it is about; None for the lead, who does not see it."""
    rows = HeirRequest.objects.select_related("by", "proposed_by", "decided_by")
    found: HeirRequest = door.get(request, rows, request_id, action)
    return found, Client.objects.select_related("branch").filter(pk=found.client_id).first()


def _words(asked: HeirRequest, keys: SubjectKeys) -> list[HeirWords]:
    return [row.unlock(keys) for row in asked.entries.select_related("by")]


def _shown(asked: HeirRequest, client: Client | None) -> dict[str, Any]:
    today = timezone.localdate()
    overdue = asked.is_open and asked.due_on < today
    return {"asked": asked, "client": client, "today": today, "overdue": overdue}
