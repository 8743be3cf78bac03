"""The second proof at sign-in: an authenticator, or a printed list of one-time codes.

Rows are allauth's; codes are kept as keyed hashes, secrets sealed, and each try is serial.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from typing import Any
from uuid import UUID

import segno
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from audit.visit import Visit
from vault.derive import derive
from vault.principals import signin_transaction
from volunteers.actions import tries
from volunteers.counting import SECOND_FACTOR
from volunteers.models import User
from volunteers.references import new_code, normalise_code

TOTP = Authenticator.Type.TOTP
CODES = Authenticator.Type.RECOVERY_CODES
HOW_MANY = 10
FEW = 3


def of(user: User) -> dict[str, Authenticator]:
    """The second factors of an account that has just proved itself, or of this session's, by kind."""
    with signin_transaction(user.token):
        return _rows(user)


def _rows(user: User) -> dict[str, Authenticator]:
    return {row.type: row for row in Authenticator.objects.filter(user_id=user.pk)}


def codes_left(user: User) -> int:
    """How many codes of the printed list are unused."""
    row = of(user).get(CODES)
    return len(row.data["hashes"]) if row else 0


def attempt(request: HttpRequest, user: User, typed: str) -> str | None:
    """Try a code, from the authenticator or from the list: the kind that it is, or None.

    Tries of one account stand in line, so that many at once are counted like one after another.
    """
    name = f"{SECOND_FACTOR}{user.pk}"
    with signin_transaction(user.token):
        User.objects.select_for_update().get(pk=user.pk)
        if not tries.allowed(request, name):
            return None
        rows = _rows(user)
        for kind, check in ((TOTP, _totp_matches), (CODES, _code_matches)):
            row = rows.get(kind)
            if row and check(row, typed):
                row.last_used_at = timezone.now()
                row.save()
                tries.forget(request, name)
                return kind
        tries.failed(request, name)
    return None


def new_secret() -> str:
    """A secret for an authenticator."""
    return generate_totp_secret()


def qr_picture(user: User, secret: str) -> str:
    """What the authenticator's camera reads, as a data address of an SVG picture."""
    address = get_adapter().build_totp_url(user, secret)
    return segno.make(address, error="m").svg_data_uri(scale=5, border=3, light="#fff")


def set_authenticator(*, by: Visit, user: User, secret: str, code: str) -> bool:
    """Take a new authenticator into use in place of the old; False unless ``code`` comes from it."""
    counter = _counter_of(secret, code, after=0)
    if counter is None:
        return False
    data = {"secret": get_adapter().encrypt(f"{user.pk}:{secret}"), "last_counter": counter}
    _put(by, user, TOTP, data)
    return True


def new_codes(*, by: Visit, user: User) -> list[str]:
    """A new list of codes in place of the old; shown once, kept hashed."""
    codes = [new_code(groups=2) for _ in range(HOW_MANY)]
    _put(by, user, CODES, {"hashes": [_hash(user.pk, code) for code in codes]})
    return codes


def forget_devices(user: User) -> None:
    """No device is trusted any more: what their cookies were made for changes."""
    for row in _rows(user).values():
        row.data["seed"] = secrets.token_hex(16)
        row.save(update_fields=["data"])


def _put(by: Visit, user: User, kind: str, data: dict[str, Any]) -> None:
    # The seed is part of what trust in a device hangs on (volunteers/trusted_devices.py): a new one ends it.
    data["seed"] = secrets.token_hex(16)
    with signin_transaction(by.token) as cursor:
        Authenticator.objects.update_or_create(
            user_id=user.pk, type=kind, defaults={"data": data, "created_at": timezone.now()}
        )
        cursor.execute(
            "SELECT sec.record('second_factor.set', NULL, 'mfa_authenticator', NULL, '', "
            "jsonb_build_object('kind', %s::text))",
            [str(kind)],
        )


def _totp_matches(row: Authenticator, typed: str) -> bool:
    owner, _, secret = get_adapter().decrypt(row.data["secret"]).partition(":")
    if owner != str(row.user_id):
        return False  # moved from another account
    counter = _counter_of(secret, typed, after=row.data["last_counter"])
    if counter is None:
        return False
    row.data["last_counter"] = counter  # none of this or an earlier half minute is taken again
    return True


def _counter_of(secret: str, typed: str, after: int) -> int | None:
    """The half minute to which a typed code belongs (RFC 6238), if it is a later one."""
    digits = "".join(typed.split())
    for counter in yield_hotp_counters_from_time():
        expected = format_hotp_value(hotp_value(secret, counter))
        if hmac.compare_digest(digits.encode(), expected.encode()) and counter > after:
            return counter
    return None


def _code_matches(row: Authenticator, typed: str) -> bool:
    hashed = _hash(row.user_id, typed)
    left = [kept for kept in row.data["hashes"] if not hmac.compare_digest(kept, hashed)]
    used = len(left) < len(row.data["hashes"])
    row.data["hashes"] = left
    return used


def _hash(user: UUID, code: str) -> str:
    key = derive(settings.SECRET_KEY.encode(), "confidential/v1/one-time-codes")
    digest = hmac.digest(key, f"{user}|{normalise_code(code)}".encode(), "sha256")
    return base64.b64encode(digest).decode()
