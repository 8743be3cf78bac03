"""Browsers on which an account has shown its second factor: for 30 days they are asked for none.

A cookie holds, signed, what the trust hangs on: the password and the second factors as they were. What
these are now, the database tells as a digest, to who has proved nothing yet as well: a browser that an
account trusts does not wait for what others did from the same address.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import connections
from django.http import HttpRequest, HttpResponse

COOKIE = "device"
LIFE = timedelta(days=30)
MOST = 8  # accounts that one browser is trusted by; a cookie has 4 KB
SALT = "confidential/v1/trusted-device"


def is_trusted(request: HttpRequest, account: UUID) -> bool:
    """Whether this browser has shown a second factor within 30 days, and none was changed since."""
    given = _given(request)
    return bool(given) and _mark(account) in given.values()


def trust(request: HttpRequest, account: UUID, response: HttpResponse) -> None:
    """Ask this browser for no second factor of the account for 30 days."""
    mark = _mark(account)
    others = [signed for signed, known in _given(request).items() if known != mark]
    kept = [*others, signing.dumps(mark, salt=SALT)][-MOST:]
    response.set_cookie(
        COOKIE,
        "|".join(kept),
        max_age=LIFE,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def _given(request: HttpRequest) -> dict[str, str]:
    """What the browser shows, of the last 30 days: each as it was signed, and what it says."""
    found = {}
    for signed in request.COOKIES.get(COOKIE, "").split("|")[:MOST]:
        try:
            found[signed] = signing.loads(signed, salt=SALT, max_age=LIFE)
        except signing.BadSignature:
            continue
    return found


def _mark(account: UUID) -> str | None:
    with connections["signin"].cursor() as cursor:
        cursor.execute("SELECT sec.trust_mark(%s)", [account])
        return cursor.fetchone()[0]
