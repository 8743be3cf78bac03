"""A program of its own whose master key is rotated: looked at from within, as each role, and with an old ring."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.test import override_settings

from confidential.embedded import binary
from confidential.environment import BASE, DATABASE
from tests.making.installed import Installed
from vault import keyring, keys
from vault.keys import WrappedKeys
from vault.roles import APP, COMMAND, SIGNIN, WORKER


class Rotated(Installed):
    """A restored demonstration of an earlier version, brought to this one."""

    @classmethod
    def of(cls, version: str, var: Path) -> Rotated:
        """One to be rotated, in this folder."""
        program = cls(BASE, var)
        program.restore(version)
        program.migrate()
        return program

    @property
    def ring_file(self) -> Path:
        """Where its ring lies."""
        return self.var / "keys" / "keyring.json"

    def rotate(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Run the command as its user does: manage.py chooses the role."""
        role = "app" if "--hashes" in options else "sealer"
        return self.try_to("manage.py", "keyring_rotate", *options, role=role)

    def rotate_killed(self, lines: int, *options: str) -> bool:
        """Run it until so many lines of it are done; whether it was killed by then."""
        role = "app" if "--hashes" in options else "sealer"
        done = self.try_to(
            "tests/vault/killed.py", str(lines), "keyring_rotate", *options, role=role
        )
        assert done.returncode in (0, -9), done.stderr
        return done.returncode == -9

    def as_role(self, role: str) -> psycopg.Connection[Any]:
        """SQL as whoever holds this role."""
        return psycopg.connect(self.server.conninfo(user=role, dbname=DATABASE), autocommit=True)

    def wrapped(self) -> dict[UUID, WrappedKeys]:
        """All wrapped keys as they are now."""
        with self.superuser() as superuser:
            rows = superuser.execute("SELECT subject, data, audit FROM vault_subjectkey").fetchall()
        return {subject: WrappedKeys(data, audit) for subject, data, audit in rows}

    def opened(self) -> dict[UUID, keys.SubjectKeys]:
        """What they open to with the ring as it is now. Raises where one does not open."""
        ring = keyring.read(self.ring_file)
        return {one: keys.unwrap(one, wrapped, ring) for one, wrapped in self.wrapped().items()}

    def dump(self, to: Path) -> Path:
        """A backup, as it is made every night."""
        source = self.server.conninfo(user="confidential_backup", dbname=DATABASE)
        subprocess.run([binary("pg_dump"), "--file", str(to), source], check=True)
        return to

    def copy_ring(self, to: Path) -> Path:
        """A copy of the ring as it is now: a sealed envelope."""
        return Path(shutil.copy(self.ring_file, to))


@contextmanager
def inside(program: Rotated, *, default: str = APP) -> Iterator[None]:
    """In this block this process is one of that program: its connections, its ring, its files."""
    roles = {
        "default": default,
        "signin": WORKER if default == WORKER else SIGNIN,
        "command": COMMAND,
    }
    before = {alias: connections[alias] for alias in roles}
    for one in before.values():
        one.close()  # its settings are those that change below
    for alias, role in roles.items():
        own = before[alias].copy(alias=f"rotated {alias}")
        where = {"USER": role, "HOST": str(program.server.socket)}
        own.settings_dict = {**before[alias].settings_dict, **where}
        connections[alias] = own
    place = settings.DATABASES["default"]
    host, place["HOST"] = place["HOST"], str(program.server.socket)
    try:
        with (
            override_settings(KEYRING_FILE=program.ring_file, FILES_ROOT=program.var / "files"),
            pytest.MonkeyPatch.context() as patch,
        ):
            # What that program writes is for no sink of this one.
            patch.setattr("audit.sink.sink", lambda: None)
            yield
    finally:
        place["HOST"] = host
        for alias, own in before.items():
            connections[alias].close()
            connections[alias] = own
