"""Every page and form, sent what nobody types: odd days, numbers, blanks, signs and lengths. No fault of ours."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from html import unescape
from itertools import count

import psycopg
import pytest
from django.db import DatabaseError
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import reverse

from confidential.embedded import Embedded
from confidential.environment import DATABASE
from tests.access.all_rows import ROWS
from tests.access.rows import ROLES, Row
from tests.access.world import World
from tests.making.pages import SignIn
from tests.making.people import Cast, build_another

pytestmark = pytest.mark.usefixtures("calm")

ODD = [
    "9999-12-31",
    "0001-01-01",
    "2026-02-30",
    "-1",
    "0",
    "99999999999999999999999",
    "\x00",
    "a\x00b",
    "\u0663",
    "1e400",
    "NaN",
    "\u202e\u0301",
    "x" * 6000,
    "[]",
    "{}",
    "%s%00",
    "00000000-0000-0000-0000-000000000000",
]
# What pages read of an address, beside the fields of their forms.
ASKED = {
    "page",
    "after",
    "draft",
    "show",
    "text",
    "since",
    "until",
    "kind",
    "seen",
    "client",
    "identity",
    "ended",
    "q",
    "next",
    "keep",
    "language",
}
FAULTS = (500, 503)
PAGES = [
    row for row in ROWS if row.method == "get" and 200 in {getattr(row, role) for role in ROLES}
]
NUMBERS = count(1)
# Without a field that could be wrong, sending these is an act.
ACTS = {"portal_leave", "sign_out"}


class Casts:
    """People of their own, as some forms do something with whatever they are sent; others when that stood in the way."""

    def __init__(self, superuser: psycopg.Connection) -> None:
        self.superuser = superuser
        self.renew()

    def renew(self) -> None:
        """Other people."""
        self.now = build_another(self.superuser, f"odd{next(NUMBERS)}")


@pytest.fixture(scope="module")
def casts(server: Embedded, cast: Cast) -> Iterator[Casts]:
    """People for this file."""
    with psycopg.connect(server.conninfo(dbname=DATABASE), autocommit=True) as connection:
        yield Casts(connection)


def shown(
    row: Row, casts: Casts, sign_in: SignIn
) -> tuple[str, Callable[[], Browser], HttpResponse]:
    """The address of a page, browsers of somebody who may see it, and the page."""
    role = next(role for role in ROLES if getattr(row, role) == 200)
    for _ in range(2):
        try:
            world = World(casts.now)
            where = reverse(
                row.name, kwargs={name: world.find(thing) for name, thing in row.where.items()}
            )
            someone = world.someone(role)
        except DatabaseError:
            casts.renew()
            continue

        def browser() -> Browser:  # a new one each time: what was sent may have signed somebody out
            return Browser(raise_request_exception=False) if someone is None else sign_in(someone)  # noqa: B023

        page = browser().get(where, {key: world.fill(value) for key, value in row.data.items()})
        if page.status_code == 200:
            return where, browser, page
        casts.renew()
    raise AssertionError(f"{row.name} is not shown to {role}")


def some(number: int) -> list[str]:
    """Every fourth, another quarter for each page; all of them where ODD_INPUT=all (some 4 000 requests)."""
    return ODD if os.environ.get("ODD_INPUT") == "all" else ODD[number % 4 :: 4]


@pytest.mark.parametrize(
    ("number", "row"), list(enumerate(PAGES)), ids=lambda part: getattr(part, "name", "")
)
def test_odd_input_is_no_fault(number: int, row: Row, casts: Casts, sign_in: SignIn) -> None:
    where, browser, page = shown(row, casts, sign_in)
    fields = set(re.findall(r'<(?:input|select|textarea)\b[^>]*?\bname="([^"]+)"', text_of(page)))
    fields = {unescape(name) for name in fields} - {"csrfmiddlewaretoken"}
    for odd in some(number):
        asked = browser().get(where, dict.fromkeys(ASKED | fields, odd))
        assert asked.status_code not in FAULTS, (odd[:40], asked.status_code)
        if fields and row.name not in ACTS:
            sent = browser().post(where, dict.fromkeys(fields, odd))
            assert sent.status_code not in FAULTS, (odd[:40], sent.status_code)


def text_of(page: object) -> str:
    return "" if page.streaming else page.content.decode(errors="replace")  # type: ignore[attr-defined]


PATTERNS = sorted(
    {
        row.name: row for row in ROWS if any(thing.startswith("=") for thing in row.where.values())
    }.items()
)


@pytest.mark.parametrize(("name", "row"), PATTERNS, ids=[name for name, _ in PATTERNS])
def test_odd_address_is_no_fault(name: str, row: Row, casts: Casts, sign_in: SignIn) -> None:
    world = World(casts.now)
    arguments = {key: world.find(thing) for key, thing in row.where.items()}
    path = reverse(name, kwargs=arguments)
    near = (200, 404, 302)  # who gets furthest into the view
    role = min(ROLES[1:], key=lambda each: (*near, getattr(row, each)).index(getattr(row, each)))
    browser = sign_in(world.someone(role))
    for key, thing in row.where.items():
        if thing.startswith("="):
            for odd in ODD:
                at = path.replace(f"/{arguments[key]}", f"/{odd[:2000]}")
                assert getattr(browser, row.method)(at).status_code not in FAULTS, odd[:40]
