"""My data: what is held about me, who looked, a copy, and asking for more. And who answers colleagues."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from audit import door
from audit.actor import Request, known
from vault.exceptions import Conflict, Refused
from volunteers.actions import own_data as actions
from volunteers.decorators import duty_required, fresh_sign_in, people_only
from volunteers.forms.own_data import AnswerOwnForm, AskForm
from volunteers.middleware import before_undertaking
from volunteers.models import (
    DutyKind,
    Factor,
    LetIn,
    PersonRequest,
    PersonRequestKind,
    PersonRequestState,
)
from volunteers.own_data import gathered, looks
from volunteers.views.sessions import device_words

ANSWERERS = ("protection", "president")
SHOWN = 50  # of those that were answered


@before_undertaking
@people_only
@require_safe
def own_data(request: Request) -> HttpResponse:
    """What is held about me, who looked at it and why, and what can be done about it."""
    keys = door.open_one(request, known(request.actor.person), "person.view", "own_record")
    return render(request, "volunteers/own_data.html", _shown(gathered(request, keys)))


@before_undertaking
@people_only
@require_safe
@fresh_sign_in
def own_data_print(request: Request) -> HttpResponse:
    """The same with every text, to print. An act of its own in the log."""
    keys = door.open_one(request, known(request.actor.person), "person.copy", "own_record")
    context = {**_shown(gathered(request, keys)), "printed": True}
    return render(request, "volunteers/own_data.html", context)


@before_undertaking
@people_only
@require_safe
@fresh_sign_in
def own_data_copy(request: Request) -> HttpResponse:
    """The same as a file that another program reads (GDPR 20)."""
    keys = door.open_one(request, known(request.actor.person), "person.copy", "own_record")
    response = JsonResponse(
        gathered(request, keys), json_dumps_params={"indent": 2, "ensure_ascii": False}
    )
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@before_undertaking
@people_only
@require_http_methods(["GET", "HEAD", "POST"])
def own_data_ask(request: Request) -> HttpResponse:
    """Ask for a correction, an erasure, or object."""
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keys = door.open_one(request, known(request.actor.person), "person.view", "own_record")
        try:
            actions.ask(by=request.actor, keys=keys, **form.cleaned_data)
        except Refused as refused:
            form.add_error("kind", str(refused.message))
        else:
            messages.success(request, _("It is noted. You get an answer within a month."))
            return redirect("own_data")
    return render(request, "volunteers/own_data_ask.html", {"form": form})


@duty_required(*ANSWERERS)
@require_safe
def team_request_list(request: Request) -> HttpResponse:
    """What colleagues ask about their own data."""
    rows = PersonRequest.objects.select_related("person")
    answered = rows.exclude(answered_at=None).order_by("-answered_at")[:SHOWN]
    today = timezone.localdate()
    context = {"waiting": list(rows.open()), "answered": answered, "today": today}
    return render(request, "volunteers/team_request_list.html", context)


@duty_required(*ANSWERERS)
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in
def team_request_answer(request: Request, request_id: UUID) -> HttpResponse:
    """One of them, and the answer. Nobody answers themself."""
    rows = PersonRequest.objects.select_related("person")
    asked: PersonRequest = door.get(request, rows, request_id, "person.request")
    if asked.person_id == request.actor.person:
        raise PermissionDenied
    if not asked.is_open:
        messages.info(request, _("This request was answered already."))
        return redirect("team_request_list")
    keys = door.open_one(request, asked.person_id, "person.request", "request")
    words = [row.unlock(keys) for row in asked.entries.all()]
    form = AnswerOwnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, text = (
            form.cleaned_data["outcome"] == PersonRequestState.DONE,
            form.cleaned_data["text"],
        )
        try:
            actions.answer(by=request.actor, asked=asked, keys=keys, done=done, text=text)
        except (Conflict, Refused) as error:
            form.add_error(None, str(error.message))
        else:
            messages.success(request, _("Your answer is saved. They read it on their page."))
            return redirect("team_request_list")
    context = {"asked": asked, "words": words, "form": form, "today": timezone.localdate()}
    return render(request, "volunteers/team_request_answer.html", context)


def _shown(data: dict[str, Any]) -> dict[str, Any]:
    """The same with words in place of codes."""
    kinds, states = dict(PersonRequestKind.choices), dict(PersonRequestState.choices)
    factors = {Factor.TOTP: _("Application on a phone"), Factor.CODES: _("Printed codes")}
    duties, ways = dict(DutyKind.choices), dict(LetIn.choices)
    return {
        **data,
        "duties": [one | {"label": duties[one["kind"]]} for one in data["duties"]],
        "came_in": [one | {"label": ways[one["how"]]} for one in data["came_in"]],
        "second_steps": [one | {"label": factors[one["kind"]]} for one in data["second_steps"]],
        "signed_in": [one | {"label": device_words(one["device"])} for one in data["signed_in"]],
        "requests": [
            one | {"label": kinds[one["kind"]], "now": states[one["state"]]}
            for one in data["requests"]
        ],
        "looks": looks(),
        "printed": False,
    }
