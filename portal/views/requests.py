"""What the client asks about their own data: the list with its dates, and a new one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from audit import door
from audit.actor import Request
from components.dates import written
from portal.decorators import own_space
from portal.forms import RESTRICTS, RequestForm
from portal.pages import own_access, own_client, own_keys, portal_page
from rights.models import NoteKind, SubjectRequest
from rights.requests import actions
from rights.requests.deadlines import own_answer_due
from vault.exceptions import Conflict

# What of the notes to a request the client is owed: more time, and what was asked of them.
TOLD = (NoteKind.EXTEND, NoteKind.PAUSE)


@require_GET
@own_space
def portal_requests(request: Request) -> HttpResponse:
    """My requests, with the date by when an answer is due, and the answers.

    In a quiet or unconfirmed space the database shows those only that were made in it.
    """
    client = own_client(request)
    asked = SubjectRequest.objects.filter(client=client)
    rows = list(asked.select_related("words").prefetch_related("notes").order_by("-made_at"))
    if rows:
        keys = own_keys(request, "portal.requests")
        for row in rows:
            row.words.unlock(keys)
            row.told = [  # type: ignore[attr-defined]
                note.unlock(keys) for note in row.notes.all() if note.kind in TOLD
            ]
    context = {"requests": rows, "branch": client.branch, "access": own_access(request)}
    return portal_page(request, "portal/requests.html", context)


@require_http_methods(["GET", "POST"])
@own_space
def portal_request_add(request: Request) -> HttpResponse:
    """Ask for something in one's own words. It reaches the coordinators of the branch."""
    access = own_access(request)
    restricts = bool(access.confirmed_at) and not request.actor.quiet
    form = RequestForm(
        request.POST or None,
        initial={"kind": request.GET.get("kind", "")},
        quiet=request.actor.quiet,
        restricts=restricts,
    )
    if request.method == "POST" and form.is_valid():
        made = actions.ask(
            by=request.actor,
            client=own_client(request),
            keys=own_keys(request, "portal.requests"),
            kind=form.cleaned_data["kind"],
            words=form.cleaned_data["words"],
        )
        said = _("Your request is sent. You will have an answer by %(due)s.")
        if not access.confirmed_at:
            said = _(
                "Your request is sent. We answer it once someone else from our team has spoken to you."
            )
        messages.success(request, said % {"due": written(made.due_on, "DATE_FORMAT")})
        if restricts and made.kind in RESTRICTS:
            messages.info(
                request, _("From now on nobody uses your record, until we have answered.")
            )
        return redirect("portal_requests")
    context = {"form": form, "due": own_answer_due(), "access": access}
    return portal_page(request, "portal/request_add.html", context)


@require_http_methods(["GET", "POST"])
@own_space
def portal_request_end(request: Request, request_id: UUID) -> HttpResponse:
    """Take back a request that nobody has answered yet."""
    rows = SubjectRequest.objects.filter(client=request.actor.client).open()
    asked: SubjectRequest = door.get(request, rows, request_id, "portal.requests")
    if request.method == "POST":
        try:
            actions.take_back(by=request.actor, request=asked)
        except Conflict:
            messages.info(request, _("It was answered meanwhile. You find the answer here."))
        else:
            messages.success(request, _("You have taken your request back."))
        return redirect("portal_requests")
    frees = asked.kind in RESTRICTS and own_client(request).restricted_at is not None
    return portal_page(request, "portal/request_end.html", {"asked": asked, "frees": frees})
