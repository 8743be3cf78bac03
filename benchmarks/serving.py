"""gunicorn for each side, set up alike, and the comparison of their rates in turns."""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

from benchmarks.load import HOST
from benchmarks.place import BASE

CONNECTIONS = 4
START_SECONDS = 30


@dataclass(frozen=True)
class Page:
    """A page of one side: where it is served, and who asks for it."""

    side: str
    port: int
    path: str
    cookie: str


class Server:
    """One side, served by two gthread workers."""

    def __init__(self, module: str, **environment: str) -> None:
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "gunicorn", module, "--bind", f"{HOST}:{self.port}",
                "--worker-class", "gthread", "--workers", "2", "--threads", "4",
                "--keep-alive", "60", "--no-control-socket", "--log-level", "warning",
            ],
            cwd=BASE, env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection((HOST, self.port), timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError("A server did not start; the lines above say why.")

    def stop(self) -> None:
        """Stop it."""
        self.process.terminate()
        self.process.wait(20)


def rate(page: Page, seconds: float) -> dict[str, float]:
    """Requests a second of one page, and how long an answer takes."""
    done = subprocess.run(
        [
            sys.executable, "-m", "benchmarks.load", str(page.port), page.path, page.cookie,
            str(CONNECTIONS), str(seconds),
        ],
        cwd=BASE, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def compare(pages: list[Page], repeats: int, seconds: float) -> dict[str, float]:
    """Median requests a second by side. The sides take turns, so that drift meets them alike."""
    for page in pages:
        rate(page, min(1.5, seconds))
    rates: dict[str, list[float]] = {page.side: [] for page in pages}
    for turn in range(repeats):
        for page in pages if turn % 2 == 0 else reversed(pages):
            rates[page.side].append(rate(page, seconds)["rate"])
    return {side: statistics.median(found) for side, found in rates.items()}
