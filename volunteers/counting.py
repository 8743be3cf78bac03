"""How wrong tries are counted, and when they lead to a pause: axes' tables, our bounds.

Three bounds, each within a quarter of an hour. Under one name from one address: few, whoever it is. From
one address under all names: many, as an office or a telephone network has one; it stops whoever tries one
password under every name. Under one name from all addresses: then an address that has not failed yet has one
try, so that whoever guesses from many places is slowed down, and the owner is not locked out by them.
"""

from __future__ import annotations

import hmac
from contextlib import suppress
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from vault.derive import derive
from volunteers.models import User
from volunteers.models.accounts import normalise_username
from volunteers.trusted_devices import is_trusted

# What else than passwords is counted, and under which name; what somebody typed never gets such a name.
INVITATION = "invitation:"
DELIVERY = "delivery:"
SECOND_FACTOR = "second-factor:"
COUNTED_AS = "counted_as"

LIMIT = 5
SHARED_LIMIT = 20  # for codes and links: long secrets, and an office may share one address
ADDRESS_LIMIT = 40
NAME_LIMIT = 20
UNKNOWN = "192.0.2.0"  # of a network that exists in examples only (RFC 5737)
NETWORK = 64  # bits of an IPv6 address that one household or office has


def client_address(request: HttpRequest) -> str:
    """The address of whoever asks, of IPv6 the network. What the asker wrote into a header does not count."""
    if settings.BEHIND_PROXY:
        # Only the last entry is our own proxy's; all before it may be invented.
        given = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-1].strip()
    else:
        given = request.META.get("REMOTE_ADDR", "")
    with suppress(ValueError):
        address = ip_address(given)
        if isinstance(address, IPv6Address):
            whole = ip_network((address, NETWORK), strict=False)
            return str(address.ipv4_mapped or whole.network_address)
        return str(address)
    return UNKNOWN


def counted_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The name under which failures are counted: one for all ways of writing it.

    A name that no account has is kept as a keyed hash: people type their password into the wrong field.
    """
    given = credentials or {}
    if COUNTED_AS in given:
        return given[COUNTED_AS]
    typed = normalise_username(given.get("username") or request.POST.get("username") or "")
    known: dict[str, str] = request.__dict__.setdefault("counted_names", {})
    if typed not in known:
        known[typed] = typed if User.objects.filter(username=typed).exists() else _hashed(typed)
    return known[typed]


def _hashed(typed: str) -> str:
    key = derive(settings.SECRET_KEY.encode(), "confidential/v1/unknown-names")
    return f"?{hmac.digest(key, typed.encode(), 'sha256').hex()[:40]}"


def counted_by(request: HttpRequest, credentials: dict[str, Any] | None = None) -> list[Any]:
    """What a right one starts again at nought.

    Second factors are counted by account, wherever they are tried: only who knows the password can try them.
    """
    return ["username"] if _is_second_factor(request, credentials) else [["username", "ip_address"]]


def failure_limit(request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
    """How many failures under one name from one address lead to a pause."""
    shared = counted_name(request, credentials) in (INVITATION, DELIVERY)
    return SHARED_LIMIT if shared else LIMIT


def _is_second_factor(request: HttpRequest, credentials: dict[str, Any] | None) -> bool:
    return (credentials or {}).get(COUNTED_AS, "").startswith(SECOND_FACTOR)


class Handler(AxesDatabaseHandler):
    """Counts in the database, so that a restart forgets nothing; keeps nothing of what was sent."""

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: Any = None, **_: Any
    ) -> None:
        """Count a wrong try; one that came too early costs no further wait."""
        request.axes_credentials = credentials
        if request.axes_locked_out:
            return
        self.clean_expired_user_attempts(request)
        at = request.axes_attempt_time
        with transaction.atomic(using="signin"):
            attempt, made = AccessAttempt.objects.select_for_update().get_or_create(
                username=counted_name(request, credentials),
                ip_address=request.axes_ip_address,
                user_agent="",
                defaults={"failures_since_start": 1, "attempt_time": at},
            )
            if not made:
                AccessAttempt.objects.filter(pk=attempt.pk).update(
                    failures_since_start=F("failures_since_start") + 1, attempt_time=at
                )
        request.axes_locked_out = self.is_locked(request, credentials)

    def is_locked(self, request: Any, credentials: dict[str, Any] | None = None) -> bool:
        """Whether one of the bounds is reached."""
        return self.reached(request, credentials) is not None

    def reached(
        self, request: Any, credentials: dict[str, Any] | None
    ) -> QuerySet[AccessAttempt] | None:
        """The failures that make a bound, if one is reached."""
        name, address = counted_name(request, credentials), request.axes_ip_address
        live = AccessAttempt.objects.filter(attempt_time__gte=get_cool_off_threshold(request))
        place = live.filter(ip_address=address)
        second = _is_second_factor(request, credentials)
        own = live.filter(username=name) if second else place.filter(username=name)
        mine = failures(own)
        if mine >= failure_limit(request, credentials):
            return own
        found = None
        if address != UNKNOWN and failures(place) >= ADDRESS_LIMIT:
            found = place
        elif mine and failures(live.filter(username=name)) >= NAME_LIMIT and not is_special(name):
            found = own
        return None if found is None or is_theirs(request, name) else found


def is_special(name: str) -> bool:
    """Whether this counts something that many try under one name."""
    return name in (INVITATION, DELIVERY)


def failures(attempts: QuerySet[AccessAttempt]) -> int:
    """How many wrong tries these are."""
    return attempts.aggregate(sum=Sum("failures_since_start"))["sum"] or 0


def is_theirs(request: HttpRequest, name: str) -> bool:
    """Whether this browser has shown before that it is the account's own; it does not wait for others."""
    if request.user.is_authenticated and request.user.get_username() == name:
        return True
    user = User.objects.filter(username=name).first()
    return user is not None and is_trusted(request, user.pk)


def locked_out(
    request: HttpRequest, answer: HttpResponse, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """The page that says when to try again; the same for names that exist and names that do not."""
    if (credentials or {}).get(COUNTED_AS) == DELIVERY:
        return answer  # it says so itself, without a word about signing in
    context = {"again_at": _again_at(request, credentials)}
    return render(request, "volunteers/signin/locked.html", context, status=429)


def _again_at(request: HttpRequest, credentials: dict[str, Any] | None) -> datetime:
    reached = Handler().reached(request, credentials)
    last = reached.aggregate(last=Max("attempt_time"))["last"] if reached is not None else None
    return (last or timezone.now()) + get_cool_off()
