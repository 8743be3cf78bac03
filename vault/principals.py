"""Tokens of principals: random, presented to the database in each transaction, kept only hashed."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, transaction


def new_token() -> str:
    """A random token of 256 bits."""
    return secrets.token_urlsafe(32)


def token_from(secret: str, kind: str) -> str:
    """The token that belongs to a secret somebody holds (a session key, a code, a link).

    The secret itself never reaches the database, so no query log can give it away.
    """
    return hashlib.sha256(f"confidential principal|{kind}|{secret}".encode()).hexdigest()


def hash_of(token: str) -> bytes:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).digest()


def enter(token: str, *, using: str = "default") -> dict[str, Any]:
    """Run the rest of this transaction as the token's principal; says who that is.

    Needs an open transaction: the setting is local to it.
    """
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT sec.enter(%s)", [token])
        said = cursor.fetchone()[0]
    return said if isinstance(said, dict) else json.loads(said)


# What must happen at the end of such a transaction, just before it commits; told which connection.
before_commit: list[Callable[[str], object]] = []


@contextmanager
def signin_transaction(token: str) -> Iterator[Any]:
    """A transaction on the sign-in connection as the token's principal; gives a cursor.

    For what makes accounts and changes duties: the application's connection cannot.
    """
    with transaction.atomic(using="signin"):
        enter(token, using="signin")
        with connections["signin"].cursor() as cursor:
            yield cursor
        for act in before_commit:
            act("signin")
