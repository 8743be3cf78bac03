"""One erasure: where it stands, deciding, its pause, taking it back, its certificate; and the list of all."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from audit import door
from audit.actor import Request
from audit.views.tabs import tabs
from clients.models import Client
from disclosures.actions.deletions import untold
from disclosures.actions.printing import PrintingFailed, printed
from rights.erasure import actions
from rights.erasure.forms import WaiveForm
from rights.erasure.permissions import can_decide, can_steer, check_decide, check_steer
from rights.erasure.reading import certificate, is_theirs
from rights.models import UNDECIDED, Erasure, ErasureState
from vault.exceptions import Refused
from volunteers.decorators import duty_required, fresh_sign_in, people_only

PURPOSE = "deletion"
PAGE = 20


@require_safe
@duty_required("protection")
def erasure_register(request: Request) -> HttpResponse:
    """All erasures: number, branch, reason, where they stand, days. Nothing of whose record it was."""
    rows = Paginator(Erasure.objects.select_related("branch"), PAGE)
    door.record(request, "erasure.register", erasures=rows.count)
    page = rows.get_page(request.GET.get("page"))
    context = {"page_obj": page, "tabs": tabs("erasure_register")}
    return render(request, "rights/erasure/register.html", context)


@require_safe
@people_only
def erasure_view(request: Request, erasure_id: UUID) -> HttpResponse:
    """Where it stands, from when on, and what one may do with it. Opens no record."""
    erasure = _find(request, erasure_id)
    waits = erasure.state in UNDECIDED
    steers = waits and can_steer(request.actor, erasure)
    context = {
        "erasure": erasure,
        "waits": waits,
        "decides": can_decide(erasure),
        "steers": steers,
        "theirs": is_theirs(erasure),
        "untold": untold(erasure.client_id, erasure.proposed_at) if steers else 0,
    }
    return render(request, "rights/erasure/view.html", context)


@require_http_methods(["GET", "POST"])
@people_only
@fresh_sign_in
def erasure_decide(request: Request, erasure_id: UUID) -> HttpResponse:
    """Somebody else says yes, after reading once more what that means."""
    erasure = _find(request, erasure_id)
    check_decide(erasure)
    if erasure.state != ErasureState.PROPOSED:
        messages.info(request, _("This deletion went on meanwhile."))
        return redirect("erasure_view", erasure.pk)
    if request.method == "POST":
        return _decided(request, erasure, yes=True)
    steers = can_steer(request.actor, erasure)
    context = {
        "erasure": erasure,
        "steers": steers,
        "untold": untold(erasure.client_id, erasure.proposed_at) if steers else 0,
    }
    return render(request, "rights/erasure/decide.html", context)


@require_http_methods(["GET", "POST"])
@people_only
@fresh_sign_in
def erasure_refuse(request: Request, erasure_id: UUID) -> HttpResponse:
    """Somebody else says no."""
    if request.method == "GET":  # back from signing in again
        return redirect("erasure_view", erasure_id)
    erasure = _find(request, erasure_id)
    check_decide(erasure)
    return _decided(request, erasure, yes=False)


def _decided(request: Request, erasure: Erasure, *, yes: bool) -> HttpResponse:
    try:
        done = actions.decide(by=request.actor, erasure=erasure.pk, yes=yes)
    except Refused as refused:
        messages.warning(request, refused.message)
    else:
        said = (
            _("It is decided: the record will be deleted.")
            if yes
            else _("It is decided: the record is not deleted.")
        )
        messages.success(request, said if done else _("This deletion went on meanwhile."))
    return redirect("erasure_view", erasure.pk)


@require_http_methods(["GET", "POST"])
@duty_required("coordinator")
@fresh_sign_in
def erasure_waive(request: Request, erasure_id: UUID) -> HttpResponse:
    """The client told somebody of the team that they need no time to think."""
    erasure = _find(request, erasure_id)
    check_steer(request.actor, erasure)
    if erasure.state not in UNDECIDED or erasure.waived_at or not is_theirs(erasure):
        messages.info(request, _("There is no time to think that the client could give up."))
        return redirect("erasure_view", erasure.pk)
    form = WaiveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.waive(by=request.actor, erasure=erasure.pk, how=form.cleaned_data["how"])
        except Refused as refused:
            messages.warning(request, refused.message)
        else:
            messages.success(request, _("It is noted. Once it is decided, it begins at once."))
        return redirect("erasure_view", erasure.pk)
    return render(request, "rights/erasure/waive.html", {"erasure": erasure, "form": form})


@require_http_methods(["GET", "POST"])
@duty_required("coordinator")
@fresh_sign_in
def erasure_withdraw(request: Request, erasure_id: UUID) -> HttpResponse:
    """Take it back before it begins."""
    erasure = _find(request, erasure_id)
    check_steer(request.actor, erasure)
    if request.method == "GET":  # back from signing in again
        return redirect("erasure_view", erasure.pk)
    try:
        done = actions.withdraw(by=request.actor, erasure=erasure.pk)
    except Refused as refused:
        messages.warning(request, refused.message)
    else:
        said = _("Taken back. The record stays.") if done else _("This deletion went on meanwhile.")
        messages.success(request, said)
    return redirect("erasure_view", erasure.pk)


@require_safe
@duty_required("coordinator")
def erasure_certificate(request: Request, erasure_id: UUID) -> HttpResponse:
    """The certificate on paper, in the client's language, to be handed over. Printing it is in the log."""
    erasure = _find(request, erasure_id)
    check_steer(request.actor, erasure)
    if erasure.state not in UNDECIDED:
        messages.info(request, _("There is no certificate to print any more."))
        return redirect("erasure_view", erasure.pk)
    language = Client.objects.get(pk=erasure.client_id).language
    try:
        content = printed(certificate(erasure, language), language, "erasure_certificate")
    except PrintingFailed:
        messages.warning(request, _("The document could not be made. Tell the administrator."))
        return redirect("erasure_view", erasure.pk)
    door.record(
        request, "erasure.certificate", subject=erasure.client_id, about=erasure, purpose=PURPOSE
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="certificate.pdf"'
    return response


def _find(request: Request, erasure_id: UUID) -> Any:
    rows = Erasure.objects.select_related("branch", "proposed_by", "decided_by").with_reference()
    return door.get(request, rows, erasure_id, "erasure.view")
