"""Every address that leads to a client x every basis on which somebody might know the client. See `tests/access/bases.py`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from clients.models import Basis, Contact, Grant, Scope
from clients.who_may_know.actions import grants
from tests.access.all_rows import ROWS
from tests.access.bases import BASES, LEADS, LEADS_NOT, NOBODYS, assigned, expected, leads, partly
from tests.access.rows import Row
from tests.access.world import World
from tests.making import acts
from tests.making.clients import assign, new_client
from tests.making.pages import without_chance
from tests.making.people import Cast, Someone, recruit
from tests.making.versions import new_code, versions_forgotten
from vault.principals import signin_transaction

APPS = {"clients", "disclosures", "rights", "portal", "volunteers", "audit"}
# These would change the standing cast: tests/volunteers/ sends them, as whoever may and whoever may not.
SENT_ELSEWHERE = {"recovery_codes", "duty_end", "account_leave"}
LEADING = [row for row in ROWS if leads(row)]


def test_each_thing_is_known_to_lead_to_a_client_or_not() -> None:
    named = {thing for row in ROWS for thing in row.where.values() if not thing.startswith("=")}
    assert named == (LEADS | LEADS_NOT) & named
    assert not LEADS & LEADS_NOT


def test_each_basis_of_the_ledger_is_covered() -> None:
    covered = {word for basis in BASES.values() for word in basis.covers.split()} | NOBODYS
    assert {*Scope.values, *Basis.values} <= covered


def views(patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns)
        else:
            yield str(pattern.name), inspect.unwrap(pattern.callback)


def test_every_action_has_a_row() -> None:
    """A view that looks at what was sent has a row for sending something."""
    sent = {row.name for row in ROWS if row.method == "post"}
    acting = {
        name
        for name, view in views(get_resolver().url_patterns)
        if view.__module__.split(".")[0] in APPS
        and re.search(
            r"request\.POST|require_POST|method == .POST.|method != .POST.", inspect.getsource(view)
        )
    }
    assert sorted(acting - sent - SENT_ELSEWHERE) == []


# ---- The people ----


class People:
    """One person for each basis, all about the one client of a world."""

    def __init__(
        self, cast: Cast, world: World, superuser: psycopg.Connection, sign_in: Any
    ) -> None:
        self.cast, self.world, self.superuser, self.sign_in = cast, world, superuser, sign_in
        self.browsers: dict[str, Browser] = {}

    def browser(self, basis: str) -> Browser:
        """Somebody on this basis, signed in. They have another client of their own."""
        if basis not in self.browsers:
            someone = recruit(self.cast.north)
            if basis not in ("elsewhere",):
                new_client(someone)
            made = getattr(self, re.sub(r"\W+", "_", basis))(someone)
            self.browsers[basis] = made or self.sign_in(someone)
        return self.browsers[basis]

    def give(self, someone: Someone, scope: str = "full", **more: Any) -> Grant:
        return assign(self.cast.coordinator, self.world.client, someone, scope=scope, **more)

    def none(self, someone: Someone) -> None: ...

    def assigned(self, someone: Someone) -> None:
        self.give(someone)

    def errand(self, someone: Someone) -> None:
        self.give(someone, "errand")

    def reading(self, someone: Someone) -> None:
        self.give(someone, "read")

    def ended(self, someone: Someone) -> None:
        line = self.give(someone)
        with self.cast.coordinator.actor().transaction() as actor:
            assert grants.end_grant(by=actor, grant=line)

    def future(self, someone: Someone) -> None:
        self.asleep("UPDATE {} SET starts_at = now() + interval '1 day'", self.give(someone))

    def conflicted(self, someone: Someone) -> None:
        self.give(someone)
        acts.conflict(self.cast.coordinator, someone, client=self.world.client)

    def elsewhere(self, someone: Someone) -> None:
        self.give(someone)
        self.superuser.execute(
            "UPDATE volunteers_duty SET branch_id = %s WHERE person_id = %s",
            [self.cast.south, someone.id],
        )

    def consulted(self, someone: Someone) -> None:
        with self.cast.volunteer.actor().transaction():
            other = (
                Contact.objects.filter(client=self.world.client)
                .exclude(pk=self.world.__dict__["contact"].pk)
                .first()
            )
        acts.consult(self.cast.volunteer, someone, self.world.client, whole=[other.pk])

    def withheld(self, someone: Someone) -> None:
        acts.consult(self.cast.volunteer, someone, self.world.client, hidden=True)

    def emergency(self, someone: Someone) -> None:
        assert acts.emergency(someone, self.world.client)[1]

    def emergency_rest(self, someone: Someone) -> None:
        made, _ = acts.emergency(someone, self.world.client)
        acts.call(someone, "emergency_rest(%s)", made)

    def left(self, someone: Someone) -> Browser:
        self.give(someone)
        browser = self.sign_in(someone)
        assert browser.get(reverse("client_view", args=[self.world.client.pk])).status_code == 200
        with signin_transaction(self.cast.coordinator.actor().token) as cursor:
            cursor.execute("SELECT sec.leave(%s, %s)", [uuid4(), someone.id])
        return browser

    def not_signed(self, someone: Someone) -> None:
        self.give(someone)
        self.superuser.execute("SET session_replication_role = replica")
        self.superuser.execute(
            "DELETE FROM volunteers_undertaking WHERE person_id = %s", [someone.id]
        )
        self.superuser.execute("SET session_replication_role = DEFAULT")

    def new_code(self, someone: Someone) -> None:
        self.give(someone)

    def coordinator_conflicted(self, someone: Someone) -> None:
        self.appoint(someone)
        acts.conflict(self.cast.coordinator, someone, client=self.world.client)

    def coordinator_unnamed(self, someone: Someone) -> None:
        self.appoint(someone)

    def coordinator_duty_ended(self, someone: Someone) -> None:
        duty = self.appoint(someone)
        with someone.actor().transaction() as actor:
            grants.open_notes(by=actor, client=self.world.client, reason="coordination")
        with signin_transaction(self.cast.president.actor().token) as cursor:
            cursor.execute("SELECT sec.end_duty(%s)", [duty])

    def appoint(self, someone: Someone) -> Any:
        with signin_transaction(self.cast.president.actor().token) as cursor:
            cursor.execute(
                "SELECT sec.appoint(%s, 'coordinator', %s, NULL)", [someone.id, self.cast.north]
            )
            return cursor.fetchone()[0]

    def asleep(self, change: str, line: Grant) -> None:
        """Write a date as it could only come to be by waiting."""
        self.superuser.execute("SET session_replication_role = replica")
        self.superuser.execute(change.format("clients_grant") + " WHERE id = %s", [line.pk])
        self.superuser.execute(
            change.format("clients_clientpermission") + " WHERE grant_id = %s", [line.pk]
        )
        self.superuser.execute("SET session_replication_role = DEFAULT")


@pytest.fixture(scope="module")
def world(cast: Cast) -> World:
    """One client with everything, for all cells: what is refused changes nothing."""
    from clients.contacts.actions import contacts

    world = World(cast)
    assert world.find("contact")
    with cast.volunteer.actor().transaction() as actor:
        contacts.log_contact(
            by=actor,
            client=world.client,
            explanation=None,
            new=contacts.NewContact("phone", timezone.localdate(), text="Another item."),
        )
    # Somebody else than the colleague, who is consulted about this client.
    world.__dict__["conflict"] = acts.conflict(
        cast.coordinator, recruit(cast.north), client=world.client
    )
    for thing in ("grant", *sorted(LEADS)):
        world.find(thing)
    return world


@contextmanager
def protected(people: People) -> Iterator[None]:
    """The record is for named people meanwhile."""
    with people.superuser.transaction():
        people.superuser.execute(
            "UPDATE clients_client SET protected = true WHERE id = %s", [people.world.client.pk]
        )
    yield
    people.superuser.execute(
        "UPDATE clients_client SET protected = false WHERE id = %s", [people.world.client.pk]
    )


@contextmanager
def unsigned_code(people: People) -> Iterator[None]:
    """A material version of the code binds meanwhile, which nobody has signed."""
    with versions_forgotten(people.superuser):
        new_code(people.cast.president)
        yield


@contextmanager
def as_it_is(people: People) -> Iterator[None]:
    yield


MEANWHILE = {"new code": unsigned_code, "coordinator, unnamed": protected}


def ask(row: Row, world: World, browser: Browser, *, absent: bool = False) -> Any:
    """What somebody gets at an address; ``absent``: with ids of nothing in the place of what is the client's."""
    arguments = {
        name: uuid4() if absent and thing in LEADS else world.find(thing)
        for name, thing in row.where.items()
    }
    data = {key: world.fill(value) for key, value in row.data.items()}
    if absent and "client" in data:
        data["client"] = str(uuid4())
    return getattr(browser, row.method)(reverse(row.name, kwargs=arguments), data)


@pytest.mark.parametrize("basis", BASES)
def test_basis_gets(
    basis: str, cast: Cast, world: World, superuser: psycopg.Connection, sign_in: Any
) -> None:
    people = People(cast, world, superuser, sign_in)
    browser = people.browser(basis)
    wrong = {}
    with MEANWHILE.get(basis, as_it_is)(people):
        for row in LEADING:
            wanted = expected(row, basis)
            if (
                row.method == "post"
                and wanted in (200, 302)
                and BASES[basis].rule in (assigned, partly)
            ):
                continue  # an act that succeeds needs a world of its own: test_access.py
            if (status := ask(row, world, browser).status_code) != wanted:
                wrong[f"{row.name} {row.method}"] = f"{status}, not {wanted}"
    assert not wrong, "\n" + "\n".join(f"{cell}: {what}" for cell, what in wrong.items())


def test_hidden_looks_like_absent_and_is_logged(
    cast: Cast, world: World, superuser: psycopg.Connection, sign_in: Any
) -> None:
    """The same page, byte for byte, for a thing of a hidden client and for nothing; and a line in the log."""
    people = People(cast, world, superuser, sign_in)
    browser, count = people.browser("none"), 0
    before = superuser.execute("SELECT clock_timestamp()").fetchone()
    for row in LEADING:
        if expected(row, "none") == 404 and "=" not in "".join(row.where.values()):
            if (
                count % 20 == 0
            ):  # of one person not more than sixty refusals within an hour are each written
                people.browsers.pop("none")
                browser = people.browser("none")
            there, not_there = ask(row, world, browser), ask(row, world, browser, absent=True)
            assert not_there.status_code == 404, row.name
            assert without_chance(there.content) == without_chance(not_there.content), row.name
            count += row.method == "get"
    assert count > 30
    denied = superuser.execute(
        "SELECT count(*) FROM audit_event WHERE outcome = 'denied' AND subject = %s AND at > %s",
        [world.client.pk, before[0]],
    ).fetchone()[0]
    assert denied > count / 2
