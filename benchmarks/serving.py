"""gunicorn for each side, set up alike, and the comparison of their rates in turns."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass

from benchmarks import processor
from benchmarks.figures import Rounds
from benchmarks.load import HOST
from benchmarks.place import BASE

CONNECTIONS = 4
START_SECONDS = 30
WARM = 250  # requests before a page is measured: each thread's connection prepares its statements first


@dataclass(frozen=True)
class Page:
    """A page of one side: where it is served, and who asks for it. ``name`` tells pages of one run apart."""

    name: str

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
                sys.executable,
                "-m",
                "gunicorn",
                module,
                "--bind",
                f"{HOST}:{self.port}",
                "--worker-class",
                "gthread",
                "--workers",
                "2",
                "--threads",
                "4",
                "--keep-alive",
                "60",
                "--no-control-socket",
                "--log-level",
                "warning",
            ],
            cwd=BASE,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
        )
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
            sys.executable,
            "-m",
            "benchmarks.load",
            str(page.port),
            page.path,
            page.cookie,
            str(CONNECTIONS),
            str(seconds),
        ],
        cwd=BASE,
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout)


@dataclass(frozen=True)
class Rate:
    """What one page reached: requests a second, and milliseconds of processor a request (None: unknown)."""

    a_second: Rounds
    processor_ms: Rounds | None


def compare(
    pages: list[Page], servers: dict[str, Server], postmaster: int, repeats: int, seconds: float
) -> dict[str, Rate]:
    """Rates by the names of the pages. They take turns, so that drift meets them alike.

    Processor time is that of the side's server and of PostgreSQL; it hardly minds a busy machine.
    """
    for page in pages:
        warm = 0.0
        while warm < WARM:
            warm += rate(page, min(1.5, seconds))["requests"]
    found: dict[str, list[tuple[float, float]]] = {page.name: [] for page in pages}
    for turn in range(repeats):
        for page in pages if turn % 2 == 0 else reversed(pages):
            roots = [servers[page.side].process.pid, postmaster]
            before = processor.account(roots)
            said = rate(page, seconds)
            spent = processor.spent(before, processor.account(roots))
            found[page.name].append((said["rate"], spent * 1000 / said["requests"]))
    return {name: _rate(times) for name, times in found.items()}


def _rate(times: list[tuple[float, float]]) -> Rate:
    rates, spent = zip(*times, strict=True)
    return Rate(Rounds(rates), Rounds(spent) if all(spent) else None)
