"""The client takes back their yes: one press for all that rests on it, seen or not; or for one disclosure."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from audit.actor import Request
from clients.access.opening import find_client, open_client, say_tidied
from clients.access.permissions import check
from disclosures.actions import contents, delivery, will
from disclosures.actions.requests import MEANWHILE
from disclosures.forms.will import HeardForm, WillForm
from disclosures.models import Consent, Said, State
from disclosures.views.common import elsewhere, get, opened_one, serving
from disclosures.workflow import Action
from vault.exceptions import Refused

# The same whether something stopped or there was nothing: whoever writes it down learns no more.
NOTED = _("It is noted. Whatever rests on this client's agreement stops in this second.")
STOPPED = _("It is noted, and stopped in this second. Nothing leaves.")
WRITE_IT = _("It is noted. Now write down in the request what the client says.")
IN_SPITE = _(
    "This was released in spite of what the client says. It does not rest on their agreement. "
    "As long as nobody has opened it, it can be recalled."
)
AGAIN = _("It is noted. Another coordinator of the branch decides anew.")


@serving
def will_take_back(request: Request, client_id: UUID) -> HttpResponse:
    """The client takes back their yes to sharing: everything that rests on it stops, without showing what."""
    client = find_client(request, client_id, "will.write", "identity")
    check(will.may_take_back(client))
    form = HeardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keys = open_client(request, client, "will.write")
        by = request.actor
        will.say(by=by, client=client, keys=keys, said=Said.WITHDRAWN, **form.cleaned_data)
        say_tidied(request, form)
        messages.success(request, NOTED)
        return redirect("client_view", client.pk)
    open_client(request, client, "will.form")
    context = {"client": client, "name": client.identity.full_name, "form": form}
    return render(request, "disclosures/take_back.html", context)


@serving
def disclosure_will(request: Request, disclosure_id: UUID) -> HttpResponse:
    """What the client says to one disclosure: takes back their yes, or agrees again once it was stopped."""
    disclosure = get(request, disclosure_id, "disclosure.will")
    draft, stopped = disclosure.state == State.DRAFT, disclosure.state == State.STOPPED
    taken_back = will.taken_back(disclosure) is not None
    rests = disclosure.consent == Consent.GIVEN and (stopped or disclosure.state in will.RESTS)
    in_spite = disclosure.state == State.RELEASED and taken_back
    if in_spite or not (rests or (draft and taken_back)):
        messages.info(request, IN_SPITE if in_spite else MEANWHILE)
        return redirect("disclosure_view", disclosure.pk)
    stopped = stopped or draft
    form = WillForm(request.POST or None, stopped=stopped)
    keys = opened_one(request, disclosure, "disclosure.view")
    if request.method == "POST" and form.is_valid():
        try:
            will.say(
                by=request.actor,
                client=disclosure.client,
                keys=keys,
                disclosure=disclosure,
                **form.cleaned_data,
            )
        except Refused as refused:
            messages.info(request, refused.message)
        else:
            say_tidied(request, form)
            messages.success(request, WRITE_IT if draft else AGAIN if stopped else STOPPED)
        return redirect("disclosure_view", disclosure.pk)
    words = contents.words_of(disclosure, keys)
    context = {
        "disclosure": disclosure,
        "form": form,
        "stopped": stopped,
        "will": will.events(disclosure, words, keys),
    }
    return render(request, "disclosures/will.html", context)


@serving
@require_http_methods(["GET", "HEAD", "POST"])
def disclosure_recall(request: Request, disclosure_id: UUID) -> HttpResponse:
    """Take back a package that nobody has opened: its link leads nowhere from then on."""
    disclosure = get(request, disclosure_id, "disclosure.recall")
    away = elsewhere(request, disclosure, Action.RECALL, State.RELEASED)
    if away:
        return away
    if request.method == "POST":
        try:
            recalled = delivery.recall(by=request.actor, disclosure=disclosure)
        except Refused as refused:
            messages.info(request, refused.message)
        else:
            if recalled:
                messages.success(request, _("Recalled. The link leads nowhere any more."))
            else:
                messages.info(request, MEANWHILE)
        return redirect("disclosure_view", disclosure.pk)
    return render(request, "disclosures/recall.html", {"disclosure": disclosure})
