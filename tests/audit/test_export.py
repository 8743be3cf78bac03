"""What the application exports, the program that shares no code with it accepts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from audit import proofs, signing, witnessing
from audit.checkpoint import open_checkpoint
from audit.exporting import export, file_by_reference
from audit.keys import keys_of_log
from audit.merkle import leaf_hash, verify_consistency, verify_inclusion
from confidential.environment import BASE
from tests.audit.sealer import as_worker, queue_strays, seal_all
from tests.cast import Cast, new_client

VERIFY = [sys.executable, str(BASE / "tools" / "verify_log.py")]


@pytest.fixture
def exported(cast: Cast, superuser: psycopg.Connection, tmp_path: Path) -> tuple[Path, Path]:
    """The whole log, and one client's file."""
    for _ in range(3):
        client = new_client(cast.volunteer)
    queue_strays(superuser)
    seal_all()
    with as_worker():
        file = file_by_reference(client.reference)
        assert export(tmp_path / "log") > 30
    (tmp_path / "client.json").write_text(json.dumps(file))
    assert len(file["events"]) > 5
    return tmp_path / "log", tmp_path / "client.json"


def test_stand_alone_verifier_accepts_the_export(exported: tuple[Path, Path]) -> None:
    folder, client = exported
    done = subprocess.run(
        [*VERIFY, str(folder), "--client", str(client)], capture_output=True, text=True
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
    superuser.execute("DELETE FROM vault_subjectkey WHERE subject = %s", [client.pk])
    superuser.execute(
        "SELECT sec.remove_these((SELECT array_agg(id) FROM audit_event WHERE subject = %s), 'erasure')",
        [client.pk],
    )
    new_client(cast.volunteer)
    seal_all()
    after = proofs.inclusion(event)
    assert after.extra == before.extra and after.index == before.index
    checkpoint, _ = open_checkpoint(after.checkpoint, signing.verifier_key())
    verify_inclusion(
        after.index, checkpoint.size, leaf_hash(after.extra), after.path, checkpoint.root
    )
    assert client.pk.hex not in after.extra.hex() and str(client.pk).encode() not in after.extra
    assert tag_key not in after.extra
    from audit.verifying import verify

    with as_worker():
        assert verify().faults == []


def test_without_witnesses_nobody_is_asked() -> None:
    assert witnessing.witnesses() == () and witnessing.ask_all() == 0
