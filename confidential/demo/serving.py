"""The web server, the worker and the sealer of a demonstration, as child processes that never outlive it."""

from __future__ import annotations

import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress

from confidential.environment import BASE

HOST = "127.0.0.1"
ANSWER_SECONDS = 30
STOP_SECONDS = 10
SERVER_ERROR = 500
PR_SET_PDEATHSIG = 1


class ServingError(RuntimeError):
    """The pages cannot be served; the message says what to do."""


def check_port(port: int) -> None:
    """Raises ServingError when somebody else listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise ServingError(f"Port {port} needs more rights. Try PORT=8001 make demo") from error
        except OSError as error:
            raise ServingError(
                f"Port {port} is taken by another program. Stop it, or choose another port: "
                f"PORT={port + 1} make demo"
            ) from error


class Servers:
    """gunicorn, the worker and the sealer of the log."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Start all, and wait until a page answers. Raises ServingError if one ends."""
        web = [
            "-m",
            "gunicorn",
            "confidential.wsgi",
            "--bind",
            f"{HOST}:{self.port}",
            "--worker-class",
            "gthread",
            "--workers",
            "2",
            "--threads",
            "4",
            "--no-control-socket",
            "--log-level",
            "warning",
        ]
        self._start("web server", web, "app")
        worker = ["manage.py", "worker"]
        self._start("worker", worker, "worker")
        self._start("sealer of the log", ["manage.py", "audit_seal"], "sealer")
        self._wait_for_page()

    def _start(self, name: str, arguments: list[str], role: str) -> None:
        self.children[name] = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=BASE,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "CONFIDENTIAL_ROLE": role, "CONFIDENTIAL_DEMO": "true"},
            start_new_session=True,  # Ctrl-C reaches us alone; we stop them in order
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - no thread runs here yet
        )

    def _wait_for_page(self) -> None:
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            self.check()
            with suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection(HOST, self.port, timeout=10)
                connection.request("GET", "/")
                status = connection.getresponse().status
                connection.close()
                if status < SERVER_ERROR:
                    return
            time.sleep(0.1)
        raise ServingError("The pages did not answer in time; the lines above may say why.")

    def check(self) -> None:
        """Raises ServingError when a child has ended by itself."""
        for name, child in self.children.items():
            if child.poll() is not None:
                raise ServingError(f"The {name} has stopped; the lines above say why.")

    def stop(self) -> None:
        """Ask all to stop, then make sure."""
        for child in self.children.values():
            with suppress(ProcessLookupError):
                child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        self.children.clear()


def _end_with_parent() -> None:
    # On Linux the children end with us even when we are killed without a word.
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
