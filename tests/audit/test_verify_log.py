"""The stand-alone checker: it says true to a good log, and names whatever was done to a bad one."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audit import merkle
from audit.checkpoint import InclusionText
from audit.note import SigningKey
from tests.making.logs import Log, put
from tests.making.programs import CHECKER
from tests.making.programs import checker as tool
from tests.vectors import proofs

Check = Callable[..., tuple[int, str]]


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Check:
    """Runs the command; gives its exit code and what it said."""

    def run(*args: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["verify_log.py", *map(str, args)])
        with pytest.raises(SystemExit) as ended:
            tool.main()
        said = capsys.readouterr()
        return int(str(ended.value.code)), said.out + said.err

    return run


@pytest.fixture
def log() -> Log:
    return Log().grow(700)


def own(log: Log) -> tuple[str, str]:
    """The key of the log, as somebody has it from elsewhere."""
    return "--key", str(log.key.verifier)


def saved(path: Path, value: dict[str, Any] | str) -> Path:
    path.write_text(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    return path


# ---------------------------------------------------------------- the published cases


@pytest.mark.parametrize("case", list(proofs.inclusion_cases()), ids=lambda case: case.about)
def test_inclusion(case: proofs.Inclusion) -> None:
    call = (case.index, case.size, case.leaf, case.proof, case.root)
    if case.good:
        tool.check_inclusion(*call)
    else:
        with pytest.raises(tool.Wrong):
            tool.check_inclusion(*call)


@pytest.mark.parametrize("case", list(proofs.consistency_cases()), ids=lambda case: case.about)
def test_consistency(case: proofs.Consistency) -> None:
    call = (case.old, case.new, case.proof, case.old_root, case.new_root)
    if case.good:
        tool.check_consistency(*call)
    else:
        with pytest.raises(tool.Wrong):
            tool.check_consistency(*call)


def test_it_shares_nothing_with_the_application() -> None:
    names = set()
    for step in ast.walk(ast.parse(CHECKER.read_text())):
        if isinstance(step, ast.Import):
            names |= {alias.name.split(".")[0] for alias in step.names}
        elif isinstance(step, ast.ImportFrom):
            names.add(str(step.module).split(".")[0])
    assert names <= {*sys.stdlib_module_names, "cryptography"}


# ---------------------------------------------------------------- a good log


def test_a_good_log_is_true_from_the_command_line(log: Log, tmp_path: Path) -> None:
    log.write(tmp_path / "log", seen=1_790_000_000)
    old = saved(tmp_path / "old", log.checkpoint(300))
    person = saved(tmp_path / "ada.json", log.client(0))
    command = [
        sys.executable,
        CHECKER,
        tmp_path / "log",
        "--key",
        str(log.key.verifier),
        "--since",
        old,
    ]
    command += ["--client", person, "--witness", str(log.witness.verifier)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "FALSE" not in done.stdout and done.stdout.count("not checked") == 1
    assert "whether the key that counts them" in done.stdout
    assert "cosigned by example.net/witness at 2026-" in done.stdout
    assert "goes on from your checkpoint of 300 entries" in done.stdout
    assert "each of the 234 events is as it was recorded" in done.stdout
    assert "the log has no other event of this person" in done.stdout


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 512])
def test_logs_of_every_shape(size: int, tmp_path: Path, check: Check) -> None:
    log = Log().grow(size)
    log.write(tmp_path)
    for old in {0, 1, size // 2, size - 1, size} & set(range(size + 1)):
        code, said = check(
            tmp_path, *own(log), "--since", saved(tmp_path / "old", log.checkpoint(old))
        )
        assert code == 0, said


def test_many_bundles_are_shared_among_processes(tmp_path: Path, check: Check) -> None:
    log = Log().grow(256 * 40 + 7)
    log.write(tmp_path)
    code, said = check(
        tmp_path, *own(log), "--since", saved(tmp_path / "old", log.checkpoint(9_999))
    )
    assert code == 0, said
    changed = log.entries[8_000].replace(b'"v":1', b'"v":2')
    bundle = [*log.entries[31 * 256 : 8_000], changed, *log.entries[8_001 : 32 * 256]]
    put(tmp_path, "entries", 31, 256, b"".join(len(e).to_bytes(2, "big") + e for e in bundle))
    code, said = check(tmp_path)
    assert code == 1
    assert "entry 8000 is not the one whose hash is in the tree" in said


def test_without_other_processes_the_answer_is_the_same(
    tmp_path: Path, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is no shared memory, as in a bare chroot, a pool cannot be made."""

    def refused() -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tool, "ProcessPoolExecutor", refused)
    log = Log().grow(256 * 40 + 7)
    log.write(tmp_path)
    code, said = check(tmp_path, *own(log))
    assert code == 0, said


def test_a_partial_tile_may_have_grown_since(log: Log, tmp_path: Path, check: Check) -> None:
    """tlog-tiles lets a log remove partial tiles once the full one is there."""
    log.write(tmp_path)
    (tmp_path / "checkpoint").write_text(log.checkpoint(300))
    put(tmp_path, 1, 0, 1, (tmp_path / "tile/1/000.p/2").read_bytes()[:32])
    code, said = check(tmp_path, *own(log))
    assert code == 0, said


def test_a_key_from_the_same_place_proves_little(log: Log, tmp_path: Path, check: Check) -> None:
    """Then the log agrees with itself only: an end of its own, and never "everything is true"."""
    folder = log.write(tmp_path / "log", seen=5)
    file = saved(tmp_path / "ada.json", log.client(0))
    (tmp_path / "link").symlink_to(folder)
    for args in (
        (folder,),
        (folder, "--client", file),
        (folder, "--since", saved(tmp_path / "old", log.checkpoint(300))),
        (folder, "--key", folder / "key.pub"),
        (tmp_path / "link", "--key", folder / "key.pub"),
        (folder, "--key", tmp_path / "link" / "key.pub"),
        (folder, "--witness", log.witness.verifier),
    ):
        code, said = check(*args)
        assert code == 3, said
        assert "not checked  whether this is the key of the log" in said
        assert "AGREES WITH ITSELF ONLY" in said and "Everything" not in said
    brought = saved(tmp_path / "key-on-paper", str(log.key.verifier))
    for key in (log.key.verifier, brought):
        code, said = check(folder, "--key", key)
        assert (code, "AGREES WITH ITSELF" in said) == (0, False)


def test_a_log_forged_as_a_whole(log: Log, tmp_path: Path, check: Check) -> None:
    """Events dropped, the tree made anew under another key of the same name: true to itself, false to a reader's key."""
    forged = Log().grow(500)
    folder = forged.write(tmp_path / "log")
    assert check(folder)[0] == 3
    code, said = check(folder, *own(log))
    assert (code, "is not signed by example.org/log" in said) == (1, True)
    put(folder, 0, 0, 256, bytes(8192))
    assert check(folder)[0] == 1  # what is false is false, whoever's key it is


# ---------------------------------------------------------------- damage to the log


def rewritten(folder: Path, log: Log, number: int) -> None:
    bundle = log.entries[number * 256 : number * 256 + 256]
    put(
        folder,
        "entries",
        number,
        len(bundle),
        b"".join(len(e).to_bytes(2, "big") + e for e in bundle),
    )


@pytest.mark.parametrize("index", [0, 255, 256, 511, 512, 699])
def test_a_changed_entry_is_named(index: int, log: Log, tmp_path: Path, check: Check) -> None:
    log.write(tmp_path)
    log.entries[index] = log.entries[(index + 1) % 700]
    rewritten(tmp_path, log, index // 256)
    code, said = check(tmp_path)
    assert code == 1
    assert f"entry {index} is not the one whose hash is in the tree" in said
    assert "event " in said and "in leaf" in said  # now there twice


def test_entries_in_another_order_are_named(log: Log, tmp_path: Path, check: Check) -> None:
    log.write(tmp_path)
    log.entries[300], log.entries[301] = log.entries[301], log.entries[300]
    rewritten(tmp_path, log, 1)
    code, said = check(tmp_path)
    assert code == 1
    assert "entry 300 is not" in said and "entry 301 is not" in said and "entry 302" not in said


def test_a_removed_and_a_smuggled_entry(log: Log, tmp_path: Path, check: Check) -> None:
    log.write(tmp_path)
    kept = list(log.entries)
    for change in (lambda e: e.pop(10), lambda e: e.insert(10, kept[3]), lambda e: e.pop()):
        log.entries = list(kept)
        change(log.entries)
        for number in range(3):
            bundle = log.entries[number * 256 : min(number * 256 + 256, 700)]
            width = min(256, 700 - number * 256)
            put(
                tmp_path,
                "entries",
                number,
                width,
                b"".join(len(e).to_bytes(2, "big") + e for e in bundle),
            )
        assert check(tmp_path)[0] == 1


def test_a_tree_made_anew_is_not_the_signed_one(log: Log, tmp_path: Path, check: Check) -> None:
    """Entries and tiles agree, because both were forged; the signature stands in the way."""
    good = log.checkpoint()
    log.entries[5] = log.entries[5].replace(log.entries[5][6:10], log.entries[6][6:10])
    log.hashes[5] = merkle.leaf_hash(log.entries[5])
    log.write(tmp_path)
    (tmp_path / "checkpoint").write_text(good)
    code, said = check(tmp_path)
    assert code == 1
    assert "come to another root than the one that was signed" in said


def test_a_checkpoint_signed_by_somebody_else(log: Log, tmp_path: Path, check: Check) -> None:
    stranger = SigningKey.make(log.key.name)
    log.write(tmp_path, key=stranger)
    assert "is not signed by example.org/log" in check(tmp_path)[1]
    renamed = SigningKey(log.key.name + "/x", log.key.private)
    code, said = check(log.write(tmp_path, key=renamed), "--key", renamed.verifier)
    assert code == 1
    assert "that of another log" in said


def test_a_changed_checkpoint(log: Log, tmp_path: Path, check: Check) -> None:
    log.write(tmp_path)
    (tmp_path / "checkpoint").write_text(log.checkpoint().replace("\n700\n", "\n699\n"))
    code, said = check(tmp_path)
    assert code == 1
    assert "the signature of example.org/log is false" in said


@pytest.mark.parametrize(
    "name", ["tile/0/000", "tile/1/000.p/2", "tile/entries/001", "tile/entries/002.p/188"]
)
def test_missing_cut_and_longer_files(name: str, log: Log, tmp_path: Path, check: Check) -> None:
    log.write(tmp_path)
    whole = (tmp_path / name).read_bytes()
    for damage in (whole[:-1], whole[:-32], whole + whole[-32:], b""):
        (tmp_path / name).write_bytes(damage)
        code, said = check(tmp_path)
        assert code == 1, damage
        assert name in said or "entry" in said or "entries" in said
    (tmp_path / name).unlink()
    code, said = check(tmp_path)
    assert code == 1
    assert "is missing" in said


def test_a_changed_tile_above_the_leaves(log: Log, tmp_path: Path, check: Check) -> None:
    log.write(tmp_path)
    path = tmp_path / "tile/1/000.p/2"
    path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:])
    assert "tile 0 of level 1 is not what the entries come to" in check(tmp_path)[1]


def test_a_shrunk_log_and_a_fork_are_not_what_the_reader_saw(
    log: Log, tmp_path: Path, check: Check
) -> None:
    old = saved(tmp_path / "old", log.checkpoint(650))
    fork = Log()
    fork.key = log.key
    fork.grow(600, lambda index: index % 3).write(tmp_path / "short")
    code, said = check(tmp_path / "short", "--since", old)
    assert code == 1
    assert "shrunk: you saw 650 entries, now there are 600" in said
    fork.grow(100, lambda index: 0).write(tmp_path / "fork")
    code, said = check(tmp_path / "fork", "--since", old)
    assert code == 1
    assert "its first 650 entries are not those you saw" in said


def test_an_event_sealed_twice_is_found(log: Log, tmp_path: Path, check: Check) -> None:
    log.entries.append(log.entries[7])
    log.hashes.append(log.hashes[7])
    code, said = check(log.write(tmp_path))
    assert code == 1
    assert "is in leaf 7 and in leaf 700" in said


def test_witnesses(log: Log, tmp_path: Path, check: Check) -> None:
    log.write(tmp_path)
    code, said = check(tmp_path, "--witness", log.witness.verifier)
    assert (code, "has not cosigned" in said) == (1, True)
    forged = SigningKey(log.witness.name, SigningKey.make("x").private, log.witness.kind)
    log.witness, good = forged, log.witness
    log.write(tmp_path, seen=5)
    assert "has not cosigned" in check(tmp_path, "--witness", good.verifier)[1]
    log.witness = good
    signed = log.checkpoint(seen=5)
    line = signed.splitlines()[-1]
    wrong = line[:40] + ("A" if line[40] != "A" else "B") + line[41:]
    (tmp_path / "checkpoint").write_text(signed.replace(line, wrong))
    code, said = check(tmp_path, "--witness", good.verifier)
    assert (code, "the signature of example.net/witness is false" in said) == (1, True)


# ---------------------------------------------------------------- one person's file


def test_a_persons_file_alone(log: Log, tmp_path: Path, check: Check) -> None:
    old = saved(tmp_path / "old", log.checkpoint(300))
    person = saved(tmp_path / "ada.json", log.client(0, since=300))
    code, said = check("--client", person, "--key", log.key.verifier, "--since", old)
    assert code == 0, said
    assert "goes on from your checkpoint of 300" in said
    assert "not checked  whether events after the last of these are missing" in said
    code, said = check("--client", person, "--key", log.key.verifier)
    assert code == 0
    older = saved(tmp_path / "older", log.checkpoint(200))
    assert (
        "has no proof from it"
        in check("--client", person, "--key", log.key.verifier, "--since", older)[1]
    )
    fork = Log().grow(300, lambda index: 0)
    fork.key = log.key
    code, said = check(
        "--client", person, "--key", log.key.verifier, "--since", saved(old, fork.checkpoint())
    )
    assert (code, "leads to another root" in said) == (1, True)


def test_a_dropped_event_is_named(log: Log, tmp_path: Path, check: Check) -> None:
    folder = log.write(tmp_path / "log")
    for at in (0, 17, 233):
        file = log.client(0)
        gone = file["events"].pop(at)
        person = saved(tmp_path / "ada.json", file)
        code, said = check(folder, "--client", person)
        assert code == 1
        event = json.loads(gone["event"])["id"]
        assert (
            f"the event {event} of leaf {gone['index']} is missing from the file (number {at})"
            in said
        )
        code, said = check("--client", person, "--key", log.key.verifier)
        assert f"event number {at} is missing" in said or at == 233


def test_a_file_that_is_not_complete_claims_nothing(log: Log, tmp_path: Path, check: Check) -> None:
    file = log.client(0, complete=False)
    del file["events"][3]
    folder = log.write(tmp_path / "log")
    code, said = check(folder, *own(log), "--client", saved(tmp_path / "ada.json", file))
    assert code == 0, said
    assert "not checked  whether events are missing" in said
    assert "tag" not in file["keys"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            lambda item: item.update(event=item["event"].replace("viewed", "edited")),
            "does not open its leaf",
        ),
        (lambda item: item.update(index=item["index"] + 3), "leads to another root"),
        (lambda item: item.update(index=9_999), "no leaf 9999"),
        (lambda item: item.update(index=-1), "no leaf -1"),
        (lambda item: item.update(index=True), "not of the known form"),
        (lambda item: item.update(n=item["n"] + 1), "is not number"),
        (lambda item: item.pop("n"), "has no counter"),
        (lambda item: item.update(proof=item["proof"][:-1]), "too short"),
        (lambda item: item.update(proof=[*item["proof"], item["proof"][0]]), "too long"),
        (lambda item: item.update(proof=None), "not a list of hashes"),
        (lambda item: item.update(proof=["?"]), "not base64"),
        (lambda item: item.update(proof=[5]), "not base64"),
        (lambda item: item.update(entry=item["entry"] + " "), "not of the known form"),
        (lambda item: item.update(event="[]"), "not of the known form"),
        (lambda item: item.clear(), "not of the known form"),
    ],
)
def test_a_changed_event_is_named(
    change: Callable[[dict[str, Any]], object], says: str, log: Log, tmp_path: Path, check: Check
) -> None:
    file = log.client(0)
    change(file["events"][4])
    person = saved(tmp_path / "ada.json", file)
    for args in ((log.write(tmp_path / "log"),), ("--key", log.key.verifier)):
        code, said = check(*args, "--client", person)
        assert code == 1, said
        assert says in said


def test_a_removed_text_leaves_its_leaf(log: Log, tmp_path: Path, check: Check) -> None:
    file, folder = log.client(0), log.write(tmp_path / "log")
    for at in (0, 9, 233):
        file["events"][at]["event"] = None
    code, said = check(folder, *own(log), "--client", saved(tmp_path / "ada.json", file))
    assert code == 0, said
    assert "what 3 of them said" in said
    file["complete"] = False
    code, said = check(folder, "--client", saved(tmp_path / "ada.json", file))
    assert (code, "has no text" in said) == (1, True)


def test_somebody_elses_event_is_not_yours(log: Log, tmp_path: Path, check: Check) -> None:
    file, others = log.client(0), log.client(1)
    file["events"][4] = others["events"][4]
    code, said = check(log.write(tmp_path / "log"), "--client", saved(tmp_path / "ada.json", file))
    assert code == 1
    assert "does not open its leaf" in said and "is missing from the file (number 4)" in said


def test_a_file_about_a_fork(log: Log, tmp_path: Path, check: Check) -> None:
    fork = Log()
    fork.key = log.key
    fork.grow(650, lambda index: 0)
    file = saved(tmp_path / "ada.json", fork.client(0))
    assert "a fork" in check(log.write(tmp_path / "log"), "--client", file)[1]
    file = saved(tmp_path / "ada.json", fork.grow(100).client(0))
    assert "this log has 700" in check(tmp_path / "log", "--client", file)[1]


def test_an_older_file_beside_a_grown_log(log: Log, tmp_path: Path, check: Check) -> None:
    file = saved(tmp_path / "ada.json", log.client(0))
    code, said = check(log.grow(100).write(tmp_path / "log"), *own(log), "--client", file)
    assert code == 0, said


def test_a_single_proof(log: Log, tmp_path: Path, check: Check) -> None:
    path = merkle.inclusion_proof(44, 700, merkle.nodes_from_leaves(log.hashes))
    text = InclusionText(44, tuple(path), log.checkpoint(), log.entries[44])
    proof = saved(tmp_path / "44.tlog-proof", str(text))
    assert InclusionText.read(str(text)) == text
    code, said = check("--proof", proof, "--key", log.key.verifier)
    assert (code, "leaf 44" in said) == (0, True)
    wrong = InclusionText(44, tuple(path), log.checkpoint(), log.entries[45])
    code, said = check("--proof", saved(proof, str(wrong)), "--key", log.key.verifier)
    assert (code, "another root" in said) == (1, True)


# ---------------------------------------------------------------- where it cannot begin


def test_what_it_cannot_begin_with(log: Log, tmp_path: Path, check: Check) -> None:
    log.write(tmp_path / "log")
    key = str(log.key.verifier)
    for args in (
        (),
        (tmp_path / "nowhere",),
        (tmp_path,),
        (tmp_path / "log", "--key", key[:-4] + "AAA="),
        (tmp_path / "log", "--key", log.witness.verifier),
        (tmp_path / "log", "--since", tmp_path / "nothing"),
        (tmp_path / "log", "--client", saved(tmp_path / "a", "{}")),
        (tmp_path / "log", "--client", saved(tmp_path / "b", "[[[")),
        ("--client", saved(tmp_path / "c", log.client(0))),
    ):
        code, said = check(*args)
        assert code == 2, (args, said)
