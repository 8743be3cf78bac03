"""Sealing: every committed event once, in one order, whatever happens meanwhile."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from audit import canonical, health, sealing, sink
from audit.merkle import leaf_hash, root_of
from audit.sealing import entry
from audit.verifying import verify
from confidential.embedded import Embedded
from confidential.environment import DATABASE
from tests.making.clients import new_client
from tests.making.people import Cast
from tests.making.sealing import RECORD, as_sealer, as_verifier, seal_all, tampering

pytestmark = pytest.mark.usefixtures("clean")


@pytest.fixture
def app(server: Embedded) -> Iterator[psycopg.Connection]:
    """A second connection that writes."""
    with psycopg.connect(server.conninfo(dbname=DATABASE)) as connection:
        yield connection


def leaf_hashes(superuser: psycopg.Connection) -> list[bytes]:
    rows = superuser.execute(
        "SELECT index, event::text, commitment, tag FROM audit_leaf ORDER BY index"
    ).fetchall()
    assert [index for index, *_ in rows] == list(range(len(rows)))
    return [leaf_hash(entry(event, commitment, tag)) for _, event, commitment, tag in rows]


def sealed(superuser: psycopg.Connection) -> list[UUID]:
    return [
        e for (e,) in superuser.execute("SELECT event FROM audit_leaf ORDER BY index").fetchall()
    ]


def assert_whole() -> None:
    with as_verifier():
        assert verify().faults == []


def test_root_is_that_of_the_leaves(superuser: psycopg.Connection, cast: Cast) -> None:
    for _ in range(3):
        new_client(cast.volunteer)
        assert seal_all() > 5
    size, root = superuser.execute("SELECT size, root FROM audit_tree").fetchone()
    hashes = leaf_hashes(superuser)
    assert size == len(hashes) > 30
    assert root == root_of(b"".join(hashes))
    assert not health.check().alarm
    assert_whole()


def write(
    server: Embedded, number: int, committed: list[UUID], undone: list[UUID], times: int
) -> None:
    """A writer: some transactions are undone, some stay open for a while."""
    dice = random.Random(number)
    with psycopg.connect(server.conninfo(dbname=DATABASE)) as connection:
        for _ in range(times):
            events = [connection.execute(RECORD).fetchone()[0] for _ in range(dice.randint(1, 4))]
            time.sleep(dice.choice([0, 0, 0, 0.02]))
            if dice.random() < 0.3:
                connection.rollback()
                undone += events
            else:
                connection.commit()
                committed += events


@contextmanager
def sealers(count: int) -> Iterator[list[BaseException]]:
    """Several sealers at once, as fast as they can, until the block ends."""
    stop, failed = threading.Event(), []

    def seal() -> None:
        with as_sealer():
            while not stop.is_set():
                try:
                    sealing.seal()
                except BaseException as error:
                    failed.append(error)
                    return
                time.sleep(0.005)

    threads = [threading.Thread(target=seal) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield failed
    finally:
        stop.set()
        for thread in threads:
            thread.join(20)


def test_24_writers_and_two_sealers(server: Embedded, superuser: psycopg.Connection) -> None:
    """Each committed event has one leaf, each undone one none, although many commit late."""
    committed: list[UUID] = []
    undone: list[UUID] = []
    with sealers(2) as failed:
        writers = [
            threading.Thread(target=write, args=(server, number, committed, undone, 12))
            for number in range(24)
        ]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join(60)
    seal_all()
    assert failed == []
    found = sealed(superuser)
    assert len(committed) > 200 and len(undone) > 50
    assert len(found) == len(set(found))
    assert set(committed) <= set(found) and not set(undone) & set(found)
    assert_whole()


def test_many_batches_in_one_transaction(cast: Cast, superuser: psycopg.Connection) -> None:
    """Hashing one batch beside taking the next gives the same log as one batch after the other."""
    for _ in range(4):
        new_client(cast.volunteer)
    waiting = superuser.execute("SELECT count(*) FROM audit_pending").fetchone()[0]
    with as_sealer():
        assert sealing.seal_batch(most=7, batches=3) == 21
        assert sealing.seal_batch(most=1, batches=2) == 2
        assert sealing.seal_batch(most=7) == waiting - 23
        sealing.sign()
    assert_whole()


def test_late_commit_is_not_passed_over(
    server: Embedded, app: psycopg.Connection, superuser: psycopg.Connection
) -> None:
    """An event of an older transaction that is still open waits, and is sealed when it commits."""
    late = app.execute(RECORD).fetchone()[0]
    early = superuser.execute(RECORD).fetchone()[0]
    assert seal_all() == 0  # the younger one waits for the older
    assert health.check().waiting == 1
    app.commit()
    assert seal_all() == 2
    assert {late, early} <= set(sealed(superuser))


def test_open_transaction_stops_sealing_for_no_more_than_a_minute(
    server: Embedded, superuser: psycopg.Connection
) -> None:
    """Roles that write have a time limit of a minute; a transaction that meets its limit is undone."""
    limits = dict(
        superuser.execute(
            "SELECT rolname, array_to_string(rolconfig, ',') FROM pg_roles WHERE rolname ~ '^confidential_(app|signin|worker)$'"
        ).fetchall()
    )
    assert len(limits) == 3 and all("transaction_timeout=60s" in limit for limit in limits.values())
    address = server.conninfo(dbname=DATABASE)
    with psycopg.connect(address, options="-c transaction_timeout=400ms") as held:
        held.execute(RECORD)
        superuser.execute(RECORD)
        assert seal_all() == 0
        time.sleep(0.6)
        assert seal_all() == 1
        with pytest.raises(psycopg.Error, match="transaction timeout"):
            held.execute("SELECT 1")


def test_reader_stops_nobody(
    server: Embedded, app: psycopg.Connection, superuser: psycopg.Connection
) -> None:
    """A transaction that only reads (a dump) holds nothing back, however long."""
    app.execute("SELECT count(*) FROM audit_tree")
    superuser.execute(RECORD)
    assert seal_all() == 1


def test_crash_between_index_and_signature(superuser: psycopg.Connection) -> None:
    """The tree is committed, the signature is not: the next run signs the same tree, once."""
    superuser.execute(RECORD)
    with as_sealer():
        assert sealing.seal_batch() == 1
        size, root = superuser.execute("SELECT size, root FROM audit_tree").fetchone()
        assert superuser.execute("SELECT max(size) < %s FROM audit_checkpoint", [size]).fetchone()[
            0
        ]
        assert sealing.sign() == size
        assert sealing.sign() is None
    note = bytes(
        superuser.execute("SELECT note FROM audit_checkpoint WHERE size = %s", [size]).fetchone()[0]
    )
    from audit.signing import signed

    assert signed(size, root).encode() == note  # the same bytes whenever it is signed
    with as_sealer(), pytest.raises(DatabaseError):
        from django.db import connection

        connection.cursor().execute(
            "INSERT INTO audit_checkpoint (size, root, note) VALUES (%s, '', '')", [size]
        )


def test_second_checkpoint_of_a_size_is_not_taken(superuser: psycopg.Connection) -> None:
    size, root, note = superuser.execute(
        "SELECT size, root, note FROM audit_checkpoint ORDER BY size DESC LIMIT 1"
    ).fetchone()
    assert superuser.execute(
        "SELECT sec.seal_sign(%s, %s, 'another')", [size, root]
    ).fetchone() == (False,)
    assert (
        superuser.execute("SELECT note FROM audit_checkpoint WHERE size = %s", [size]).fetchone()[0]
        == note
    )


def test_clock_moved_by_a_day(superuser: psycopg.Connection) -> None:
    """Order and completeness depend on transactions, not on clocks: each event is sealed, once."""
    written = []
    for days in (0, 1, -1, 0):
        written.append(
            superuser.execute(
                "INSERT INTO audit_event (id, at, actor_kind, actor_role, action, outcome, subject_kind, purpose, basis, object_type, detail)"
                " VALUES (gen_random_uuid(), now() + make_interval(days => %s), 'nobody', '', 'numbers.read', 'done', '', '', '', '', '{}') RETURNING id",
                [days],
            ).fetchone()[0]
        )
        superuser.execute(
            "INSERT INTO audit_pending (event, made_at) VALUES (%s, now() + make_interval(days => %s))",
            [written[-1], days],
        )
        assert health.check().alarm == (days != 0)  # and so after a clock was set back
        seal_all()
    assert sealed(superuser)[-4:] == written
    assert_whole()


def test_alarm_after_a_minute(superuser: psycopg.Connection) -> None:
    superuser.execute(RECORD)
    assert not health.check().alarm
    with tampering() as cursor:
        cursor.execute("UPDATE audit_pending SET made_at = made_at - interval '61 seconds'")
        found = health.check()
        assert found.alarm and str(found).startswith("ALARM")


def test_full_disk_while_sealing(
    superuser: psycopg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is half sealed; what waits is sealed when there is room again."""
    superuser.execute(
        "CREATE FUNCTION pg_temp.full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no space left on device' USING ERRCODE = '53100'; END $$"
    )
    superuser.execute(
        "CREATE TRIGGER full_disk BEFORE INSERT ON audit_tile FOR EACH ROW EXECUTE FUNCTION pg_temp.full()"
    )
    try:
        for _ in range(300):
            superuser.execute(RECORD)
        before = len(sealed(superuser))
        stop = threading.Event()
        threading.Timer(0.7, stop.set).start()
        with as_sealer():
            sealing.run(stop, every=0.1)
        assert len(sealed(superuser)) == before
        assert "not being sealed" in caplog.text and "no space left" in caplog.text
    finally:
        superuser.execute("DROP TRIGGER full_disk ON audit_tile")
    assert seal_all() == 300
    assert_whole()


def test_odd_rows_in_the_queue_stop_nobody(superuser: psycopg.Connection) -> None:
    """A queued event that is gone, and one that has its leaf already, are set aside and noted."""
    gone, twice = (superuser.execute(RECORD).fetchone()[0] for _ in range(2))
    seal_all()
    kept = superuser.execute(RECORD).fetchone()[0]
    superuser.execute("SET session_replication_role = replica")
    superuser.execute("INSERT INTO audit_pending (event) VALUES (%s), (gen_random_uuid())", [twice])
    seal_all()
    seal_all()
    found = sealed(superuser)
    assert found.count(twice) == 1 and kept in found and gone in found
    noted = superuser.execute(
        "SELECT action, object_id FROM audit_event WHERE action ~ '^log.(lost|twice)$'"
    ).fetchall()
    assert ("log.twice", twice) in noted and "log.lost" in {action for action, _ in noted}
    assert health.check().waiting == 0
    assert_whole()


def test_strange_details_are_sealed(app: psycopg.Connection, superuser: psycopg.Connection) -> None:
    """Whatever JSON a caller passes: it neither stops the log nor changes when read again."""
    deep = "[" * 500 + "]" * 500
    for detail in (
        '{"é": "ü\\n\\t\\u0001\\"\\\\", "😀": 1, "\ufb33": 2}',
        '{"a": 1e400}',
        '{"a": 1.5, "b": 1e-7, "c": 123456789012345678901234567890}',
        '{"a": [1, {"b": null}, true]}',
        f'{{"a": {deep}}}',
        '"text"',
        "null",
    ):
        app.execute("SELECT sec.log('numbers.read', detail => %s)", [detail])
    app.commit()
    assert seal_all() == 7
    assert_whole()


def test_codes_that_json_would_escape_are_refused(app: psycopg.Connection) -> None:
    for code in ('a"b', "a\\b", "a\nb", "é", "a\x1fb"):
        with pytest.raises(psycopg.errors.CheckViolation):
            app.execute("SELECT sec.log(%s)", [code])
        app.rollback()


@hypothesis_settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.text(st.characters(exclude_categories=["Cs"]))
        | st.integers(-(2**60), 2**60)
        | st.floats(allow_nan=False, allow_infinity=False),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
        ),
        max_leaves=12,
    )
)
def test_canonical_json_is_stable(value: object) -> None:
    """Read again it is the same value, and written again the same bytes."""
    import json

    text = canonical.dump(value)
    assert canonical.dump(json.loads(text)) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1e21, "1e+21"),
        (1e-7, "1e-7"),
        (0.000001, "0.000001"),
        (123456789012345680000, "123456789012345680000"),
        (4.5, "4.5"),
        (2e-3, "0.002"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (5e-324, "5e-324"),
        (333333333.33333329, "333333333.3333333"),
    ],
)
def test_numbers_are_written_as_rfc_8785_asks(number: float, text: str) -> None:
    assert canonical.dump(number).decode() == text


def test_every_column_with_and_without_a_value(superuser: psycopg.Connection) -> None:
    """What the sealer writes out is what the verifier puts together from the rows."""
    first = superuser.execute("SELECT size FROM audit_tree").fetchone()[0]  # type: ignore[index]
    superuser.execute("""
        WITH written AS (
            INSERT INTO audit_event (id, at, actor_kind, actor_role, action, outcome, subject_kind, purpose, basis,
                object_type, detail, actor, branch, digest, "group", object_id, revision, subject)
            SELECT gen_random_uuid(), clock_timestamp(), 'user', '', 'numbers.read', 'done', '', '', '', '', '{"b": [1], "a": "é"}',
                CASE WHEN n & 1 > 0 THEN gen_random_uuid() END, CASE WHEN n & 2 > 0 THEN gen_random_uuid() END,
                CASE WHEN n & 4 > 0 THEN substr(sha256(n::text::bytea) || sha512(n::text::bytea), 1, n % 97) END,
                CASE WHEN n & 8 > 0 THEN gen_random_uuid() END, CASE WHEN n & 16 > 0 THEN gen_random_uuid() END,
                CASE WHEN n & 32 > 0 THEN n % 3 END, CASE WHEN n & 64 > 0 THEN gen_random_uuid() END
            FROM generate_series(0, 255) n RETURNING id
        )
        INSERT INTO audit_pending (event) SELECT id FROM written""")
    seal_all()
    assert superuser.execute("SELECT size FROM audit_tree").fetchone() == (first + 256,)
    with as_verifier():
        assert verify().faults == []


def test_full_disk_at_the_second_sink(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading goes on; what the sink did not take is kept and passed on when it takes it again."""
    full = sink.Sink("/dev/full")
    monkeypatch.setattr(sink, "sink", lambda: full)
    new_client(cast.volunteer)
    assert len(full.kept) > 0
    assert not full.flush()
    full._file, full.target = None, settings.LOG_SINK
    assert full.flush() and not full.kept
