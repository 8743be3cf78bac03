"""A demonstration of an earlier version as it was kept, and what is done with it."""

from __future__ import annotations

import json
import lzma
import os
import re
import subprocess
import sys
import tarfile
import time
from pathlib import Path
from typing import Any

import psycopg

from confidential.database import lay_roles, prepare
from confidential.embedded import Embedded, binary
from confidential.environment import BASE, DATABASE

VERSIONS = sorted(folder.name for folder in (BASE / "tests" / "upgrade").glob("[0-9]*"))


def _without_casts(line: re.Match[str]) -> str:
    """A condition as it was made and as it was restored: read twice, it has other casts and brackets."""
    return re.sub(r"::[a-z ]+(\[\])?|[()\s]", "", line.group())


class Installed:
    """The program in ``tree``, with its database, keys and files in ``var``."""

    def __init__(self, tree: Path, var: Path) -> None:
        self.tree = tree
        self.var = var
        self.server = Embedded(var)

    def restore(self, version: str) -> None:
        """Put the kept folder and database there, as a restored backup would be."""
        folder = BASE / "tests" / "upgrade" / version
        self.var.mkdir(parents=True)
        with tarfile.open(folder / "var.tar.xz") as tar:
            tar.extractall(self.var, filter="data")
        self.server.start()
        lay_roles(self.server.conninfo())  # of the cluster; the dump brings its own schemas
        with psycopg.connect(self.server.conninfo(), autocommit=True) as superuser:
            superuser.execute(f"CREATE DATABASE {DATABASE}")
        dump = lzma.decompress((folder / "database.sql.xz").read_bytes())
        address = self.server.conninfo(dbname=DATABASE)
        command = [binary("psql"), "-v", "ON_ERROR_STOP=1", "-q", "-d", address]
        done = subprocess.run(command, input=dump, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        lay_roles(address)

    def start_empty(self) -> None:
        """A server with an empty database, before the first migration."""
        self.server.start()
        prepare(self.server)

    def run(self, *command: str, role: str = "app") -> str:
        """Run Python in the tree as a database role; gives what it printed."""
        done = self.try_to(*command, role=role)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def try_to(self, *command: str, role: str = "app") -> subprocess.CompletedProcess[str]:
        """The same, also when it fails."""
        return subprocess.run(
            [sys.executable, *command],
            env=self.environment(role),
            capture_output=True,
            text=True,
            cwd=self.tree,
        )

    def environment(self, role: str) -> dict[str, str]:
        """What a process of it finds in its environment."""
        return {
            **os.environ,
            "CONFIDENTIAL_VAR": str(self.var),
            "CONFIDENTIAL_ROLE": role,
            "CONFIDENTIAL_DEMO": "true",
        }

    def kill_once_begun(self, command: str, question: str) -> int:
        """Start a command, and kill it as soon as the answer is above zero; gives what it is then."""
        environment = {**os.environ, "CONFIDENTIAL_VAR": str(self.var), "CONFIDENTIAL_DEMO": "true"}
        started = subprocess.Popen(
            [sys.executable, "manage.py", command],
            env=environment,
            cwd=self.tree,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with self.superuser() as superuser:
            while started.poll() is None and superuser.execute(question).fetchone() == (0,):
                time.sleep(0.02)
            started.kill()
            started.wait()
            time.sleep(1)  # what the server was doing for it ends
            return superuser.execute(question).fetchone()[0]  # type: ignore[index]

    def migrate(self) -> str:
        """As the owner; gives what it printed."""
        return self.run("manage.py", "migrate", role="owner")

    def superuser(self) -> psycopg.Connection[Any]:
        """A connection that looks behind the walls."""
        return psycopg.connect(self.server.conninfo(dbname=DATABASE), autocommit=True)

    def catalogue(self) -> str:
        """Tables, constraints, functions, policies, triggers and rights, as a dump writes them."""
        command = [binary("pg_dump"), "-s", "-d", self.server.conninfo(dbname=DATABASE)]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        text = re.sub(r"(?m)^\\(un)?restrict .*$", "", done.stdout)
        return re.sub(r"(?m)^.*(CHECK|CREATE (UNIQUE )?INDEX).*$", _without_casts, text)

    def look(self) -> dict[str, Any]:
        """What opens of everything that is sealed: see ``opening.py``."""
        script = BASE / "tests" / "upgrade" / "opening.py"
        return json.loads(self.run(str(script), self.server.conninfo(dbname=DATABASE)))
