"""Where an account is signed in, and ending that."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit import door
from audit.actor import Request
from volunteers.actions import signing_in
from volunteers.decorators import people_only
from volunteers.middleware import before_undertaking
from volunteers.models import Session, User
from volunteers.sessions import end_one, hash_key
from volunteers.views.signin import signed_out


@before_undertaking
@people_only
@require_safe
def session_list(request: Request) -> HttpResponse:
    """This device first, then the others."""
    here = hash_key(request.session.session_key)
    user: User = request.user  # type: ignore[assignment]
    rows = Session.objects.filter(user_id=user.pk, expires_at__gt=timezone.now())
    lines = [(row, device_words(row.device)) for row in rows.order_by("-seen_at")]
    context = {
        "this": next(((row, words) for row, words in lines if row.key_hash == here), None),
        "others": [(row, words) for row, words in lines if row.key_hash != here],
    }
    return render(request, "volunteers/signin/session_list.html", context)


@before_undertaking
@people_only
@require_POST
def session_end(request: Request, session: str) -> HttpResponse:
    """End one session of one's own; anybody else's is unknown."""
    if session == hash_key(request.session.session_key):
        door.record(request, "signin.end")
        logout(request)
        return signed_out()
    user: User = request.user  # type: ignore[assignment]
    if not end_one(user.pk, session):
        raise Http404
    door.record(request, "signin.end_other")
    messages.success(request, _("That device is signed out."))
    return redirect("session_list")


@before_undertaking
@people_only
@require_http_methods(["GET", "POST"])
def session_end_all(request: Request) -> HttpResponse:
    """Sign out everywhere, for a lost telephone too: no device is trusted after it."""
    if request.method == "GET":
        return render(request, "volunteers/signin/session_end_all.html")
    user: User = request.user  # type: ignore[assignment]
    signing_in.end_everywhere(request, user)
    logout(request)
    return signed_out()


def device_words(device: str) -> str:
    """A device in plain words, such as "Firefox on Android"."""
    browser, _separator, system = device.partition("|")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or str(_("Unknown device"))


@before_undertaking
@login_not_required
@require_POST
def session_alive(request: Request) -> HttpResponse:
    """Whether a page may stay open: one word. 403 where somebody has signed in since it was made.

    A page that asks by itself says so in a header, and prolongs nothing."""
    word = "alive" if request.user.is_authenticated else "ended"
    return HttpResponse(f"{word}\n", content_type="text/plain")
