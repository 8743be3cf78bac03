"""What the log holds."""

from __future__ import annotations

import psycopg

from clients.models import Client


def events(superuser: psycopg.Connection, client: Client, action: str) -> int:
    """How many events of this action there are about a client."""
    found = superuser.execute(
        "SELECT count(*) FROM audit_event WHERE subject = %s AND action = %s", [client.pk, action]
    ).fetchone()
    return found[0] if found else 0
