"""Each wall switched off in turn: the others still hold.

A permission check that says yes to everything; row-level security with a hole in every table, in a copy of the
database; a ciphertext or a table of keys that was carried away.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from types import FunctionType
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connections
from django.urls import get_resolver, reverse

from audit import door
from clients.access import permissions
from clients.models import Background, Client, ContactNote, Identity, SafeContact
from confidential.embedded import Embedded
from confidential.environment import BASE, DATABASE
from tests.access.all_rows import ROWS
from tests.access.rows import Row
from tests.access.world import World
from tests.making import acts
from tests.making.clients import new_client
from tests.making.people import Cast, recruit
from vault import keyring
from vault.keyring import Keyring, KeyringError
from vault.keys import SealBroken, WrappedKeys, unwrap
from vault.sealed import SealedModel

OURS = {app.name for app in apps.get_app_configs() if (BASE / app.name).is_dir()}
STRANGERS = ("outsider", "south_coordinator")
WORDS = (
    "Odile",
    "Quercy",
    "old mill",
    "Sleeps badly",
    "39 98 11 22",
    "That is fine",
    "Plain words",
)
# Rows that lead to a client; the words of whose record must not appear for those whom a row refuses.
LEADING = [row for row in ROWS if row.where and {"client_id", "contact_id"} & set(row.where)]


def refused(row: Row, role: str) -> bool:
    return getattr(row, role) in (403, 404)


def ask(row: Row, role: str, world: World, sign_in: Any) -> Any:
    """What somebody gets at an address."""
    arguments = {name: world.find(thing) for name, thing in row.where.items()}
    data = {key: world.fill(value) for key, value in row.data.items()}
    return getattr(sign_in(world.someone(role)), row.method)(
        reverse(row.name, kwargs=arguments), data
    )


def shown(response: Any) -> list[str]:
    """Words of the client in an answer."""
    body = response.content if not response.streaming else b"".join(response.streaming_content)
    return [word for word in WORDS if word in body.decode("utf-8", "replace")]


@pytest.fixture(scope="module")
def world(cast: Cast) -> World:
    """One client with everything, which nobody here changes."""
    return World(cast)


# ---- Wall 1 off ----


def yes(*_: Any, **__: Any) -> bool:
    return True


def no(*_: Any, **__: Any) -> bool:
    return False


# These two say that somebody may not; every other check that answers yes or no says that somebody may.
HINDERING = ("is_in_conflict", "are_tied")


def every_check() -> dict[FunctionType, Callable[..., bool]]:
    """What each ``permissions.py`` asks, with what lets everybody through instead."""
    found: dict[FunctionType, Callable[..., bool]] = {}
    for app in OURS:
        for path in (BASE / app).rglob("permissions.py"):
            module = import_module(".".join(path.relative_to(BASE).with_suffix("").parts))
            checks = {
                value: no if name in HINDERING else yes
                for name, value in vars(module).items()
                if isinstance(value, FunctionType)
                and value.__module__ == module.__name__
                and (value.__annotations__["return"] == "bool" or name.startswith("check"))
            }
            assert checks, path
            found |= checks
    return found


def let_everybody_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a check is known by a name."""
    assert get_resolver().url_patterns  # which imports the views
    off = every_check()
    for module in [sys.modules[name] for name in sorted(sys.modules)]:
        if module.__name__.split(".")[0] in OURS:
            for name, value in list(vars(module).items()):
                if isinstance(value, FunctionType) and value in off:
                    monkeypatch.setattr(module, name, off[value])


@pytest.mark.parametrize("role", STRANGERS)
def test_without_the_permission_check_the_database_still_hides(
    cast: Cast, world: World, sign_in: Any, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    let_everybody_through(monkeypatch)
    monkeypatch.setattr(
        permissions,
        "held",
        lambda *_: frozenset({"view_client", "view_notes", "log_contact"}),
    )
    asked = [row for row in LEADING if refused(row, role)]
    assert len(asked) > 20
    for row in asked:
        response = ask(row, role, world, sign_in)
        assert response.status_code in (403, 404), (row.name, row.method)
        assert not shown(response), row.name


def test_without_the_permission_check_no_words_open_to_a_coordinator(
    cast: Cast, world: World, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row-level security hides the rows of notes, and the page has nothing to open."""
    monkeypatch.setattr(permissions, "can_read_notes", yes)
    browser = sign_in(cast.deputy)
    for name in ("client_view", "background_edit"):
        response = browser.get(reverse(name, kwargs={"client_id": world.client.pk}))
        assert not set(shown(response)) & {"old mill", "Sleeps badly", "That is fine"}, name


# ---- Wall 2 off ----

HOLES = """
DO $$
DECLARE
    t regclass;
BEGIN
    FOR t IN SELECT c.oid::regclass FROM pg_class c WHERE c.relkind = 'r' AND c.relrowsecurity
            AND has_any_column_privilege('confidential_app', c.oid, 'SELECT') LOOP
        EXECUTE format('CREATE POLICY hole ON %s FOR ALL TO confidential_app USING (true) WITH CHECK (true)', t);
    END LOOP;
END $$"""


@pytest.fixture(scope="class")
def scratch(server: Embedded, cast: Cast, world: World) -> Iterator[str]:
    """A copy of the database whose policies all have a hole; Django is connected to it."""
    for thing in ("account", "attachment", "grant", "disclosure", "draft", "request"):
        world.find(thing)
    name = f"confidential_scratch_{os.getpid()}"
    connections.close_all()
    with psycopg.connect(server.conninfo(), autocommit=True) as superuser:
        # Idle connections of a server that the journeys have left running: it opens others when it needs them.
        superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [DATABASE]
        )
        superuser.execute(f"CREATE DATABASE {name} TEMPLATE {DATABASE}")
    with psycopg.connect(server.conninfo(dbname=name), autocommit=True) as superuser:
        superuser.execute(HOLES)
        for role in ("app", "signin", "worker"):
            superuser.execute(f"GRANT CONNECT ON DATABASE {name} TO confidential_{role}")
    point_to(name)
    with pytest.MonkeyPatch.context() as patch:
        # What happens in the copy is not told to the sink of the log: there it would be of events that went.
        patch.setattr("audit.sink.sink", lambda: None)
        yield name
    point_to(DATABASE)
    with psycopg.connect(server.conninfo(), autocommit=True) as superuser:
        superuser.execute(f"DROP DATABASE {name} WITH (FORCE)")


def point_to(name: str) -> None:
    connections.close_all()
    for connection in connections.all():
        connection.settings_dict["NAME"] = name


@pytest.mark.usefixtures("scratch")
class TestWithoutRowLevelSecurity:
    """Everything is visible to everybody's bare queries: what is left is the permission check, and the door."""

    def test_the_hole_is_there(self, cast: Cast, world: World) -> None:
        with cast.outsider.actor().transaction():
            assert Client.objects.filter(pk=world.client.pk).exists()
            assert ContactNote.objects.filter(client=world.client).exists()

    @pytest.mark.parametrize("role", STRANGERS)
    def test_permission_check_still_refuses(self, world: World, sign_in: Any, role: str) -> None:
        for row in LEADING:
            if refused(row, role):
                response = ask(row, role, world, sign_in)
                assert response.status_code in (403, 404), (row.name, row.method)
                assert not shown(response), row.name

    def test_words_stay_closed_to_a_coordinator(
        self, cast: Cast, world: World, sign_in: Any
    ) -> None:
        for row in LEADING:
            if row.method == "get":
                response = ask(row, "coordinator", world, sign_in)
                assert not set(shown(response)) & {"old mill", "Sleeps badly", "Plain words"}, (
                    row.name
                )

    def test_door_gives_no_key(self, cast: Cast, world: World) -> None:
        for stranger in (
            cast.outsider,
            cast.south_coordinator,
            cast.president,
            cast.protection,
            cast.newcomer,
        ):
            assert not acts.opens(stranger, world.client.pk)
            with pytest.raises(door.NotPermitted), stranger.actor().transaction() as actor:
                door.open(actor, world.client.pk, "client.view", "support")
        assert acts.opens(cast.volunteer, world.client.pk)


# ---- Wall 3: what was carried away ----


def sealed_rows(client: UUID, superuser: psycopg.Connection) -> dict[str, tuple[UUID, bytes]]:
    """One sealed row of each table of this client that has one."""
    found = {}
    for model in apps.get_models():
        if issubclass(model, SealedModel) and model.subject_attribute == "client_id":
            table = model._meta.db_table
            row = superuser.execute(
                f"SELECT id, sealed FROM {table} WHERE client_id = %s LIMIT 1", [client]
            ).fetchone()
            if row:
                found[table] = row
    return found


def test_ciphertext_opens_nowhere_else(cast: Cast, superuser: psycopg.Connection) -> None:
    """Moved to the row of another client, to another table, or to another revision."""
    reader = recruit(cast.north)
    mine, other = new_client(reader), new_client(reader)
    theirs = sealed_rows(other.pk, superuser)
    moves = 0
    for model in (Identity, SafeContact, Background, ContactNote):
        table = model._meta.db_table
        row, own = sealed_rows(mine.pk, superuser)[table]
        tries = [("sealed = %s", value) for name, (_, value) in theirs.items()]
        tries += [
            ("sealed = %s", value)
            for name, (_, value) in sealed_rows(mine.pk, superuser).items()
            if name != table
        ]
        for change, value in [*tries, ("revision = revision + %s", 1)]:
            with superuser.transaction():
                superuser.execute("SET LOCAL session_replication_role = replica")
                superuser.execute(f"UPDATE {table} SET {change} WHERE id = %s", [value, row])
            with reader.actor().transaction() as actor:
                keys = door.open_one(actor, mine.pk, "client.view", "support")
                with pytest.raises(SealBroken):
                    model.objects.get(pk=row).unlock(keys).opened_values()
            moves += 1
        with superuser.transaction():
            superuser.execute("SET LOCAL session_replication_role = replica")
            superuser.execute(
                f"UPDATE {table} SET sealed = %s, revision = 1 WHERE id = %s", [own, row]
            )
    assert moves > 30


def test_table_of_keys_is_useless_without_the_ring(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    data, audit = superuser.execute(
        "SELECT data, audit FROM vault_subjectkey WHERE subject = %s", [client.pk]
    ).fetchone()
    own = keyring.load(settings.KEYRING_FILE)
    opened = unwrap(client.pk, WrappedKeys(bytes(data), bytes(audit)), own)
    for stolen in (data, audit):
        assert opened.data not in bytes(stolen)
        assert opened.audit not in bytes(stolen)
    guessed = Keyring(active=own.active, keys={own.active: bytes(32)})
    elsewhere = Keyring(active="m9", keys={"m9": os.urandom(32)})
    for ring, error in ((guessed, SealBroken), (elsewhere, KeyringError)):
        with pytest.raises(error):
            unwrap(client.pk, WrappedKeys(bytes(data), bytes(audit)), ring)
    with pytest.raises(SealBroken):  # the keys of one client under the name of another
        unwrap(uuid4(), WrappedKeys(bytes(data), bytes(audit)), own)
