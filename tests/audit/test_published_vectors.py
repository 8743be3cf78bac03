"""The published cases of other people's logs, against our prover, reader and verifier."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path

import pytest

from audit import merkle, note
from audit.checkpoint import Checkpoint
from tests.vectors import proofs

VECTORS = Path(proofs.__file__).parent
NOTES = json.loads((VECTORS / "notes.json").read_text())
INCLUSION = list(proofs.inclusion_cases())
CONSISTENCY = list(proofs.consistency_cases())


def test_the_cases_are_as_many_as_published_and_most_are_to_be_refused() -> None:
    assert (len(INCLUSION), sum(case.good for case in INCLUSION)) == (98, 6)
    assert (len(CONSISTENCY), sum(case.good for case in CONSISTENCY)) == (98, 6)


def test_published_files_are_among_the_cases() -> None:
    for sample in json.loads((VECTORS / "samples.json").read_text()):
        proof = [b64decode(text) for text in sample["proof"] or []]
        if "leafIdx" in sample:
            wanted = (sample["leafIdx"], sample["treeSize"], b64decode(sample["root"]))
            wanted += (b64decode(sample["leafHash"]), proof, not sample["wantErr"])
            have = [(c.index, c.size, c.root, c.leaf, c.proof, c.good) for c in INCLUSION]
        else:
            wanted = (sample["size1"], sample["size2"], b64decode(sample["root1"]))
            wanted += (b64decode(sample["root2"]), proof, not sample["wantErr"])
            have = [(c.old, c.new, c.old_root, c.new_root, c.proof, c.good) for c in CONSISTENCY]
        assert wanted in have, sample["desc"]


def test_leaves_and_roots_are_the_published_ones() -> None:
    hashes = [merkle.leaf_hash(leaf) for leaf in proofs.LEAVES]
    assert [merkle.root_of(b"".join(hashes[:n])) for n in range(1, 9)] == proofs.ROOTS


@pytest.mark.parametrize("case", INCLUSION, ids=lambda case: case.about)
def test_inclusion(case: proofs.Inclusion) -> None:
    call = (case.index, case.size, case.leaf, case.proof, case.root)
    if not case.good:
        with pytest.raises(merkle.ProofError):
            merkle.verify_inclusion(*call)
        return
    merkle.verify_inclusion(*call)
    if case.about == "good":
        hashes = [merkle.leaf_hash(leaf) for leaf in proofs.LEAVES]
        made = merkle.inclusion_proof(case.index, case.size, merkle.nodes_from_leaves(hashes))
        assert made == case.proof


@pytest.mark.parametrize("case", CONSISTENCY, ids=lambda case: case.about)
def test_consistency(case: proofs.Consistency) -> None:
    call = (case.old, case.new, case.proof, case.old_root, case.new_root)
    if not case.good:
        with pytest.raises(merkle.ProofError):
            merkle.verify_consistency(*call)
        return
    merkle.verify_consistency(*call)
    if case.about == "good":
        hashes = [merkle.leaf_hash(leaf) for leaf in proofs.LEAVES]
        made = merkle.consistency_proof(case.old, case.new, merkle.nodes_from_leaves(hashes))
        assert made == case.proof


def test_the_note_of_peter_neumann() -> None:
    signer = note.SigningKey.read(NOTES["private"])
    peter, enoch = map(note.VerifierKey.read, NOTES["keys"])
    assert signer.text() == NOTES["private"]
    assert (signer.verifier, str(peter)) == (peter, NOTES["keys"][0])
    assert signer.sign(NOTES["text"]).line == NOTES["signatures"][0]
    both = f"{NOTES['text']}\n" + "".join(f"{line}\n" for line in NOTES["signatures"])
    read = note.Note.read(both)
    assert str(read) == both
    assert set(read.verified([peter])) == {peter}
    assert set(read.verified([peter, enoch])) == {peter, enoch}


@pytest.mark.parametrize("text", NOTES["bad_keys"])
def test_bad_keys(text: str) -> None:
    with pytest.raises(note.NoteError):
        note.VerifierKey.read(text)


def test_the_cosigned_checkpoint_of_the_standard() -> None:
    """Its keys are not published: what can be seen is how it is put together."""
    read = note.Note.read(NOTES["cosigned"])
    checkpoint = Checkpoint.read(read.text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.text == read.text
    log, witness = read.signatures
    assert (len(log.raw), len(witness.raw)) == (64, 72)
    assert int.from_bytes(witness.raw[:8], "big") == NOTES["cosigned_at"]
    signed = note.cosigned(read.text, NOTES["cosigned_at"]).decode()
    assert signed == f"cosignature/v1\ntime {NOTES['cosigned_at']}\n{read.text}"
