"""Clients' requests about their own data, for the coordinators of their branch."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from audit.actor import Request
from rights.models import LocalHolidays, NoteKind, RequestKind, RequestState, SubjectRequest
from rights.requests import actions
from rights.requests.forms.answering import AnswerForm
from rights.requests.opening import changed_since, open_request
from rights.requests.permissions import can_answer, can_second, check_answer
from vault.exceptions import Conflict, Refused
from vault.sealed import unlock_all
from volunteers.decorators import duty_required
from volunteers.models import Branch

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

PAGE = 20
SOON = timedelta(days=7)


@require_GET
@duty_required("coordinator")
def request_list(request: Request) -> HttpResponse:
    """Requests of my branches: overdue, due within a week, later, standing still, to tell; those answered."""
    rows = SubjectRequest.objects.coordinated(request.actor).select_related("client", "branch")
    today = timezone.localdate()
    waiting = list(rows.open())
    running = [asked for asked in waiting if asked.paused_on is None]
    groups = [
        (_("Overdue"), [asked for asked in running if asked.due_on < today]),
        (_("Due within a week"), [a for a in running if today <= a.due_on <= today + SOON]),
        (_("Waiting for an answer"), [asked for asked in running if asked.due_on > today + SOON]),
        (_("The clock stands still"), [asked for asked in waiting if asked.paused_on]),
        (
            _("To be told to the client"),
            list(rows.to_tell()),
        ),
    ]
    here = list(Branch.objects.filter(pk__in=list(request.actor.duties.get("coordinator", ()))))
    more = set(LocalHolidays.objects.values_list("branch_id", flat=True))
    context = {
        "groups": [(title, found) for title, found in groups if found],
        "page_obj": Paginator(rows.answered(), PAGE).get_page(request.GET.get("page")),
        "today": today,
        "branches": [(branch, branch.pk in more) for branch in here],
    }
    return render(request, "rights/request_list.html", context)


@require_GET
@duty_required("coordinator")
def request_view(request: Request, request_id: UUID) -> HttpResponse:
    """One request: who asks what, by when, what was noted to it, and what was answered."""
    asked, keys = open_request(request, request_id)
    context = _context(request, asked, keys)
    context["notes"] = unlock_all(asked.notes.select_related("by"), {asked.client_id: keys})
    context["seconds"] = can_second(asked)
    context["changed"] = changed_since(asked) if asked.kind == RequestKind.CORRECTION else []
    return render(request, "rights/request_view.html", context)


@require_http_methods(["GET", "POST"])
@duty_required("coordinator")
def request_answer(request: Request, request_id: UUID) -> HttpResponse:
    """Take a request up, answer it, or refuse it with reasons."""
    asked, keys = open_request(request, request_id)
    check_answer(request.actor, asked)
    if not asked.is_open:
        messages.info(request, _("This request was answered already."))
        return redirect("request_view", asked.pk)
    words = asked.words.unlock(keys)
    changed = changed_since(asked)
    form = AnswerForm(
        request.POST or None,
        kind=asked.kind,
        changed=bool(changed),
        initial={"revision": words.revision},
    )
    if request.method == "POST" and form.is_valid():
        try:
            _answer(request, asked, form.cleaned_data)
        except Conflict as conflict:
            form.add_error(None, str(conflict))
        except Refused as refused:
            form.add_error("outcome", str(refused.message))
        else:
            return redirect("request_view", asked.pk)
    context = _context(request, asked, keys) | {"form": form, "changed": changed}
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
    if SubjectRequest.objects.to_tell().filter(pk=asked.pk).exists():
        said = _(
            "Your answer is saved. The client does not see it online: tell them as the card says, or print"
            " the letter. Then note here how they were told."
        )
    else:
        said = _("Your answer is saved. The client can read it in their space.")
    messages.success(request, said)


def _context(request: Request, asked: SubjectRequest, keys: SubjectKeys) -> dict[str, Any]:
    return {
        "asked": asked,
        "words": asked.words.unlock(keys),
        "identity": asked.client.identity.unlock(keys),
        "may_answer": can_answer(request.actor, asked),
        "overdue": asked.is_overdue,
        "today": timezone.localdate(),
        "known": asked.access_id or _is_known(asked),
    }


def _is_known(asked: SubjectRequest) -> bool:
    latest = asked.notes.filter(kind=NoteKind.IDENTITY).order_by("-made_at", "-id").first()
    return latest is not None and latest.how != "doubt"
