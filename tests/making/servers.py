"""Programs beside the test: a demonstration, a worker, and a port for one."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from confidential.environment import BASE

READY = "Press Ctrl-C to stop."
FIRST_SECONDS, LATER_SECONDS = 240, 60  # far above the aims: machines that test are busy


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def demonstration(var: Path, port: int, seconds: int, tree: Path = BASE) -> Iterator[str]:
    """A running demonstration of the program in ``tree``; gives what it printed until it was ready."""
    said = var.parent / "said"
    environ = {
        **os.environ,
        "CONFIDENTIAL_VAR": str(var),
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
    }
    with said.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, str(tree / "manage.py"), "demo"], env=environ, stdout=out, stderr=out
        )
    try:
        deadline = time.monotonic() + seconds
        while READY not in said.read_text():
            assert process.poll() is None, said.read_text()
            assert time.monotonic() < deadline, said.read_text()
            time.sleep(0.2)
        yield said.read_text()
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
    assert process.returncode == 0


def work(*arguments: str, timeout: int = 120) -> subprocess.CompletedProcess[str]:
    """Run a real worker process until the queue is empty. manage.py chooses the role itself."""
    environment = {key: value for key, value in os.environ.items() if key != "CONFIDENTIAL_ROLE"}
    command = [sys.executable, str(BASE / "manage.py"), "procrastinate", "worker", "--one-shot"]
    return subprocess.run(
        [*command, *arguments], env=environment, timeout=timeout, capture_output=True, text=True
    )
