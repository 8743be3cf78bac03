"""Principals for tests, laid by the superuser: in life a person types a password, which takes long."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connections
from django.utils import timezone
from psycopg.rows import dict_row

from audit.actor import Actor
from confidential.embedded import SUPERUSER
from vault.principals import hash_of, new_token
from volunteers import passwords
from volunteers.models import User
from volunteers.sessions import PRINCIPAL, SessionStore

_kept: dict[tuple[Any, ...], psycopg.Connection[Any]] = {}


@contextmanager
def superuser() -> Iterator[psycopg.Connection[Any]]:
    """The superuser's connection to the database that Django's connections are in; kept, for each test asks for it."""
    where = settings.DATABASES["default"]
    name = (os.getpid(), where["HOST"], where["PORT"], where["NAME"])
    try:
        _kept[name].execute("SELECT 1")
    except (KeyError, psycopg.OperationalError):  # none yet, or the server began anew
        _kept[name] = psycopg.connect(
            host=where["HOST"],
            port=where["PORT"] or None,
            dbname=where["NAME"],
            user=SUPERUSER,
            autocommit=True,
        )
    yield _kept[name]


def mint(
    kind: str,
    subject: UUID,
    *,
    fresh: timedelta | None = timedelta(0),
    lives: timedelta = timedelta(hours=1),
    factor: str = "",
    limited: bool = False,
) -> str:
    """The token of a new principal; ``fresh`` is how long ago it proved who it is, None for never."""
    token, now = new_token(), timezone.now()
    with superuser() as connection:
        connection.execute(
            "INSERT INTO vault_principal (hash, kind, subject, purpose, expires_at, fresh_at, factor, limited)"
            " VALUES (%s, %s, %s, '', %s, %s, %s, %s)",
            [
                hash_of(token),
                kind,
                subject,
                now + lives,
                None if fresh is None else now - fresh,
                factor,
                limited,
            ],
        )
    return token


@contextmanager
def pages_transaction(token: str) -> Iterator[Any]:
    """A transaction on the pages' connection as the token's principal; gives a cursor."""
    with Actor(token).transaction(), connections["default"].cursor() as cursor:
        yield cursor


def session_of(user: User, *, at: datetime | None = None, factor: str = "") -> SessionStore:
    """A signed-in session of this account, since ``at``."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "volunteers.backends.AccountBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    since = timezone.now() - at if at else timedelta(0)
    session[PRINCIPAL] = mint("user", user.pk, fresh=since, factor=factor)
    session.create()
    session.save()
    return session


def give_password(user: UUID, password: str) -> None:
    """Another password for an account, as if it had been there from the beginning."""
    salt = passwords.new_salt()
    with superuser() as connection:
        connection.execute("UPDATE volunteers_user SET password = %s WHERE id = %s", [salt, user])
        connection.execute(
            "INSERT INTO vault_secret (account, hash) VALUES (%s, %s)"
            " ON CONFLICT (account) DO UPDATE SET hash = excluded.hash",
            [user, hash_of(passwords.token_of(salt, password))],
        )


def account_of_a_client(username: str, password: str, *, first: bool = False) -> User:
    """An account of the kind client that belongs to no record."""
    user = User(username=username, kind="client", must_change_password=first)
    with superuser() as connection:
        connection.execute(
            "INSERT INTO volunteers_user (id, username, password, kind, language, is_active, is_superuser,"
            " must_change_password, created_at) VALUES (%s, %s, '', 'client', 'en', true, false, %s, now())",
            [user.pk, username, first],
        )
    give_password(user.pk, password)
    return user


def factors_of(user: UUID) -> set[str]:
    """The kinds of second factor that an account has."""
    with superuser() as connection:
        rows = connection.execute(
            "SELECT kind FROM volunteers_secondfactor WHERE user_id = %s", [user]
        )
        return {kind for (kind,) in rows}


def principals_of(subject: UUID) -> list[dict[str, Any]]:
    """Who can act as this subject now, newest first."""
    with superuser() as connection, connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "SELECT * FROM vault_principal WHERE subject = %s AND expires_at > now() ORDER BY made_at DESC",
            [subject],
        ).fetchall()
