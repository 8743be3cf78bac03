"""Where one is signed in, ending it, and the own password."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from tests.making.people import PASSWORD, Cast, Someone
from tests.making.principals import account_of_a_client, principals_of
from tests.making.signing_in import browser, is_signed_in, sign_in, somebody, with_codes
from volunteers.actions.signing_in import device_of
from volunteers.models import Session
from volunteers.sessions import hash_key
from volunteers.views.sessions import device_words

PHONE = "Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0"
TABLET = "Mozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X) Version/17.4 Mobile/15E148 Safari/604.1"
DESK = "Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0"


def signed_in(person: Someone, agent: str = DESK) -> Browser:
    """A browser in which somebody signed in."""
    at = browser(HTTP_USER_AGENT=agent)
    sign_in(at, person.username)
    return at


def key(at: Browser) -> str:
    """How the list names the session of a browser."""
    return hash_key(at.cookies["session"].value)


def test_devices_in_plain_words() -> None:
    words = {agent: device_words(device_of(agent)) for agent in (PHONE, TABLET, DESK, "", "curl")}
    assert words == {
        PHONE: "Firefox on Android",
        TABLET: "Safari on iPad",
        DESK: "Edge on Windows",
        "": "Unknown device",
        "curl": "Unknown device",
    }


def test_list_shows_this_device_and_the_others(cast: Cast) -> None:
    person = somebody(cast)
    signed_in(somebody(cast), TABLET)
    at = signed_in(person)
    signed_in(person, PHONE)
    page = at.get(reverse("session_list")).content.decode()
    assert page.index("This device") < page.index("Edge on Windows")
    assert "Firefox on Android" in page
    assert "Safari on iPad" not in page


def test_nobody_stays_signed_in_for_ever(cast: Cast) -> None:
    """Twelve hours after signing in it is over, however busy the session is."""
    at = signed_in(somebody(cast))
    assert is_signed_in(at)
    row = Session.objects.filter(key_hash=key(at))
    row.update(created_at=timezone.now() - timedelta(hours=12, minutes=1))
    assert not is_signed_in(at)


def test_end_another_session(cast: Cast) -> None:
    person = somebody(cast)
    at, phone = signed_in(person), signed_in(person, PHONE)
    at.post(reverse("session_end", args=[key(phone)]))
    assert is_signed_in(at)
    assert not is_signed_in(phone)
    assert len([p for p in principals_of(person.id) if p["kind"] == "user"]) == 1


def test_end_this_session(cast: Cast) -> None:
    at = signed_in(somebody(cast))
    answer = at.post(reverse("session_end", args=[key(at)]))
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_signed_in(at)


def test_other_peoples_sessions_are_unknown(cast: Cast) -> None:
    at, other = signed_in(somebody(cast)), signed_in(somebody(cast))
    there = at.post(reverse("session_end", args=[key(other)]))
    nowhere = at.post(reverse("session_end", args=["0" * 64]))
    assert there.status_code == nowhere.status_code == 404
    assert is_signed_in(other)


def test_sign_out_everywhere(cast: Cast) -> None:
    person, other = somebody(cast), signed_in(somebody(cast))
    at, phone = signed_in(person), signed_in(person, PHONE)
    assert at.get(reverse("session_end_all")).status_code == 200
    at.post(reverse("session_end_all"))
    assert not is_signed_in(at)
    assert not is_signed_in(phone)
    assert is_signed_in(other)
    assert not Session.objects.filter(user_id=person.id).exists()
    assert not principals_of(person.id)


def test_sign_out_ends_the_session_in_the_database(cast: Cast) -> None:
    person = somebody(cast)
    at = signed_in(person)
    stolen = at.cookies["session"].value
    answer = at.post(reverse("sign_out"))
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert b"You are signed out." in at.get(answer["Location"]).content
    thief = browser()
    thief.cookies["session"] = stolen
    assert not is_signed_in(thief)
    assert not principals_of(person.id)


def test_forged_sign_out_does_nothing(cast: Cast) -> None:
    at = signed_in(somebody(cast))
    assert at.get(reverse("sign_out")).status_code == 405
    strict = Browser(enforce_csrf_checks=True, raise_request_exception=False)
    strict.cookies = at.cookies
    assert strict.post(reverse("sign_out")).status_code == 403
    assert strict.post(reverse("session_end_all")).status_code == 403
    assert is_signed_in(at)


def test_new_password_ends_other_sessions(cast: Cast) -> None:
    person = somebody(cast)
    at, phone = signed_in(person), signed_in(person, PHONE)
    before = at.cookies["session"].value
    new = "a quite different sentence"
    data = {"new_password": new, "password_again": new}
    assert at.post(reverse("account_password"), data).status_code == 302
    assert is_signed_in(at)
    assert at.cookies["session"].value != before
    assert not is_signed_in(phone)
    assert b"do not go together" in sign_in(browser(), person.username, PASSWORD).content
    assert sign_in(browser(), person.username, new).status_code == 302


def test_new_password_needs_a_fresh_sign_in(cast: Cast, sign_in: object) -> None:
    at = sign_in(somebody(cast), fresh=False)
    answer = at.get(reverse("account_password"))
    assert answer["Location"].startswith(reverse("reauthenticate"))


def test_password_like_the_user_name_is_told(cast: Cast) -> None:
    person = somebody(cast)
    name = person.username
    data = {"new_password": name, "password_again": name}
    answer = signed_in(person).post(reverse("account_password"), data)
    assert b"too similar" in answer.content


def test_first_password_of_a_client_opens_only_the_page_for_an_own_one(cast: Cast) -> None:
    code = "7KM2-QXTB-93FH"
    client = account_of_a_client(f"c{somebody(cast).username}", code, first=True)
    at = browser()
    sign_in(at, client.username, "7km2 qxtb93fh")
    for name in ("session_list", "portal_home", "home"):
        assert at.get(reverse(name))["Location"] == reverse("portal_password")
    assert at.post(reverse("sign_out")).status_code == 302


def test_own_password_of_a_client_is_typed_exactly(cast: Cast) -> None:
    client = account_of_a_client(f"d{somebody(cast).username}", PASSWORD)
    at = browser()
    assert b"do not go together" in sign_in(at, client.username, PASSWORD.upper()).content
    sign_in(at, client.username, PASSWORD)
    assert at.get(reverse("session_list")).status_code == 403


def test_recovered_account_begins_anew(cast: Cast) -> None:
    person = somebody(cast)
    with_codes(person)
    old = browser()
    out = StringIO()
    call_command("account_recover", person.username.upper(), stdout=out)
    code = out.getvalue().splitlines()[0].split()[-1]
    assert not is_signed_in(old)
    assert b"do not go together" in sign_in(browser(), person.username).content
    at = browser()
    sign_in(at, person.username, code.lower().replace("-", ""))
    assert at.get(reverse("session_list"))["Location"] == reverse("account_password")
    new = "a quite different sentence"
    at.post(reverse("account_password"), {"new_password": new, "password_again": new})
    assert is_signed_in(at)


def test_recovery_of_nobody_is_told() -> None:
    with pytest.raises(CommandError, match="Nobody"):
        call_command("account_recover", "nobody-of-this-name")


# ---- An open page asks whether its session lives ----


def asks(at: Browser, token: str = "", **headers: str) -> tuple[int, str]:
    """What a page of this browser is told; a test's browser checks no form unless a token is given."""
    if token:
        at.handler.enforce_csrf_checks = True  # type: ignore[attr-defined]
        headers["X-CSRFToken"] = token
    answer = at.post(reverse("session_alive"), headers=headers)
    at.handler.enforce_csrf_checks = False  # type: ignore[attr-defined]
    return answer.status_code, answer.content.decode()


def token_in(page: str) -> str:
    """The token of the page's forms."""
    return page.split('name="csrfmiddlewaretoken" value="')[1].split('"', maxsplit=1)[0]


def test_a_page_is_told_alive_or_ended_and_nothing_else(cast: Cast) -> None:
    at = signed_in(somebody(cast))
    assert asks(at) == (200, "alive\n")
    Session.objects.filter(key_hash=key(at)).update(expires_at=timezone.now())
    assert asks(at) == (200, "ended\n")
    assert asks(browser()) == (200, "ended\n")


def test_asking_prolongs_nothing_and_is_no_event(cast: Cast, superuser) -> None:  # type: ignore[no-untyped-def]
    person = somebody(cast)
    at = signed_in(person)
    row = Session.objects.filter(key_hash=key(at))
    before = timezone.now() - timedelta(minutes=5)
    row.update(seen_at=before)
    count = "SELECT count(*) FROM audit_event WHERE actor = %s"
    events = superuser.execute(count, [person.id]).fetchone()
    asks(at, **{"Renews-Itself": "1"})
    assert row.get().seen_at == before
    assert superuser.execute(count, [person.id]).fetchone() == events
    asks(at)  # somebody was typing
    assert row.get().seen_at > before


def test_a_page_of_an_earlier_sign_in_is_not_alive(cast: Cast) -> None:
    """Whoever signs in after somebody else in the same browser does not keep that one's pages open."""
    at = signed_in(somebody(cast))
    page = at.get(reverse("privacy")).content.decode()
    assert asks(at, token_in(page)) == (200, "alive\n")
    at.post(reverse("sign_out"))
    sign_in(at, somebody(cast).username)
    assert asks(at)[1] == "alive\n"
    assert asks(at, token_in(page))[0] == 403


def test_every_page_of_somebody_signed_in_goes_with_the_session(cast: Cast, request) -> None:  # type: ignore[no-untyped-def]
    """Not a page of those who are not: there is nothing in it to take away."""
    at = request.getfixturevalue("sign_in")(cast.volunteer)
    for name in ("home", "account", "account_password", "session_end_all", "privacy"):
        page = at.get(reverse(name)).content.decode()
        assert "js/session.js" in page and 'id="page-closed"' in page, name
        assert token_in(page), name
    nowhere = at.get("/nowhere/")
    assert nowhere.status_code == 404 and "js/session.js" in nowhere.content.decode()
    assert "js/session.js" not in browser().get(reverse("sign_in")).content.decode()
