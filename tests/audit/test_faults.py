"""Faults on a server of their own: a restored dump, kill -9 of writer, sealer and postmaster under load."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from audit import health, sealing, sink
from audit.reconciling import reconcile
from audit.verifying import verify
from confidential.database import prepare
from confidential.embedded import Embedded, binary
from confidential.environment import BASE, DATABASE
from tests.making.clients import new_client
from tests.making.people import Cast
from tests.making.sealing import RECORD, as_role, queue_strays, seal_all
from vault import roles


@pytest.fixture(scope="module")
def restored(
    server: Embedded, cast: Cast, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Embedded, Path]]:
    """A new server with a dump of the first, made by the backup role while events were waiting, and the
    second sink as it was then: the first server's log goes on, in whatever order tests come."""
    with psycopg.connect(server.conninfo(dbname=DATABASE), autocommit=True) as superuser:
        queue_strays(superuser)
    new_client(cast.volunteer)
    seal_all()
    new_client(cast.volunteer)
    folder = tmp_path_factory.mktemp("restored")
    dump = folder / "dump.sql"
    source = server.conninfo(user="confidential_backup", dbname=DATABASE)
    subprocess.run([binary("pg_dump"), "--file", str(dump), source], check=True)
    then = folder / "sink"
    shutil.copyfile(settings.LOG_SINK, then)
    other = Embedded(folder / "var")
    other.start()
    try:
        prepare(other)
        with psycopg.connect(other.conninfo(dbname=DATABASE), autocommit=True) as superuser:
            superuser.execute(
                "DROP SCHEMA sec CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public"
            )
        target = other.conninfo(dbname=DATABASE)
        subprocess.run(
            [binary("psql"), "-v", "ON_ERROR_STOP=1", "-q", "-f", str(dump), target],
            check=True,
            capture_output=True,
        )
        yield other, then
    finally:
        other.stop()


@pytest.fixture
def other_log(restored: tuple[Embedded, Path], monkeypatch: pytest.MonkeyPatch) -> Embedded:
    """The restored log goes its own way: the first one's sink is not told, it would see a fork."""
    monkeypatch.setattr(sink, "sink", lambda: None)
    return restored[0]


@pytest.fixture
def sink_then(restored: tuple[Embedded, Path]) -> Path:
    """What the second sink held when the dump was made."""
    return restored[1]


@contextmanager
def on(server: Embedded, role: str) -> Iterator[None]:
    with as_role(role, HOST=str(server.socket)):
        yield


def seal_on(server: Embedded) -> int:
    """Seal until nothing waits: rows that are stamped anew come in the next round."""
    with on(server, roles.SEALER):
        total = sealing.seal()
        while found := sealing.seal():
            total += found
        return total


def faults_on(server: Embedded) -> list[str]:
    with on(server, roles.VERIFIER):
        return verify().faults


def test_restored_log_seals_on_and_verifies(other_log: Embedded, sink_then: Path) -> None:
    """Transaction ids began anew, so the waiting rows carry ids of a future that never comes."""
    with psycopg.connect(other_log.conninfo(dbname=DATABASE), autocommit=True) as superuser:
        for _ in range(6):  # another test may have sealed what waited in the dump
            superuser.execute(RECORD)
        waiting = superuser.execute("SELECT count(*) FROM audit_pending").fetchone()[0]
        # the dumped cluster was far ahead
        superuser.execute("SET session_replication_role = replica")
        superuser.execute(
            "UPDATE audit_pending SET xid = (xid::text::bigint + 1000000)::text::xid8"
        )
        new = superuser.execute(RECORD).fetchone()[0]
        assert waiting > 5
        assert seal_on(other_log) == waiting + 1
        assert superuser.execute(
            "SELECT count(*) FROM audit_leaf WHERE event = %s", [new]
        ).fetchone() == (1,)
    with on(other_log, roles.VERIFIER):
        assert verify().faults == []
        assert health.check().waiting == 0
        assert reconcile(sink_then).faults == []


def load(server: Embedded, stop: threading.Event, acknowledged: list[UUID]) -> None:
    """A writer that notes what the server said it committed, and signs in again after a crash."""
    while not stop.is_set():
        with suppress(psycopg.Error):
            with psycopg.connect(server.conninfo(dbname=DATABASE), connect_timeout=2) as app:
                while not stop.is_set():
                    event = app.execute(RECORD).fetchone()[0]
                    app.commit()
                    acknowledged.append(event)
        time.sleep(0.05)


@contextmanager
def under_load(server: Embedded, writers: int) -> Iterator[list[UUID]]:
    stop, acknowledged = threading.Event(), []
    threads = [
        threading.Thread(target=load, args=(server, stop, acknowledged)) for _ in range(writers)
    ]
    for thread in threads:
        thread.start()
    try:
        yield acknowledged
    finally:
        stop.set()
        for thread in threads:
            thread.join(20)


def each_once(server: Embedded, acknowledged: list[UUID]) -> None:
    with psycopg.connect(server.conninfo(dbname=DATABASE)) as superuser:
        found = [e for (e,) in superuser.execute("SELECT event FROM audit_leaf").fetchall()]
    assert len(found) == len(set(found))
    assert set(acknowledged) <= set(found)
    assert faults_on(server) == []


SEALER = """
import django; django.setup()
from django.db import connections
from django.conf import settings
settings.DATABASE_ROLES.clear()
connections["default"].settings_dict.update(USER="confidential_sealer", HOST={host!r})
from audit import sealing
print("ready", flush=True)
while True:
    sealing.seal()
"""


def test_sealer_killed_at_any_instant(other_log: Embedded) -> None:
    """kill -9, again and again, while others write: each event is sealed once, and the log is whole."""
    script = SEALER.format(host=str(other_log.socket))
    with under_load(other_log, 3) as acknowledged:
        for pause in (0.05, 0.21, 0.4):
            sealer = subprocess.Popen(
                [sys.executable, "-c", script],
                cwd=BASE,
                stdout=subprocess.PIPE,
                env={
                    **os.environ,
                    "DJANGO_SETTINGS_MODULE": "confidential.settings",
                    "LOG_SINK": "",
                },
            )
            assert sealer.stdout is not None and sealer.stdout.readline() == b"ready\n"
            time.sleep(pause)
            sealer.send_signal(signal.SIGKILL)
            sealer.wait()
            sealer.stdout.close()
    seal_on(other_log)
    assert len(acknowledged) > 100
    each_once(other_log, acknowledged)


def test_postmaster_killed_under_load(other_log: Embedded) -> None:
    """What was acknowledged is there after kill -9 of the server, and nothing is sealed twice."""
    stop = threading.Event()

    def seal() -> None:
        with on(other_log, roles.SEALER):
            sealing.run(stop, every=0.01)

    sealer = threading.Thread(target=seal)
    sealer.start()
    with under_load(other_log, 4) as acknowledged:
        time.sleep(0.7)
        postmaster = int((other_log.data / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGKILL)
        before = len(acknowledged)
        other_log.start()
        deadline = time.monotonic() + 20
        while len(acknowledged) < before + 50 and time.monotonic() < deadline:
            time.sleep(0.05)
    stop.set()
    sealer.join(40)
    seal_on(other_log)
    assert before > 20 and len(acknowledged) >= before + 50
    each_once(other_log, acknowledged)


WRITER = """
import django; django.setup()
from uuid import uuid4
from audit import door
from volunteers.actions.joining import command_actor
actor = command_actor(uuid4(), "setup")
print("ready", flush=True)
while True:
    with actor.transaction():
        door.record(actor, "branch.add")
"""


def test_writer_killed_between_commit_and_line(server: Embedded) -> None:
    """What died before its line is told as such, and is not called tampering."""
    before = Path(settings.LOG_SINK).stat().st_size
    for pause in (0.1, 0.23):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER],
            cwd=BASE,
            stdout=subprocess.PIPE,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "confidential.settings"},
        )
        assert writer.stdout is not None and writer.stdout.readline() == b"ready\n"
        time.sleep(pause)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
    assert Path(settings.LOG_SINK).stat().st_size > before
    seal_all()
    with as_role(roles.VERIFIER):
        found = reconcile(Path(settings.LOG_SINK))
    assert found.faults == [] and found.torn == 0
    assert connections["default"].alias == "default"
