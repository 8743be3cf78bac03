"""Setting up a database: create it, lay the roles, before the first migration."""

from __future__ import annotations

import psycopg
from psycopg import sql

from confidential.embedded import Embedded
from confidential.environment import BASE, DATABASE


def lay_roles(address: str) -> None:
    """Create the roles and the schema of definer functions; ``address`` signs in as a superuser."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute((BASE / "vault" / "sql" / "roles.sql").read_text())


def prepare(server: Embedded, name: str = DATABASE) -> bool:
    """Make the database on the embedded server unless it is there; True when it was made now."""
    with psycopg.connect(server.conninfo(), autocommit=True) as connection:
        found = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
        if not found:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    lay_roles(server.conninfo(dbname=name))
    return not found
