"""A witness that runs beside the test, and what it is asked."""

from __future__ import annotations

import base64
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

from audit import merkle
from audit.note import VerifierKey
from tests.making.logs import Log
from tests.making.programs import WITNESS


class Running:
    """A witness in its own process, on a free port."""

    def __init__(self, folder: Path, log: Log) -> None:
        self.folder, self.log = folder, log
        if not (folder / "key").exists():
            made = [sys.executable, WITNESS, "key", "example.net/witness", folder / "key"]
            subprocess.run(made, check=True, capture_output=True)
        self.start()

    def start(self) -> None:
        command = [
            sys.executable,
            WITNESS,
            "serve",
            "--key",
            self.folder / "key",
            "--listen",
            "127.0.0.1:0",
        ]
        command += ["--state", self.folder / "state", "--log", str(self.log.key.verifier)]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        first, second = self.process.stdout.readline(), self.process.stdout.readline()
        self.key = VerifierKey.read(first)
        self.url = f"http://{second.split()[-1]}"

    def stop(self, how: int = signal.SIGTERM) -> str:
        self.process.send_signal(how)
        return self.process.communicate(timeout=10)[1]

    def ask(self, body: str | bytes) -> tuple[int, str, str]:
        """Status, text and content type of the answer."""
        data = body.encode() if isinstance(body, str) else body
        request = urllib.request.Request(f"{self.url}/add-checkpoint", data=data, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode(), answer.headers["Content-Type"]
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode(), error.headers["Content-Type"]

    def look(self) -> str:
        with urllib.request.urlopen(f"{self.url}/", timeout=10) as answer:
            return answer.read().decode()


def request(
    log: Log, old: int, new: int, *, proof: list[bytes] | None = None, note: str = ""
) -> str:
    if proof is None:
        fetch = merkle.nodes_from_leaves(log.hashes)
        proof = merkle.consistency_proof(old, new, fetch) if 0 < old < new else []
    lines = [f"old {old}", *(base64.b64encode(value).decode() for value in proof)]
    return "\n".join(lines) + "\n\n" + (note or log.checkpoint(new))


def fork_of(log: Log, size: int) -> Log:
    fork = Log()
    fork.key = log.key
    return fork.grow(size, lambda index: 0)
