"""A demonstration of its own, served as an association would be: static files compressed and kept by name.

Phone and load measure through HTTP alone, so a demonstration is what they ask: whole records, real
sign-ins."""

from __future__ import annotations

import atexit
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from benchmarks.processor import PROC, below

BASE = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
START_SECONDS = 900
STOP_SECONDS = 30
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
COOKIE = re.compile(r"\A([\w-]+)=([^;]*)")


@dataclass(frozen=True)
class Place:
    """A demonstration that runs: its address, its folder, and the first of its processes (0: unknown)."""

    host: str
    port: int
    var: Path
    pid: int = 0

    def web(self) -> int:
        """The first process of gunicorn; 0 where it is not known."""
        own = below([self.pid]) if self.pid else set()
        return min((p for p in own if "gunicorn" in _words(PROC / str(p) / "cmdline")), default=0)

    def roots(self) -> dict[str, int]:
        """The first process of the application, and of the database."""
        found = {"application": self.pid} if self.pid else {}
        for path in self.var.glob("*/postmaster.pid"):
            found["database"] = int(path.read_text().split()[0])
        return found

    def rows(self) -> list[dict[str, str]]:
        """The table of sign-ins: role, user, password, page."""
        return json.loads((self.var / "demonstration.loaded").read_text("utf-8"))

    def clients(self) -> list[str]:
        """The user names of the client in the table."""
        return [row["user"] for row in self.rows() if row["page"] == "/my-space/"]

    def password(self) -> str:
        """Everybody's."""
        return self.rows()[0]["password"]


def volunteers() -> list[str]:
    """User names of all who serve as volunteers and have signed the code."""
    read = tomllib.loads((BASE / "confidential/demo_data/people.toml").read_text("utf-8"))
    return [
        person["user_name"]
        for person in read["people"]
        if person["duty"] == "volunteer" and "signed_days_ago" in person
    ]


def running(address: str, var: Path) -> Place:
    """A demonstration that somebody else has started. Raises OSError where it is none of ``var``."""
    parts = urlsplit(address)
    port = parts.port or 80
    pid = next(
        (
            int(path.parent.name)
            for path in PROC.glob("[0-9]*/cmdline")
            if _words(path)[-2:] == ["manage.py", "demo"]
            and f"PORT={port}".encode() in _bytes(path.with_name("environ")).split(b"\0")
        ),
        0,
    )
    place = Place(parts.hostname or HOST, port, var, pid)
    place.rows()
    return place


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has ended, or is somebody else's
        return b""


def _words(path: Path) -> list[str]:
    return [word.decode(errors="replace") for word in _bytes(path).split(b"\0") if word]


class Demonstration:
    """Started, filled with the invented association, and stopped with everything in it."""

    def __init__(self) -> None:
        self.var = Path(tempfile.mkdtemp(prefix="confidential-demo-"))
        self.log = self.var / "demonstration.log"
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port = probe.getsockname()[1]
        own = {
            "CONFIDENTIAL_VAR": str(self.var),
            "CONFIDENTIAL_DEMO": "true",
            "CONFIDENTIAL_ROLE": "app",
            "STATIC_ROOT": str(self.var / "static"),
            "PORT": str(self.port),
        }
        self.environment = {**os.environ, **own}
        self.process: subprocess.Popen[bytes] | None = None
        atexit.register(self.stop)

    def start(self) -> Place:
        """Start it; takes a minute or more. Raises RuntimeError with its last lines where it does not."""
        self._manage("collectstatic", "--noinput", "--verbosity", "0")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "demo"],
                cwd=BASE,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + START_SECONDS
        while "Ctrl-C" not in self.log.read_text("utf-8"):
            if self.process.poll() is not None or time.monotonic() > deadline:
                said = self.log.read_text("utf-8")[-2000:]
                raise RuntimeError(f"The demonstration did not start:\n{said}")
            time.sleep(0.2)
        return Place(HOST, self.port, self.var, self.process.pid)

    def _manage(self, *arguments: str) -> None:
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=BASE, env=self.environment, check=True)

    def stop(self) -> None:
        """End it and leave nothing behind. It may have ended already."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(STOP_SECONDS)
        shutil.rmtree(self.var, ignore_errors=True)


class Visitor:
    """One person's browser as far as a server sees it: cookies, a kept connection, forms with their token.

    A connection that was idle for ``idle`` seconds is made anew: a server closes one that nobody uses.
    """

    def __init__(self, host: str, port: int, idle: float = 1.0) -> None:
        self.idle, self.used = idle, 0.0
        self.connection = http.client.HTTPConnection(host, port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.origin = f"http://{host}:{port}"

    def ask(
        self, path: str, fields: dict[str, str] | list[tuple[str, str]] | None = None
    ) -> tuple[int, str, str]:
        """Status, body and where a redirect leads. ``fields`` are posted. Raises OSError, HTTPException."""
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Accept": "text/html",
            "Accept-Language": "fr",
            "Sec-Fetch-Site": "same-origin",
            "Origin": self.origin,
        }
        body = None
        if fields is not None:
            body = urlencode(fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if time.monotonic() - self.used > self.idle:
            self.connection.close()
        self.connection.request("POST" if body is not None else "GET", path, body, headers)
        answer = self.connection.getresponse()
        said = answer.read().decode("utf-8", "replace")
        self.used = time.monotonic()
        for line in answer.headers.get_all("Set-Cookie", []):
            if found := COOKIE.match(line):
                self.cookies[found[1]] = found[2]
        return answer.status, said, answer.headers.get("Location", "")

    def sign_in(self, user: str, password: str) -> None:
        """Sign in. Raises RuntimeError where that fails."""
        _, page, _ = self.ask("/sign-in/")
        fields = {"csrfmiddlewaretoken": token_of(page), "username": user, "password": password}
        status, _, _ = self.ask("/sign-in/", fields)
        if status != 302:
            raise RuntimeError(f"{user} could not sign in: {status}")


def token_of(page: str) -> str:
    """The token of a page's forms. Raises RuntimeError where it has none."""
    if not (found := TOKEN.search(page)):
        raise RuntimeError("The page has no form.")
    return found[1]
