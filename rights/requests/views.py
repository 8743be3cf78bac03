"""Clients' requests about their own data, for the coordinators of their branch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from audit import door
from audit.actor import Request
from rights.models import RequestState, SubjectRequest
from rights.requests import actions
from rights.requests.forms import AnswerForm
from rights.requests.permissions import can_answer, check_answer
from vault.exceptions import Conflict, Refused
from volunteers.decorators import duty_required

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

PAGE = 20
PURPOSE = "request"


@require_GET
@duty_required("coordinator")
def request_list(request: Request) -> HttpResponse:
    """Requests of my branches: those that wait, the first due first; then those answered."""
    rows = SubjectRequest.objects.coordinated(request.actor).select_related("client", "branch")
    waiting = list(rows.open())
    page = Paginator(rows.answered(), PAGE).get_page(request.GET.get("page"))
    context = {"waiting": waiting, "page_obj": page, "today": timezone.localdate()}
    return render(request, "rights/request_list.html", context)


@require_GET
@duty_required("coordinator")
def request_view(request: Request, request_id: UUID) -> HttpResponse:
    """One request: who asks what, by when, and what was answered."""
    asked, keys = _opened(request, request_id)
    context = _context(request, asked, keys)
    return render(request, "rights/request_view.html", context)


@require_http_methods(["GET", "POST"])
@duty_required("coordinator")
def request_answer(request: Request, request_id: UUID) -> HttpResponse:
    """Take a request up, answer it, or refuse it with reasons."""
    asked, keys = _opened(request, request_id)
    check_answer(request.actor, asked)
    if not asked.is_open:
        messages.info(request, _("This request was answered already."))
        return redirect("request_view", asked.pk)
    words = asked.words.unlock(keys)
    form = AnswerForm(request.POST or None, kind=asked.kind, initial={"revision": words.revision})
    if request.method == "POST" and form.is_valid():
        try:
            _answer(request, asked, form.cleaned_data)
        except Conflict as conflict:
            form.add_error(None, str(conflict))
        except Refused as refused:
            form.add_error("outcome", str(refused.message))
        else:
            return redirect("request_view", asked.pk)
    context = _context(request, asked, keys) | {"form": form}
    status = 409 if form.non_field_errors() else 200
    return render(request, "rights/request_answer.html", context, status=status)


def _answer(request: Request, asked: SubjectRequest, data: dict[str, Any]) -> None:
    actor = request.actor
    if data["outcome"] == RequestState.IN_PROGRESS:
        actions.take_up(by=actor, request=asked)
        messages.success(request, _("You have taken up this request."))
        return
    refused = data["outcome"] == RequestState.REFUSED
    actions.answer(
        by=actor,
        request=asked,
        words=asked.words,
        revision=data["revision"],
        text=data["text"],
        refused=refused,
    )
    messages.success(request, _("Your answer is saved. The client can read it in their space."))


def _opened(request: Request, request_id: UUID) -> tuple[SubjectRequest, SubjectKeys]:
    rows = SubjectRequest.objects.coordinated(request.actor).select_related(
        "client__identity", "words", "branch", "handled_by", "access", "by"
    )
    asked = door.get(request, rows, request_id, "request.view")
    keys = door.open_one(request, asked.client_id, "request.view", PURPOSE)
    return asked, keys


def _context(request: Request, asked: SubjectRequest, keys: SubjectKeys) -> dict[str, Any]:
    return {
        "asked": asked,
        "words": asked.words.unlock(keys),
        "identity": asked.client.identity.unlock(keys),
        "may_answer": can_answer(request.actor, asked),
        "overdue": asked.is_open and asked.due_on < timezone.localdate(),
        "today": timezone.localdate(),
    }
