"""The second proof at sign-in: an authenticator, or a printed list of one-time codes.

Codes are kept as keyed hashes, secrets sealed, and each try is serial.
"""

from __future__ import annotations

import base64
import hmac
import os
import secrets
from typing import Any
from uuid import UUID

import pyotp
import segno
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from pyotp.exceptions import OTPVerificationError

from audit.actor import Actor
from vault.derive import derive
from vault.principals import signin_transaction
from volunteers.actions import tries
from volunteers.counting import SECOND_FACTOR
from volunteers.models import Factor, SecondFactor, User
from volunteers.references import new_code, normalise_code

HOW_MANY = 10
FEW = 3
TOLERANCE = 1  # half minutes by which a telephone's clock may be off
ISSUER = "Team space"
NONCE = 12
BOUND_TO = b"second factor"


def of(user: User) -> dict[str, SecondFactor]:
    """The second factors of an account that has just proved itself, or of this session's, by kind."""
    with signin_transaction(user.token):
        return _rows(user)


def _rows(user: User) -> dict[str, SecondFactor]:
    return {row.kind: row for row in SecondFactor.objects.filter(user_id=user.pk)}


def codes_left(user: User) -> int:
    """How many codes of the printed list are unused."""
    row = of(user).get(Factor.CODES)
    return len(row.codes) if row else 0


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
        for kind, check in ((Factor.TOTP, _totp_matches), (Factor.CODES, _code_matches)):
            row = rows.get(kind)
            if row and check(row, typed):
                row.last_used_at = timezone.now()
                row.save(update_fields=["last_counter", "codes", "last_used_at"])
                tries.forget(request, name)
                return kind
        tries.failed(request, name)
    return None


def new_secret() -> str:
    """A secret for an authenticator, in base 32."""
    return pyotp.random_base32()


def qr_picture(user: User, secret: str) -> str:
    """What the authenticator's camera reads, as a data address of an SVG picture."""
    address = pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=ISSUER)
    return segno.make(address, error="m").svg_data_uri(scale=5, border=3, light="#fff")


def set_authenticator(*, by: Actor, user: User, secret: str, code: str) -> bool:
    """Take a new authenticator into use in place of the old; False unless ``code`` comes from it."""
    counter = _counter_of(secret, code, after=0)
    if counter is None:
        return False
    _put(by, user, Factor.TOTP, secret=_seal(user.pk, secret), last_counter=counter)
    return True


def new_codes(*, by: Actor, user: User) -> list[str]:
    """A new list of codes in place of the old; shown once, kept hashed."""
    codes = [new_code(groups=2) for _ in range(HOW_MANY)]
    _put(by, user, Factor.CODES, codes=[_hash(user.pk, code) for code in codes])
    return codes


def forget_devices(user: User) -> None:
    """No device is trusted any more: what their cookies were made for changes."""
    for row in _rows(user).values():
        row.seed = _new_seed()
        row.save(update_fields=["seed"])


def _put(by: Actor, user: User, kind: Factor, **values: Any) -> None:
    # Trust in a device hangs on the seed (volunteers/trusted_devices.py): a new one ends it.
    new = {**values, "seed": _new_seed(), "created_at": timezone.now()}
    with signin_transaction(by.token) as cursor:
        SecondFactor.objects.update_or_create(user_id=user.pk, kind=kind, defaults=new)
        cursor.execute(
            "SELECT sec.record('second_factor.set', NULL, 'volunteers_secondfactor', NULL, '', "
            "jsonb_build_object('kind', %s::text))",
            [str(kind)],
        )


def _new_seed() -> str:
    return secrets.token_hex(16)


def _totp_matches(row: SecondFactor, typed: str) -> bool:
    secret = _open(row)
    counter = _counter_of(secret, typed, after=row.last_counter) if secret else None
    if counter is None:
        return False
    row.last_counter = counter  # none of this or an earlier half minute is taken again
    return True


def _counter_of(secret: str, typed: str, after: int) -> int | None:
    """The half minute to which a typed code belongs (RFC 6238), if it is a later one."""
    digits = "".join(typed.split())
    try:
        counter = pyotp.TOTP(secret).verify_and_get_timecode(digits, valid_window=TOLERANCE)
    except OTPVerificationError:
        return None
    return counter if counter > after else None


def _code_matches(row: SecondFactor, typed: str) -> bool:
    hashed = _hash(row.user_id, typed)
    left = [kept for kept in row.codes if not hmac.compare_digest(kept, hashed)]
    used = len(left) < len(row.codes)
    row.codes = left
    return used


def _seal(user: UUID, secret: str) -> str:
    nonce = os.urandom(NONCE)
    sealed = nonce + _cipher().encrypt(nonce, f"{user}:{secret}".encode(), BOUND_TO)
    return base64.b64encode(sealed).decode()


def _open(row: SecondFactor) -> str | None:
    """The secret; None where it was moved from another account, or sealed under another secret key."""
    sealed = base64.b64decode(row.secret)
    try:
        text = _cipher().decrypt(sealed[:NONCE], sealed[NONCE:], BOUND_TO).decode()
    except InvalidTag:
        return None
    owner, _, secret = text.partition(":")
    return secret if owner == str(row.user_id) else None


def _cipher() -> AESGCM:
    return AESGCM(derive(settings.SECRET_KEY.encode(), "confidential/v1/second-factor"))


def _hash(user: UUID, code: str) -> str:
    key = derive(settings.SECRET_KEY.encode(), "confidential/v1/one-time-codes")
    digest = hmac.digest(key, f"{user}|{normalise_code(code)}".encode(), "sha256")
    return base64.b64encode(digest).decode()
