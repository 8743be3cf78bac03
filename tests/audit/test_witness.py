"""The witness as a program of its own: what it signs, what it refuses, what it keeps."""

from __future__ import annotations

import base64
import errno
import json
import re
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from audit import merkle
from audit.note import Note, Signature, SigningKey, VerifierKey, sign_note
from tests.audit.running import Running, fork_of, request
from tests.making.logs import Log
from tests.making.programs import WITNESS
from tests.making.programs import witness as program


@pytest.fixture
def log() -> Log:
    return Log().grow(40)


@pytest.fixture
def witness(log: Log, tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path, log)
    yield running
    running.stop()


def test_it_cosigns_what_goes_on(log: Log, witness: Running) -> None:
    for old, new in ((0, 7), (7, 7), (7, 8), (8, 33), (33, 40)):
        status, line, _ = witness.ask(request(log, old, new))
        assert status == 200, line
        note = Note.read(log.checkpoint(new) + line)
        signed = note.verified([log.key.verifier, witness.key])
        assert abs(int(signed[witness.key] or 0) - 1_700_000_000) < 2**32
    assert f"{log.key.name} 40 " in witness.look()


def test_it_answers_as_the_standard_says(log: Log, witness: Running) -> None:
    stranger = Log(origin="example.org/unknown").grow(3)
    forged = log.checkpoint(7, key=SigningKey.make(log.key.name))
    assert witness.ask(request(stranger, 0, 3))[0] == 404
    assert witness.ask(request(log, 0, 7, note=forged))[0] == 403
    assert witness.ask(request(log, 0, 7).replace("\n7\n", "\n8\n"))[0] == 403
    assert witness.ask(request(log, 5, 7))[:2] == (409, "0\n")
    assert witness.ask(request(log, 0, 7, proof=[bytes(32)]))[0] == 422
    assert witness.ask(request(log, 0, 7))[0] == 200
    assert witness.ask(request(log, 0, 9)) == (409, "7\n", "text/x.tlog.size")
    assert witness.ask(request(log, 6, 9)) == (409, "7\n", "text/x.tlog.size")
    assert witness.ask(request(log, 9, 9)) == (409, "7\n", "text/x.tlog.size")
    assert witness.ask(request(log, 9, 7))[0] == 400
    good = merkle.consistency_proof(7, 9, merkle.nodes_from_leaves(log.hashes))
    for proof in ([], good[:-1], [*good, good[0]], [bytes(32), *good[1:]], good[::-1]):
        assert witness.ask(request(log, 7, 9, proof=proof))[0] == 422
    assert witness.ask(request(log, 7, 7, proof=[bytes(32)]))[0] == 422
    assert witness.ask(request(log, 7, 9))[0] == 200


def test_an_empty_log_is_where_one_may_begin(log: Log, witness: Running) -> None:
    assert witness.ask(request(log, 0, 0, note=log.checkpoint(0)))[0] == 200
    wrong = sign_note(
        f"{log.key.name}\n0\n{base64.b64encode(bytes(32)).decode()}\n",
        log.key.sign(f"{log.key.name}\n0\n{base64.b64encode(bytes(32)).decode()}\n"),
    )
    assert witness.ask(request(log, 0, 0, note=wrong))[0] == 422
    assert witness.ask(request(log, 0, 12))[0] == 200


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: text.replace("old ", "old  "),
        lambda text: text.replace("old 0", "old 00"),
        lambda text: text.replace("old 0", "old -1"),
        lambda text: text.replace("old 0", "new 0"),
        lambda text: text.replace("\n\n", "\n", 1),
        lambda text: text[:-1],
        lambda text: text + "\n",
        lambda text: text.replace("\n7\n", "\n07\n"),
        lambda text: text.replace("\n7\n", "\n7 \n"),
        lambda text: text.replace("\n7\n", "\n9999999999999999999\n"),
        lambda text: text.replace("=\n\n", "\n\n"),
        lambda text: text.replace("old 0\n", "old 0\r\n"),
        lambda text: text.replace("old 0\n", "old 0\nAAAA\n"),
        lambda text: text.replace(
            "old 0\n", "old 0\n" + "A" * 43 + "=\n" * 1 + ("A" * 43 + "=\n") * 63
        ),
        lambda text: text.replace("— ", "- "),
        lambda text: text.encode() + b"\xff\n",
    ],
)
def test_what_is_not_of_the_form(damage, log: Log, witness: Running) -> None:  # type: ignore[no-untyped-def]
    status, _, _ = witness.ask(damage(request(log, 0, 7)))
    assert status == 400
    assert f"{log.key.name} 0 - 0" in witness.look()


@pytest.mark.parametrize("length", ["100001", "-1", "x", "9" * 30])
def test_too_much_is_not_even_read(length: str, witness: Running) -> None:
    host, _, port = witness.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=5) as line:
        line.sendall(f"POST /add-checkpoint HTTP/1.1\r\nContent-Length: {length}\r\n\r\n".encode())
        assert line.recv(100).startswith(b"HTTP/1.1 400 ")


def test_a_fork_and_a_shrunk_log_are_refused_and_kept(log: Log, witness: Running) -> None:
    fork = fork_of(log, 50)
    assert witness.ask(request(log, 0, 20))[0] == 200
    assert witness.ask(request(fork, 20, 20))[0] == 422
    assert witness.ask(request(fork, 20, 50))[0] == 422
    assert witness.ask(request(log, 10, 15))[0] == 409
    assert f"{log.key.name} 20 " in witness.look()
    (kept,) = (witness.folder / "state" / "forks").iterdir()
    notes = re.findall(r"example\.org/log\n20\n(\S+)\n", kept.read_text())
    assert len(set(notes)) == 2
    assert len(list((witness.folder / "state" / "refused").iterdir())) == 1
    assert witness.ask(request(log, 20, 30))[0] == 200
    assert "two histories" in witness.stop()


def test_it_remembers_after_being_killed(log: Log, witness: Running) -> None:
    assert witness.ask(request(log, 0, 20))[0] == 200
    witness.stop(signal.SIGKILL)
    witness.start()
    assert witness.ask(request(fork_of(log, 30), 0, 30)) == (409, "20\n", "text/x.tlog.size")
    assert witness.ask(request(log, 20, 30))[0] == 200


def test_of_many_at_once_one_wins(log: Log, witness: Running) -> None:
    """Both would be right on their own; signing both would let the log go back."""
    assert witness.ask(request(log, 0, 5))[0] == 200
    bodies = [request(log, 5, new) for new in range(6, 41)]
    with ThreadPoolExecutor(16) as pool:
        statuses = [answer[0] for answer in pool.map(witness.ask, bodies)]
    assert sorted(set(statuses)) == [200, 409]
    assert statuses.count(200) == 1


def test_two_witnesses_do_not_share_a_state(log: Log, witness: Running) -> None:
    command = [
        sys.executable,
        WITNESS,
        "serve",
        "--key",
        witness.folder / "key",
        "--listen",
        "127.0.0.1:0",
    ]
    command += ["--state", witness.folder / "state", "--log", str(log.key.verifier)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert done.returncode == 1
    assert "Another witness" in done.stderr


def test_a_damaged_state_signs_nothing(log: Log, witness: Running) -> None:
    assert witness.ask(request(log, 0, 20))[0] == 200
    (state,) = (witness.folder / "state").glob("*.checkpoint")
    state.write_bytes(state.read_bytes()[:40])
    assert witness.ask(request(log, 20, 30))[0] == 503
    assert witness.ask(request(log, 0, 30))[0] == 503


def test_a_clock_that_was_ahead_keeps_it_silent(log: Log, witness: Running) -> None:
    assert witness.ask(request(log, 0, 20))[0] == 200
    (state,) = (witness.folder / "state").glob("*.checkpoint")
    note = Note.read(state.read_bytes())
    mine = note.signatures[-1]
    later = (int.from_bytes(mine.raw[:8], "big") + 86_400).to_bytes(8, "big") + mine.raw[8:]
    kept = Note(note.text, (*note.signatures[:-1], Signature(mine.name, mine.key_id, later)))
    state.write_text(str(kept))
    assert witness.ask(request(log, 20, 30))[0] == 503


def test_the_key_is_for_its_owner_alone_and_never_overwritten(tmp_path: Path) -> None:
    command = [sys.executable, WITNESS, "key", "example.net/w", tmp_path / "key"]
    made = subprocess.run(command, check=True, capture_output=True, text=True)
    assert VerifierKey.read(made.stdout).kind == 4
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    before = (tmp_path / "key").read_text()
    assert subprocess.run(command, capture_output=True).returncode == 1
    assert (tmp_path / "key").read_text() == before
    assert json.dumps(before.split("\n")[1])[1:-1] not in made.stdout


def test_a_full_disk_signs_nothing_and_forgets_nothing(
    log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer goes out after the file and its folder are on disk; if either fails, there is none."""
    folder = tmp_path / "state"
    watcher = program.Witness(
        program.Cosigner.make("example.net/w", tmp_path / "key"),
        [program.Key.read(str(log.key.verifier), program.LOG)],
        folder,
    )
    watcher.add(request(log, 0, 20).encode(), 100)
    before = {path.name: path.read_bytes() for path in folder.glob("*.checkpoint")}

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(program.os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            watcher.add(request(log, 20, 30).encode(), 101)
    assert {path.name: path.read_bytes() for path in folder.glob("*.checkpoint")} == before
    with pytest.raises(program.Refused, match="signed last"):
        watcher.add(request(log, 30, 40).encode(), 102)
    assert watcher.add(request(log, 20, 30).encode(), 103)
    watcher.lock.close()


# ---------------------------------------------------------------- nobody fills or blocks it


@contextmanager
def silent(witness: Running, count: int, peers: int) -> Iterator[list[socket.socket]]:
    """So many connections from so many addresses, each of which has sent half a request."""
    host, _, port = witness.url.removeprefix("http://").partition(":")
    lines = []
    for n in range(count):
        line = socket.socket()
        line.bind((f"127.0.0.{2 + n % peers}", 0))
        line.settimeout(5)
        line.connect((host, int(port)))
        line.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 100\r\n\r\nold")
        lines.append(line)
    try:
        yield lines
    finally:
        for line in lines:
            line.close()


@pytest.mark.parametrize(("count", "peers"), [(100, 1), (300, 60)])
def test_silent_connections_block_nobody(
    count: int, peers: int, log: Log, witness: Running
) -> None:
    """Neither those of one peer nor those of many: whoever speaks is heard at once, and threads are bounded."""
    with silent(witness, count, peers) as lines:
        started = time.monotonic()
        for old, new in ((0, 7), (7, 8), (8, 33)):
            assert witness.ask(request(log, old, new))[0] == 200
        assert time.monotonic() - started < program.PATIENCE
        tasks = len(list(Path(f"/proc/{witness.process.pid}/task").iterdir()))
        assert tasks <= 2 * program.CONNECTIONS + 1
        closed = sum(ended(line) for line in lines)
        assert closed == count  # each of them, within the time of one


def ended(line: socket.socket) -> bool:
    try:
        line.settimeout(program.PATIENCE + 3)
        while line.recv(1000):
            pass
    except ConnectionError:
        pass
    except TimeoutError:
        return False
    return True


def test_a_byte_now_and_then_lasts_no_longer(log: Log, witness: Running) -> None:
    with silent(witness, 1, 1) as (line,):
        started = time.monotonic()
        with pytest.raises(ConnectionError):
            while time.monotonic() - started < 4 * program.PATIENCE:
                line.sendall(b"x")
                time.sleep(0.2)
        assert time.monotonic() - started < 2 * program.PATIENCE


def test_broken_connections_fill_no_log(log: Log, witness: Running) -> None:
    with silent(witness, 30, 5) as lines:
        for line in lines:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    host, _, port = witness.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=5) as line:
        line.sendall(
            b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: " + b"9" * 60_000 + b"\r\n\r\n"
        )
        assert line.recv(100).startswith(b"HTTP/1.1 400 ")
    assert witness.ask(request(log, 0, 7))[0] == 200
    assert witness.stop() == ""


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%lo", "fe80::2", True),
    ],
)
def test_a_peer_of_ipv6_is_its_network(one: str, other: str, same: bool) -> None:
    assert (program.peer_of(one) == program.peer_of(other)) == same


@pytest.fixture
def watcher(log: Log, tmp_path: Path) -> Iterator[Any]:
    """A witness of two logs, in this process."""
    other = Log(origin="example.org/other").grow(40)
    made = program.Witness(
        program.Cosigner.make("example.net/w", tmp_path / "key"),
        [program.Key.read(str(one.key.verifier), program.LOG) for one in (log, other)],
        tmp_path / "state",
    )
    made.other = other
    yield made
    made.lock.close()


def refused(watcher: Any, body: str, now: int) -> None:
    with pytest.raises(program.Refused):
        watcher.add(body.encode(), now)


def test_wrong_proofs_fill_nothing(log: Log, watcher: Any) -> None:
    """Anybody can send a public checkpoint with a wrong proof: the last of each log and day is kept."""
    for each in (log, watcher.other):
        watcher.add(request(each, 0, 20).encode(), 1)
    for day in range(60):
        for size in range(21, 40):
            refused(watcher, request(log, 20, size, proof=[bytes(32)]), day * 86_400 + size)
    refused(watcher, request(watcher.other, 20, 30, proof=[bytes(32)]), 61 * 86_400)
    kept = sorted(path.name.split("-", 1) for path in (watcher.state / "refused").iterdir())
    assert len(kept) == program.DAYS + 1 and len({log for log, _ in kept}) == 2
    assert "1970-03-01" in {day for _, day in kept}  # the newest
    assert watcher.add(request(log, 20, 30).encode(), 62 * 86_400)


def test_what_no_log_has_signed_is_not_kept(log: Log, watcher: Any) -> None:
    watcher.add(request(log, 0, 20).encode(), 1)
    forged = log.checkpoint(30, key=SigningKey.make(log.key.name))
    refused(watcher, request(log, 20, 30, note=forged), 2)
    assert {path.name for path in watcher.state.iterdir() if path.is_dir()} == set()


def test_forks_of_one_log_take_no_place_from_another(log: Log, watcher: Any) -> None:
    for each in (log, watcher.other):
        watcher.add(request(each, 0, 20).encode(), 1)
    for n in range(program.FORKS + 10):
        fork = Log()
        fork.key = log.key
        fork.grow(20, lambda index, n=n: n >> index & 1)
        refused(watcher, request(fork, 20, 20), 2)
    refused(watcher, request(fork_of(watcher.other, 20), 20, 20), 2)
    kept = [path.name.split("-")[0] for path in (watcher.state / "forks").iterdir()]
    assert sorted(kept.count(each) for each in set(kept)) == [1, min(program.FORKS, len(kept) - 1)]
    assert len(kept) <= program.FORKS + 1
