"""``manage.py demo``: a whole demonstration in one command, and nothing left running after Ctrl-C."""

from __future__ import annotations

import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from confidential import environment
from confidential.demo.database import DemonstrationDatabase
from confidential.demo.serving import HOST, Servers, ServingError, check_port
from confidential.embedded import EmbeddedError
from tools.compile_messages import compile_all
from vault.private import make_folder

HIGHEST_PORT = 65535


class Command(BaseCommand):
    """Database, believable people, pages and worker; PORT and CONFIDENTIAL_VAR are honoured."""

    help = "Start a demonstration: an embedded database, an invented association, the pages."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until Ctrl-C."""
        port = _port()
        var = environment.var_folder()
        _stop_on_signals()
        try:
            check_port(port)
            with _alone(var):
                self._run(var, port)
        except (EmbeddedError, ServingError, RuntimeError) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.say("\nStopped. The data stay; start again with `make demo`.")

    def _run(self, var: Path, port: int) -> None:
        database = DemonstrationDatabase(var, self.say)
        servers = Servers(port)
        try:
            self.say("Starting the database ...")
            database.start()
            rows = database.fill()
            compile_all()
            servers.start()
            self._show(rows, port)
            while True:
                time.sleep(1)
                servers.check()
        finally:
            _hold_signals()  # a second Ctrl-C must not leave anything behind
            servers.stop()
            database.stop()

    def say(self, line: str) -> None:
        """One line for the person at the terminal, at once."""
        self.stdout.write(line)
        self.stdout.flush()

    def _show(self, rows: list[dict[str, str]], port: int) -> None:
        columns = ("role", "user", "password", "page")
        titles = dict(zip(columns, ("Role", "User name", "Password", "Page to open"), strict=True))
        shown = [{**row, "page": f"http://{HOST}:{port}{row['page']}"} for row in rows]
        widths = {name: max(len(row[name]) for row in (titles, *shown)) for name in columns}
        rule = {name: "-" * width for name, width in widths.items()}
        self.say("")
        for row in (titles, rule, *shown):
            self.say("  ".join(row[name].ljust(widths[name]) for name in columns).rstrip())
        self.say(
            "\nThis is a demonstration: everybody is invented, and the second factor is off."
            "\nPress Ctrl-C to stop."
        )


def _port() -> int:
    text = os.environ.get("PORT", "") or "8000"
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= HIGHEST_PORT:
        raise CommandError(f"PORT must be a number from 1 to {HIGHEST_PORT}, not {text!r}.")
    return int(text)


@contextmanager
def _alone(var: Path) -> Iterator[None]:
    """One demonstration a folder at a time."""
    try:
        make_folder(var)
        lock = open(var / ".demonstration.lock", "w")  # noqa: SIM115 - held below, closed with it
    except OSError as error:
        raise ServingError(
            f"{var} cannot be written ({error.strerror}). Choose a folder with CONFIDENTIAL_VAR."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ServingError(
                "A demonstration runs in this folder already. Stop it there with Ctrl-C, or choose "
                "another folder with CONFIDENTIAL_VAR."
            ) from error
        yield


def _stop_on_signals() -> None:
    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def _hold_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
