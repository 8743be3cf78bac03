"""One's own secrets: password, authenticator, printed list of one-time codes."""

from __future__ import annotations

import time

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.actor import Request
from documents import render as document
from volunteers.actions import second_factors, signing_in
from volunteers.decorators import fresh_sign_in, people_only
from volunteers.forms.signin import WRONG_CODE, CodeForm, OwnPasswordForm
from volunteers.middleware import before_undertaking
from volunteers.models import Factor, User
from volunteers.views.signin_join import JOINING, after_set_up

SECRET = "new_authenticator"  # noqa: S105 - the name of a place in the session
LIST = "new_codes"
SHOWN_SECONDS = 900


@before_undertaking
@people_only
@fresh_sign_in
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def account_password(request: Request) -> HttpResponse:
    """A new password; other devices are signed out."""
    user: User = request.user  # type: ignore[assignment]
    form = OwnPasswordForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_valid():
        ended = signing_in.change_password(request, user, form.cleaned_data["new_password"])
        messages.success(request, _("Your password is changed."))
        if ended:
            text = ngettext(
                "%(number)d other session was ended.",
                "%(number)d other sessions were ended.",
                ended,
            )
            messages.info(request, text % {"number": ended})
        return redirect("account")
    return render(request, "volunteers/signin/account_password.html", {"form": form})


@before_undertaking
@people_only
@require_safe
def second_factor_setup(request: Request) -> HttpResponse:
    """What the account has, and how to renew it."""
    has = second_factors.of(request.user)  # type: ignore[arg-type]
    context = {
        "authenticator": has.get(Factor.TOTP),
        "codes": has.get(Factor.CODES),
        "left": second_factors.codes_left(request.user),  # type: ignore[arg-type]
    }
    return render(request, "volunteers/signin/second_factor_setup.html", context)


@before_undertaking
@people_only
@fresh_sign_in
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def authenticator_setup(request: Request) -> HttpResponse:
    """A picture for the authenticator's camera, and one code as the proof that it was read."""
    user: User = request.user  # type: ignore[assignment]
    secret = request.session.setdefault(SECRET, second_factors.new_secret())
    form = CodeForm(
        request.POST if request.method == "POST" else None,
        hint=_("The six digits that the app shows now."),
        digits=True,
    )
    if form.is_valid():
        actor = request.actor
        code = form.cleaned_data["code"]
        if second_factors.set_authenticator(by=actor, user=user, secret=secret, code=code):
            del request.session[SECRET]
            messages.success(request, _("Your authenticator is set up."))
            return redirect(after_set_up(request))
        form.add_error("code", WRONG_CODE)
    context = {
        "form": form,
        "picture": second_factors.qr_picture(user, secret),
        "key": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        "back": _back(request),
    }
    return render(request, "volunteers/signin/authenticator_setup.html", context)


@before_undertaking
@people_only
@fresh_sign_in
@require_http_methods(["GET", "POST"])
def recovery_codes(request: Request) -> HttpResponse:
    """Make a new list of one-time codes, and show it for a quarter of an hour."""
    user: User = request.user  # type: ignore[assignment]
    if request.method == "POST":
        codes = second_factors.new_codes(by=request.actor, user=user)
        request.session[LIST] = {"codes": codes, "at": time.time()}
        return redirect("recovery_codes")
    codes = _shown(request)
    if codes:
        return render(request, "volunteers/signin/recovery_codes_new.html", {"codes": codes})
    context = {
        "left": second_factors.codes_left(user),
        "has_list": Factor.CODES in second_factors.of(user),
        "back": _back(request),
    }
    return render(request, "volunteers/signin/recovery_codes.html", context)


@before_undertaking
@people_only
@require_safe
def recovery_codes_pdf(request: Request) -> HttpResponse:
    """The new list on a sheet to print."""
    codes = _shown(request)
    if not codes:
        return redirect("recovery_codes")
    user: User = request.user  # type: ignore[assignment]
    data = {
        "site_address": request.get_host(),
        "user_name": user.username,
        "codes": codes,
        "made_on": timezone.localdate(),
    }
    sheet = document("recovery_codes", data, language=user.language)
    disposition = 'attachment; filename="codes.pdf"'  # inline, a phone leaves the page
    return HttpResponse(
        sheet, content_type="application/pdf", headers={"Content-Disposition": disposition}
    )


@before_undertaking
@people_only
@require_POST
def recovery_codes_done(request: Request) -> HttpResponse:
    """The list is on paper: forget it here, and go on."""
    request.session.pop(LIST, None)
    return redirect(after_set_up(request))


def _shown(request: Request) -> list[str]:
    new = request.session.get(LIST)
    return new["codes"] if new and time.time() - new["at"] < SHOWN_SECONDS else []


def _back(request: Request) -> str:
    joining = request.session.get(JOINING) or request.actor.limited
    return reverse("join_second_factor" if joining else "second_factor_setup")
