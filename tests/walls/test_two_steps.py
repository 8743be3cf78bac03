"""Keys come after the event that tells of them, in another transaction: nobody takes a key and rolls back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import DatabaseError, ProgrammingError, connection, connections, transaction

from audit import door, events
from confidential.embedded import Embedded
from confidential.environment import DATABASE
from tests.making.clients import assign, new_client
from tests.making.people import Cast, Someone, recruit
from tests.making.principals import mint, pages_transaction
from vault import principals
from vault.principals import Challenge, name_of, secret_of, signin_transaction


class _Back(Exception):
    """Rolls a transaction back."""


@contextmanager
def entered(server: Embedded, role: str, token: str) -> Iterator[psycopg.Connection]:
    """A connection as a role, on which somebody has just been let in; rolled back at the end."""
    with psycopg.connect(server.conninfo(user=role, dbname=DATABASE)) as theirs:
        enter(theirs, token)
        yield theirs
        theirs.rollback()


def enter(theirs: psycopg.Connection, token: str) -> None:
    proof = Challenge.of(theirs.cursor()).proof(secret_of(token)).hex()
    theirs.execute("SELECT sec.enter(%s, %s)", [name_of(token), proof])


def announce(by: Someone | str, client: UUID, *, undone: bool = False) -> list[UUID]:
    """The first step; ``undone`` lets the event go again."""
    token = by if isinstance(by, str) else by.actor().token
    with suppress(_Back), signin_transaction(token) as cursor:
        cursor.execute(
            "SELECT event FROM sec.open(ARRAY[%s]::uuid[], 'client.view', 'support')", [client]
        )
        events = [event for (event,) in cursor.fetchall()]
        if undone:
            raise _Back
    return events


def keys(by: Someone, events: list[UUID]) -> list[UUID]:
    """The second step: whose keys it gave."""
    with by.actor().transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT subject FROM sec.keys(%s)", [events])
        return [subject for (subject,) in cursor.fetchall()]


def test_key_comes_for_what_was_committed(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    assert keys(cast.volunteer, announce(cast.volunteer, client.pk)) == [client.pk]


def test_event_that_is_let_go_opens_nothing(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    events = announce(cast.volunteer, client.pk, undone=True)
    assert len(events) == 1
    assert keys(cast.volunteer, events) == []


@pytest.mark.parametrize("between", ["", "SAVEPOINT s", "SET LOCAL synchronous_commit = off"])
def test_no_connection_announces_and_takes_at_once(
    server: Embedded, cast: Cast, between: str
) -> None:
    """The worker's role may do both; in one transaction it gets nothing, whatever it sets between."""
    client = new_client(cast.volunteer)
    with entered(server, "confidential_worker", cast.volunteer.actor().token) as theirs:
        if between:
            theirs.execute(between)
        events = theirs.execute(
            "SELECT event FROM sec.open(ARRAY[%s]::uuid[], 'client.view', 'support')", [client.pk]
        ).fetchall()
        assert len(events) == 1
        assert theirs.execute("SELECT * FROM sec.keys(%s)", [[events[0][0]]]).fetchall() == []
        listed = f"{{{client.pk}}}"
        (event,) = theirs.execute(
            "SELECT sec.scan(1, %s, 'client.search', 'support')", [sha256(listed.encode()).digest()]
        ).fetchone()
        assert (
            theirs.execute(
                "SELECT * FROM sec.scanned_keys(%s, %s::uuid[])", [event, listed]
            ).fetchall()
            == []
        )


def test_prepared_transaction_is_no_committed_one(server: Embedded, cast: Cast) -> None:
    client = new_client(cast.volunteer)
    with entered(server, "confidential_worker", cast.volunteer.actor().token) as theirs:
        (event,) = theirs.execute(
            "SELECT event FROM sec.open(ARRAY[%s]::uuid[], 'client.view', 'support')", [client.pk]
        ).fetchone()
        with suppress(psycopg.Error):
            theirs.execute("PREPARE TRANSACTION 'later'")
    assert keys(cast.volunteer, [event]) == []


def test_event_of_somebody_else_opens_nothing(cast: Cast) -> None:
    client = new_client(cast.coordinator)
    assign(cast.coordinator, client, cast.colleague)
    events = announce(cast.colleague, client.pk)
    assert keys(cast.coordinator, events) == []
    assert keys(cast.colleague, events) == [client.pk]


def test_event_opens_for_a_minute(cast: Cast, superuser: psycopg.Connection) -> None:
    client = new_client(cast.volunteer)
    events = announce(cast.volunteer, client.pk)
    superuser.execute("SET session_replication_role = replica")
    superuser.execute(
        "UPDATE audit_event SET at = at - interval '61 seconds' WHERE id = ANY (%s)", [events]
    )
    assert keys(cast.volunteer, events) == []
    superuser.execute(
        "UPDATE audit_event SET at = at + interval '61 seconds' WHERE id = ANY (%s)", [events]
    )
    assert keys(cast.volunteer, events) == [client.pk]


def test_other_events_open_nothing(cast: Cast, superuser: psycopg.Connection) -> None:
    """A row that was written, a refusal, an act: only what came through the door leads to a key."""
    client = new_client(cast.volunteer)
    with cast.volunteer.actor().transaction() as actor:
        door.open_one(actor, client.pk, "client.view", "support")
    found = superuser.execute(
        "SELECT id FROM audit_event WHERE subject = %s AND actor = %s AND action <> 'client.view'",
        [client.pk, cast.volunteer.id],
    ).fetchall()
    assert len(found) > 3
    assert keys(cast.volunteer, [event for (event,) in found]) == []


def test_list_that_was_announced_is_the_list_that_opens(cast: Cast) -> None:
    mine = [new_client(cast.volunteer).pk for _ in range(3)]
    told = door.array_of(mine[:2])
    me = cast.volunteer.actor()
    with signin_transaction(me.token) as cursor:
        cursor.execute(
            "SELECT sec.scan(2, %s, 'client.search', 'support')", [sha256(told.encode()).digest()]
        )
        (event,) = cursor.fetchone()
    for listed, opened in ((mine, 0), ([mine[0], mine[2]], 0), (mine[:1], 0), (mine[:2], 2)):
        with me.transaction(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT subject FROM sec.scanned_keys(%s, %s::uuid[])",
                [event, door.array_of(listed)],
            )
            assert len(cursor.fetchall()) == opened


def test_sql_on_the_pages_connection_announces_nothing(server: Embedded, cast: Cast) -> None:
    client = new_client(cast.volunteer)
    with entered(server, "confidential_app", cast.volunteer.actor().token) as theirs:
        for statement in (
            "SELECT sec.open(ARRAY[%s]::uuid[], 'client.view', 'support')",
            "SELECT sec.scan(1, uuid_send(%s), 'client.search', 'support')",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), theirs.transaction():
                theirs.execute(statement, [client.pk])


def test_grant_that_ended_meanwhile_is_announced_no_more(cast: Cast) -> None:
    from clients.who_may_know.actions import grants

    client = new_client(cast.coordinator)
    grant = assign(cast.coordinator, client, cast.colleague)
    with cast.coordinator.actor().transaction() as actor:
        grants.end_grant(by=actor, grant=grant)
    assert announce(cast.colleague, client.pk) == []


# ---- What opens is claimed in one way only, and questions are asked as they were announced


def test_what_is_said_to_be_done_leads_to_no_key(cast: Cast) -> None:
    """The pages' connection may say that something was done: none of these names opens."""
    opening = {name for way in ("open", "scan", "ask") for name in events.ways()[way]}
    assert opening & events.ways()["record"].keys() == set()
    client = new_client(cast.volunteer)
    with cast.volunteer.actor().transaction(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT sec.record('client.pseudonym', %s, 'clients_client', %s, 'support', '{}')",
            [client.pk] * 2,
        )
        (event,) = cursor.fetchone()
    assert keys(cast.volunteer, [event]) == []


def test_nothing_is_said_to_be_done_with_what_is_not_the_subjects(cast: Cast) -> None:
    """Nobody makes a line that is apart from the client's own by naming a disclosure that is not there."""
    client = new_client(cast.volunteer)
    with pytest.raises(ProgrammingError), cast.volunteer.actor().transaction():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sec.record('client.state', %s, 'disclosures_disclosure', %s, 'support', '{}')",
                [client.pk, uuid4()],
            )


def test_session_without_its_second_factor_takes_no_keys(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    events = announce(cast.volunteer, client.pk)
    token = mint("user", cast.volunteer.id, limited=True)
    with pages_transaction(token) as cursor:
        cursor.execute("SELECT * FROM sec.keys(%s)", [events])
        assert cursor.fetchall() == []
    for statement in (
        "SELECT sec.open(ARRAY[%s]::uuid[], 'client.view', 'support')",
        "SELECT sec.scan(1, uuid_send(%s), 'client.search', '')",
    ):
        with pytest.raises(ProgrammingError), signin_transaction(token) as cursor:
            cursor.execute(statement, [client.pk])


def asked(someone: Someone, names: list[bytes], numbers: list[bytes]) -> UUID:
    event = door.ask(someone.actor(), "ask_known", someone.branch, "", names, numbers)
    assert event
    return event


def answers(someone: Someone, event: UUID, names: list[bytes], numbers: list[bytes]) -> int:
    with someone.actor().transaction(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM sec.seems_known(%s, %s, %s, %s)", [event, someone.branch, names, numbers]
        )
        return len(cursor.fetchall())


def test_one_question_has_one_answer(cast: Cast) -> None:
    """Borders between hashes cannot be moved, nor a number be handed in as a name."""
    from clients.records.actions.hashes import branch_keys, identifying

    client = new_client(cast.coordinator, "Paul", f"Borders{uuid4().hex[:6]}")
    someone = recruit(cast.north)
    with someone.actor().transaction() as actor:
        branch = branch_keys(by=actor, branch=cast.north)
    with cast.coordinator.actor().transaction() as actor:
        who = client.identity.unlock(door.open_one(actor, client.pk, "client.view", "support"))
    said = identifying({"given_name": who.given_name, "family_name": who.family_name}, {})
    (name,) = branch.asked(said)
    other = sha256(b"other").digest()
    assert answers(someone, asked(someone, [name], []), [name], []) == 1
    assert answers(someone, asked(someone, [], [name]), [name], []) == 0  # a number is no name
    event = asked(someone, [name, other], [])
    assert answers(someone, event, [name, other], []) == 1
    for names in (
        [name],
        [other, name],
        [name[:16], name[16:], other],
        [name[:16], name[16:] + other],
    ):
        assert answers(someone, event, names, []) == 0, names


def test_transaction_that_looks_at_an_older_state_lets_nobody_in(cast: Cast) -> None:
    """It would count too few questions; and pages on a connection that was left so would find no keys."""
    token = cast.volunteer.actor().token
    with (
        pytest.raises(DatabaseError, match="prepared by somebody"),
        transaction.atomic(using="signin"),
    ):
        with connections["signin"].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        principals.enter(token, using="signin")


def test_statement_that_was_made_to_last_lets_nobody_in(server: Embedded) -> None:
    """Its clock stands still, and with it whatever ends meanwhile."""
    with psycopg.connect(server.conninfo(user="confidential_app", dbname=DATABASE)) as theirs:
        with pytest.raises(psycopg.OperationalError, match="prepared by somebody"):
            theirs.execute(
                "DO $$ BEGIN PERFORM pg_sleep(10.5); PERFORM sec.enter('x', 'y'); END $$"
            )
