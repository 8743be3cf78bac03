"""The deletion of my record: what goes and when, what stays and why; go on at once, or take it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from audit import door
from audit.actor import Request
from disclosures.actions.printing import PrintingFailed, printed
from portal.decorators import own_space
from portal.pages import PURPOSE, own_client, portal_page
from rights.erasure import actions
from rights.erasure.reading import STAYS, certificate, is_theirs
from rights.models import UNDECIDED, Erasure, ErasureState
from volunteers.decorators import fresh_sign_in


def _own(request: Request) -> Erasure | None:
    """The deletion of my record that is proposed or decided. None in a quiet or unconfirmed space."""
    rows = Erasure.objects.filter(client=request.actor.client, state__in=UNDECIDED)
    return rows.select_related("branch").first()


@require_safe
@own_space
def portal_deletion(request: Request) -> HttpResponse:
    """What will be deleted and when, and what stays. Opens nothing."""
    erasure = _own(request)
    context = {
        "erasure": erasure,
        "decided": bool(erasure and erasure.state == ErasureState.DECIDED),
        "mine": bool(erasure and is_theirs(erasure)),
        "stays": STAYS,
        "branch": own_client(request).branch,
    }
    return portal_page(request, "portal/deletion.html", context)


@require_http_methods(["GET", "POST"])
@own_space
@fresh_sign_in
def portal_deletion_waive(request: Request) -> HttpResponse:
    """I do not need more time to think. Asked once more, because it cannot be taken back once it begins."""
    erasure = _own(request)
    if erasure is None or erasure.waived_at or not is_theirs(erasure):
        return redirect("portal_deletion")
    if request.method == "POST":
        if actions.waive(by=request.actor, erasure=erasure.pk, how="portal"):
            messages.success(request, _("Noted. We do not wait any longer than we must."))
        return redirect("portal_deletion")
    return portal_page(request, "portal/deletion_waive.html", {"erasure": erasure})


@require_http_methods(["GET", "POST"])
@own_space
@fresh_sign_in
def portal_deletion_end(request: Request) -> HttpResponse:
    """I want to keep my record after all."""
    erasure = _own(request)
    if erasure is None or not is_theirs(erasure):
        return redirect("portal_deletion")
    if request.method == "POST":
        if actions.withdraw(by=request.actor, erasure=erasure.pk):
            messages.success(request, _("You have taken it back. Your record stays."))
        return redirect("portal_deletion")
    return portal_page(request, "portal/deletion_end.html", {"erasure": erasure})


@require_safe
@own_space
def portal_deletion_certificate(request: Request) -> HttpResponse:
    """The certificate as a PDF, as long as the record is there. Taking it is in my log."""
    erasure, language = _own(request), (get_language() or "en")[:2]
    if erasure is None:
        return redirect("portal_deletion")
    try:
        content = printed(certificate(erasure, language), language, "erasure_certificate")
    except PrintingFailed:
        messages.warning(request, _("The certificate could not be made. Try again in a moment."))
        return redirect("portal_deletion")
    subject = erasure.client_id
    door.record(request, "erasure.certificate", subject=subject, about=erasure, purpose=PURPOSE)
    response = HttpResponse(content, content_type="application/pdf")
    name = {"fr": "attestation"}.get(language, "certificate")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response
