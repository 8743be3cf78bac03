"""How many statements each page sends, exactly, on each of the two connections: pages stay as quick as they are.

Whoever makes a page ask for more changes a number here, and says why in the commit; fewer is as good a reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections
from django.db.models import QuerySet
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.access import home
from clients.contacts.actions import drafts
from clients.home import people, sections
from clients.models import (
    Client,
    Consultation,
    Contact,
    Draft,
    Emergency,
    LoneVisit,
    PortalAccess,
)
from confidential.embedded import Embedded
from confidential.environment import DATABASE
from tests.making.clients import new_client
from tests.making.contacts import entry, log_contact
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, build_another, invited, recruit
from tests.making.spaces import open_portal
from volunteers.models import LettingIn, Person, TalkRequest


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
    Page("/my-space/", "client", 11, 1),
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
        on = timezone.localdate() - timedelta(days=day)
        log_contact(cast.volunteer, clients[0], "Talked.", on)
    return clients[0]


@pytest.fixture(scope="module")
def account(cast: Cast, client: Client) -> Any:
    """The client's own account."""
    return open_portal(cast.volunteer, client)[0]


def sent(act: Callable[[], Any]) -> tuple[list[str], list[str]]:
    """The statements that this sends: the page's, and at the door and the session."""
    with (
        CaptureQueriesContext(connections["default"]) as asked,
        CaptureQueriesContext(connections["signin"]) as signed,
    ):
        answer = act()
    assert answer.status_code in (200, 302)
    return [each["sql"] for each in asked.captured_queries], [
        each["sql"] for each in signed.captured_queries
    ]


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
    who = account if page.role == "client" else getattr(cast, page.role)
    if page.role == "coordinator":
        who = recruit(cast.north, "coordinator")  # who has looked at nobody yet
    browser: Browser = sign_in(who)

    def act() -> Any:
        if page.name == "save":
            return browser.post(f"/clients/{client.pk}/contacts/new/", entry())
        if page.name == "search":
            return browser.post("/search/", {"words": "quercy"})
        return browser.get(page.name.format(client=client.pk))

    act()  # what a process asks once in its life
    asked, signed = sent(act)
    assert (len(asked), len(signed)) == (page.asked, page.signed), "\n".join(
        statement[:160] for statement in asked + signed
    )


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


def answers(someone: Someone) -> dict[str, bool]:
    """What each question that concerns somebody says by itself."""
    found = {}
    with someone.actor().transaction() as actor:
        for name, question in home._questions.items():
            if question.duties and not any(map(actor.holds, question.duties)):
                continue
            asked = question.rows(someone.id)
            if isinstance(asked, QuerySet):
                found[name] = asked.exists()
            else:
                me = Person.objects.filter(pk=someone.id)
                (found[name],) = me.annotate(said=asked).values_list("said", flat=True)
    return found


def test_one_statement_answers_what_each_question_alone_would(
    cast: Cast,
) -> None:
    """And each is asked of whoever is somebody, not of whoever asked first in the life of this process."""
    busy = recruit(cast.south, "coordinator")  # in the north the pages above are counted
    brought_in = invited(busy, branch=cast.south)
    client = new_client(busy)
    with busy.actor().transaction() as actor:
        drafts.keep(by=actor, client=client.pk, values={"key": str(uuid4()), "text": "Rang."})
    quiet = cast.outsider
    for someone in (cast.volunteer, busy, brought_in, quiet, cast.president, cast.protection):
        with someone.actor().transaction() as actor:
            there = home.what_is_there(actor)
        assert there == {name for name, said in answers(someone).items() if said}
    with busy.actor().transaction() as actor:
        assert {sections.DRAFTS, people.TIED} <= home.what_is_there(actor)
    with brought_in.actor().transaction() as actor:
        assert {people.TIED, people.UNMET} <= home.what_is_there(actor)
    with quiet.actor().transaction() as actor:
        assert not {sections.DRAFTS, people.TIED, people.UNMET} & home.what_is_there(actor)


def test_a_section_without_rows_reads_nothing(cast: Cast, sign_in: SignIn) -> None:
    """Whoever has clients and nothing else waiting asks once for all the rest."""
    someone = recruit(cast.south)
    new_client(someone)
    browser = sign_in(someone)
    asked, _ = sent(lambda: browser.get("/"))
    for model in (LoneVisit, Draft, Consultation, Emergency, TalkRequest, PortalAccess, LettingIn):
        table = model._meta.db_table
        assert not [each for each in asked if each.startswith(f'SELECT "{table}".')]
        assert [each for each in asked if f'FROM "{table}"' in each]  # but asked whether


def test_whoever_lost_the_duty_is_told_of_nobody_whom_they_cannot_see(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    """The question is answered behind a function that sees more than the page does."""
    brought_in = invited(cast.coordinator, branch=cast.north)
    assert "Nobody has confirmed you yet" in sign_in(brought_in).get("/").content.decode()
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute(
            "UPDATE volunteers_duty SET ends_at = now() WHERE person_id = %s", [brought_in.id]
        )
    page = sign_in(brought_in).get("/")
    assert page.status_code == 200
    assert "Nobody has confirmed you yet" not in page.content.decode()


def test_whose_account_ended_since_is_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "_statement", lambda asked: ("SELECT 1 WHERE false", ()))
    with cast.volunteer.actor().transaction() as actor, pytest.raises(PermissionDenied):
        home.what_is_there(actor)
