"""Other people's programs see the same log: pymerkle, and Go's sumdb packages where Go is installed."""

from __future__ import annotations

import json
import subprocess
from base64 import b64encode
from pathlib import Path

import pytest
from pymerkle import InmemoryTree

from audit import merkle
from audit.tiles import Frontier
from tests.making.logs import Log


def test_pymerkle_computes_the_same_roots_and_proofs() -> None:
    theirs, ours, hashes = InmemoryTree(algorithm="sha256"), Frontier(), []
    for size in range(1, 300):
        entry = b"entry %d" % size
        theirs.append_entry(entry)
        hashes.append(merkle.leaf_hash(entry))
        ours.extend(hashes[-1:])
        assert ours.root() == theirs.get_root()
    fetch = merkle.nodes_from_leaves(hashes)
    for index in (0, 1, 100, 255, 256, 298):
        path = merkle.inclusion_proof(index, 299, fetch)
        # pymerkle counts from one, and gives the leaf itself along.
        their_path = theirs.prove_inclusion(index + 1, 299).path
        assert sorted(their_path) == sorted([*path, hashes[index]])


def run(
    accept: Path, log: Log, folder: Path, size: int | None = None
) -> subprocess.CompletedProcess[str]:
    """Our export and our proofs under their eyes."""
    fetch = merkle.nodes_from_leaves(log.hashes)
    records = [
        {"index": index, "proof": [b64encode(value).decode() for value in path]}
        for index in range(0, log.size, 1 + log.size // 50)
        if (path := merkle.inclusion_proof(index, log.size, fetch)) is not None
    ]
    trees = [
        {
            "old": old,
            "root": b64encode(merkle.root_of(b"".join(log.hashes[:old]))).decode(),
            "proof": [
                b64encode(value).decode()
                for value in merkle.consistency_proof(old, log.size, fetch)
            ],
        }
        for old in range(1, log.size, 1 + log.size // 50)
    ]
    (folder / "proofs.json").write_text(json.dumps({"records": records, "trees": trees}))
    return subprocess.run([accept, folder], capture_output=True, text=True)


@pytest.mark.parametrize("size", [1, 2, 7, 256, 257, 1000])
def test_go_accepts_an_export(size: int, accept: Path, tmp_path: Path) -> None:
    log = Log().grow(size)
    done = run(accept, log, log.write(tmp_path, seen=1_790_000_000))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{size} entries" in done.stdout


def test_go_refuses_a_damaged_export(accept: Path, tmp_path: Path) -> None:
    """So that its yes means something."""
    log = Log().grow(600)
    log.write(tmp_path)
    (tmp_path / "checkpoint").write_text(log.checkpoint().replace("\n600\n", "\n599\n"))
    assert run(accept, log, tmp_path).returncode == 1
    log.write(tmp_path)
    tile = tmp_path / "tile/0/001"
    tile.write_bytes(tile.read_bytes()[:-1] + bytes([tile.read_bytes()[-1] ^ 1]))
    assert run(accept, log, tmp_path).returncode == 1
    log.write(tmp_path)
    bundle = tmp_path / "tile/entries/001"
    bundle.write_bytes(bundle.read_bytes()[:-1] + b"x")
    assert run(accept, log, tmp_path).returncode == 1
