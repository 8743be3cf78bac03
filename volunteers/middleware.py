"""Who is asking, in which language, and whether they have signed the code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, get_user
from django.contrib.auth.middleware import AuthenticationMiddleware, LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import redirect
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from volunteers.models import User


def account(request: HttpRequest) -> User | AnonymousUser:
    """The account of the session; read together with the session, so it costs nothing."""
    cached = getattr(request.session, "cached_user", None)
    if cached is None:
        return get_user(request)  # after a sign-in in this very request
    # A changed password ends the sessions that were opened with the old one.
    proof = request.session.get(HASH_SESSION_KEY, "")
    if cached.is_active and constant_time_compare(proof, cached.get_session_auth_hash()):
        return cached
    request.session.flush()
    return AnonymousUser()


class AccountMiddleware(AuthenticationMiddleware):
    """``request.user`` from the row that was read with the session."""

    def process_request(self, request: HttpRequest) -> None:
        """Set the lazy account."""
        request.user = SimpleLazyObject(lambda: account(request))  # type: ignore[assignment]


class LoginMiddleware(LoginRequiredMiddleware):
    """Signing in is asked by default; a view says so where it is not."""


class LanguageMiddleware(LocaleMiddleware):
    """The language of the signed-in person; else the chosen one; else the browser's."""

    def process_request(self, request: HttpRequest) -> None:
        """Activate it."""
        request.session.get("device")  # loads the session, and with it the account
        user = getattr(request.session, "cached_user", None)
        if user is None:
            super().process_request(request)
            return
        translation.activate(user.language)
        request.LANGUAGE_CODE = translation.get_language()  # type: ignore[assignment]


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
        visit = request.visit  # type: ignore[attr-defined]
        if visit.person is None or visit.cleared or getattr(view, "before_undertaking", False):
            return None
        return redirect("code_read")


def before_undertaking(view: Any) -> Any:
    """Mark a view that a signed-in person may use before signing the code."""
    view.before_undertaking = True
    return view
