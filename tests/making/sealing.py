"""Acting as a role of the log in a test: sealing, verifying, exporting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connections, transaction

from audit import sealing
from confidential.embedded import SUPERUSER
from vault.roles import SEALER, VERIFIER, WORKER


@contextmanager
def as_role(role: str, **where: str) -> Iterator[None]:
    """In this block Django's connection, in this thread alone, is another role's, or on another server."""
    before = connections["default"]
    own = before.copy(alias=role)
    own.settings_dict = {**before.settings_dict, "USER": role, **where}
    connections["default"] = own
    try:
        yield
    finally:
        own.close()
        connections["default"] = before


@contextmanager
def as_worker() -> Iterator[None]:
    """In this block Django's connection is the worker's, in this thread alone."""
    with as_role(WORKER):
        yield


@contextmanager
def as_sealer() -> Iterator[None]:
    """The same as the sealer's."""
    with as_role(SEALER):
        yield


@contextmanager
def as_verifier() -> Iterator[None]:
    """The same as the verifier's."""
    with as_role(VERIFIER):
        yield


def seal_all() -> int:
    """Seal everything that waits now; how many events that were."""
    with as_sealer():
        sealing.prepare()
        sealed = sealing.seal()
    assert sealed is not None, "another sealer of another test is still at work"
    return sealed


@contextmanager
def tampering() -> Iterator[psycopg.Cursor]:
    """A superuser with every trigger switched off, whose work is undone at the end of the block.

    Django's connection is that superuser's meanwhile, so the tools see the log as it was left.
    """
    with as_role(SUPERUSER), transaction.atomic():
        with connections["default"].cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield cursor
        transaction.set_rollback(True)


def queue_strays(superuser: psycopg.Connection) -> None:
    """Other tests write events by hand; let them wait for a leaf like all others."""
    superuser.execute(
        "INSERT INTO audit_pending (event) SELECT e.id FROM audit_event e WHERE NOT EXISTS (SELECT FROM audit_leaf l"
        " WHERE l.event = e.id) AND NOT EXISTS (SELECT FROM audit_pending p WHERE p.event = e.id)"
    )


def waiting(superuser: psycopg.Connection) -> int:
    return superuser.execute("SELECT count(*) FROM audit_pending").fetchone()[0]  # type: ignore[index]


# As definer functions write, which take whatever name: what a role may claim is in tests/audit/test_register.py.
RECORD = "SELECT sec.log('numbers.read')"
