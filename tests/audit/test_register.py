"""Who may claim which event: the database keeps the register's list, and refuses all others."""

from __future__ import annotations

import json
import re

import psycopg
import pytest

from audit import events
from confidential.environment import DATABASE
from tests.making.clients import assign, new_client
from tests.making.people import Cast
from tests.making.principals import mint, pages_transaction
from vault.principals import signin_transaction


def test_the_database_keeps_this_list(superuser: psycopg.Connection) -> None:
    body = superuser.execute(
        "SELECT prosrc FROM pg_proc WHERE oid = 'sec.claims'::regproc"
    ).fetchone()[0]
    laid = json.loads(re.search(r"'(\{.*\})'::jsonb", body)[1])
    assert laid == json.loads(events.claims())


def test_only_the_register_lets_anything_into_the_log(superuser: psycopg.Connection) -> None:
    """Each function that a role may call and that takes the name of an event asks the register first."""
    rows = superuser.execute(
        """SELECT p.proname, p.prosrc FROM pg_proc p WHERE p.pronamespace = 'sec'::regnamespace AND 'act' = ANY (p.proargnames)
        AND (has_function_privilege('confidential_app', p.oid, 'EXECUTE') OR has_function_privilege('confidential_worker', p.oid, 'EXECUTE')
            OR has_function_privilege('confidential_signin', p.oid, 'EXECUTE'))"""
    ).fetchall()
    assert {name for name, _ in rows} == {"open", "scan", "record", "deny", "is_apart"}
    for name, source in rows:
        assert (
            name == "is_apart"
            or "sec.check_claim(" in source
            or "sec.claims('deny', act)" in source
        )


# ---- As the roles, in SQL


NOBODYS = [
    "log.contradicted",
    "signin.ok",
    "account.recover",
    "log.verify ",
    "Log.verify",
    "delivery.open",
    "log.export",
    "log.verify",
    "client.view",
    "breach.list",
    "page.anything",
    "",
]


@pytest.mark.parametrize("role", ["confidential_app", "confidential_signin", "confidential_worker"])
@pytest.mark.parametrize("name", NOBODYS)
def test_nobody_claims_anything(server: object, role: str, name: str) -> None:
    with psycopg.connect(server.conninfo(user=role, dbname=DATABASE)) as theirs:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            theirs.execute("SELECT sec.record(%s, NULL, '', NULL, '', '{}')", [name])
        theirs.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            theirs.execute("SELECT * FROM sec.open(ARRAY[]::uuid[], %s, 'support')", [name])
        theirs.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            theirs.execute("SELECT sec.scan(1, NULL, %s, 'support')", [name])


def claims(someone: object, name: str, way: str = "record", role: str = "confidential_app") -> bool:
    """Whether somebody may write this on the connection of a role."""
    from django.db import ProgrammingError, connection

    statement = "SELECT sec.record(%s, NULL, '', NULL, '', '{}')"
    try:
        with someone.actor().transaction(), connection.cursor() as cursor:
            cursor.execute(statement, [name])
    except ProgrammingError:
        return False
    return True


def test_each_claims_what_is_theirs(cast: Cast) -> None:
    assert claims(cast.protection, "log.export")
    assert not claims(cast.volunteer, "log.export")
    assert not claims(cast.coordinator, "log.read")
    assert claims(cast.volunteer, "signin.end")
    for name in (
        "signin.ok",
        "account.recover",
        "password.change",
        "second_factor.set",
        "portal.proof",
        "export.ask",
    ):
        assert not claims(cast.volunteer, name), name
        assert not claims(cast.protection, name), name


def test_a_client_claims_nothing_of_the_team(cast: Cast, superuser: psycopg.Connection) -> None:
    from audit import door
    from audit.actor import LogUnavailable
    from tests.access.world import World

    world = World(cast)
    with own_actor(world.account).transaction() as actor:
        assert door.open_one(actor, world.client.pk, "portal.record", "own_record")
    for name in ("client.view", "contact.list"):
        with pytest.raises(LogUnavailable), own_actor(world.account).transaction() as actor:
            door.open_one(actor, world.client.pk, name, "support")
    with pytest.raises(LogUnavailable), cast.volunteer.actor().transaction() as actor:
        door.open_one(actor, world.client.pk, "portal.record", "own_record")


def own_actor(account: object) -> object:
    """The client of an account, as signed in."""
    from audit.actor import Actor

    return Actor(mint("user", account, fresh=None))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("why", "detail"),
    [
        ("Margaret has cancer", "{}"),
        ("support", '{"words": "Margaret has cancer"}'),
        ("support", '{"Margaret Ellison": 1}'),
        ("support", '{"x": {"y": "z"}}'),
        ("support", '"text"'),
        ("support", "null"),
        ("support", "[]"),
        ("support", '{"x": "' + "a" * 5000 + '"}'),
        ("support", json.dumps({f"k{chr(97 + i % 26)}{'x' * (i % 15)}": 1 for i in range(400)})),
    ],
)
def test_events_hold_codes_and_counts(cast: Cast, why: str, detail: str) -> None:
    from django.db import ProgrammingError

    client, me = new_client(cast.volunteer), cast.volunteer.actor()
    for statement, begun in (
        ("SELECT sec.record('leaflet.print', %s, '', NULL, %s, %s)", pages_transaction),
        ("SELECT * FROM sec.open(ARRAY[%s]::uuid[], 'client.view', %s, %s)", signin_transaction),
        ("SELECT sec.scan(1, uuid_send(%s), 'client.search', %s, %s)", signin_transaction),
    ):
        with pytest.raises(ProgrammingError):
            with begun(me.token) as cursor:
                cursor.execute(statement, [client.pk, why, detail])


# ---- What is refused


def denied(superuser: psycopg.Connection, client: object) -> list[tuple[str, object, dict]]:
    return superuser.execute(
        "SELECT action, actor, detail FROM audit_event WHERE subject = %s AND outcome = 'denied' ORDER BY at",
        [client],
    ).fetchall()


def deny(someone: object | None, *values: object) -> None:
    from django.db import connection

    from audit.actor import Actor

    actor = someone.actor() if someone else Actor("")
    with actor.transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT sec.deny(%s, %s, %s)", values)


def test_a_refusal_is_a_code_about_what_there_is(cast: Cast, superuser: psycopg.Connection) -> None:
    from django.db import ProgrammingError

    client = new_client(cast.coordinator)
    deny(cast.outsider, "client.view", "clients_client", client.pk)
    assert denied(superuser, client.pk) == [("client.view", cast.outsider.id, {})]
    for name in (
        "grant.add x",
        "Margaret has cancer",
        "page.Margaret",
        "row.add",
        "log.contradicted",
        "page." + "x" * 40,
    ):
        with pytest.raises(ProgrammingError):
            deny(cast.outsider, name, "clients_client", client.pk)
    with pytest.raises(ProgrammingError):
        deny(cast.outsider, "client.view", "any words", client.pk)
    with pytest.raises(ProgrammingError, match="does not exist"):
        from django.db import connection

        with cast.outsider.actor().transaction(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT sec.deny('client.view', 'clients_client', %s, '{}')", [client.pk]
            )


def test_nobody_speaks_of_no_client(cast: Cast, superuser: psycopg.Connection) -> None:
    client = new_client(cast.coordinator)
    deny(None, "client.view", "clients_client", client.pk)
    assert denied(superuser, client.pk) == []
    newest = superuser.execute(
        "SELECT subject, object_id FROM audit_event WHERE action = 'client.view' AND actor_kind = 'nobody' ORDER BY at DESC LIMIT 1"
    ).fetchone()
    assert newest == (None, None)


def test_refusals_do_not_flood_the_log(cast: Cast, superuser: psycopg.Connection) -> None:
    from django.db import connection

    from tests.making.people import recruit

    client, someone = new_client(cast.coordinator), recruit(cast.south)
    with someone.actor().transaction(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT sec.deny('client.view', 'clients_client', %s) FROM generate_series(1, 5)",
            [client.pk],
        )
    for _ in range(80):
        deny(someone, "client.view", "clients_client", client.pk)
    assert len(denied(superuser, client.pk)) == 60
    other = new_client(cast.coordinator)
    for _ in range(3):
        deny(someone, "client.view", "clients_client", other.pk)
    assert len(denied(superuser, other.pk)) == 1  # nobody's client is left out
    more = superuser.execute(
        "SELECT count(*) FROM audit_event WHERE actor = %s AND action = 'refusal.more'",
        [someone.id],
    ).fetchone()[0]
    assert more == 1


ERRAND = (
    "background",
    "contacts/new",
    "portal",
    "notes",
    "identity",
    "protect",
    "move",
    "conflicts",
    "colleagues/ask",
)


@pytest.mark.parametrize("page", ERRAND)
def test_403_on_a_client_is_in_the_clients_log(
    cast: Cast, sign_in: object, superuser: psycopg.Connection, page: str
) -> None:
    client = new_client(cast.coordinator)
    assign(cast.coordinator, client, cast.volunteer, scope="errand")
    assert sign_in(cast.volunteer).get(f"/clients/{client.pk}/{page}/").status_code in (403, 405)
    status = sign_in(cast.volunteer).post(f"/clients/{client.pk}/{page}/").status_code
    assert status == 403
    found = denied(superuser, client.pk)
    assert found and all(actor == cast.volunteer.id and detail == {} for _, actor, detail in found)


@pytest.mark.parametrize(
    "path",
    [
        "/log/",
        "/log/state/",
        "/breaches/",
        "/complaints/",
        "/log/unusual/",
        "/branches/new/",
        "/log/names/",
    ],
)
def test_403_without_a_client_is_in_the_log(
    cast: Cast, sign_in: object, superuser: psycopg.Connection, path: str
) -> None:
    question = "SELECT count(*) FROM audit_event WHERE actor = %s AND outcome = 'denied'"
    before = superuser.execute(question, [cast.colleague.id]).fetchone()[0]
    status = sign_in(cast.colleague).get(path).status_code
    assert status == 403
    assert superuser.execute(question, [cast.colleague.id]).fetchone()[0] == before + 1
