"""The client's password, and the quick way out."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from audit.actor import Request
from portal.forms import OwnPasswordForm
from portal.pages import portal_page
from volunteers.actions import signing_in
from volunteers.decorators import client_only, fresh_sign_in
from volunteers.models import Association, User

ELSEWHERE = ("cross-site", "same-site")


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@client_only
def portal_password(request: Request) -> HttpResponse:
    """A password of one's own: at first use in place of the paper code; later after a fresh sign-in."""
    if request.user.must_change_password:  # type: ignore[union-attr]
        return _password(request)
    return fresh_sign_in(_password)(request)


def _password(request: Request) -> HttpResponse:
    user = User.objects.get(pk=str(request.user.pk))
    first = user.must_change_password
    form = OwnPasswordForm(user, request.POST or None)
    form.is_own = partial(signing_in.is_own_password, request.actor, user)
    if request.method == "POST" and form.is_valid():
        # Whoever had the paper code, or the old password, is out in this second; this browser stays in.
        signing_in.change_password(request, user, form.cleaned_data["new_password1"])
        messages.success(request, _("Your password is saved. Use it from now on."))
        return redirect("portal_home")
    context: dict[str, object] = {"form": form, "first": first, "username": user.username}
    if first:
        context["navigation"] = []  # there is nowhere to go before this
    return portal_page(request, "portal/password.html", context)


@login_not_required
@require_GET
def portal_leave(request: Request) -> HttpResponse:
    """The quick way out: ends the session, then leads to the association's neutral page.

    A GET that signs out is borne here and nowhere else: somebody watched at home needs one tap that
    works without scripts, from a page that is hours old and whose form token no longer counts. What a
    forged link could do is end this session; browsers send no cookie with pictures and frames from
    elsewhere, and where they say that the link came from another site, the session stays.
    """
    if request.actor.person is not None:
        raise PermissionDenied
    away = HttpResponseRedirect(Association.objects.values_list("quick_exit_url", flat=True)[0])
    asked_here = request.headers.get("Sec-Fetch-Site") not in ELSEWHERE
    if asked_here and "prefetch" not in request.headers.get("Sec-Purpose", ""):
        logout(request)
        away.headers["Clear-Site-Data"] = '"cookies", "storage"'
    return away
