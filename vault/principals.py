"""Secrets of principals: presented in each transaction by a proof that holds in it alone.

After RFC 5802 (SCRAM): the database keeps the hash of a secret, draws a challenge (the id of the
transaction), and is sent the secret XOR a pad of hash and challenge. What it is sent lets nobody in
anywhere else, in whichever log or list of statements it is read. See ``vault/sql/principals.sql``.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections, transaction

CHANCE = 16


def new_token() -> str:
    """A random token of 256 bits."""
    return secrets.token_urlsafe(32)


def token_from(secret: str, kind: str) -> str:
    """The token that belongs to a secret somebody holds (a code, a link)."""
    return hashlib.sha256(f"confidential principal|{kind}|{secret}".encode()).hexdigest()


def secret_of(token: str) -> bytes:
    """The 32 bytes that a token stands for: what is proved."""
    return hashlib.sha256(token.encode()).digest()


def hash_of(token: str) -> bytes:
    """What the database keeps of a token."""
    return hashlib.sha256(secret_of(token)).digest()


def name_of(token: str) -> str:
    """Under which name the database finds a token's principal. It gives nothing away."""
    return hashlib.sha256(hash_of(token)).hexdigest()


@contextmanager
def unprepared(cursor: Any) -> Iterator[None]:
    """What this cursor sends here is written out, and no statement of the driver's is called by its name.

    Whoever had SQL on this connection can have put another under that name: it would be given the proof of
    whoever comes next, before the database looks whether the connection was prepared by somebody.
    """
    driver = cursor.connection
    before, driver.prepare_threshold = driver.prepare_threshold, None
    try:
        yield
    finally:
        driver.prepare_threshold = before


@dataclass(frozen=True)
class Challenge:
    """The id of the open transaction of one connection."""

    transaction: str

    @classmethod
    def of(cls, cursor: Any) -> Challenge:
        """The challenge of the transaction in which this cursor is."""
        with unprepared(cursor):
            cursor.execute("SELECT pg_current_xact_id()::text")
        return cls(cursor.fetchone()[0])

    def proof(self, secret: bytes) -> bytes:
        """That one holds ``secret`` (32 bytes), for this transaction."""
        return _xor(secret, self._pad(hashlib.sha256(secret).digest(), "proof"))

    def cover(self, token: str, under: bytes) -> bytes:
        """The hash of a new token, readable only to who knows the hash of the secret ``under``."""
        chance = os.urandom(CHANCE)
        pad = self._pad(hashlib.sha256(under).digest(), f"cover|{chance.hex()}")
        return chance + _xor(hash_of(token), pad)

    def _pad(self, hashed: bytes, label: str) -> bytes:
        return hashlib.sha256(hashed + f"{label}|{self.transaction}".encode()).digest()


def _xor(first: bytes, second: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(first, second, strict=True))


def enter(token: str, *, using: str = "default") -> dict[str, Any]:
    """Run the rest of this transaction as the token's principal; says who that is.

    Needs an open transaction: the answer to its challenge counts in no other. Raises DatabaseError on
    a connection that somebody has tampered with, and closes it: the next transaction has a new one.
    """
    said = _let_in("enter", token, using)
    return said if isinstance(said, dict) else json.loads(said)


def _let_in(function: str, token: str, using: str) -> Any:
    try:
        with connections[using].cursor() as cursor:
            proof = Challenge.of(cursor).proof(secret_of(token)).hex() if token else ""
            with unprepared(cursor):
                cursor.execute(f"SELECT sec.{function}(%s, %s)", [name_of(token), proof])
            return cursor.fetchone()[0]
    except DatabaseError:
        connections[using].close()
        raise


def cover(cursor: Any, token: str, by: str) -> bytes:
    """The hash of a new ``token`` under cover of the token ``by``, for the cursor's transaction."""
    return Challenge.of(cursor).cover(token, secret_of(by))


# What must happen at the end of such a transaction, just before it commits; told which connection.
before_commit: list[Callable[[str], object]] = []


@contextmanager
def signin_transaction(token: str, *, using: str = "signin") -> Iterator[Any]:
    """A transaction on the sign-in connection as the token's principal; gives a cursor.

    For what makes accounts, changes duties or announces what opens: the application's connection
    cannot. Never inside another one, which could be rolled back.
    """
    with transaction.atomic(using=using, durable=True):
        _let_in("admit", token, using)  # who that is, with all duties, nobody asks here
        with connections[using].cursor() as cursor:
            yield cursor
        for act in before_commit:
            act(using)


def command_transaction(token: str | None = None) -> AbstractContextManager[Any]:
    """The same for somebody at the server: what only a command does, and (as nobody) begins.

    Raises ImproperlyConfigured in a process that serves pages.
    """
    if "command" not in settings.DATABASES:
        raise ImproperlyConfigured(
            "DATABASE_URL_COMMAND is not set: only somebody at the server begins a command. "
            "See docs/operations.md."
        )
    return signin_transaction(token or "", using="command")
