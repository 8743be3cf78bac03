"""The recipient's one-time page: no account, no name; a passphrase, and the document once.

Whoever has opened it may fetch it again in the same browser for a quarter of an hour."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from audit.actor import Denial, Request
from disclosures.actions import delivery
from volunteers.actions import tries
from volunteers.counting import DELIVERY
from volunteers.middleware import before_undertaking
from volunteers.models import Association

LONGEST = 200
MARK = "document"
AGAIN = 15 * 60  # seconds in which the same browser may fetch it again; the database says the same


# Without the token against forged forms: nothing here leans on a cookie, only on the secret in the
# address and the passphrase; and "no-referrer" would make browsers hide where the form came from.
@csrf_exempt
@login_not_required
@before_undertaking
@require_http_methods(["GET", "HEAD", "POST"])
def delivery_open(request: Request, secret: str) -> HttpResponse:
    """Ask for the passphrase; hand the document over once."""
    actor = request.actor
    if not tries.allowed(request, DELIVERY):
        return _page(request, {"later": True}, 429)
    mark = request.COOKIES.get(MARK, "")[:LONGEST]
    try:
        left = delivery.arrive(actor, secret, mark)
        if request.method != "POST":
            return _page(request, {"left": left})
        typed = request.POST.get("passphrase", "")[:LONGEST]
        if not typed.strip():
            return _page(request, {"left": left, "empty": True})
        got = delivery.receive(secret=secret, passphrase=typed, mark=mark)
    except delivery.Closed:
        if actor.kind == "recipient":
            actor.denials.append(Denial("delivery.open", "disclosures_delivery", None))
        tries.failed(request, DELIVERY)
        return _page(request, {"closed": True}, 404)
    except delivery.Damaged:
        return _page(request, {"damaged": True}, 503)
    if isinstance(got, delivery.Wrong):
        tries.failed(request, DELIVERY)
        if got.tries_left == 0 and left > 0:
            return _page(request, {"closed": True}, 404)
        return _page(request, {"left": got.tries_left if left else 0, "wrong": True}, 403)
    return _document(request, got)


def _page(request: Request, context: dict[str, Any], status: int = 200) -> HttpResponse:
    first = translation.get_language() or "fr"
    other = "fr" if first.startswith("en") else "en"
    context |= {"languages": [first[:2], other]}
    if "left" in context:
        context["association"] = Association.objects.values_list("name", flat=True).first()
    return _quiet(render(request, "disclosures/delivery.html", context, status=status))


def _document(request: Request, got: delivery.Document) -> HttpResponse:
    response = HttpResponse(got.content, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="document.pdf"'
    # Sent back to this address only; it opens nothing by itself. A download that breaks off is fetched again.
    response.set_cookie(
        MARK,
        got.mark,
        max_age=AGAIN,
        path=request.path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return _quiet(response)


def _quiet(response: HttpResponse) -> HttpResponse:
    """Nothing of the address goes anywhere: not to another site, not into the log of answers."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
