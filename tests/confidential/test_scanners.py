"""What programs that look for holes send: odd addresses, methods, hosts and places to come back to."""

from __future__ import annotations

import io
import logging
import runpy
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client as Browser
from django.test import RequestFactory
from django.urls import reverse
from gunicorn.config import Config

from clients.contacts.actions import contacts
from confidential.environment import BASE
from confidential.logs import PlainFormatter
from tests.access.world import World
from tests.making.clients import assign, new_client
from tests.making.contacts import entry
from tests.making.pages import SignIn
from tests.making.people import PASSWORD, Cast
from tests.making.signing_in import browser, somebody
from volunteers.coming_back import safe_next

BESIDE = [
    "foo",
    "sign_out",
    "record",
    "http://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "///evil.example",
    ".",
    "./x",
    "x/y",
    "http:///x",
    "/sign-out/",
    "/sign-out/?x",
    " /account/",
    "\x00",
    "/\x00\n",
]


@pytest.mark.parametrize("wanted", BESIDE, ids=ascii)
def test_every_place_to_come_back_to_is_a_page_of_this_site(
    wanted: str, cast: Cast, sign_in: SignIn
) -> None:
    person, contact = somebody(cast), World(cast).find("contact")
    given = {"next": wanted}
    signed_in = browser().post(
        reverse("sign_in"), {"username": person.username, "password": PASSWORD, **given}
    )
    again = sign_in(person).post(reverse("reauthenticate"), {"password": PASSWORD, **given})
    language = browser().post(reverse("set_language"), {"language": "en", **given})
    done = sign_in(cast.volunteer).post(reverse("follow_up_done", args=[contact]), given)
    for answer in (signed_in, again, language, done):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/")
        assert not answer.headers["Location"].startswith(("//", "/\\", "/sign-out"))
    assert safe_next(RequestFactory().get("/", given)) in ("", "/%00", "/\x00\n")


def test_pages_of_this_site_are_come_back_to(cast: Cast) -> None:
    answer = sign_in_with(somebody(cast).username, "/account/sessions/?a=b")
    assert answer.headers["Location"] == "/account/sessions/?a=b"


def sign_in_with(username: str, wanted: str) -> object:
    return browser().post(
        reverse("sign_in"), {"username": username, "password": PASSWORD, "next": wanted}
    )


# ---- what is written about requests


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the application's one handler writes."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(PlainFormatter())
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


SECRET = "q7Zx-5Vn1Lb7Hs4Gd2Pf9Ya6Cm"
SPELLINGS = [
    "/d/{}/",
    "/d/{}/.",
    "/d/{}/,",
    "/d/{}),",
    "/d/{}]",
    "//d/{}/",
    "/D/{}/",
    "/d//{}/",
    "/d/{}",
    "/d/{}/x",
    "/my-space/{}",
    "/clients/?q={}",
    "/{}/",
]


def test_no_path_is_written_for_any_spelling(lines: io.StringIO, cast: Cast) -> None:
    at = browser()
    for spelling in SPELLINGS:
        path = spelling.format(SECRET)
        for ask in (at.get, at.post, at.put, at.delete, at.options, at.patch, at.head):
            ask(path)
        at.generic(SECRET, path)
        at.get(path, headers={"host": f"{SECRET}.example"})
        Browser(enforce_csrf_checks=True).post(
            f"/sign-in/?{SECRET}", headers={"referer": f"https://{SECRET}/"}
        )
    written = lines.getvalue()
    assert SECRET not in written
    assert "405 PUT /d/<str:secret>/" in written
    assert "404 GET no page" in written
    assert "400 GET no page" in written
    assert "another method" in written


def test_no_other_handler_writes_about_requests() -> None:
    for name in ("django", "django.request", "django.server", "django.security"):
        assert not [
            h for h in logging.getLogger(name).handlers if type(h).__module__ != "_pytest.logging"
        ]
        assert logging.getLogger(name).propagate
    ours = settings.LOGGING["handlers"]
    assert [ours[name]["formatter"] for name in ours] == ["plain"]


def test_library_says_no_values_and_we_say_what_we_wrote(lines: io.StringIO) -> None:
    logging.getLogger("axes.handlers").warning("AXES: locked out %s after %d", SECRET, 5)
    logging.getLogger("procrastinate").warning(f"Job make_export({SECRET})")
    logging.getLogger("audit").error("It stands still: %s", psycopg.DataError(SECRET))
    logging.getLogger("audit").error("%s", TimeoutError(110, "Timed out"))
    logging.getLogger("another").warning("%s %d", *[SECRET])
    written = lines.getvalue()
    assert SECRET not in written
    assert "AXES: locked out … after 5" in written
    assert "It stands still: DataError" in written
    assert "Timed out" in written
    assert (
        f"WARNING procrastinate: {test_library_says_no_values_and_we_say_what_we_wrote.__name__}"
        in written
    )


def test_web_server_writes_no_path(capsys: pytest.CaptureFixture[str]) -> None:
    made = runpy.run_path(str(BASE / "gunicorn.conf.py"))["logger_class"]
    config = Config()
    config.set("accesslog", "-")
    log = made(config)
    try:
        raise ValueError(SECRET)
    except ValueError:
        log.exception("Error handling request %s", f"/d/{SECRET}/")
    log.access(None, None, {"RAW_URI": SECRET}, timedelta())
    written = "".join(capsys.readouterr())
    assert SECRET not in written
    assert "Error handling request … [ValueError at test_web_server" in written


# ---- methods


@pytest.mark.parametrize("path", ["/sign-in/", "/nowhere/", "/health/", "/privacy/", "/"])
def test_answer_to_head_has_no_body(path: str) -> None:
    environ = RequestFactory().head(path).environ
    headers: dict[str, str] = {}
    answer = WSGIHandler()(environ, lambda status, given: headers.update(given))
    assert b"".join(answer) == b""
    assert "Content-Security-Policy" in headers


def test_right_that_ends_while_a_form_is_taken_is_403(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = new_client(cast.coordinator)
    grant = assign(cast.coordinator, client, cast.volunteer)
    count = "SELECT count(*) FROM clients_contact WHERE client_id = %s"
    before = superuser.execute(count, [client.pk]).fetchone()
    log_contact = contacts.log_contact

    def late(**given: object) -> object:
        ended = "UPDATE clients_grant SET ends_at = clock_timestamp() WHERE id = %s"
        superuser.execute(ended, [grant.pk])
        return log_contact(**given)

    monkeypatch.setattr(contacts, "log_contact", late)
    answer = sign_in(cast.volunteer).post(f"/clients/{client.pk}/contacts/new/", entry())
    assert answer.status_code == 403
    assert superuser.execute(count, [client.pk]).fetchone() == before
