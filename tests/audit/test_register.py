"""The register of events: who may claim which, that pages and database keep to it, and that words say what happened."""

from __future__ import annotations

import ast
import json
import re

import psycopg
import pytest

from audit import register
from audit.wording import ACTIONS
from confidential.environment import BASE, DATABASE
from rights import event_words
from tests.cast import Cast, assign, new_client
from tests.minting import mint, pages_transaction
from vault.principals import signin_transaction

ROOT = BASE
NAME = re.compile(r"[a-z_]+\.[a-z_]+")
APPS = ("audit", "clients", "disclosures", "portal", "rights", "volunteers", "confidential")
# Texts with a dot that are no events.
OTHERS = frozenset({
    "account.id", "audit.page", "audit.remove_expired", "content.xml", "disclosures.end_old_drafts", "django.forms",
    "key.pub", "manage.py", "postgresql.log", "postmaster.pid", "record.json", "rights.make_export",
    "rights.remove_exports", "rights.retry_stalled", "vault.principal", "vault.roles", "vbaproject.bin",
})  # fmt: skip
# What is read from the log and written by the database alone.
READ_FROM_THE_LOG = frozenset({
    "client.known", "client.take_in", "disclosure.asked", "disclosure.cancelled", "disclosure.draft", "emergency.open",
    "emergency.ask", "log.remove", "log.verify", "log.contradicted",
})  # fmt: skip
CALLS = {"open", "open_one", "open_log", "scan", "record", "get", "hidden", "opened", "own_keys", "open_client",
         "find_client", "opened_one", "find", "find_emergency", "find_visit", "open_note", "_record", "refused", "Denial"}  # fmt: skip


def called() -> set[str]:
    """Every name that a page, a job or a command gives to the door."""
    found: set[str] = set()
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Call):
                    continue
                name = (
                    node.func.attr
                    if isinstance(node.func, ast.Attribute)
                    else getattr(node.func, "id", "")
                )
                if name in CALLS:
                    found |= {
                        given.value for given in node.args
                        if isinstance(given, ast.Constant) and isinstance(given.value, str) and NAME.fullmatch(given.value)
                    }  # fmt: skip
            # Statements in Python name theirs too.
            found |= set(re.findall(r"sec\.record\('([a-z_.]+)'", path.read_text()))
    return found


def written_by_the_database() -> set[str]:
    """Every name that a definer function or trigger writes."""
    text = "".join(
        path.read_text() for app in (*APPS, "vault") for path in (ROOT / app).rglob("*.sql")
    )
    return {
        name for call in re.findall(r"sec\.log\((.*?)\)?;", text, re.S)
        for name in re.findall(r"'([a-z_]+\.[a-z_]+)'", call.split("object =>")[0])
    } | {f"disclosure.{s}" for s in ("draft", "asked", "approved", "refused", "released", "received", "cancelled")} | {
        f"request.{s}" for s in ("new", "in_progress", "done", "refused")}  # fmt: skip


def test_each_name_is_claimed_somewhere_and_each_claim_is_registered() -> None:
    known = register.CLAIMED | register.REFUSED
    assert called() - known - OTHERS == set()
    assert known - called() == set()


def test_what_the_database_writes_can_be_claimed_by_nobody() -> None:
    assert written_by_the_database() & register.CLAIMED == set()
    assert len(written_by_the_database()) > 50


def test_the_database_keeps_this_list(superuser: psycopg.Connection) -> None:
    body = superuser.execute(
        "SELECT prosrc FROM pg_proc WHERE oid = 'sec.claims'::regproc"
    ).fetchone()[0]
    laid = json.loads(re.search(r"'(\{.*\})'::jsonb", body)[1])
    assert laid == json.loads(register.claims())


def test_only_the_register_lets_anything_into_the_log(superuser: psycopg.Connection) -> None:
    """Each function that a role may call and that takes the name of an event asks the register first."""
    rows = superuser.execute(
        """SELECT p.proname, p.prosrc FROM pg_proc p WHERE p.pronamespace = 'sec'::regnamespace AND 'act' = ANY (p.proargnames)
        AND (has_function_privilege('confidential_app', p.oid, 'EXECUTE') OR has_function_privilege('confidential_worker', p.oid, 'EXECUTE')
            OR has_function_privilege('confidential_signin', p.oid, 'EXECUTE'))"""
    ).fetchall()
    assert {name for name, _ in rows} == {"open", "scan", "record", "deny", "apart"}
    for name, source in rows:
        assert (
            name == "apart" or "sec.check_claim(" in source or "sec.claims('deny', act)" in source
        )


def test_every_event_has_words_and_readings_have_words_of_their_own() -> None:
    """No reading is told in the words of an act, to the team or to the client."""
    names = register.CLAIMED | written_by_the_database()
    assert names - set(ACTIONS) == set()
    for words in (ACTIONS, event_words.WHAT):
        read = {str(words[name]) for name in register.READING if name in words}
        done = {str(text) for name, text in words.items() if name not in register.READING}
        if words is event_words.WHAT:
            done |= {
                str(text) for text in (*event_words.ADDED.values(), *event_words.CHANGED.values())
            }
        assert read & done == set()


# ---- As the roles, in SQL


NOBODYS = ["log.contradicted", "signin.ok", "account.recover", "log.verify ", "Log.verify", "delivery.open", "log.export",
           "log.verify", "client.view", "breach.list", "page.anything", ""]  # fmt: skip


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
        with someone.visit().transaction(), connection.cursor() as cursor:
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
    from audit.visit import LogUnavailable
    from tests.access.world import World

    world = World(cast)
    with own_visit(world.account).transaction() as visit:
        assert door.open_one(visit, world.client.pk, "portal.record", "own_record")
    for name in ("client.view", "contact.list"):
        with pytest.raises(LogUnavailable), own_visit(world.account).transaction() as visit:
            door.open_one(visit, world.client.pk, name, "support")
    with pytest.raises(LogUnavailable), cast.volunteer.visit().transaction() as visit:
        door.open_one(visit, world.client.pk, "portal.record", "own_record")


def own_visit(account: object) -> object:
    """A visit of a client's account."""
    from audit.visit import Visit

    return Visit(mint("user", account, fresh=None))  # type: ignore[arg-type]


@pytest.mark.parametrize(("why", "detail"), [
    ("Margaret has cancer", "{}"), ("support", '{"words": "Margaret has cancer"}'), ("support", '{"Margaret Ellison": 1}'),
    ("support", '{"x": {"y": "z"}}'), ("support", '"text"'), ("support", "null"), ("support", "[]"),
    ("support", '{"x": "' + "a" * 5000 + '"}'), ("support", json.dumps({f"k{chr(97 + i % 26)}{'x' * (i % 15)}": 1 for i in range(400)})),
])  # fmt: skip
def test_events_hold_codes_and_counts(cast: Cast, why: str, detail: str) -> None:
    from django.db import ProgrammingError

    client, me = new_client(cast.volunteer), cast.volunteer.visit()
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

    from audit.visit import Visit

    visit = someone.visit() if someone else Visit("")
    with visit.transaction(), connection.cursor() as cursor:
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

        with cast.outsider.visit().transaction(), connection.cursor() as cursor:
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

    from tests.cast import recruit

    client, someone = new_client(cast.coordinator), recruit(cast.south)
    with someone.visit().transaction(), connection.cursor() as cursor:
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
