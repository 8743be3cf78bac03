"""What the application exports, the program that shares no code with it accepts."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from django.conf import settings
from psycopg.rows import dict_row

from audit import health, proofs, signing, witnessing
from audit.checkpoint import open_checkpoint
from audit.exporting import client_file, export, file_by_reference
from audit.keys import keys_of_log
from audit.merkle import leaf_hash, verify_consistency, verify_inclusion
from tests.audit.running import Running, request
from tests.making.clients import new_client
from tests.making.logs import Log
from tests.making.people import Cast
from tests.making.programs import VERIFY
from tests.making.sealing import as_sealer, as_verifier, queue_strays, seal_all


@pytest.fixture
def exported(cast: Cast, superuser: psycopg.Connection, tmp_path: Path) -> tuple[Path, Path]:
    """The whole log, and one client's file."""
    for _ in range(3):
        client = new_client(cast.volunteer)
    queue_strays(superuser)
    seal_all()
    with as_verifier():
        file = file_by_reference(client.reference)
        assert export(tmp_path / "log") > 30
    (tmp_path / "client.json").write_text(json.dumps(file))
    assert len(file["events"]) > 5
    return tmp_path / "log", tmp_path / "client.json"


def test_stand_alone_verifier_accepts_the_export(exported: tuple[Path, Path]) -> None:
    folder, client = exported
    done = subprocess.run(
        [*VERIFY, str(folder), "--client", str(client), "--key", str(signing.verifier_key())],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_dropped_event_of_a_client_is_named(exported: tuple[Path, Path]) -> None:
    folder, client = exported
    file = json.loads(client.read_text())
    dropped = file["events"].pop(3)
    client.write_text(json.dumps(file))
    done = subprocess.run(
        [*VERIFY, str(folder), "--client", str(client)], capture_output=True, text=True
    )
    assert done.returncode != 0
    assert str(dropped["n"]) in done.stdout + done.stderr


def test_proof_of_one_event(exported: tuple[Path, Path], superuser: psycopg.Connection) -> None:
    event = superuser.execute(
        "SELECT event FROM audit_leaf ORDER BY index OFFSET 5 LIMIT 1"
    ).fetchone()[0]
    proof = proofs.inclusion(event)
    checkpoint, _ = open_checkpoint(proof.checkpoint, signing.verifier_key())
    verify_inclusion(
        proof.index, checkpoint.size, leaf_hash(proof.extra), proof.path, checkpoint.root
    )


def test_each_checkpoint_is_the_beginning_of_the_next(
    exported: tuple[Path, Path], superuser: psycopg.Connection
) -> None:
    found = superuser.execute("SELECT size, root FROM audit_checkpoint ORDER BY size").fetchall()
    newest, root = found[-1]
    for size, old in found[:-1]:
        verify_consistency(size, newest, proofs.consistency(size, newest), old, root)
        assert proofs.root(size) == old


def test_proofs_stay_valid_after_the_keys_are_destroyed(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    """Erasure takes key and events; the leaf is the same, and holds neither subject nor counter."""
    client = new_client(cast.volunteer)
    queue_strays(superuser)
    seal_all()
    event = superuser.execute(
        "SELECT id FROM audit_event WHERE subject = %s LIMIT 1", [client.pk]
    ).fetchone()[0]
    wrapped = superuser.execute(
        "SELECT audit FROM vault_subjectkey WHERE subject = %s", [client.pk]
    ).fetchone()[0]
    tag_key = keys_of_log({client.pk: wrapped})[client.pk].tag
    before = proofs.inclusion(event)
    superuser.execute(
        "CREATE TEMP TABLE kept AS SELECT * FROM vault_subjectkey WHERE subject = %s", [client.pk]
    )
    superuser.execute("DELETE FROM vault_subjectkey WHERE subject = %s", [client.pk])
    superuser.execute(
        "SELECT sec.remove_these((SELECT array_agg(id) FROM audit_event WHERE subject = %s), 'retention')",
        [client.pk],
    )
    new_client(cast.volunteer)
    seal_all()
    # Other tests list the clients of these people: one without a key would close the list to them.
    superuser.execute("INSERT INTO vault_subjectkey SELECT * FROM kept")
    after = proofs.inclusion(event)
    assert after.extra == before.extra and after.index == before.index
    checkpoint, _ = open_checkpoint(after.checkpoint, signing.verifier_key())
    verify_inclusion(
        after.index, checkpoint.size, leaf_hash(after.extra), after.path, checkpoint.root
    )
    assert client.pk.hex not in after.extra.hex() and str(client.pk).encode() not in after.extra
    assert tag_key not in after.extra
    from audit.verifying import verify

    with as_verifier():
        assert verify().faults == []


def test_without_witnesses_nobody_is_asked() -> None:
    assert witnessing.witnesses() == () and witnessing.ask_all() == 0


# ---------------------------------------------------------------- the whole way


@pytest.fixture
def witness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """A witness in a process of its own, whom the application asks."""
    running = Running(tmp_path, SimpleNamespace(key=signing.signing_key()))
    monkeypatch.setattr(settings, "LOG_WITNESSES", [f"{running.url} {running.key}"])
    witnessing.witnesses.cache_clear()
    yield running
    running.stop()
    witnessing.witnesses.cache_clear()


def verify(*args: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*VERIFY, *map(str, args)], capture_output=True, text=True)


def test_sealed_cosigned_exported_and_checked_by_others(
    cast: Cast, superuser: psycopg.Connection, witness: Running, tmp_path: Path, accept: Path
) -> None:
    client = new_client(cast.volunteer)
    queue_strays(superuser)
    seal_all()
    with as_sealer():
        assert witnessing.ask_all() == 1
        assert witnessing.ask_all() == 0  # nothing is new
        export(tmp_path / "log")
    old = tmp_path / "old"
    old.write_bytes((tmp_path / "log" / "checkpoint").read_bytes())
    new_client(cast.volunteer)
    seal_all()
    with as_sealer():
        assert witnessing.ask_all() == 1
        seen = witnessing.newest_cosigned()
    new_client(cast.volunteer)
    seal_all()  # a checkpoint that nobody else has seen yet
    with as_verifier():
        size = export(tmp_path / "log")
        file = file_by_reference(client.reference)
    assert size == seen.size < proofs.newest().size
    key = str(signing.verifier_key())
    (tmp_path / "client.json").write_text(json.dumps(file, ensure_ascii=False))
    keys = (tmp_path / "log" / "witness-keys").read_text().split()
    done = verify(
        tmp_path / "log",
        "--key",
        key,
        "--since",
        old,
        "--client",
        tmp_path / "client.json",
        "--witness",
        *keys,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("not checked") == 1  # whether the tag key is that of earlier files
    (tmp_path / "log" / "proofs.json").write_text("{}")
    theirs = subprocess.run([accept, tmp_path / "log"], capture_output=True, text=True)
    assert theirs.returncode == 0, theirs.stdout


def test_export_that_was_tampered_with(exported: tuple[Path, Path], tmp_path: Path) -> None:
    """Each damage is found; test_verify_log.py says which words name it."""
    folder, _ = exported
    for number, damage in enumerate(
        (
            lambda path, raw: path.write_bytes(raw[:-1]),
            lambda path, raw: path.write_bytes(raw[:60] + bytes([raw[60] ^ 1]) + raw[61:]),
            lambda path, raw: path.unlink(),
        )
    ):
        for name in (
            "checkpoint",
            "tile/0/000*",
            "tile/entries/000*",
            "tile/entries/000.p/*",
        ):
            copy = tmp_path / f"copy{number}-{name.replace('/', '-').replace('*', '')}"
            shutil.copytree(folder, copy)
            for path in [path for path in copy.glob(name) if path.is_file()]:
                damage(path, path.read_bytes())
                assert verify(copy).returncode in (1, 2), path


def test_a_file_that_is_not_complete_counts_nothing(
    cast: Cast, superuser: psycopg.Connection, tmp_path: Path
) -> None:
    """Where something is withheld, neither a counter nor a tag key may show that there is more."""
    client = new_client(cast.volunteer)
    queue_strays(superuser)
    seal_all()
    with as_verifier():
        whole = file_by_reference(client.reference)
        rows = superuser.execute(
            "SELECT subject, audit, leaves FROM vault_subjectkey JOIN audit_leafcount USING (subject) WHERE subject = %s",
            [client.pk],
        ).fetchone()
        with superuser.cursor(row_factory=dict_row) as cursor:
            events = cursor.execute(
                "SELECT *, detail::text AS detail FROM audit_event WHERE subject = %s", [client.pk]
            ).fetchall()
        withheld = events.pop(len(events) // 2)
        keys = keys_of_log({client.pk: rows[1]})[client.pk]
        file = client_file(events, keys, rows[2], complete=False)
    assert len(file["events"]) < len(whole["events"])
    assert str(withheld["id"]) not in json.dumps(file)
    assert all(set(item) == {"index", "entry", "event", "proof"} for item in file["events"])
    assert all("n" not in json.loads(item["event"]) for item in file["events"])
    assert set(file["keys"]) == {"commit"}
    path = tmp_path / "client.json"
    path.write_text(json.dumps(file, ensure_ascii=False))
    done = verify("--client", path, "--key", signing.verifier_key())
    assert done.returncode == 0, done.stdout
    assert "does not claim to be complete" in done.stdout


def test_a_removed_event_leaves_no_gap(
    cast: Cast, superuser: psycopg.Connection, tmp_path: Path
) -> None:
    client = new_client(cast.volunteer)
    queue_strays(superuser)
    seal_all()
    gone = superuser.execute(
        "SELECT e.id FROM audit_event e JOIN audit_leaf l ON l.event = e.id "
        "WHERE subject = %s ORDER BY index OFFSET 2 LIMIT 1",
        [client.pk],
    ).fetchone()[0]
    superuser.execute("SELECT sec.remove_these(ARRAY[%s]::uuid[], 'retention')", [gone])
    seal_all()
    with as_verifier():
        file = file_by_reference(client.reference)
        export(tmp_path / "log")
    (tmp_path / "client.json").write_text(json.dumps(file, ensure_ascii=False))
    assert [item["n"] for item in file["events"] if item["event"] is None] == [2]
    done = verify(
        tmp_path / "log", "--client", tmp_path / "client.json", "--key", signing.verifier_key()
    )
    assert done.returncode == 0, done.stdout
    assert "what 1 of them said" in done.stdout


def test_a_witness_that_saw_another_log_is_an_alarm(
    cast: Cast, superuser: psycopg.Connection, witness: Running
) -> None:
    """This log was set back, or somebody who holds its key has shown another: once a day, aloud."""
    other = Log()
    other.key = signing.signing_key()
    size = 1_000 + proofs.newest().size
    assert witness.ask(request(other.grow(size), 0, size))[0] == 200
    with as_sealer():
        assert not health.check().alarm
        for _ in range(2):
            assert witnessing.ask_all() == 0
        found = health.check()
    assert (found.contradicted, found.alarm) == (1, True)
    with superuser.transaction():  # as if it had not been, for the tests that follow
        superuser.execute("SET LOCAL session_replication_role = replica")
        event, detail = superuser.execute(
            "DELETE FROM audit_event WHERE action = 'log.contradicted' RETURNING id, detail"
        ).fetchone()
        superuser.execute("DELETE FROM audit_pending WHERE event = %s", [event])
    assert detail["witness"] == "example.net/witness"
    assert f"has seen {size} leaves" in detail["words"]


def test_long_verification_has_no_limit_of_time() -> None:
    """It only reads, so the minute that binds the worker's transactions does not bind it."""
    from django.db import connection

    from audit.reading import snapshot

    with as_verifier(), connection.cursor() as cursor:
        cursor.execute("SET transaction_timeout = '300ms'")
        with snapshot():
            time.sleep(0.5)
            cursor.execute("SELECT count(*) FROM sec.log_keys()")
            assert cursor.fetchone()[0] > 0
