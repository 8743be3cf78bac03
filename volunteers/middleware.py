"""Who is asking, in which language, and whether they have signed the code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, get_user
from django.contrib.auth.middleware import AuthenticationMiddleware, LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from volunteers.coming_back import page_of
from volunteers.models import User

ALWAYS = frozenset(
    {
        "sign_out",
        "portal_leave",
        "privacy",
        "legal",
        "set_language",
        "set_text_size",
        "health_show",
        "session_alive",
    }
)
STEPS = {
    "join_second_factor": frozenset({"authenticator_setup", "recovery_codes", "reauthenticate"}),
    "account_password": frozenset({"reauthenticate"}),
    "portal_password": frozenset({"reauthenticate"}),
}


def account(request: HttpRequest) -> User | AnonymousUser:
    """The account of the session; read together with the session, so it costs nothing."""
    cached = getattr(request.session, "cached_user", None)
    if cached is None:
        return with_token(request, get_user(request))  # after a sign-in in this very request
    # A changed password ends the sessions that were opened with the old one.
    proof = request.session.get(HASH_SESSION_KEY, "")
    if cached.is_active and constant_time_compare(proof, cached.get_session_auth_hash()):
        return with_token(request, cached)
    request.session.flush()
    return AnonymousUser()


def with_token(request: HttpRequest, user: Any) -> User | AnonymousUser:
    """An account that can be proved in a transaction, by the session that it came with."""
    if user.is_authenticated:
        user.token = request.session.principal_token  # type: ignore[attr-defined]
    return user


class AccountMiddleware(AuthenticationMiddleware):
    """``request.user`` from the row that was read with the session."""

    def process_request(self, request: HttpRequest) -> None:
        """Set the lazy account."""
        request.user = SimpleLazyObject(lambda: account(request))  # type: ignore[assignment]


class LoginMiddleware(LoginRequiredMiddleware):
    """Signing in is asked by default; a view says so where it is not. A half-made account goes on."""

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Send away whoever may not use the view yet."""
        refused = super().process_view(request, view_func, view_args, view_kwargs)
        if refused or not request.user.is_authenticated:
            return refused
        name = request.resolver_match.url_name if request.resolver_match else ""
        step = next_step(request)
        if step and name != step and name not in ALWAYS | STEPS.get(step, frozenset()):
            return redirect(step)
        return None

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponse:
        """To the sign-in page, which says why when a session has ended, and leads back."""
        htmx = getattr(request, "htmx", None)
        back = page_of(request)
        if htmx:  # a fragment cannot be signed in: the page round it can
            back = htmx.current_url_abs_path or "/"
        query = {"next": back} if back else {}
        had_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if had_session and request.session.session_key is None:
            query["ended"] = "idle"
        address = f"{reverse('sign_in')}?{urlencode(query)}"
        if htmx:
            return HttpResponse(headers={"HX-Redirect": address})
        return redirect(address)


def next_step(request: HttpRequest) -> str | None:
    """What an account must do before anything else: a password of its own, a second factor."""
    if request.user.must_change_password:  # type: ignore[union-attr]
        person = request.actor.person is not None  # type: ignore[attr-defined]
        return "account_password" if person else "portal_password"
    if request.actor.limited:  # type: ignore[attr-defined]
        return "join_second_factor"
    return None


class LanguageMiddleware(LocaleMiddleware):
    """The language of the signed-in person; else the chosen one; else the browser's."""

    def process_request(self, request: HttpRequest) -> None:
        """Activate it."""
        # Before it is loaded: a page that renews itself is nobody at the keyboard.
        request.session.stays_idle = "Renews-Itself" in request.headers  # type: ignore[attr-defined]
        request.session.get("device")  # loads the session, and with it the account
        user = getattr(request.session, "cached_user", None)
        if user is None:
            super().process_request(request)
            return
        translation.activate(user.language)
        request.LANGUAGE_CODE = translation.get_language()


class UndertakingMiddleware:
    """Until the code is signed there is nothing but the code (P2); the database agrees."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; the question is asked when the view is known."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Send a person who has not signed to the code, unless the view is open before it."""
        actor = request.actor  # type: ignore[attr-defined]
        if actor.person is None or actor.cleared or getattr(view, "before_undertaking", False):
            return None
        return redirect("code_read")


def before_undertaking(view: Any) -> Any:
    """Mark a view that a signed-in person may use before signing the code."""
    view.before_undertaking = True
    return view
