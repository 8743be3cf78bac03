"""The data-protection lead decides that a client sees names in their log (CJEU C-579/21)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audit import door
from audit.actor import Request
from audit.querysets import references
from audit.views.tabs import tabs
from rights.models import NamesDecision
from rights.own_log import actions
from rights.own_log.forms import NamesForm
from volunteers.decorators import duty_required, fresh_sign_in

PAST = 20


@require_http_methods(["GET", "POST"])
@duty_required("protection")
@fresh_sign_in
def names_list(request: Request) -> HttpResponse:
    """The decisions that bind and those that did, and a new one."""
    form = NamesForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        if actions.decide_names(by=request.actor, **wanted):
            messages.success(request, _("Decided. The client sees the names from now on."))
            return redirect("names_list")
        form.add_error("reference", _("There is no such reference, or it is closed to you."))
    today = timezone.localdate()
    decisions = NamesDecision.objects.all()
    live = list(decisions.filter(ended_at=None, until__gte=today))
    past = list(decisions.exclude(pk__in=[one.pk for one in live])[:PAST])
    door.record(request, "names.list", decisions=len(live))
    known = references(one.client_id for one in [*live, *past])
    context = {
        "form": form,
        "live": [_row(one, known) for one in live],
        "past": [_row(one, known) for one in past],
        "tabs": tabs("names_list"),
    }
    return render(request, "rights/names_list.html", context)


@require_http_methods(["GET", "POST"])
@duty_required("protection")
@fresh_sign_in
def names_end(request: Request, decision_id: UUID) -> HttpResponse:
    """No names any more, from now on."""
    if request.method == "GET":  # back from signing in again
        return redirect("names_list")
    decision = door.get(request, NamesDecision.objects.all(), decision_id, "names.end")
    if actions.end_names(by=request.actor, decision=decision):
        messages.success(request, _("Ended. The client sees roles again."))
    return redirect("names_list")


def _row(decision: NamesDecision, known: dict[UUID, str]) -> dict[str, Any]:
    return {
        "pk": decision.pk,
        "reference": known.get(decision.client_id, ""),
        "reason": decision.get_reason_display(),
        "made_at": decision.made_at,
        "until": decision.until,
        "ended_at": decision.ended_at,
    }
