"""Whatever is changed in the log behind the application's back is found and named by the right tool."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from django.conf import settings

from audit import sink
from audit.reconciling import Reconciliation, Told, compare, reconcile
from audit.verifying import Report, Verification, verify
from tests.making.clients import new_client
from tests.making.people import Cast
from tests.making.sealing import as_verifier, queue_strays, seal_all, tampering

Row = tuple[int, UUID]


def told() -> Told:
    """What the sink was told so far."""
    found = Told()
    found.read(iter(Path(settings.LOG_SINK).read_text().splitlines()))
    return found


def reconciled() -> Reconciliation:
    return compare(told())


def verified() -> Report:
    return Verification().run()


@pytest.fixture
def sealed(cast: Cast, superuser: psycopg.Connection) -> list[Row]:
    """Leaves (index, event) of a client's events, sealed and signed."""
    client = new_client(cast.volunteer)
    queue_strays(superuser)
    seal_all()
    return superuser.execute(
        "SELECT l.index, l.event FROM audit_leaf l JOIN audit_event e ON e.id = l.event WHERE e.subject = %s ORDER BY 1",
        [client.pk],
    ).fetchall()


@pytest.fixture
def waiting(cast: Cast, superuser: psycopg.Connection) -> UUID:
    """An event that is committed and not sealed."""
    client = new_client(cast.volunteer)
    queue_strays(superuser)
    return superuser.execute(
        "SELECT e.id FROM audit_event e JOIN audit_pending p ON p.event = e.id WHERE e.subject = %s LIMIT 1",
        [client.pk],
    ).fetchone()[0]


def test_whole_log_has_no_fault(sealed: list[Row]) -> None:
    with as_verifier():
        report = verify()
        found = reconcile(Path(settings.LOG_SINK))
    assert report.faults == [] and report.events >= len(sealed)
    assert found.faults == [] and found.torn == 0
    assert not set(found.without_line) & {event for _, event in sealed}


SEALED = {
    "changed": (
        "UPDATE audit_event SET purpose = 'other' WHERE id = %(event)s",
        "is not what was sealed",
    ),
    "another actor": (
        "UPDATE audit_event SET actor = gen_random_uuid() WHERE id = %(event)s",
        "is not what was sealed",
    ),
    "given to nobody": (
        "UPDATE audit_event SET subject = NULL WHERE id = %(event)s",
        "tag of somebody else",
    ),
    "deleted": (
        "DELETE FROM audit_event WHERE id = %(event)s",
        "is gone, and no removal is on record",
    ),
}


@pytest.mark.parametrize("what", SEALED)
def test_event_after_sealing(sealed: list[Row], what: str) -> None:
    """Both tools name the event; the seal and the line outside agree."""
    statement, words = SEALED[what]
    index, event = sealed[2]
    with tampering() as cursor:
        cursor.execute(statement, {"event": event})
        faults, beside = verified().faults, reconciled().faults
    assert len(faults) == (2 if what == "given to nobody" else 1)
    assert any(str(event) in fault and words in fault for fault in faults)
    assert len(beside) == 1 and str(event) in beside[0]
    assert (f"leaf {index}" in beside[0]) == (what == "deleted")


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "UPDATE audit_event SET purpose = 'other' WHERE id = %s",
            "was altered after it was committed",
        ),
        ("DELETE FROM audit_event WHERE id = %s", "was removed before it was sealed"),
    ],
)
def test_event_before_sealing(waiting: UUID, statement: str, words: str) -> None:
    """What the seal cannot know yet, the second sink does."""
    with tampering() as cursor:
        cursor.execute(statement, [waiting])
        assert [f for f in reconciled().faults if words in f and str(waiting) in f]


def test_event_taken_with_its_place_in_the_queue(waiting: UUID) -> None:
    with tampering() as cursor:
        cursor.execute("DELETE FROM audit_event WHERE id = %s", [waiting])
        cursor.execute("DELETE FROM audit_pending WHERE event = %s", [waiting])
        assert verified().faults == []  # nothing is left to see in the database
        assert reconciled().faults == [f"The event {waiting} was removed before it was sealed."]


def test_event_kept_out_of_the_queue(waiting: UUID) -> None:
    with tampering() as cursor:
        cursor.execute("DELETE FROM audit_pending WHERE event = %s", [waiting])
        assert verified().faults == [f"The event {waiting} has no leaf and does not wait for one."]


def test_forged_event_came_without_a_line(sealed: list[Row]) -> None:
    forged = uuid4()
    with tampering() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE forged AS SELECT * FROM audit_event WHERE id = %s", [sealed[0][1]]
        )
        cursor.execute("UPDATE forged SET id = %s", [forged])
        cursor.execute("INSERT INTO audit_event SELECT * FROM forged")
        cursor.execute("INSERT INTO audit_pending (event) VALUES (%s)", [forged])
        assert forged in reconciled().without_line


def _swap(cursor: psycopg.Cursor, rows: list[Row]) -> list[str]:
    (first, _), (second, _) = rows[1], rows[2]
    cursor.execute("UPDATE audit_leaf SET index = -1 WHERE index = %s", [first])
    cursor.execute("UPDATE audit_leaf SET index = %s WHERE index = %s", [first, second])
    cursor.execute("UPDATE audit_leaf SET index = %s WHERE index = -1", [second])
    return [f"Leaf {first} is not", f"Leaf {second} is not"]


def _drop(cursor: psycopg.Cursor, rows: list[Row]) -> list[str]:
    cursor.execute("DELETE FROM audit_leaf WHERE index = %s", [rows[1][0]])
    return [f"Leaves {rows[1][0]} to {rows[1][0]} are missing", f"{rows[1][1]} has no leaf"]


def _drop_both(cursor: psycopg.Cursor, rows: list[Row]) -> list[str]:
    cursor.execute("DELETE FROM audit_event WHERE id = %s", [rows[1][1]])
    return [*_drop(cursor, rows)[:1], "is in no leaf"]


def _change(cursor: psycopg.Cursor, rows: list[Row]) -> list[str]:
    cursor.execute("UPDATE audit_leaf SET commitment = sha256('x') WHERE index = %s", [rows[1][0]])
    return [
        f"Leaf {rows[1][0]} is not",
        f"{rows[1][1]} of leaf {rows[1][0]} is not what was sealed",
    ]


def _truncate(cursor: psycopg.Cursor, rows: list[Row]) -> list[str]:
    """The newest leaves go, with their events and counters; the tree row is left."""
    cursor.execute("DELETE FROM audit_leaf WHERE index >= %s", [rows[1][0]])
    return ["leaves, ", f"{rows[1][0]} are there"]


def _insert(cursor: psycopg.Cursor, rows: list[Row]) -> list[str]:
    cursor.execute("SELECT max(index) + 1 FROM audit_leaf")
    at = cursor.fetchone()[0]
    cursor.execute(
        "INSERT INTO audit_leaf VALUES (%s, %s, sha256('x'), substr(sha256('x'), 1, 16))",
        [at, uuid4()],
    )
    return [f"of leaf {at} is gone", f"The tree has {at} leaves, {at + 1} are there"]


@pytest.mark.parametrize("tamper", [_swap, _drop, _drop_both, _change, _truncate, _insert])
def test_leaves(
    sealed: list[Row], tamper: Callable[[psycopg.Cursor, list[Row]], list[str]]
) -> None:
    with tampering() as cursor:
        words = tamper(cursor, sealed)
        faults = verified().faults
    assert all(any(each in fault for fault in faults) for each in words), (words, faults)


def test_excuse_for_a_removal_is_no_removal(sealed: list[Row]) -> None:
    """A row that calls a removal lawful needs the event of that removal."""
    with tampering() as cursor:
        cursor.execute("DELETE FROM audit_event WHERE id = %s", [sealed[1][1]])
        cursor.execute("INSERT INTO audit_removed VALUES (%s, %s)", [sealed[1][1], sealed[0][1]])
        assert any(str(sealed[1][1]) in fault for fault in verified().faults)


def test_old_state_played_back(sealed: list[Row], cast: Cast) -> None:
    """The newest leaves, events, tree and checkpoints go together: only what lies outside knows."""
    with tampering() as cursor:
        at = sealed[0][0]
        cursor.execute(
            "SELECT size, root FROM audit_checkpoint WHERE size <= %s ORDER BY size DESC LIMIT 1",
            [at],
        )
        size, root = cursor.fetchone()
        cursor.execute(
            "DELETE FROM audit_event WHERE id IN (SELECT event FROM audit_leaf WHERE index >= %s)",
            [size],
        )
        cursor.execute("DELETE FROM audit_leaf WHERE index >= %s", [size])
        cursor.execute("DELETE FROM audit_checkpoint WHERE size > %s", [size])
        cursor.execute("UPDATE audit_tree SET size = %s, root = %s", [size, root])
        faults = reconciled().faults
    assert any(f"leaves once and has {size} now" in fault for fault in faults)
    assert sum("was removed before it was sealed" in fault for fault in faults) >= len(sealed)


def test_edge_that_is_too_short_is_a_fault_and_no_error(sealed: list[Row], cast: Cast) -> None:
    """As after an old state was played back over a border of the tiles."""
    with tampering() as cursor:
        cursor.execute("UPDATE audit_tree SET edge = ''")
        assert any("leaves are not those" in fault for fault in reconciled().faults)


def test_forked_log_is_known_outside(sealed: list[Row]) -> None:
    """The whole log made anew over a changed row: it is whole in itself, and another than the sink knows."""
    with tampering() as cursor:
        cursor.execute("UPDATE audit_tree SET root = sha256('another') RETURNING size")
        size = cursor.fetchone()[0]
        cursor.execute(
            "UPDATE audit_tile SET hashes = sha256('another') || substr(hashes, 33) WHERE number = 0 AND level = 0"
        )
        cursor.execute("UPDATE audit_tree SET edge = sha256('another') || substr(edge, 33)")
        assert any(f"The first {size} leaves are not" in fault for fault in reconciled().faults)
    two = Told()
    two.read(iter([f"tree 5 {'aa' * 32}", f"tree 5 {'bb' * 32}"]))
    assert "forked" in two.faults[0]


def test_checkpoint_by_another_key(sealed: list[Row]) -> None:
    with tampering() as cursor:
        cursor.execute(
            # A letter in the midst of the signature, which is the end of the note.
            """UPDATE audit_checkpoint SET note = overlay(note PLACING CASE substr(note, length(note) - 20, 1) WHEN 'A' THEN 'B'::bytea ELSE 'A'::bytea END
            FROM length(note) - 20 FOR 1) WHERE size = (SELECT max(size) FROM audit_checkpoint)"""
        )
        assert any("is not signed by the log" in fault for fault in verified().faults)


def test_torn_and_doubled_lines_are_no_fault() -> None:
    line = sink.event_lines({uuid4(): b"x" * 32})[0]
    found = Told()
    found.read(iter([line, line, line[:-8], "event m1", "", "tree x y"]))
    assert len(found.events) == 1 and found.torn == 3 and found.faults == []
