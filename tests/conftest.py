"""A real database, reached as the application's role; a standing cast of people, built once.

Tests run in real transactions and leave their rows behind: each makes clients of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import hypothesis
import psycopg
import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.test import Client as Browser
from django.utils import timezone

from audit.health import Health
from confidential.database import prepare
from confidential.embedded import Embedded
from confidential.environment import BASE, DATABASE
from tests import chance, cheaper, contexts, undefined
from tests.environment import VAR
from tests.lanes import SLOW
from tests.making.people import Cast, Someone, build
from tests.making.principals import session_of
from volunteers.models import User

BROWSER_SECONDS = 600  # a journey on a machine at work


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In the order of the files, or mixed; what the quick lane leaves out is marked before any is chosen by it."""
    chance.in_any_order(items)
    for item in items:
        if item.nodeid.startswith(SLOW):
            item.add_marker(pytest.mark.slow)
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.timeout(BROWSER_SECONDS), append=False)


@pytest.fixture(scope="session")
def server() -> Embedded:
    """The embedded server of this run, with the database migrated by the owner."""
    server = Embedded(VAR)
    with pytest.MonkeyPatch.context() as patch:
        cheaper.nobody_waits_for_the_disk(patch)
        server.start()
    prepare(server)
    migrate = [sys.executable, str(BASE / "manage.py"), "migrate", "--verbosity", "0"]
    subprocess.run(migrate, check=True, env={**os.environ, "CONFIDENTIAL_ROLE": "owner"})
    return server


@pytest.fixture(scope="session", autouse=True)
def cheap() -> Iterator[None]:
    """Nothing is paid for twice that no test is about."""
    with pytest.MonkeyPatch.context() as patch:
        cheaper.passwords_cost_little(patch)
        cheaper.static_files_are_found_once(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def any_order() -> Iterator[None]:
    """Rows come in no order that nobody asked for."""
    with pytest.MonkeyPatch.context() as patch:
        chance.rows_without_an_order_come_in_any(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def names_are_there() -> Iterator[None]:
    """What templates name is there."""
    with pytest.MonkeyPatch.context() as patch:
        undefined.is_a_failure(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def contexts_are_kept() -> Iterator[None]:
    """A test may look at what a page was drawn with."""
    with pytest.MonkeyPatch.context() as patch:
        contexts.are_kept(patch)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Each test."""
    return (yield from undefined.and_nothing_absent(item))


def pytest_configure() -> None:
    """Before anything is collected: nothing leaves this machine, and what is slow because of its load is no fault."""
    chance.stay_here()
    hypothesis.settings.register_profile(
        "any load", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("any load")


@pytest.fixture(scope="session", autouse=True)
def database(
    server: Embedded, cheap: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """Django's connections work in every test, as the roles of a web process."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield


@pytest.fixture(autouse=True)
def nobody_has_failed(database: None) -> None:
    """Each test begins without wrong tries: all of them come from one address."""
    AccessAttempt.objects.all().delete()


@pytest.fixture
def superuser(server: Embedded) -> Iterator[psycopg.Connection]:
    """A superuser's connection, to look behind the walls and to break things."""
    with psycopg.connect(server.conninfo(dbname=DATABASE), autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def cast(database: None, server: Embedded) -> Cast:
    """The standing cast: two branches with their people, the code adopted and signed."""
    with psycopg.connect(server.conninfo(dbname=DATABASE), autocommit=True) as connection:
        return build(connection)


@pytest.fixture
def sign_in() -> Callable[..., Browser]:
    """Sign somebody of the cast (or a client's account) in; gives Django's test client."""

    def signed_in(someone: Someone | UUID, *, fresh: bool = True) -> Browser:
        user = User.objects.get(pk=getattr(someone, "id", someone))
        at = timezone.now() - timedelta(hours=0 if fresh else 2)
        session = session_of(user, at=at)
        browser = Browser(raise_request_exception=False)
        browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        return browser

    return signed_in


@pytest.fixture
def long_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """No list on a first page ends before what this test looks for, however much others have left there."""
    for limit in (
        "clients.access.lists.PAGE",
        "clients.home.sections.FEW",
        "clients.complaints.home.SHOWN",
        "clients.records.home.SHOWN",
        "clients.records.views.agreements.MOST",
        "clients.emergencies.home.FEW",
        "clients.home.people.FEW",
        "clients.heirs.home.SHOWN",
        "clients.messages.home.SHOWN",
        "disclosures.home.SHOWN",
        "rights.erasure.home.SHOWN",
        "rights.erasure.views.erasures.PAGE",
        "rights.prepared.home.SHOWN",
        "rights.requests.home.SHOWN",
    ):
        monkeypatch.setattr(limit, 10_000)


@pytest.fixture
def calm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody seals the log while these tests run; what its alarm answers is tested in tests/audit."""
    monkeypatch.setattr("audit.health.check", lambda: Health(0, 0.0, 0, 0, 0))
