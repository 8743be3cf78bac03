"""The privacy page (P1), its earlier versions, and the legal notice; the first and the last for everybody."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language

from audit.actor import Actor, Request
from volunteers import code_text, notice, speaking
from volunteers.middleware import before_undertaking
from volunteers.models import PrivacyNotice


@before_undertaking
@login_not_required
def privacy(request: Request) -> HttpResponse:
    """The notice that stands, and what this site keeps; the short one says nothing of records and teams."""
    if not _sees_notice(request.actor):
        speaking.read_name()
        frame = {"frame": _frame(request.actor)}
        return render(request, "volunteers/privacy_short.html", frame)
    found = speaking.association()
    context: dict[str, Any] = _shown(request, notice.latest(), notice.compose(found, _language()))
    context["versions"] = list(PrivacyNotice.objects.defer("text_en", "text_fr"))
    return render(request, "volunteers/privacy.html", context)


@before_undertaking
def privacy_version(request: Request, number: int) -> HttpResponse:
    """The notice as it was published earlier. Raises Http404 where the page would be the short one."""
    if not _sees_notice(request.actor):
        raise Http404
    published = get_object_or_404(PrivacyNotice, pk=number)
    return render(request, "volunteers/privacy_version.html", _shown(request, published, ""))


@before_undertaking
@login_not_required
def legal(request: Request) -> HttpResponse:
    """Who publishes this site and who hosts it (loi 2004-575, LCEN), and nothing of what it is for."""
    context = {"association": speaking.association(), "frame": _frame(request.actor)}
    return render(request, "volunteers/legal.html", context)


def _sees_notice(actor: Actor) -> bool:
    # What quiet mode does not show, no page tells of that it leads to; and nobody may have come from there.
    return bool(actor.person or (actor.client and not actor.quiet))


def _frame(actor: Actor) -> str:
    if actor.person:
        return "base.html"
    return "base_portal.html" if actor.client else "base_plain.html"


def _language() -> str:
    return (get_language() or "fr")[:2]


def _shown(request: Request, published: PrivacyNotice | None, today: str) -> dict[str, Any]:
    text = notice.text_of(published, _language()) if published else today
    return {
        "frame": _frame(request.actor),
        "published": published,
        "notice": code_text.read(text),
        "language": _language(),
    }
