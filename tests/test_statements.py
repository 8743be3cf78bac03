"""How many statements each page sends, exactly, on each of the two connections: pages stay as quick as they are.

Whoever makes a page ask for more changes a number here, and says why in the commit; fewer is as good a reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.access import home
from clients.models import Client, Contact
from confidential.embedded import Embedded
from confidential.environment import DATABASE
from tests.making.clients import new_client
from tests.making.contacts import entry, log_contact
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, build_another
from tests.making.spaces import open_portal


@dataclass(frozen=True)
class Page:
    """A page, who asks for it, and its statements: of the page, and at the door and the session."""

    name: str
    role: str
    asked: int
    signed: int


PAGES = [
    Page("/", "volunteer", 10, 7),
    Page("/", "coordinator", 10, 1),
    Page("/", "president", 12, 1),
    Page("/", "protection", 10, 1),
    Page("/clients/", "volunteer", 10, 7),
    Page("/clients/", "coordinator", 9, 7),
    Page("search", "volunteer", 11, 13),
    Page("/clients/{client}/", "volunteer", 8, 7),
    Page("/clients/{client}/contacts/new/", "volunteer", 11, 7),
    Page("save", "volunteer", 16, 8),
    Page("/my-space/", "client", 10, 1),
]


@pytest.fixture(scope="module")
def cast(cast: Cast, server: Embedded) -> Cast:
    """People in branches of their own, of whom nobody else asks anything."""
    with psycopg.connect(server.conninfo(dbname=DATABASE), autocommit=True) as connection:
        return build_another(connection, "_count")


@pytest.fixture(scope="module")
def client(cast: Cast) -> Client:
    """One of three clients of the volunteer, with some contacts."""
    clients = [new_client(cast.volunteer) for _ in range(3)]
    for day in range(1, 6):
        log_contact(cast.volunteer, clients[0], "Talked.", timezone.localdate().replace(day=day))
    return clients[0]


@pytest.fixture(scope="module")
def account(cast: Cast, client: Client) -> Any:
    """The client's own account."""
    return open_portal(cast.volunteer, client)[0]


def counted(act: Callable[[], Any]) -> tuple[int, int, str]:
    """How many statements that sends on each connection, and which."""
    with (
        CaptureQueriesContext(connections["default"]) as asked,
        CaptureQueriesContext(connections["signin"]) as signed,
    ):
        answer = act()
    assert answer.status_code in (200, 302)
    sent = [
        f"{name} {query['sql'][:160]}"
        for name, queries in (("asked", asked), ("signed", signed))
        for query in queries.captured_queries
    ]
    return len(asked), len(signed), "\n".join(sent)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.name} {page.role}")
def test_a_page_sends_so_many_statements(
    cast: Cast,
    sign_in: SignIn,
    client: Client,
    account: Any,
    page: Page,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a day on which nothing waits for anybody, whatever other tests have left to do."""
    asks = home.what_is_there
    monkeypatch.setattr("clients.home.views.what_is_there", lambda actor: asks(actor) & set())
    browser: Browser = sign_in(account if page.role == "client" else getattr(cast, page.role))

    def act() -> Any:
        if page.name == "save":
            return browser.post(f"/clients/{client.pk}/contacts/new/", entry())
        if page.name == "search":
            return browser.post("/search/", {"words": "quercy"})
        return browser.get(page.name.format(client=client.pk))

    act()  # what a process asks once in its life
    asked, signed, sent = counted(act)
    assert (asked, signed) == (page.asked, page.signed), sent


def test_no_moment_stays_in_the_statement_of_the_home_page(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is put together once in the life of a process."""
    late = home.Question(
        lambda me: Contact.objects.filter(happened_on__lte=timezone.localdate()), frozenset()
    )
    monkeypatch.setitem(home._questions, "late", late)
    with pytest.raises(TypeError, match="Now"):
        home._statement(("late",))


@pytest.mark.parametrize("role", ["volunteer", "coordinator", "president", "protection"])
def test_one_statement_answers_what_each_question_alone_would(cast: Cast, role: str) -> None:
    """And each is asked of whoever is somebody, not of whoever stands in the kept statement."""
    someone: Someone = getattr(cast, role)
    with someone.actor().transaction() as actor:
        there = home.what_is_there(actor)
        for name, question in home._questions.items():
            asked = question.rows(someone.id)
            if question.duties and not any(map(actor.holds, question.duties)):
                assert name not in there
            elif hasattr(asked, "exists"):
                assert asked.exists() == (name in there), name


def test_a_section_without_rows_reads_nothing(cast: Cast, sign_in: SignIn, client: Client) -> None:
    """Whoever has clients and nothing else waiting reads these, and asks once for all the rest."""
    assert {"visits.around", "drafts"} <= home._questions.keys()
    browser = sign_in(cast.volunteer)
    browser.get("/")
    sent = counted(lambda: browser.get("/"))[2]
    for table in (
        "clients_lonevisit",
        "clients_draft",
        "clients_consultation",
        "clients_emergency",
    ):
        assert sent.count(f'FROM "{table}" WHERE') == 0, sent
