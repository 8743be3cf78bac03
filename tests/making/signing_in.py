"""What the tests of signing in share: fresh people, browsers of their own, an authenticator."""

from __future__ import annotations

import random
import time
from uuid import uuid4

import pyotp
from django.test import Client as Browser
from django.urls import reverse

from tests.making.people import PASSWORD, Cast, Someone
from tests.making.people import join as join_as
from volunteers.actions import second_factors
from volunteers.models import User


def somebody(cast: Cast, duty: str = "volunteer") -> Someone:
    """Somebody new in the north, whom no other test locks out."""
    return join_as(f"p{uuid4().hex[:12]}", duty, cast.north)


def browser(**kwargs: object) -> Browser:
    """A browser at an address of its own."""
    address = ".".join(str(random.randint(1, 250)) for _ in range(4))
    return Browser(**{"raise_request_exception": False, "REMOTE_ADDR": address} | kwargs)


def sign_in(at: Browser, username: str, password: str = PASSWORD, **kwargs: object) -> object:
    """Send the sign-in form."""
    data = {"username": username, "password": password}
    return at.post(reverse("sign_in"), data, **kwargs)


def is_signed_in(at: Browser) -> bool:
    """Whether the account pages open."""
    return at.get(reverse("session_list")).status_code == 200


def digits(secret: str, periods: int = 0) -> str:
    """What an authenticator shows, so many half minutes from now."""
    return pyotp.TOTP(secret).at(time.time(), counter_offset=periods)


def with_authenticator(person: Someone) -> str:
    """Set an authenticator up for somebody; its secret. The code of this half minute is spent."""
    secret = second_factors.new_secret()
    with person.actor().transaction() as actor:
        user = User.objects.get(pk=person.id)
        code = digits(secret, -1)
        assert second_factors.set_authenticator(by=actor, user=user, secret=secret, code=code)
    return secret


def with_codes(person: Someone) -> list[str]:
    """A printed list for somebody."""
    with person.actor().transaction() as actor:
        return second_factors.new_codes(by=actor, user=User.objects.get(pk=person.id))
