"""Wrong tries are counted per name and address, per address, and per name; nothing that was typed is kept."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from uuid import uuid4

import psycopg
import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from tests.making.people import PASSWORD, Cast
from tests.making.signing_in import (
    browser,
    digits,
    is_signed_in,
    sign_in,
    somebody,
    with_authenticator,
    with_codes,
)
from volunteers.counting import (
    ADDRESS_LIMIT,
    LIMIT,
    NAME_LIMIT,
    SHARED_LIMIT,
    UNKNOWN,
    client_address,
)

WRONG = "not the password"
NUMBERS = count(1)


def network() -> str:
    """An IPv6 network of its own."""
    return f"2001:db8:{next(NUMBERS):x}:1:"


def names(number: int) -> list[str]:
    return [f"{uuid4().hex[:12]}" for _ in range(number)]


@pytest.mark.parametrize(
    ("given", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::", "2001:db8:1:2::"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("", UNKNOWN),
        ("unix:", UNKNOWN),
        ("fe80::1%eth0", "fe80::"),
    ],
)
def test_address_that_is_counted(given: str, counted: str) -> None:
    assert client_address(RequestFactory().get("/", REMOTE_ADDR=given)) == counted


def test_addresses_of_one_network_are_one(cast: Cast) -> None:
    person, here = somebody(cast), network()
    for number in range(LIMIT):
        answer = sign_in(browser(REMOTE_ADDR=f"{here}:{number}"), person.username, WRONG)
    assert answer.status_code == 429
    assert sign_in(browser(REMOTE_ADDR=f"{here}:ffff"), person.username).status_code == 429
    assert sign_in(browser(REMOTE_ADDR=f"{network()}:1"), person.username).status_code == 302


def test_one_password_under_many_names_is_stopped(cast: Cast) -> None:
    at, known = browser(), [somebody(cast) for _ in range(2)]
    tried = [sign_in(at, name, WRONG).status_code for name in names(ADDRESS_LIMIT + 2)]
    assert tried == [200] * (ADDRESS_LIMIT - 1) + [429] * 3
    assert sign_in(at, known[0].username).status_code == 429
    elsewhere = browser()
    assert sign_in(elsewhere, known[1].username).status_code == 302
    # A right one for one name does not start the others again.
    AccessAttempt.objects.filter(username=known[0].username).delete()
    assert sign_in(at, known[0].username).status_code == 429


def test_office_behind_one_address_mistypes_and_signs_in(cast: Cast) -> None:
    at, people = browser(), [somebody(cast) for _ in range(3)]
    for name in names(10):
        sign_in(at, name, WRONG)
        sign_in(at, name, WRONG)
    for person in people:
        sign_in(at, person.username, WRONG)
        assert sign_in(at, person.username).status_code == 302


def test_device_that_the_account_trusts_is_not_held_back(cast: Cast) -> None:
    person, at = somebody(cast), browser()
    secret = with_authenticator(person)
    sign_in(at, person.username)
    at.post(reverse("second_factor"), {"code": digits(secret), "trust": "on"})
    assert is_signed_in(at)
    at.post(reverse("sign_out"))
    for name in names(ADDRESS_LIMIT):
        sign_in(browser(REMOTE_ADDR=at.defaults["REMOTE_ADDR"]), name, WRONG)
    stranger = browser(REMOTE_ADDR=at.defaults["REMOTE_ADDR"])
    assert sign_in(stranger, person.username).status_code == 429
    assert sign_in(at, person.username).status_code == 302
    assert is_signed_in(at)


def test_whoever_is_signed_in_proves_it_again_wherever_others_failed(cast: Cast) -> None:
    person, at = somebody(cast), browser()
    sign_in(at, person.username)
    for name in names(ADDRESS_LIMIT):
        sign_in(browser(REMOTE_ADDR=at.defaults["REMOTE_ADDR"]), name, WRONG)
    assert at.post(reverse("reauthenticate"), {"password": PASSWORD}).status_code == 302


@pytest.mark.parametrize("exists", [True, False])
def test_one_name_from_many_places_has_one_try_from_each(cast: Cast, exists: bool) -> None:
    """Who guesses from everywhere is slowed down; the owner, somewhere else, is not locked out."""
    name = somebody(cast).username if exists else names(1)[0]
    for _ in range(NAME_LIMIT // 4):
        at = browser()
        for _ in range(4):
            assert sign_in(at, name, WRONG).status_code in (200, 429)
    assert sign_in(at, name, WRONG).status_code == 429
    guesser = browser()
    assert sign_in(guesser, name, WRONG).status_code == 429  # this one was tried, and is the last
    assert sign_in(guesser, name).status_code == 429
    if exists:
        assert sign_in(browser(), name).status_code == 302


def test_pause_ends_and_trying_early_does_not_prolong_it(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    person, at = somebody(cast), browser()
    for _ in range(LIMIT + 3):
        sign_in(at, person.username, WRONG)
    assert AccessAttempt.objects.get(username=person.username).failures_since_start == LIMIT
    earlier = timezone.now() - timedelta(minutes=16)
    superuser.execute("UPDATE axes_accessattempt SET attempt_time = %s", [earlier])
    assert sign_in(at, person.username).status_code == 302


def test_nothing_that_was_typed_is_kept(cast: Cast, superuser: psycopg.Connection) -> None:
    """Neither a password in the wrong field, nor what else a form or an address held."""
    person, at = somebody(cast), browser(HTTP_USER_AGENT="agent-7ok3n")
    sign_in(at, "My password 7ok3n", WRONG)
    sign_in(at, "My password 7ok3n", WRONG)
    at.post(
        f"{reverse('sign_in')}?7ok3n=7ok3n",
        {"username": person.username, "password": "7ok3n", "7ok3n": "7ok3n"},
    )
    at.get("/d/7ok3n/")
    kept = superuser.execute(
        "SELECT username, a::text FROM axes_accessattempt a ORDER BY id"
    ).fetchall()
    assert "7ok3n" not in str(kept)
    assert [name for name, _ in kept][1:] == [person.username, "delivery:"]
    assert kept[0][0].startswith("?")


def test_typed_name_is_never_one_of_ours(cast: Cast) -> None:
    person, at = somebody(cast), browser()
    for name in ("invitation:", "delivery:", f"second-factor:{person.id}"):
        sign_in(at, name, WRONG)
    assert not AccessAttempt.objects.exclude(username__startswith="?").exists()


def test_wrong_links_are_bounded_per_address() -> None:
    at = browser()
    first = at.get("/d/wrong/")
    answers = [at.get(f"/d/wrong-{n}/").status_code for n in range(SHARED_LIMIT)]
    assert (first.status_code, answers) == (404, [404] * (SHARED_LIMIT - 1) + [429])
    later = at.get("/d/another/")
    assert later.status_code == 429
    assert b"quarter of an hour" in later.content or "quart d’heure".encode() in later.content
    assert reverse("sign_in").encode() not in later.content
    assert (later.headers["Referrer-Policy"], later.cookies.output()) == ("no-referrer", "")
    assert browser().get("/d/another/").status_code == 404


def test_second_factors_count_for_the_address_too(cast: Cast) -> None:
    at = browser()
    for name in names(ADDRESS_LIMIT - 1):
        sign_in(at, name, WRONG)
    person = somebody(cast)
    with_authenticator(person)
    assert sign_in(at, person.username).status_code == 302
    assert at.post(reverse("second_factor"), {"code": "000000"}).status_code == 429
    assert at.post(reverse("join"), {"invitation": "ABCD-EFGH-IJKL"}).status_code == 429


def test_no_cache_is_there_to_be_counted_in() -> None:
    with pytest.raises(NotImplementedError):
        cache.add("key", "value")
    assert settings.CSRF_COOKIE_AGE is None


def test_what_trust_hangs_on_tells_nothing_of_a_password(cast: Cast) -> None:
    """Asked for as nobody, on the sign-in connection: nothing where no seed hides the hash; another with each factor."""

    def mark() -> str | None:
        with connections["signin"].cursor() as cursor:
            cursor.execute("SELECT sec.trust_mark(%s)", [person.id])
            return cursor.fetchone()[0]

    person = somebody(cast)
    assert mark() is None
    with_authenticator(person)
    first = mark()
    with_codes(person)
    assert first and mark() not in (None, first)
