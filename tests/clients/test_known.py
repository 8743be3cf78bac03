"""Whether somebody is known: what a volunteer is told, how often they may ask, and that nobody reads of it."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import ProgrammingError, connection

from clients.models import Client
from clients.records.actions.taking_in import alike, seems_known
from tests.making.clients import add, made, new_client
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from vault.principals import signin_transaction


def name() -> str:
    return f"Connu{uuid4().hex[:8]}"


def number() -> str:
    return f"07 {uuid4().int % 10**8:08d}"


def taken_in(browser: Any, branch: UUID, **typed: str) -> str:
    return made(add(browser, branch, **typed))


def asked(browser: Any, branch: UUID, **typed: str) -> str:
    return browser.post("/clients/known/", {"branch": str(branch), **typed}).content.decode()


def lines_of(superuser: psycopg.Connection, client: object) -> int:
    return superuser.execute(
        "SELECT count(*) FROM audit_event WHERE subject = %s", [client]
    ).fetchone()[0]


def test_the_same_number_says_nothing_to_a_volunteer(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    """A husband who rings from the number of his wife learns nothing, nor does whoever listens."""
    phone, family = number(), name()
    wife = taken_in(sign_in(recruit(cast.north)), cast.north, family_name=family, phone=phone)
    before = lines_of(superuser, wife)
    other = sign_in(recruit(cast.north))
    assert asked(other, cast.north, phone=phone).strip() == ""
    warned = asked(other, cast.north, given_name="Lucie", family_name=family)
    assert "Somebody of this name may be known here" in warned
    assert "Do not say this to the caller" in warned
    assert "/clients/" not in warned
    # No warning at saving either; the branch's coordinators get a task instead, the volunteer none.
    taken_in(other, cast.north, family_name=name(), phone=phone)
    assert lines_of(superuser, wife) == before
    page = other.get("/").content.decode()
    assert "share a name or a telephone number" not in page


def test_a_shared_number_is_a_task_for_the_coordinators_once(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    phone = number()
    first = taken_in(sign_in(recruit(cast.north)), cast.north, phone=phone)
    second = taken_in(sign_in(recruit(cast.north)), cast.north, phone=phone)
    # The list shows the oldest first, and other tests leave theirs: only these two wait.
    superuser.execute(
        "UPDATE clients_likeness SET looked_at = now() WHERE client_id <> %s", [second]
    )
    before = lines_of(superuser, first), lines_of(superuser, second)
    coordinator = sign_in(cast.coordinator)
    page = coordinator.get("/").content.decode()
    with cast.coordinator.actor().transaction():
        (waiting,) = alike(5)
        references = {Client.objects.get(pk=one).reference for one in (first, second)}
    assert {waiting.client.reference, *(one.reference for one in waiting.others)} == references
    assert "Records that look alike" in page
    assert all(reference in page for reference in references)
    for someone in (cast.volunteer, cast.south_coordinator, cast.president):
        with someone.actor().transaction():
            assert alike(5) == []
    assert sign_in(cast.south_coordinator).post(f"/alike/{waiting.id}/looked/").status_code == 404
    assert coordinator.post(f"/alike/{waiting.id}/looked/").status_code == 302
    with cast.coordinator.actor().transaction():
        assert alike(5) == []
    assert coordinator.post(f"/alike/{waiting.id}/looked/").status_code == 404
    assert (lines_of(superuser, first), lines_of(superuser, second)) == before


def test_ones_own_client_is_shown_by_name_and_by_number(cast: Cast, sign_in: SignIn) -> None:
    phone, mine = number(), sign_in(recruit(cast.north))
    client = taken_in(mine, cast.north, phone=phone)
    assert f"/clients/{client}/" in asked(mine, cast.north, phone=phone)


@pytest.fixture
def someone(cast: Cast) -> Someone:
    return recruit(cast.north)


def ask(someone: Someone, branch: UUID, family: str) -> list[UUID | None]:
    with someone.actor().transaction() as actor:
        return seems_known(
            by=actor,
            branch=branch,
            identity={"given_name": "Paul", "family_name": family},
            safe_contact={},
        )


def test_nobody_goes_through_a_list_of_names(
    cast: Cast, someone: Someone, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    family = name()
    client = new_client(cast.coordinator, "Paul", family)
    assert [ask(someone, cast.north, family) for _ in range(10)] == [[None]] * 10
    before = lines_of(superuser, client.pk)
    assert ask(someone, cast.north, family) == []
    said = superuser.execute(
        "SELECT outcome, subject, count(*) FROM audit_event WHERE actor = %s AND action = 'client.known'"
        " GROUP BY 1, 2 ORDER BY 1",
        [someone.id],
    ).fetchall()
    assert said == [("denied", None, 1), ("done", None, 10)]
    # A record that was made since counts for the questions before it; a coordinator sees them all anyway.
    taken_in(sign_in(someone), cast.north)
    assert ask(someone, cast.north, family) == [None]
    assert lines_of(superuser, client.pk) == before
    assert all(ask(cast.coordinator, cast.north, family) == [client.pk] for _ in range(12))


def test_names_are_compared_nowhere_else(cast: Cast, someone: Someone) -> None:
    """What the import asks answers nothing about people, and nothing to a volunteer."""
    with someone.actor().transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM sec.known(%s, 'person', ARRAY['x'::bytea])", [cast.north])
        assert cursor.fetchall() == []
    for statement in ("SELECT * FROM clients_likeness", "DELETE FROM clients_likeness"):
        with pytest.raises(ProgrammingError):
            with cast.coordinator.actor().transaction(), connection.cursor() as cursor:
                cursor.execute(statement)


def test_many_questions_are_unusual(cast: Cast, someone: Someone, sign_in: SignIn) -> None:
    for _ in range(10):
        ask(someone, cast.north, name())
    answer = sign_in(cast.protection).get("/log/unusual/")
    rules = {rule["code"]: rule for rule in answer.context["rules"]}
    with cast.coordinator.actor().transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT reference FROM volunteers_person WHERE user_id = %s", [someone.id])
        reference = cursor.fetchone()[0]
    assert reference in {row["who"] for row in rules["names"]["rows"]}


def test_a_number_is_not_known_as_a_name(
    cast: Cast, someone: Someone, superuser: psycopg.Connection
) -> None:
    """By SQL, with the hash of a number where names belong."""
    client = new_client(cast.coordinator)
    kept = "SELECT kind, hash FROM clients_fingerprint WHERE client_id = %s"
    hashes = {kind: bytes(said) for kind, said in superuser.execute(kept, [client.pk])}
    assert set(hashes) == {"person", "phone"}
    me = someone.actor()
    known = {}
    for kind, said in hashes.items():
        with signin_transaction(me.token) as cursor:
            digest = sha256(b"1||" + said).digest()
            cursor.execute("SELECT sec.ask_known(%s, %s)", [cast.north, digest])
            asked = cursor.fetchone()[0]
        with me.transaction(), connection.cursor() as cursor:
            answer = "SELECT count(*) FROM sec.seems_known(%s, %s, %s, '{}')"
            cursor.execute(answer, [asked, cast.north, [said]])
            known[kind] = cursor.fetchone()[0]
    assert known == {"person": 1, "phone": 0}
