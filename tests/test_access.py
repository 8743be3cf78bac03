"""Every URL x every role: what each gets. A URL without a row fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import psycopg
import pytest
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from audit.events import READING as READ_ONLY
from confidential.embedded import Embedded
from confidential.environment import DATABASE
from tests.access.all_rows import ROWS
from tests.access.rows import ROLES, Row
from tests.access.world import World
from tests.making.emergencies import nothing_open
from tests.making.people import Cast

pytestmark = pytest.mark.usefixtures("calm")


def names(patterns: list[URLPattern | URLResolver]) -> set[str]:
    """The names of all URL patterns."""
    found: set[str] = set()
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            found |= names(pattern.url_patterns)
        else:
            assert pattern.name, f"{pattern} has no name"
            found.add(pattern.name)
    return found


def test_every_url_has_a_row() -> None:
    all_names = names(get_resolver().url_patterns)
    assert all_names == {row.name for row in ROWS}


def test_rows_are_told_apart() -> None:
    keys = [
        (row.name, row.method, tuple(sorted(row.data)), tuple(sorted(row.where.items())))
        for row in ROWS
    ]
    assert len(keys) == len(set(keys))


UNCHANGED: dict[object, World] = {}
ONE_AT_A_TIME = {"emergency", "out"}


def changes_nothing(row: Row, role: str) -> bool:
    """Whether a role only reads here, or is refused."""
    status = getattr(row, role)
    return row.method == "get" or status in (403, 404) or (role == "nobody" and status == 302)


def world_of(row: Row, role: str, cast: Cast) -> World:
    """Whoever changes nothing shares a world with all who need the same things there; whoever may act gets one of
    their own. The client has an account, and so a world, apart: no other row's world has one unasked.

    What a person has one of at a time ends with the next world, whoever makes that, so it is never shared.
    """
    things = {*row.where.values(), *row.data.values()}
    if not changes_nothing(row, role) or ONE_AT_A_TIME & {*row.where.values()}:
        return World(cast)
    return UNCHANGED.setdefault((frozenset(things), role == "client"), World(cast))


@pytest.fixture(scope="module")
def watching(server: Embedded) -> Iterator[psycopg.Connection]:
    """A superuser's connection that looks on, kept for thousands of pages."""
    with psycopg.connect(server.conninfo(dbname=DATABASE), autocommit=True) as connection:
        yield connection


@pytest.fixture
def acts(watching: psycopg.Connection) -> Callable[[], list[str]]:
    """What was done, by the log, since this was last asked: refusals and reading are left out."""
    since: datetime | None = None

    def done() -> list[str]:
        nonlocal since
        # Other tests move the clock of their own events, and leave some in the days to come.
        found = watching.execute(
            "SELECT clock_timestamp(), coalesce(array_agg(DISTINCT action), '{}') FROM audit_event"
            " WHERE at > %s AND at <= clock_timestamp() AND outcome = 'done'",
            [since],
        ).fetchone()
        assert found
        since = found[0]
        return sorted(set(found[1]) - READ_ONLY)

    return done


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name}-{row.method}")
def test_role_gets(
    row: Row, role: str, cast: Cast, sign_in: object, acts: Callable[[], list[str]]
) -> None:
    """And whoever only asks for a page, or is refused, has done nothing, by the log."""
    world = world_of(row, role, cast)
    arguments = {name: world.find(thing) for name, thing in row.where.items()}
    someone = world.someone(role)
    browser = Browser(raise_request_exception=False) if someone is None else sign_in(someone)
    data = {key: world.fill(value) for key, value in row.data.items()}
    address = reverse(row.name, kwargs=arguments)
    if row.name == "visit_start" and someone and row.method == "get" and getattr(row, role) == 200:
        nothing_open(someone)  # whoever is out from another test is led back
    acts()
    response = getattr(browser, row.method)(address, data)
    if changes_nothing(row, role):
        assert acts() == []
    location = response.headers.get("Location", "")
    assert response.status_code == getattr(row, role), location
    if role == "newcomer" and response.status_code == 302 and row.newcomer == 302:
        assert location.startswith(("/code", "/sign", "/join", "/account", "/")), location
    if role == "nobody" and response.status_code == 302:
        assert not any(word in location for word in ("Odile", "Quercy"))


FORMS = [row for row in ROWS if row.method == "post" and row.data and "client_id" in row.where]


@pytest.mark.parametrize("row", FORMS, ids=lambda row: row.name)
def test_a_form_that_comes_back_is_no_act(
    row: Row, cast: Cast, sign_in: object, acts: Callable[[], list[str]]
) -> None:
    """A form sent empty, and shown again with its errors, has done nothing, by the log."""
    world = World(cast)
    arguments = {name: world.find(thing) for name, thing in row.where.items()}
    for role in ("volunteer", "coordinator"):
        browser = sign_in(world.someone(role))
        acts()
        response = browser.post(reverse(row.name, kwargs=arguments), {})
        if response.status_code == 200:
            assert acts() == []
