"""Nobody holds the log back: not by a lock, nor by a transaction left open; nor does a clock that jumps."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.test import Client as Browser

from audit import health, sealing
from audit.verifying import Report, verify
from confidential.embedded import Embedded
from confidential.environment import DATABASE
from tests.making.people import Cast
from tests.making.sealing import RECORD, as_sealer, seal_all, waiting

pytestmark = pytest.mark.usefixtures("clean")

WRITE = "SELECT pg_current_xact_id()"  # what makes a transaction one that writes; any role may
HOUSE = sealing.HOUSE


def verified() -> Report:
    with as_sealer():
        return verify()


# ---------------------------------------------------------------- a lock held


def test_advisory_lock_stops_nothing(
    app: psycopg.Connection, superuser: psycopg.Connection
) -> None:
    for key in ("hashtext('audit_seal')", "hashtext('audit_tree')", "0", "7"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(f"SELECT pg_advisory_lock({key})")
        app.rollback()
        superuser.execute(f"SELECT pg_advisory_lock({key})")
    superuser.execute(RECORD)
    assert seal_all() == 1
    superuser.execute("SELECT pg_advisory_unlock_all()")


def test_nothing_locks_by_a_number(superuser: psycopg.Connection) -> None:
    """A lock on a number belongs to whoever thinks of it: each of ours is the lock of a row."""
    assert (
        superuser.execute(
            "SELECT proname FROM pg_proc WHERE prosrc ~ 'advisory' AND pronamespace NOT IN ('pg_catalog'::regnamespace)"
        ).fetchall()
        == []
    )


@pytest.mark.parametrize("role", ["confidential_app", "confidential_signin", "confidential_worker"])
def test_what_sealing_locks_no_role_can_lock(
    role: str, server: Embedded, superuser: psycopg.Connection
) -> None:
    """Neither a row, nor a table more than a reader does; what they can lock they may hold: it is sealed."""
    superuser.execute(RECORD)
    tables = (
        "audit_tree",
        "audit_pending",
        "audit_leaf",
        "audit_event",
        "audit_tile",
        "audit_checkpoint",
        "vault_subjectkey",
    )
    modes = (
        "ROW SHARE",
        "ROW EXCLUSIVE",
        "SHARE UPDATE EXCLUSIVE",
        "SHARE",
        "SHARE ROW EXCLUSIVE",
        "EXCLUSIVE",
        "ACCESS EXCLUSIVE",
    )
    with psycopg.connect(server.conninfo(user=role, dbname=DATABASE)) as held:
        for table in tables:
            tries = [f"LOCK TABLE {table} IN {mode} MODE" for mode in modes]
            tries += [
                f"SELECT 1 FROM {table} FOR {strength}"
                for strength in ("KEY SHARE", "SHARE", "NO KEY UPDATE", "UPDATE")
            ]
            for statement in tries:
                held.execute("SAVEPOINT here")
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    held.execute(statement)
                held.execute("ROLLBACK TO here")
            held.execute("SAVEPOINT here")
            try:
                held.execute(f"LOCK TABLE {table} IN ACCESS SHARE MODE")
            except psycopg.errors.InsufficientPrivilege:
                held.execute("ROLLBACK TO here")
        assert seal_all() == 1


def test_somebody_else_who_seals_for_long_is_said(
    superuser: psycopg.Connection,
    server: Embedded,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(sealing, "OTHERS_LONGEST", 0.2)
    superuser.execute(RECORD)
    with psycopg.connect(server.conninfo(user="confidential_sealer", dbname=DATABASE)) as other:
        other.execute("SELECT size FROM sec.seal_take(1, '0', '1970-01-01', gen_random_uuid())")
        stop = threading.Event()
        threading.Timer(1, stop.set).start()
        with as_sealer(), caplog.at_level(logging.WARNING):
            sealing.run(stop, every=0.05)
        assert any("Somebody else has been sealing" in message for message in caplog.messages)
        other.rollback()
    assert seal_all() == 1


# ---------------------------------------------------------------- a transaction left open


@contextmanager
def after(seconds: float, superuser: psycopg.Connection) -> Iterator[None]:
    """Meanwhile a transaction is too long after so many seconds."""
    body = "SELECT abs(extract(epoch FROM clock_timestamp() - since)) > {}"
    change = (
        "CREATE OR REPLACE FUNCTION sec.is_too_long(since timestamptz) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER"
        f" SET search_path = pg_catalog, pg_temp AS $$ {body} $$"
    )
    there = superuser.execute("SELECT pg_get_functiondef('sec.is_too_long'::regproc)").fetchone()[0]
    superuser.execute(change.format(seconds))
    try:
        yield
    finally:
        superuser.execute(there)  # letter for letter: other tests compare it with its file


@pytest.mark.parametrize("role", ["confidential_app", "confidential_signin", "confidential_worker"])
def test_transaction_without_a_limit_is_ended(
    role: str, server: Embedded, superuser: psycopg.Connection
) -> None:
    """The limits of a role are defaults that a session may lift: the log ends what is open too long, and says so."""
    with psycopg.connect(server.conninfo(user=role, dbname=DATABASE), autocommit=True) as held:
        held.execute("SET transaction_timeout = 0")
        held.execute("SET idle_in_transaction_session_timeout = 0")
        held.execute("BEGIN")
        held.execute(WRITE)
        pid = held.info.backend_pid
        superuser.execute(RECORD)
        assert seal_all() == 0
        with after(0.2, superuser), as_sealer():
            time.sleep(0.4)
            now = health.check()
            assert now.alarm and f"held back by process {pid} of {role} since" in str(now)
            sealing.unblock()
            assert eventually(lambda: health.check().holders == ())
        with pytest.raises(psycopg.OperationalError):
            held.execute("SELECT 1")
    assert seal_all() == 2  # the one that waited, and that something was ended
    (said,) = superuser.execute(
        "SELECT detail FROM audit_event WHERE action = 'log.blocked' AND (detail ->> 'pid')::integer = %s",
        [pid],
    ).fetchone()  # type: ignore[misc]
    assert said["role"] == role and set(said) == {"pid", "role", "since"}


def eventually(true: Callable[[], bool]) -> bool:
    for _ in range(100):
        if true():
            return True
        time.sleep(0.05)
    return False


def test_the_worker_does_it_by_itself(
    server: Embedded, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "UNBLOCK_EVERY", 0.2)
    stop = threading.Event()

    def work() -> None:
        with as_sealer():
            sealing.run(stop, every=0.05)

    with psycopg.connect(
        server.conninfo(user="confidential_app", dbname=DATABASE), autocommit=True
    ) as held:
        held.execute("SET transaction_timeout = 0")
        held.execute("BEGIN")
        held.execute(WRITE)
        superuser.execute(RECORD)
        with after(0.5, superuser):
            thread = threading.Thread(target=work)
            thread.start()
            try:
                assert eventually(lambda: waiting(superuser) == 0)
            finally:
                stop.set()
                thread.join(10)
        held.close()


def test_who_only_reads_is_let_be_if_it_is_the_worker(
    server: Embedded, superuser: psycopg.Connection
) -> None:
    """Verifying may take long. A page that reads for minutes keeps dead rows of the queue alive."""
    open_ = {}
    for role in ("confidential_app", "confidential_verifier"):
        open_[role] = psycopg.connect(server.conninfo(user=role, dbname=DATABASE))
        open_[role].execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        open_[role].execute("SELECT count(*) FROM audit_tree")
    with after(0.2, superuser), as_sealer():
        time.sleep(0.4)
        sealing.unblock()
        time.sleep(0.2)
    assert open_["confidential_verifier"].execute("SELECT 1").fetchone() == (1,)
    with pytest.raises(psycopg.OperationalError):
        open_["confidential_app"].execute("SELECT 1")
    for each in open_.values():
        each.close()


def test_transaction_of_another_is_named_and_not_ended(
    server: Embedded, superuser: psycopg.Connection, cast: Cast, sign_in: Callable[..., Browser]
) -> None:
    """The owner's (a migration), a superuser's, one in another database: alarm everywhere, by process and role."""
    with psycopg.connect(server.conninfo(dbname="postgres")) as held:
        held.execute("CREATE TEMP TABLE mine (id integer)")
        superuser.execute(RECORD)
        assert seal_all() == 0
        with after(0.2, superuser):
            time.sleep(0.4)
            with as_sealer():
                sealing.unblock()
                with pytest.raises(
                    CommandError, match=f"process {held.info.backend_pid} of postgres since"
                ):
                    call_command("audit_health")
            page = sign_in(cast.protection).get("/log/state/").content.decode()
            assert f"Database process {held.info.backend_pid} of postgres, since" in page
            assert "CREATE TEMP" not in page
            assert Browser().get("/health/").status_code == 503
        assert held.execute("SELECT 1").fetchone() == (1,)
        held.rollback()
    assert seal_all() > 0


def test_functions_run_for_nobody_but_the_worker(app: psycopg.Connection) -> None:
    for statement in (
        "seal_unblock()",
        "seal_unopened('{}')",
        "said_today('log.key')",
        "is_too_long(now())",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(f"SELECT sec.{statement}")
        app.rollback()


# ---------------------------------------------------------------- a clock that jumps


def test_alarms_outlive_a_clock_that_was_ahead(superuser: psycopg.Connection) -> None:
    """What is dated tomorrow keeps no new alarm back; and what waits is missed although it seems to be to come."""
    broken = uuid4()
    superuser.execute(
        "INSERT INTO audit_event (id, at, actor_kind, actor_role, action, outcome, subject_kind, purpose, basis, object_type, object_id, detail)"
        " VALUES (gen_random_uuid(), now() + interval '1 day', 'nobody', 'job', 'log.key', 'done', '', '', '', 'vault_subjectkey', %s, '{}')",
        [broken],
    )
    for _ in range(3):
        superuser.execute("SELECT sec.seal_unopened(%s)", [[broken]])
    said = superuser.execute(
        "SELECT count(*) FROM audit_event WHERE action = 'log.key' AND object_id = %s", [broken]
    )
    assert said.fetchone() == (2,)


def test_forged_event_keeps_no_alarm_back(
    app: psycopg.Connection, superuser: psycopg.Connection
) -> None:
    """What the sealer says it says as a job, which no caller of sec.record is."""
    broken = uuid4()
    superuser.execute(
        "SELECT sec.log('log.key', object => 'vault_subjectkey', object_id => %s)", [broken]
    )
    superuser.execute("SELECT sec.seal_unopened(%s)", [[broken]])
    said = superuser.execute(
        "SELECT count(*) FROM audit_event WHERE action = 'log.key' AND object_id = %s", [broken]
    )
    assert said.fetchone() == (2,)
