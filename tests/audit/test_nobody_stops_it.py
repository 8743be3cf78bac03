"""Nobody stops the log: not with keys that do not open, rows too large, a lock held, a transaction left open."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.test import Client as Browser
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from audit import health, sealing, witnessing
from audit.exporting import file_by_reference
from audit.reading import NotReadable
from audit.verifying import Report, verify
from confidential.embedded import Embedded
from confidential.environment import DATABASE
from tests.audit.sealer import as_sealer, as_verifier, queue_strays, seal_all
from tests.cast import Cast, Someone, new_client, nothing_open, recruit
from tests.walls import acts
from vault import keyring, keys
from volunteers.actions import joining

RECORD = "SELECT sec.record('numbers.read', NULL, '', NULL, '', '{}')"
HOUSE = sealing.HOUSE


@pytest.fixture(autouse=True)
def clean(superuser: psycopg.Connection) -> None:
    """Nothing waits but what this test writes."""
    queue_strays(superuser)
    seal_all()


@pytest.fixture
def app(server: Embedded) -> Iterator[psycopg.Connection]:
    """A connection of the web process's role."""
    with psycopg.connect(server.conninfo(user="confidential_app", dbname=DATABASE)) as connection:
        yield connection


def verified() -> Report:
    with as_verifier():
        return verify()


def waiting(superuser: psycopg.Connection) -> int:
    return superuser.execute("SELECT count(*) FROM audit_pending").fetchone()[0]  # type: ignore[index]


# ---------------------------------------------------------------- keys that do not open


def take_in(by: Someone, wrapped: list[bytes]) -> UUID:
    """A client with these wrapped keys, as SQL on the application's connection could have it."""
    made = uuid4()
    acts.call(by, "take_in(%s, %s, %s, 'en', false, %s, %s)", made, by.branch, f"C-{made.hex[:6].upper()}", *wrapped)  # fmt: skip
    return made


def join(cast: Cast, data: bytes, audit: bytes) -> None:
    """Accept an invitation with these keys."""
    _, code = joining.invite(
        by=cast.president.visit(), duty="president", branch=None, language="en"
    )
    with joining.signin_transaction(joining.invitation_token(code)) as cursor:
        cursor.execute("SELECT sec.join(%s, %s, 'x', 'en', 'X', %s, %s, %s)",
                       [uuid4(), f"junk-{uuid4().hex[:8]}", f"P-{uuid4().hex[:6]}", data, audit])  # fmt: skip


def emergency_open(cast: Cast, data: bytes, audit: bytes) -> None:
    nothing_open(cast.colleague)
    reference = new_client(cast.volunteer).reference
    acts.call(cast.colleague, "emergency_open(%s, %s, %s, '{}', 'danger', %s, %s, %s)",
              uuid4(), cast.north, reference, f"E-{uuid4().hex[:6]}", data, audit)  # fmt: skip


def visit_start(cast: Cast, data: bytes, audit: bytes) -> None:
    nothing_open(cast.colleague)
    acts.call(cast.colleague, "visit_start(%s, %s, %s, %s, %s, %s)", uuid4(), cast.north,
              cast.volunteer.id, timezone.now() + timedelta(hours=1), data, audit)  # fmt: skip


def complain(cast: Cast, data: bytes, audit: bytes) -> None:
    acts.call(cast.coordinator, "complain(%s, %s, 'association', NULL, %s, %s, %s)", uuid4(),
              new_client(cast.volunteer).pk, f"K-{uuid4().hex[:6]}", data, audit)  # fmt: skip


def as_superuser(statement: str) -> Callable[..., None]:
    def call(superuser: psycopg.Connection, data: bytes, audit: bytes) -> None:
        try:
            superuser.execute(f"SELECT sec.{statement}", [data, audit])
        except psycopg.IntegrityError as error:
            raise IntegrityError(str(error)) from error

    return call


WAYS: dict[str, Callable[..., Any]] = {
    "take_in": lambda cast, *wrapped: take_in(cast.volunteer, list(wrapped)),
    "add_branch_key": lambda cast, *wrapped: acts.call(
        cast.volunteer, "add_branch_key(%s, %s, %s)", cast.north, *wrapped
    ),
    "join": join, "emergency_open": emergency_open, "visit_start": visit_start, "complain": complain,
    "seal_house": as_superuser("seal_house(%s, %s)"),
    "add_key": as_superuser("add_key(gen_random_uuid(), 'client', %s, %s)"),
}  # fmt: skip


def test_every_way_in_is_tried(superuser: psycopg.Connection) -> None:
    """A function that takes wrapped keys and is not tried below fails here."""
    rows = superuser.execute(
        "SELECT DISTINCT p.proname FROM pg_proc p, unnest(p.proargnames, p.proargmodes) a (name, mode)"
        " WHERE p.pronamespace = 'sec'::regnamespace AND a.name LIKE 'wrapped\\_%' AND coalesce(a.mode, 'i') = 'i'"
    ).fetchall()
    assert {name for (name,) in rows} == set(WAYS)


@pytest.mark.parametrize("way", WAYS)
def test_junk_is_refused_at_the_door(way: str, cast: Cast, superuser: psycopg.Connection) -> None:
    data, audit = acts.keys()
    first = superuser if way in ("seal_house", "add_key") else cast
    name = len("m1")
    junk = [
        b"x", os.urandom(200), audit[:-1], audit + b"x", bytes([name + 1]) + audit[1:], bytes(len(audit)),
        b"\x02\xff\xfe" + audit[3:], b"\x02m\x00" + audit[3:],
    ]  # fmt: skip
    for one in junk:
        for wrapped in ((one, audit), (data, one)):
            with pytest.raises(IntegrityError, match="vault_subjectkey_wrapped"):
                WAYS[way](first, *wrapped)
    with pytest.raises(IntegrityError, match="vault_subjectkey_wrapped"):
        WAYS[way](first, data, b"")


def test_house_is_nobody_elses(cast: Cast, superuser: psycopg.Connection) -> None:
    """Whoever laid the house's keys before the first sealing would know those of the whole log."""
    superuser.execute("BEGIN")
    superuser.execute(
        "CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT * FROM vault_subjectkey WHERE kind = 'house'"
    )
    superuser.execute("DELETE FROM vault_subjectkey WHERE kind = 'house'")
    with pytest.raises(psycopg.errors.CheckViolation, match="vault_subjectkey_house"):
        superuser.execute("SELECT sec.add_key(%s, 'client', %s, %s)", [HOUSE, *acts.keys(HOUSE)])
    superuser.execute("ROLLBACK")


def test_keys_of_another_subject_stop_nothing(cast: Cast, superuser: psycopg.Connection) -> None:
    """They have the form, so they come in; their events go under the house's key, and one event says so."""
    broken = take_in(cast.volunteer, acts.keys())
    fine = new_client(cast.volunteer)
    assert seal_all() > 5
    assert waiting(superuser) == 1 and seal_all() == 1  # that it happened
    take_in(cast.volunteer, acts.keys())
    acts.call(cast.volunteer, "record('client.view', %s, '', NULL, 'support', '{}')", broken)
    seal_all()
    seal_all()
    said = superuser.execute(
        "SELECT count(*) FROM audit_event WHERE action = 'log.key' AND object_id = %s", [broken]
    ).fetchone()
    assert said == (1,)
    found = verified()
    assert found.faults == []
    assert broken in found.unopened and fine.pk not in found.unopened
    rows = superuser.execute(
        "SELECT logged FROM vault_subjectkey WHERE subject = ANY (%s)", [[broken, fine.pk]]
    )
    assert sorted(n for (n,) in rows)[0] == 0


def test_verifying_and_export_end_without_a_traceback(
    cast: Cast, superuser: psycopg.Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = take_in(cast.volunteer, acts.keys())
    seal_all()
    reference = superuser.execute(
        "SELECT reference FROM clients_client WHERE id = %s", [broken]
    ).fetchone()[0]  # type: ignore[index]
    with as_verifier():
        call_command("audit_verify")
        assert f"The keys of the subject {broken} do not open" in capsys.readouterr().out
        with pytest.raises(NotReadable, match="do not open"):
            file_by_reference(reference)
        with pytest.raises(CommandError, match="do not open"):
            call_command("audit_export", client=reference)


def test_one_record_that_does_not_open_closes_no_list(
    cast: Cast, sign_in: Callable[..., Browser], caplog: pytest.LogCaptureFixture
) -> None:
    """The others are shown; the record itself is refused, without an error of ours."""
    by = recruit(cast.north)
    name = f"Vidalenc{uuid4().hex[:6]}"
    new_client(by, "Solange", name)
    broken = take_in(by, acts.keys())
    browser = sign_in(by)
    listed = browser.get("/clients/")
    assert listed.status_code == 200
    assert name in listed.content.decode() and f"/clients/{broken}/" in listed.content.decode()
    assert name in browser.get("/search/", {"words": name}).content.decode()
    assert browser.get("/").status_code == 200
    assert browser.get(f"/clients/{broken}/").status_code == 403
    assert f"The keys of the subject {broken} do not open." in caplog.messages


@contextmanager
def ring_without(name: str) -> Iterator[None]:
    """Meanwhile the master key ``name`` has left the ring, and another wraps."""
    ring = keyring.load(settings.KEYRING_FILE)
    other = keyring.Keyring(active="m2", keys={**ring.keys, "m2": bytes(range(32))})
    house = keys.SubjectKeys(HOUSE, b"", keys.unwrap_audit(HOUSE, house_key(), ring))
    with pytest.MonkeyPatch.context() as patch:
        gone = keyring.Keyring(active="m2", keys={"m2": other.keys["m2"]})
        patch.setattr(keyring, "load", lambda path: gone)
        patch.setattr(
            "audit.keys.unwrap_audit",
            lambda subject, wrapped, ring: (
                house.audit if subject == HOUSE else keys.unwrap_audit(subject, wrapped, ring)
            ),
        )
        yield


def house_key() -> bytes:
    with as_verifier(), connection.cursor() as cursor:
        cursor.execute("SELECT audit FROM sec.log_keys() WHERE subject = %s", [HOUSE])
        return bytes(cursor.fetchone()[0])


def test_master_key_that_leaves_the_ring_and_comes_back(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    """The house's key seals meanwhile; afterwards the subject counts on, and the tags say whose each leaf is."""
    client = new_client(cast.volunteer)
    view = "record('client.view', %s, '', NULL, 'support', '{}')"
    logged = "SELECT logged FROM vault_subjectkey WHERE subject = %s"
    seal_all()
    before = superuser.execute(logged, [client.pk]).fetchone()[0]  # type: ignore[index]
    assert before > 3
    with ring_without("m1"):
        for _ in range(3):
            acts.call(cast.volunteer, view, client.pk)
        seal_all()
        assert superuser.execute(logged, [client.pk]).fetchone() == (before,)
        found = verified()
        assert (
            f"The keys of the subject {client.pk} do not open: {before} leaves cannot be checked."
            in found.faults
        )
        assert all("do not open" in fault for fault in found.faults)
    house = verified().house
    acts.call(cast.volunteer, view, client.pk)
    seal_all()
    assert superuser.execute(logged, [client.pk]).fetchone() == (before + 1,)
    found = verified()
    assert found.faults == [] and found.house == house >= 3
    with as_verifier():
        file = file_by_reference(client.reference)
    assert [item["n"] for item in file["events"]] == list(range(before + 1))


def test_house_that_does_not_open_is_said(
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    superuser: psycopg.Connection,
) -> None:
    """Nothing can be sealed then: it is said in words, here and by the verifier, and sealed afterwards."""
    ring = keyring.load(settings.KEYRING_FILE)
    superuser.execute(RECORD)
    with monkeypatch.context() as patch:
        gone = keyring.Keyring(active="m2", keys={"m2": bytes(range(32))})
        patch.setattr(keyring, "load", lambda path: gone)
        stop = threading.Event()
        threading.Timer(0.5, stop.set).start()
        with as_sealer():
            sealing.run(stop, every=0.1)
        with as_verifier(), pytest.raises(CommandError, match="keys of the house do not open"):
            call_command("audit_verify")
    assert any("keys of the house do not open" in message for message in caplog.messages)
    assert keyring.load(settings.KEYRING_FILE) is ring
    assert seal_all() == 1


# ---------------------------------------------------------------- rows too large


@pytest.mark.parametrize("size", [4_097, 1_000_000, 99_000_000])
def test_large_details_are_refused(app: psycopg.Connection, size: int) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="audit_event_small"):
        app.execute("SELECT sec.record('log.read', NULL, '', NULL, '', jsonb_build_object('x', repeat('a', %s)))", [size])  # fmt: skip


def test_every_column_of_an_event_is_bounded(superuser: psycopg.Connection) -> None:
    """By its type or by the check; a column that comes later must be bounded too."""
    rows = superuser.execute(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = 'audit_event'::regclass AND attnum > 0 AND NOT attisdropped"
    ).fetchall()
    fixed = ("uuid", "integer", "timestamp with time zone", "character varying(")
    assert {name for name, kind in rows if not kind.startswith(fixed)} == {"detail", "digest"}
    with pytest.raises(psycopg.errors.CheckViolation, match="audit_event_small"):
        superuser.execute("INSERT INTO audit_event SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid(),"
                          " 'digest', '\\x' || repeat('00', 129)))).* FROM audit_event e LIMIT 1")  # fmt: skip


def test_a_batch_is_bounded_by_its_bytes(superuser: psycopg.Connection) -> None:
    """As many of the largest events as a batch may hold: taken in smaller ones, and all sealed in one round."""
    superuser.execute(
        "WITH written AS (INSERT INTO audit_event (id, at, actor_kind, actor_role, action, outcome, subject_kind, purpose,"
        " basis, object_type, detail) SELECT gen_random_uuid(), clock_timestamp(), 'nobody', '', 'numbers.read', 'done', '', '',"
        " '', '', jsonb_build_object('x', repeat(chr(97 + n % 26), 4080)) FROM generate_series(1, 6000) n RETURNING id)"
        " INSERT INTO audit_pending (event) SELECT id FROM written"
    )
    with as_sealer(), connection.cursor() as cursor:
        cursor.execute("BEGIN")
        taken = sealing.Taken.after(cursor, sealing.MOST, sealing.FIRST)
        cursor.execute("ROLLBACK")
    assert taken.more and 0 < len(taken.lines) <= 16_000_000
    assert seal_all() == 6000
    assert verified().faults == []


# ---------------------------------------------------------------- a lock held


def test_advisory_lock_stops_nothing(
    app: psycopg.Connection, superuser: psycopg.Connection
) -> None:
    for key in ("hashtext('audit_seal')", "hashtext('audit_tree')", "0", "7"):
        app.execute(f"SELECT pg_advisory_lock({key})")
    app.commit()
    superuser.execute(RECORD)
    assert seal_all() == 1


def test_nothing_locks_by_a_number(superuser: psycopg.Connection) -> None:
    """A lock on a number belongs to whoever thinks of it: each of ours is the lock of a row."""
    assert superuser.execute(
        "SELECT proname FROM pg_proc WHERE prosrc ~ 'advisory' AND pronamespace NOT IN ('pg_catalog'::regnamespace)"
    ).fetchall() == []  # fmt: skip


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
        "CREATE OR REPLACE FUNCTION sec.too_long(since timestamptz) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER"
        f" SET search_path = pg_catalog, pg_temp AS $$ {body} $$"
    )
    superuser.execute(change.format(seconds))
    try:
        yield
    finally:
        superuser.execute(change.format(120))


@pytest.mark.parametrize("role", ["confidential_app", "confidential_signin", "confidential_worker"])
def test_transaction_without_a_limit_is_ended(
    role: str, server: Embedded, superuser: psycopg.Connection
) -> None:
    """The limits of a role are defaults that a session may lift: the log ends what is open too long, and says so."""
    with psycopg.connect(server.conninfo(user=role, dbname=DATABASE), autocommit=True) as held:
        held.execute("SET transaction_timeout = 0")
        held.execute("SET idle_in_transaction_session_timeout = 0")
        held.execute("BEGIN")
        held.execute(RECORD)
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


def test_the_sealer_does_it_by_itself(
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
        held.execute(RECORD)
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


def test_who_only_reads_is_let_be_if_it_is_the_verifier(
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
        "too_long(now())",
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


# ---------------------------------------------------------------- whatever a caller writes

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=70)
VALUES = st.recursive(
    st.none() | st.booleans() | TEXTS | st.integers(-(10**400), 10**400) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=8,
)  # fmt: skip


@given(calls=st.lists(st.tuples(
    st.sampled_from(["record", "deny", "scan"]), st.sampled_from(["numbers.read", "client.view", "client.search"]) | TEXTS,
    TEXTS, st.none() | st.uuids(), TEXTS, VALUES), max_size=8))  # fmt: skip
@hypothesis_settings(
    max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
def test_whatever_a_caller_writes_is_refused_or_sealed(
    calls: list[tuple[Any, ...]], server: Embedded, cast: Cast
) -> None:
    """Each column that an argument reaches, as the application's role: the log goes on, and is whole."""
    statements = {
        "record": "SELECT sec.record(%(act)s, NULL, %(object)s, %(id)s, %(why)s, %(detail)s)",
        "deny": "SELECT sec.deny(%(act)s, %(object)s, %(id)s, %(detail)s)",
        "scan": "SELECT * FROM sec.scan(ARRAY[%(id)s]::uuid[], %(act)s, %(why)s, %(detail)s)",
    }
    with psycopg.connect(
        server.conninfo(user="confidential_app", dbname=DATABASE), autocommit=True
    ) as caller:
        for function, act, object_, pk, why, detail in calls:
            arguments = {
                "act": act,
                "object": object_,
                "id": pk,
                "why": why,
                "detail": json.dumps(detail),
            }
            with suppress(
                psycopg.DataError, psycopg.IntegrityError, psycopg.errors.InsufficientPrivilege
            ):
                caller.execute(statements[function], arguments)
    seal_all()
    assert health.check().waiting == 0
    assert verified().faults == []


def test_one_witness_keeps_nobody_from_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def ask(witness: Any, checkpoint: Any) -> bool:
        asked.append(witness.key.name)
        if witness.key.name == "one":
            raise ValueError("nonsense")
        return True

    names = [SimpleNamespace(key=SimpleNamespace(name=name)) for name in ("one", "two")]
    monkeypatch.setattr(witnessing, "witnesses", lambda: tuple(names))
    monkeypatch.setattr(witnessing, "ask", ask)
    with as_sealer():
        assert witnessing.ask_all() == 1
    assert asked == ["one", "two"]
