"""The dates of requests for the data-protection lead, a second person's word, the holidays of a branch."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from audit import door
from audit.actor import Request
from audit.views.tabs import tabs
from rights.requests import actions
from rights.requests.forms.recording import HolidaysForm
from rights.requests.reading import dates
from volunteers.decorators import duty_required, fresh_sign_in

A_YEAR = timedelta(days=365)
SOON = timedelta(days=7)


@require_safe
@duty_required("protection")
def request_register(request: Request) -> HttpResponse:
    """Which requests wait and until when, in all branches; and those of a year. Nothing of what was said."""
    today = timezone.localdate()
    rows = dates(today - A_YEAR)
    door.record(request, "request.register", requests=len(rows))
    running = [row for row in rows if row.is_open and not row.paused_on]
    context = {
        "waiting": [row for row in rows if row.is_open],
        "answered": [row for row in rows if not row.is_open],
        "overdue": sum(row.due_on < today for row in running),
        "soon": sum(today <= row.due_on <= today + SOON for row in running),
        "to_tell": sum(row.to_tell for row in rows),
        "today": today,
        "tabs": tabs("request_register"),
    }
    return render(request, "rights/request_register.html", context)


@require_http_methods(["GET", "POST"])
@duty_required("protection", "coordinator")
@fresh_sign_in
def request_second(request: Request, request_id: UUID) -> HttpResponse:
    """Agree, as a second person, that whoever looks after the client answers their request."""
    where = "request_register" if request.actor.holds("protection") else "request_list"
    if request.method == "POST":
        if actions.second(by=request.actor, request_id=request_id):
            messages.success(request, _("Noted. You are the second person for this answer."))
        else:
            messages.info(request, _("This request is answered, or it is not open to you."))
    return redirect(where)


@require_http_methods(["POST"])
@duty_required("coordinator")
def request_holidays(request: Request) -> HttpResponse:
    """Say whether a branch has the public holidays of Alsace and Moselle."""
    form = HolidaysForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        if not request.actor.holds("coordinator", data["branch"]):
            raise PermissionDenied
        actions.set_holidays(by=request.actor, branch=data["branch"], alsace_moselle=data["more"])
        messages.success(request, _("Saved. The dates of what waits are counted anew."))
    return redirect("request_list")
