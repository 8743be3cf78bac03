"""Leaving the association: of somebody else, or oneself. The page says first what ends."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from audit import door
from audit.actor import Request
from documents import RenderError
from documents import render as render_document
from volunteers.actions import leaving
from volunteers.decorators import duty_required, fresh_sign_in, people_only
from volunteers.middleware import before_undertaking
from volunteers.models import Association, DutyKind, Person
from volunteers.permissions import may_go, may_part_with
from volunteers.querysets import serving, undertakings_of
from volunteers.speaking import letterhead


@require_http_methods(["GET", "HEAD", "POST"])
@duty_required("president", "coordinator")
@fresh_sign_in
def person_leave(request: Request, person_id: UUID) -> HttpResponse:
    """Somebody leaves: everything ends at once, then what is left to do is shown."""
    actor = request.actor
    person = door.get(request, serving(), person_id, "person.leave")
    if person.pk == actor.person:
        return redirect("account_leave")
    if not may_part_with(actor, person):
        raise PermissionDenied
    if request.method == "POST":
        try:
            departure = leaving.leave(by=actor, person=person.pk)
        except ProgrammingError:
            messages.warning(request, _("This is not possible any more. Look again who serves."))
            return redirect("people_list")
        messages.success(request, _("Every access has ended. Here is what is left to do."))
        return redirect("leaver_view", departure)
    return render(request, "volunteers/person_leave.html", {"person": person})


@require_http_methods(["GET", "HEAD", "POST"])
@before_undertaking
@people_only
@fresh_sign_in
def account_leave(request: Request) -> HttpResponse:
    """I leave: everything ends, this session too. The answer is the last page, to read and to print."""
    actor = request.actor
    person = serving().get(pk=actor.person)
    president = any(duty.kind == DutyKind.PRESIDENT for duty in person.live_duties)  # type: ignore[attr-defined]
    if request.method == "POST" and may_go(actor):
        association = Association.objects.get()  # nobody sees anything afterwards
        try:
            leaving.leave(by=actor, person=person.pk)
        except ProgrammingError:
            messages.warning(request, _("This is not possible now. Ask the president."))
            return redirect("account")
        logout(request)
        return goodbye(request, association)
    context = {"person": person, "president": president}
    return render(request, "volunteers/account_leave.html", context)


def goodbye(request: Request, association: Association) -> HttpResponse:
    """The last page. It is the answer to the form itself: nobody is signed in any more."""
    context = {"association": association, "now": timezone.now()}
    response = render(request, "volunteers/goodbye.html", context)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@require_safe
@before_undertaking
@people_only
def account_reminder(request: Request) -> HttpResponse:
    """The reminder as a PDF for whoever is about to leave."""
    actor = request.actor
    paper = reminder(serving().get(pk=actor.person))
    if paper is None:
        messages.error(request, _("The document could not be made. Tell the administrator."))
        return redirect("account_leave")
    return paper


def reminder(person: Person) -> HttpResponse | None:
    """The reminder for somebody who leaves or has left, in their language; None if it cannot be made."""
    signed = undertakings_of(person.pk).first()
    paper = {
        **letterhead(Association.objects.get()),
        "leaver": f"{person.working_name} ({person.reference})",
        "left_at": person.left_at,
        "signed_at": signed.signed_at if signed else None,
    }
    try:
        pdf = render_document("exit_reminder", paper, language=person.language)
    except RenderError:
        return None
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="reminder.pdf"'
    return response
