"""Signing in, proving it again, signing out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from audit import door
from audit.actor import Request
from volunteers import speaking, trusted_devices
from volunteers.actions import second_factors, signing_in
from volunteers.coming_back import safe_next
from volunteers.forms.signin import WRONG_CODE, ReauthenticateForm, SecondFactorForm, SignInForm
from volunteers.middleware import before_undertaking
from volunteers.models import Factor, User
from volunteers.models.accounts import Kind

WRONG = _("This user name and password do not go together. Check both; mind capital letters.")


@before_undertaking
@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def sign_in(request: Request) -> HttpResponse:
    """User name and password; then the second factor of those who have one."""
    back = safe_next(request)
    if request.method == "GET" and request.user.is_authenticated:
        return redirect(back or home_of(request))
    form = SignInForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        user = authenticate(request, **form.cleaned_data)
        if isinstance(user, User):
            try:
                return _after_password(request, user, back)
            except signing_in.Closed:  # meanwhile: nobody learns why
                pass
        form.add_error(None, WRONG)
        if not getattr(request, "axes_locked_out", False):
            signing_in.refused(request, "signin.password")
    speaking.read_name()
    ended = request.GET.get("ended", "")
    context = {"form": form, "next": back, "ended": ended}
    return render(request, "volunteers/signin/sign_in.html", context)


@before_undertaking
@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def second_factor(request: Request) -> HttpResponse:
    """The code from the authenticator or from the printed list."""
    awaited = signing_in.awaited(request)
    if awaited is None:
        return redirect("sign_in")
    user, back = awaited
    form = SecondFactorForm(request.POST if request.method == "POST" else None, **code_field(user))
    if form.is_valid():
        factor = second_factors.attempt(request, user, form.cleaned_data["code"])
        if factor:
            signing_in.open_session(request, user, factor=factor)
            warn_of_few_codes(request, user, factor)
            response = redirect(back or home_of(request))
            if form.cleaned_data["trust"]:
                trusted_devices.trust(request, user.pk, response)
            return response
        form.add_error("code", WRONG_CODE)
        signing_in.refused(request, "signin.second_factor", user)
    return render(request, "volunteers/signin/second_factor.html", {"form": form})


@before_undertaking
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def reauthenticate(request: Request) -> HttpResponse:
    """Password (and code) again before something dangerous, then back to it."""
    user: User = request.user  # type: ignore[assignment]
    back = safe_next(request) or home_of(request)
    field = code_field(user)
    form = ReauthenticateForm(
        request.POST if request.method == "POST" else None,
        with_code=bool(second_factors.of(user)),
        hint=field["hint"],
    )
    if form.is_valid() and _proved_again(request, user, form):
        return redirect(back)
    context = {"form": form, "next": back, "portal": user.kind == Kind.CLIENT}
    return render(request, "volunteers/signin/reauthenticate.html", context)


@before_undertaking
@login_not_required
@require_POST
def sign_out(request: Request) -> HttpResponse:
    """End this session, and leave no page behind in the browser."""
    if request.user.is_authenticated:
        door.record(request, "signin.end")
    logout(request)
    return signed_out()


def signed_out() -> HttpResponse:
    """To the sign-in page; the trust in the device stays, so cookies are not cleared."""
    response = redirect(f"{reverse('sign_in')}?{urlencode({'ended': 'out'})}")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def home_of(request: Request) -> str:
    """The first page of whoever is signed in."""
    actor = request.actor
    return reverse("portal_home") if actor.client else str(settings.LOGIN_REDIRECT_URL)


def code_field(user: User) -> dict[str, Any]:
    """What to say beside the field for a code, after what the account has."""
    has = second_factors.of(user)
    if Factor.CODES not in has:
        return {"hint": _("The six digits that your authenticator shows."), "digits": True}
    if Factor.TOTP not in has:
        return {"hint": _("The next code on your printed list that is not crossed out.")}
    return {"hint": _("The six digits from your authenticator, or the next code on your list.")}


def warn_of_few_codes(request: Request, user: User, factor: str) -> None:
    """Say when the printed list runs out."""
    left = second_factors.codes_left(user)
    if factor != Factor.CODES or left > second_factors.FEW:
        return
    text = ngettext(
        "%(left)d code is left on your list. Make a new list under My account.",
        "%(left)d codes are left on your list. Make a new list under My account.",
        left,
    )
    messages.warning(request, text % {"left": left})


def _after_password(request: Request, user: User, back: str) -> HttpResponse:
    """Signed in at once, or the second factor is awaited."""
    has = user.kind == Kind.PERSON and bool(second_factors.of(user))
    if has and not trusted_devices.is_trusted(request, user.pk):
        signing_in.await_second_factor(request, user, back)
        return redirect("second_factor")
    signing_in.open_session(request, user, trusted_device=has)
    return redirect(back or home_of(request))


def _proved_again(request: Request, user: User, form: ReauthenticateForm) -> bool:
    typed = form.cleaned_data
    proved = authenticate(request, username=user.username, password=typed["password"])
    if not isinstance(proved, User) or proved != user:
        form.add_error("password", _("This is not your password. Try again."))
        return False
    factor = ""
    if "code" in form.fields:
        factor = second_factors.attempt(request, user, typed["code"]) or ""
        if not factor:
            form.add_error("code", WRONG_CODE)
            signing_in.refused(request, "signin.second_factor", user)
            return False
    signing_in.prove_again(request, proved, factor=factor)
    warn_of_few_codes(request, user, factor)
    return True
