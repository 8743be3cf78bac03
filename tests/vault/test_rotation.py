"""The master key is rotated while people work: stopped anywhere, done twice at once, and attacked."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from django.conf import settings
from django.test import Client as Browser
from psycopg import errors

from audit import door
from clients.models import Client
from clients.records.actions import taking_in
from confidential.environment import BASE
from tests.making.clients import NUMBER, new_client
from tests.making.people import Someone
from tests.making.principals import session_of
from tests.making.rotating import Rotated, inside
from vault import keyring, keys, ring_changes, rotation
from vault.principals import command_transaction
from vault.roles import SEALER
from volunteers.actions.joining import command_actor, end_command
from volunteers.models import User

EVENTS = "SELECT action, detail FROM audit_event WHERE action LIKE 'keyring.%%' AND detail ->> 'key' = %s ORDER BY at"
FORMERS = "SELECT count(*) FROM vault_formerkeys WHERE subject = %s"


@pytest.fixture(scope="module")
def program(
    copied: Callable[[Path], Rotated], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rotated]:
    """One that is rotated again and again: each test begins another rotation."""
    rotated = copied(tmp_path_factory.mktemp("rotation") / "var")
    try:
        yield rotated
    finally:
        rotated.server.stop()


@pytest.fixture(scope="module")
def coordinator(program: Rotated) -> Someone:
    return _on_duty(program, "coordinator")


def _on_duty(program: Rotated, duty: str) -> Someone:
    with program.superuser() as superuser:
        row = superuser.execute(
            "SELECT u.id, u.username, d.branch_id FROM volunteers_duty d JOIN volunteers_user u ON u.id = d.person_id"
            " WHERE d.kind = %s AND d.ends_at IS NULL ORDER BY u.username LIMIT 1",
            [duty],
        ).fetchone()
    return Someone(*row)  # type: ignore[misc]


def active(program: Rotated) -> str:
    return keyring.read(program.ring_file).active


def left_behind(program: Rotated) -> list[UUID]:
    """Whose keys are under an older master key, but for the keys of hashes, which are made anew instead."""
    head = bytes([len(active(program))]) + active(program).encode()
    with program.superuser() as superuser:
        rows = superuser.execute(
            "SELECT subject, data, audit FROM vault_subjectkey WHERE kind <> 'branch'"
        )
        return [
            s
            for s, data, audit in rows
            if not (audit.startswith(head) and (data + head).startswith(head))
        ]


@pytest.fixture
def begun(program: Rotated) -> Iterator[Rotated]:
    """A rotation that has begun: the new key is active and announced, and nothing is wrapped anew yet."""
    with inside(program, default=SEALER):
        actor = command_actor(uuid4(), "keyring_rotate", minutes=5)
        rotation.begin(program.ring_file, actor.token, again=True)
        end_command(actor)
    yield program
    assert program.rotate().returncode == 0  # and whatever the test did to it, it comes to an end
    assert left_behind(program) == []


def test_killed_anywhere_it_goes_on_and_every_key_opens_all_the_while(program: Rotated) -> None:
    before = program.opened()
    with inside(program):
        ring_changes.add_key(program.ring_file, again=True)  # and killed before it was announced
    lines, killed = 5, 0
    while program.rotate_killed(lines):
        assert program.opened() == before, lines
        lines, killed = lines * 2, killed + 1
    assert killed > 3
    assert program.opened() == before
    assert left_behind(program) == []
    with program.superuser() as superuser:
        events = superuser.execute(EVENTS, [active(program)]).fetchall()
    assert [action for action, _ in events].count("keyring.begin") == 1
    assert events[-1][0] == "keyring.house"
    said = program.run("manage.py", "audit_verify", role="verifier")
    assert "no faults" in said, said


def test_two_at_once_use_one_new_key(program: Rotated) -> None:
    assert program.rotate().returncode == 0
    before, number = program.opened(), int(active(program)[1:])
    command = [sys.executable, "manage.py", "keyring_rotate", "--again"]
    with inside(program):
        ring_changes.add_key(program.ring_file, again=True)
    running = [_started(program, *command[:-1]) for _ in range(2)]
    assert [process.wait(120) for process in running] == [0, 0]
    assert program.opened() == before
    assert left_behind(program) == []
    assert active(program) == f"m{number + 1}"
    with program.superuser() as superuser:
        events = superuser.execute(EVENTS, [active(program)]).fetchall()
    assert [action for action, _ in events].count("keyring.begin") == 1


def _started(program: Rotated, *command: str) -> subprocess.Popen[bytes]:
    environment = program.environment("sealer")
    return subprocess.Popen(
        command, cwd=BASE, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def test_people_work_while_it_runs(program: Rotated, coordinator: Someone) -> None:
    """This process read the ring before: it takes in, opens and recognises people all the while."""
    before = program.opened()
    with inside(program):
        known = new_client(coordinator, "Renée", f"Meanwhile{uuid4().hex[:6]}")
        running = _started(program, sys.executable, "manage.py", "keyring_rotate", "--again")
        made: list[Client] = []
        while running.poll() is None or not made:
            made.append(new_client(coordinator, "Odile", f"Quercy{uuid4().hex[:6]}"))
            for client in (known, made[-1]):
                with coordinator.actor().transaction() as actor:
                    opened = door.open_one(actor, client.pk, "client.view", "support")
                    assert client.identity.unlock(opened).given_name in ("Renée", "Odile")
            with coordinator.actor().transaction() as actor:
                found = taking_in.seems_known(
                    by=actor, branch=coordinator.branch, identity={}, safe_contact={"phone": NUMBER}
                )
            assert {known.pk, made[-1].pk} <= set(found)
        assert running.returncode == 0
    assert len(made) > 3
    assert program.rotate().returncode == 0
    assert left_behind(program) == []
    now = program.opened()
    assert {one: now[one] for one in before} == before
    assert {client.pk for client in made} <= now.keys()


def test_sealer_that_runs_goes_on_sealing(program: Rotated) -> None:
    """It holds the old ring when the keys of the log's subjects, and the house's, come under a new one."""
    sealer = _started(program, sys.executable, "manage.py", "audit_seal")
    try:
        assert program.rotate("--again").returncode == 0
        with inside(program):
            new_client(_on_duty(program, "coordinator"))
        said = program.run("manage.py", "audit_verify", role="verifier")
        assert "no faults" in said, said
        assert sealer.poll() is None
    finally:
        sealer.terminate()
        sealer.wait(30)
    assert "faults" in program.run("manage.py", "audit_reconcile", role="verifier")
    with program.superuser() as superuser:
        assert superuser.execute(
            "SELECT count(*) FROM audit_event WHERE action = 'log.key'"
        ).fetchone() == (0,)


def swap(
    program: Rotated, role: str, subject: UUID, was: keys.WrappedKeys, new: keys.WrappedKeys
) -> int:
    with program.as_role(role) as connection:
        return connection.execute(  # type: ignore[index]
            "SELECT sec.wrap_anew(%s, %s, %s, %s, %s)",
            [[subject], [was.data], [was.audit], [new.data], [new.audit]],
        ).fetchone()[0]


def under(name: str, length: int = 60) -> bytes:
    """Junk that looks as if this master key wrapped it."""
    return bytes([len(name)]) + name.encode() + bytes(length)


def a_client(program: Rotated) -> UUID:
    with program.superuser() as superuser:
        return superuser.execute("SELECT id FROM clients_client ORDER BY id LIMIT 1").fetchone()[0]  # type: ignore[index]


def test_whoever_holds_the_sealers_role_destroys_no_key(begun: Rotated) -> None:
    """A wrong value is kept apart from what was there, found when it is compared, and mended."""
    before, client = begun.opened(), a_client(begun)
    was = begun.wrapped()[client]
    junk = keys.WrappedKeys(under(active(begun)), under(active(begun)))
    again = keys.WrappedKeys(under(active(begun), 60)[:-1] + b"x", junk.audit)
    assert swap(begun, SEALER, client, was, junk) == 1
    assert swap(begun, SEALER, client, junk, again) == 1  # and over it: what was there first stays
    with begun.superuser() as superuser:
        kept = superuser.execute(
            "SELECT data, audit FROM vault_formerkeys WHERE subject = %s ORDER BY id DESC", [client]
        )
        assert kept.fetchone() == (was.data, was.audit)
    done = begun.rotate()
    assert "1 were not what they had been, and were mended" in done.stderr
    assert begun.opened() == before


def test_another_subjects_keys_are_mended_too(begun: Rotated) -> None:
    """They open for nobody: what is wrapped is bound to its subject."""
    before, client = begun.opened(), a_client(begun)
    ring = keyring.read(begun.ring_file)
    _, others = keys.generate(uuid4(), ring)
    _, strange = keys.generate(
        client, ring
    )  # well wrapped, and another key: rows would open no more
    assert swap(begun, SEALER, client, begun.wrapped()[client], others) == 1
    assert begun.rotate().returncode == 0
    assert swap(begun, SEALER, client, begun.wrapped()[client], strange) == 1
    assert "1 were not what they had been" in begun.rotate().stderr
    assert begun.opened() == before


def test_what_is_not_of_a_rotation_is_refused(begun: Rotated) -> None:
    client, now = a_client(begun), active(begun)
    was, good = begun.wrapped()[client], keys.WrappedKeys(under(now), under(now))
    for name in ("m0", "m9999", now + "x"):
        with pytest.raises(errors.InsufficientPrivilege):
            swap(begun, SEALER, client, was, keys.WrappedKeys(under(name), under(now)))
        with pytest.raises(errors.InsufficientPrivilege):
            swap(begun, SEALER, client, was, keys.WrappedKeys(under(now), under(name)))
    with pytest.raises(errors.InsufficientPrivilege):
        swap(begun, SEALER, client, was, keys.WrappedKeys(b"", b""))
    # An emptied audit key, an emptied data key, what is there no more, nobody: nothing changes.
    assert swap(begun, SEALER, client, was, keys.WrappedKeys(b"", good.audit)) == 0
    assert swap(begun, SEALER, client, keys.WrappedKeys(was.data, good.audit), good) == 0
    assert swap(begun, SEALER, client, keys.WrappedKeys(good.data, was.audit), good) == 0
    assert swap(begun, SEALER, uuid4(), was, good) == 0
    with begun.superuser() as superuser:
        (branch,) = superuser.execute("SELECT id FROM clients_hashkey LIMIT 1").fetchone()  # type: ignore[misc]
    assert swap(begun, SEALER, branch, begun.wrapped()[branch], good) == 0
    assert begun.wrapped()[client] == was


def test_what_was_wrapped_anew_is_not_open_to_change_without_its_former(program: Rotated) -> None:
    """A subject that came under the newest key from the start, and a time in which nothing is rotated."""
    with inside(program):
        client = new_client(_on_duty(program, "coordinator")).pk
    was, name = program.wrapped()[client], active(program)
    assert swap(program, SEALER, client, was, keys.WrappedKeys(under(name), under(name))) == 0
    assert program.wrapped()[client] == was


def test_what_decides_is_for_the_command_alone(begun: Rotated) -> None:
    older = next(name for name in keyring.read(begun.ring_file).keys if name != active(begun))
    asked = (
        "announce_key(ARRAY['m9999'], ARRAY['\\x00'::bytea])",
        "rotation_done(1)",
        f"close_key('{older}')",
        f"retire_key('{older}', 0)",
        f"copies_destroyed('{older}')",
        "master_keys()",
    )
    with inside(begun, default=SEALER):
        other = command_actor(uuid4(), "import", minutes=5)
        for function in asked:
            with pytest.raises(psycopg.Error), begun.as_role(SEALER) as connection:
                connection.execute(f"SELECT sec.{function}")  # type: ignore[arg-type]
            with pytest.raises(Exception, match="not permitted"):
                with command_transaction(other.token) as cursor:
                    cursor.execute(f"SELECT sec.{function}")
            with pytest.raises(Exception, match="not permitted"):
                with command_transaction() as cursor:
                    cursor.execute(f"SELECT sec.{function}")
        end_command(other)
    with begun.as_role(SEALER) as connection:
        for table in (
            "vault_subjectkey",
            "vault_formerkeys",
            "vault_masterkey",
            "clients_identity",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(f"SELECT * FROM {table}")  # type: ignore[arg-type]


def test_a_name_means_one_key_for_ever(begun: Rotated) -> None:
    """A ring from elsewhere, with another key under the same name, is no ring of this database."""
    ring = keyring.read(begun.ring_file)
    with inside(begun, default=SEALER):
        actor = command_actor(uuid4(), "keyring_rotate", minutes=5)
        marks = [ring.mark(ring.active)[:-1] + b"!"]
        with pytest.raises(Exception, match="another master key bears this name"):
            with command_transaction(actor.token) as cursor:
                cursor.execute("SELECT sec.announce_key(%s, %s)", [[ring.active], marks])
        end_command(actor)


def test_what_is_emptied_is_emptied_in_what_was_kept(begun: Rotated) -> None:
    """The place of a lone visit is destroyed with its key: also while that key is wrapped anew, and after."""
    visit = uuid4()
    ring = keyring.read(begun.ring_file)
    older = next(name for name in ring.keys if name != ring.active)
    _, wrapped = keys.generate(visit, keyring.Keyring(older, ring.keys))
    insert = (
        "INSERT INTO vault_subjectkey (subject, kind, data, audit) VALUES (%s, 'visit', %s, %s)"
    )
    with begun.superuser() as superuser:
        superuser.execute(insert, [visit, wrapped.data, wrapped.audit])
        assert begun.rotate().returncode == 0
        assert superuser.execute(FORMERS, [visit]).fetchone() == (1,)
        superuser.execute("UPDATE vault_subjectkey SET data = '' WHERE subject = %s", [visit])
        assert superuser.execute(FORMERS, [visit]).fetchone() == (0,)
        # An emptied key is wrapped anew as it is: empty.
        assert begun.rotate("--again").returncode == 0
        superuser.execute("DELETE FROM vault_subjectkey WHERE subject = %s", [visit])
        assert superuser.execute(FORMERS, [visit]).fetchone() == (0,)


def test_lead_reads_how_far_it_is(begun: Rotated) -> None:
    with inside(begun):
        lead = User.objects.get(pk=_on_duty(begun, "protection").id)
        browser = Browser()
        browser.cookies[settings.SESSION_COOKIE_NAME] = session_of(lead).session_key
        page = browser.get("/log/keys/")
        text = page.content.decode()
        shown = page.context["keys"]
    newest, older = shown[:2]
    assert newest.name == active(begun) and newest.active
    assert sum(key.subjects + key.branches for key in shown) == len(begun.wrapped())
    assert older.subjects > 50
    assert "being replaced" in text or "est en cours de remplacement" in text
    assert not any(key.hex() in text for key in keyring.read(begun.ring_file).keys.values())
