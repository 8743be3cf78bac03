"""Where a run happens: a folder of its own, an embedded server with durability on, migrated tables."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

BASE = Path(__file__).resolve().parent.parent


class Place:
    """A folder, its server, and the environment that leads processes there."""

    def __init__(self) -> None:
        self.var = Path(tempfile.mkdtemp(prefix="confidential-bench-"))
        atexit.register(self.remove)
        self.environment = {
            "CONFIDENTIAL_VAR": str(self.var),
            "CONFIDENTIAL_DEMO": "true",
            "CONFIDENTIAL_ROLE": "app",
            "DJANGO_SETTINGS_MODULE": "confidential.settings",
            "BENCH_PLAIN": str(self.var / "plain.json"),
        }
        os.environ.update(self.environment)
        from confidential.embedded import Embedded

        self.server = Embedded(self.var)

    def prepare(self) -> None:
        """Start the server, lay roles and tables as the owner, and set Django up as the application."""
        from confidential.database import prepare

        self.server.start()
        prepare(self.server)
        migrate = [sys.executable, str(BASE / "manage.py"), "migrate", "--verbosity", "0"]
        subprocess.run(migrate, check=True, env={**os.environ, "CONFIDENTIAL_ROLE": "owner"})
        import django

        django.setup()

    def superuser(self, database: str = "confidential") -> psycopg.Connection:
        """A connection that goes behind the walls, to lay bulk data and to look."""
        return psycopg.connect(self.server.conninfo(dbname=database), autocommit=True)

    def postmaster(self) -> int:
        """The server's process."""
        return int((self.server.data / "postmaster.pid").read_text().split()[0])

    def durability(self) -> str:
        """What the server says about fsync and synchronous_commit."""
        with self.superuser() as connection:
            said = [
                connection.execute(f"SHOW {name}").fetchone()[0]
                for name in ("fsync", "synchronous_commit", "server_version")
            ]
        return "fsync {}, synchronous_commit {}, PostgreSQL {}".format(*said)

    def remove(self) -> None:
        """Leave nothing behind."""
        self.server.stop()
        shutil.rmtree(self.var, ignore_errors=True)
