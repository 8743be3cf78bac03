"""Log and witnesses together: on one host, and on four that reach each other by a network alone."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from audit import merkle
from audit.note import SigningKey
from audit.witnesses import Contradicted, Unanswered, Witness, cosignature
from confidential.environment import BASE
from tests.audit.running import Running, fork_of
from tests.making.logs import Log
from tests.making.programs import CHECKER, WITNESS


@pytest.fixture
def log() -> Log:
    return Log().grow(40)


@pytest.fixture
def running(log: Log, tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path, log)
    yield running
    running.stop()


def ask(witness: Witness, log: Log, size: int, since: int) -> str:
    def prove(old: int, new: int) -> list[bytes]:
        return merkle.consistency_proof(old, new, merkle.nodes_from_leaves(log.hashes))

    return cosignature(witness, log.checkpoint(size), size, since=since, prove=prove).line


def test_the_log_asks_and_starts_from_where_the_witness_is(log: Log, running: Running) -> None:
    witness = Witness.read(f"{running.url} {running.key}")
    for size, since in ((10, 0), (20, 10), (30, 0), (30, 30), (40, 17)):
        line = ask(witness, log, size, since)
        note = log.checkpoint(size) + line + "\n"
        assert running.key.name in note
    with pytest.raises(Contradicted, match="do not go on"):
        ask(witness, fork_of(log, 50), 50, 40)
    with pytest.raises(Contradicted, match="has seen 40 leaves"):
        ask(witness, log, 20, 20)


def test_who_cannot_be_asked_is_no_disaster(log: Log) -> None:
    key = SigningKey.make("example.net/w", 4).verifier
    with pytest.raises(Unanswered):
        ask(Witness.read(f"http://127.0.0.1:9 {key}"), log, 20, 0)


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (200, "text/plain", b""),
        (200, "text/plain", b"hello\n"),
        (200, "text/plain", b"\xff"),
        (200, "text/plain", "— example.net/w AAAAAAAAAAA=\n".encode()),
        (200, "text/plain", b"x" * 200_000),
        (302, "text/plain", b""),
        (409, "text/plain", b"3\n"),
        (409, "text/x.tlog.size", b"-3\n"),
        (409, "text/x.tlog.size", b"many\n"),
        (409, "text/x.tlog.size", b"9" * 9_000 + b"\n"),
        (409, "text/x.tlog.size", b"3\n"),
        (500, "text/plain", b""),
    ],
)
def test_nonsense_from_a_witness_is_not_believed(
    status: int, kind: str, body: bytes, log: Log
) -> None:
    class Nonsense(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Location", "http://127.0.0.1:9/")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    key = SigningKey.make("example.net/w", 4).verifier
    with HTTPServer(("127.0.0.1", 0), Nonsense) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(Unanswered):
            ask(Witness.read(f"http://127.0.0.1:{server.server_port} {key}"), log, 20, 0)
        server.shutdown()


def test_a_witness_that_answers_ever_so_slowly(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then, each within the patience for one step: the whole has an end."""
    monkeypatch.setattr("audit.witnesses.LONGEST", 1)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            with suppress(OSError), listening.accept()[0] as line:
                line.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                while True:
                    line.sendall(b"x")
                    time.sleep(0.1)

        threading.Thread(target=drip, daemon=True).start()
        key = SigningKey.make("example.net/w", 4).verifier
        started = time.monotonic()
        with pytest.raises(Unanswered):
            ask(Witness.read(f"http://127.0.0.1:{listening.getsockname()[1]} {key}"), log, 20, 0)
        assert time.monotonic() - started < 5


def test_what_is_no_witness() -> None:
    for text in ("", "https://w.example", f"ftp://w {SigningKey.make('w', 4).verifier}"):
        with pytest.raises(ValueError):
            Witness.read(text)
    with pytest.raises(ValueError, match="type 4"):
        Witness.read(f"https://w {SigningKey.make('w').verifier}")


# ---------------------------------------------------------------- several hosts


class Net:
    """Network namespaces on one bridge: each is a host with an address and nothing else in common."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack, self.bridge, self.names = stack, f"cw{os.getpid() % 100_000}", 0
        self.ip("link", "add", self.bridge, "type", "bridge")
        stack.callback(self.ip, "link", "del", self.bridge)
        self.ip("link", "set", self.bridge, "up")

    @staticmethod
    def ip(*args: str) -> None:
        subprocess.run(["ip", *args], check=True, capture_output=True, timeout=20)

    def host(self) -> tuple[str, str]:
        """A new host: its namespace and its address."""
        self.names += 1
        name, address = f"{self.bridge}-{self.names}", f"10.213.7.{self.names}"
        self.ip("netns", "add", name)
        self.stack.callback(self.ip, "netns", "del", name)
        outside = f"{self.bridge}p{self.names}"
        self.ip("link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", name)
        self.ip("link", "set", outside, "master", self.bridge, "up")
        self.ip("-n", name, "address", "add", f"{address}/24", "dev", "eth0")
        self.ip("-n", name, "link", "set", "eth0", "up")
        return name, address


@pytest.fixture
def net() -> Iterator[Net]:
    with ExitStack() as stack:
        try:
            made = Net(stack)
            made.host()
        except (OSError, subprocess.CalledProcessError) as error:
            stack.close()
            pytest.skip(
                f"NOT TESTED with several hosts: network namespaces need root and iproute2 ({error})"
            )
        yield made


def inside(name: str, *command: object) -> subprocess.CompletedProcess[str]:
    root = str(BASE)
    return subprocess.run(
        ["ip", "netns", "exec", name, *map(str, command)],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=root,
        env={**os.environ, "PYTHONPATH": root},
    )


def test_a_fork_shown_to_one_reader_is_refused(net: Net, tmp_path: Path) -> None:
    """One host has the log, two have witnesses; the fourth reads, and is shown another history."""
    log = Log().grow(60)
    log_host, reader = net.host()[0], net.host()[0]
    witnesses, keys = [], []
    for name in ("one", "two"):
        host, address = net.host()
        folder = tmp_path / name
        folder.mkdir()
        key = inside(
            host, sys.executable, WITNESS, "key", f"example.net/{name}", folder / "key"
        ).stdout.strip()
        command = [
            "ip",
            "netns",
            "exec",
            host,
            sys.executable,
            WITNESS,
            "serve",
            "--key",
            folder / "key",
        ]
        command += [
            "--state",
            folder / "state",
            "--log",
            str(log.key.verifier),
            "--listen",
            f"{address}:8404",
        ]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        net.stack.callback(process.communicate, timeout=10)
        net.stack.callback(process.terminate)
        assert process.stdout
        process.stdout.readline(), process.stdout.readline()
        keys += ["--witness", key]
        witnesses.append(f"http://{address}:8404 {key}")
    ask = ["-m", "tests.audit.hosts", log.key.text()]
    first = inside(log_host, sys.executable, *ask, 40, 0, "honest", *witnesses)
    assert first.stderr == ""
    seen = tmp_path / "seen"
    seen.write_text(first.stdout)
    # The honest log goes on, and the reader is content.
    folder = log.write(tmp_path / "log")
    grown = inside(log_host, sys.executable, *ask, 60, 40, "honest", *witnesses)
    assert grown.stderr == ""
    (folder / "checkpoint").write_text(grown.stdout)
    read = [sys.executable, CHECKER, "--key", str(log.key.verifier), *keys]
    done = inside(reader, *read, folder, "--since", seen)
    assert done.returncode == 0, done.stdout
    assert (
        "cosigned by example.net/one" in done.stdout
        and "cosigned by example.net/two" in done.stdout
    )
    # Another history, signed with the log's own key: no witness signs it, and the reader sees that.
    forked = inside(log_host, sys.executable, *ask, 70, 60, "fork", *witnesses)
    assert forked.stderr.count("Contradicted") == 2
    fork = Log()
    fork.key = log.key
    fork.grow(70, lambda index: 0 if index > 30 else index % 3).write(tmp_path / "fork")
    (tmp_path / "fork" / "checkpoint").write_text(forked.stdout)
    done = inside(reader, *read, tmp_path / "fork")
    assert done.returncode == 1
    assert "example.net/one has not cosigned" in done.stdout
    done = inside(reader, sys.executable, CHECKER, tmp_path / "fork", "--since", seen)
    assert "its first 40 entries are not those you saw" in done.stdout
