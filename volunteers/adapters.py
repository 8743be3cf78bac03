"""What the sign-in libraries ask of us: who is counted how, sealed second factors, the lockout page."""

from __future__ import annotations

import base64
import os
from datetime import datetime
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from vault.derive import derive
from volunteers.models.accounts import normalise_username

NONCE = 12
# Names under which other secrets than passwords are counted; no user name contains a colon.
INVITATION = "invitation:"
SECOND_FACTOR = "second-factor:"
LIMIT = 5
INVITATION_LIMIT = 20  # an office may share one address; the codes are long


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up: people join by an invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The same address that lockouts count."""
        return client_address(request) or "unknown"


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of authenticators are sealed; the key is derived from the secret key of the site."""

    def encrypt(self, text: str) -> str:
        """Seal a secret for the database."""
        nonce = os.urandom(NONCE)
        sealed = nonce + second_factor_cipher().encrypt(nonce, text.encode(), b"second factor")
        return base64.b64encode(sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open it again. Raises InvalidTag for an altered one."""
        sealed = base64.b64decode(encrypted_text)
        return (
            second_factor_cipher().decrypt(sealed[:NONCE], sealed[NONCE:], b"second factor")
        ).decode()


def second_factor_cipher() -> AESGCM:
    """The cipher of authenticators' secrets."""
    return AESGCM(derive(settings.SECRET_KEY.encode(), "confidential/v1/second-factor"))


def client_address(request: HttpRequest) -> str | None:
    """The address of whoever asks. What the asker wrote into a header does not count."""
    if settings.BEHIND_PROXY:
        # Only the last entry is our own proxy's; all before it may be invented.
        return request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-1].strip() or None
    return request.META.get("REMOTE_ADDR") or None


def counted_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str | None:
    """The name under which failures are counted: one for all ways of writing it."""
    typed = (credentials or {}).get("username") or request.POST.get("username")
    return normalise_username(typed)[:255] if typed else None


def counted_by(request: HttpRequest, credentials: dict[str, Any] | None = None) -> list[Any]:
    """Second factors are counted by account: only who knows the password can try them."""
    name = counted_name(request, credentials) or ""
    return ["username"] if name.startswith(SECOND_FACTOR) else [["username", "ip_address"]]


def failure_limit(request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
    """How many failures lead to a pause."""
    name = counted_name(request, credentials) or ""
    return INVITATION_LIMIT if name.startswith(INVITATION) else LIMIT


def locked_out(
    request: HttpRequest,
    original_response: HttpResponse | None = None,
    credentials: dict[str, Any] | None = None,
) -> HttpResponse:
    """The page that says when to try again; the same for names that exist and names that do not."""
    name = counted_name(request, credentials)
    context = {"again_at": _again_at(name, client_address(request))}
    return render(request, "volunteers/signin/locked.html", context, status=429)


def _again_at(name: str | None, address: str | None) -> datetime:
    attempts = AccessAttempt.objects.filter(username=name)
    if not (name or "").startswith(SECOND_FACTOR):
        attempts = attempts.filter(ip_address=address)
    last = attempts.aggregate(last=Max("attempt_time"))["last"] or timezone.now()
    return last + get_cool_off()
