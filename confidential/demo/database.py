"""The database of a demonstration: started, migrated, and loaded once, whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from confidential import database, walls
from confidential.demo import data, emergencies, loading
from confidential.embedded import Embedded
from confidential.environment import BASE, DATABASE
from vault.private import make_folder

Say = Callable[[str], None]
TOO_OLD = (
    "This demonstration was made before version 0.2.0, from which on older ones are brought up to date.\n"
    "Everybody in it is invented: remove the folder {folder} and run `make demo` again."
)


class DemonstrationDatabase:
    """Owns the embedded server for as long as the demonstration runs."""

    def __init__(self, var: Path, say: Say) -> None:
        self.var = var
        self.say = say
        self.server = Embedded(var)
        self.loaded = var / "demonstration.loaded"  # written after success only
        self._ours = var / ".demonstration.postgresql"  # survives a kill -9, the server does too

    def start(self) -> None:
        """Start the server unless it runs."""
        make_folder(self.var)
        (self.var / "demonstration").touch()
        if self.server.start():
            self._ours.touch()

    def stop(self) -> None:
        """Stop the server if a demonstration started it."""
        connections.close_all()
        if self._ours.exists():
            self.server.stop()
            self._ours.unlink()

    def fill(self) -> list[dict[str, str]]:
        """Migrate and load what is missing; gives the rows of the table of sign-ins."""
        if self.loaded.exists():
            made = database.prepare(self.server)
            if not made:
                self._migrate_if_needed()
                return json.loads(self.loaded.read_text("utf-8"))
            self.loaded.unlink()
        self._drop_half_loaded()
        database.prepare(self.server)
        self.say("Laying the tables ...")
        self._migrate()
        read = data.read()
        rows = loading.load(read, self.say)
        with psycopg.connect(self.server.conninfo(dbname=DATABASE), autocommit=True) as superuser:
            emergencies.age(read, superuser)
        self._remember(rows)
        return rows

    def _drop_half_loaded(self) -> None:
        """An interrupted loading is not mended but begun again."""
        with psycopg.connect(self.server.conninfo(), autocommit=True) as superuser:
            superuser.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(DATABASE))
            )
        shutil.rmtree(self.var / "files", ignore_errors=True)

    def _migrate_if_needed(self) -> None:
        with psycopg.connect(self.server.conninfo(dbname=DATABASE), autocommit=True) as superuser:
            laid = superuser.execute(walls.LAID).fetchone()[0]  # type: ignore[index]
            done = set(superuser.execute("SELECT app, name FROM django_migrations").fetchall())
        if laid is None:
            raise RuntimeError(TOO_OLD.format(folder=self.var))
        known = set(MigrationLoader(None).disk_migrations)
        if laid != walls.own_hash() or not known <= done:
            self.say("Bringing the tables up to date ...")
            self._migrate()

    def _migrate(self) -> None:
        done = subprocess.run(
            [sys.executable, str(BASE / "manage.py"), "migrate", "--verbosity", "0"],
            env={**os.environ, "CONFIDENTIAL_ROLE": "owner"},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"The tables could not be laid:\n{done.stderr}")

    def _remember(self, rows: list[dict[str, Any]]) -> None:
        partial = self.loaded.with_suffix(".new")
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(rows), "utf-8")
        partial.replace(self.loaded)
