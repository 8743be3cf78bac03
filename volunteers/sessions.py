"""Sessions: keys kept hashed, data sealed under the key itself, the principal's token among them.

Django's SESSION_ENGINE. Only the sign-in connection reads or writes here.
"""

from __future__ import annotations

import hashlib
import os
from datetime import timedelta
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction
from django.utils import timezone

from vault.derive import derive
from vault.principals import name_of
from volunteers.models import Session, User
from volunteers.reading import Reading

NONCE = 12
PRINCIPAL = "principal"  # in the data: the token that the database was given the hash of
TOUCH = timedelta(minutes=1)
LONGEST = timedelta(hours=12)  # however busy somebody is, after this they sign in again
# By the primary keys of both. Each request asks this.
SESSION = Reading(
    """
    SELECT {session}, {account} FROM volunteers_session session
    LEFT JOIN volunteers_user account ON account.id = session.user_id
    WHERE session.key_hash = %(hash)s AND session.expires_at > %(now)s AND session.created_at > %(since)s
    """,
    using="signin",
    session=Session,
    account=User,
)


class SessionStore(SessionBase):
    """A session, and the account that belongs to it, in one query."""

    cached_user: User | None = None
    stays_idle = False  # what a page asks for by itself does not prolong the session

    @property
    def principal_token(self) -> str:
        """What proves in each transaction of this session who it is; sealed with its data."""
        return str(self.get(PRINCIPAL, ""))

    def load(self) -> dict[str, Any]:
        """The data of a live session; an unknown, ended or altered one is empty."""
        now = timezone.now()
        asked = {"hash": hash_key(self.session_key), "now": now, "since": now - LONGEST}
        row, user = SESSION.first(asked) or (None, None)
        data = self._opened(bytes(row.data)) if row else None
        if row is None or data is None:
            self._session_key = None
            return {}
        self.cached_user = user
        if now - row.seen_at > TOUCH and not self.stays_idle:
            self._touch(row)
        return data

    def exists(self, session_key: str) -> bool:
        """Whether the key is taken."""
        return Session.objects.filter(key_hash=hash_key(session_key)).exists()

    def create(self) -> None:
        """A new session under a new random key."""
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Write the session. The database began its principal, and lets it live as long."""
        if self.session_key is None:
            return self.create()
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        now = timezone.now()
        expires = now + timedelta(minutes=settings.SESSION_IDLE_MINUTES)
        fields = {
            "data": self._sealed(data),
            "user_id": data.get(SESSION_KEY),
            "seen_at": now,
            "expires_at": expires,
            "device": data.get("device", ""),
            "principal": name_of(data[PRINCIPAL]) if PRINCIPAL in data else "",
        }
        rows = Session.objects.filter(key_hash=hash_key(self.session_key))
        if must_create:
            try:
                with transaction.atomic(using="signin"):
                    Session.objects.create(key_hash=hash_key(self.session_key), **fields)
            except IntegrityError as error:
                raise CreateError from error
        elif not rows.update(**fields):
            raise UpdateError
        return None

    def cycle_key(self) -> None:
        """The same session under a new key; its principal goes on."""
        Session.objects.filter(key_hash=hash_key(self.session_key)).update(principal="")
        super().cycle_key()

    def delete(self, session_key: str | None = None) -> None:
        """End the session, and with its row its principal, in the same second."""
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(key_hash=hash_key(key)).delete()

    def _touch(self, row: Session) -> None:
        now = timezone.now()
        expires = now + timedelta(minutes=settings.SESSION_IDLE_MINUTES)
        Session.objects.filter(pk=row.pk).update(seen_at=now, expires_at=expires)

    def _cipher(self) -> AESGCM:
        return AESGCM(derive((self.session_key or "").encode(), "confidential/v1/session"))

    def _sealed(self, data: dict[str, Any]) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self._cipher().encrypt(nonce, self.serializer().dumps(data), b"session")

    def _opened(self, sealed: bytes) -> dict[str, Any] | None:
        try:
            plain = self._cipher().decrypt(sealed[:NONCE], sealed[NONCE:], b"session")
        except InvalidTag:
            return None
        return self.serializer().loads(plain)


def hash_key(session_key: str | None) -> str:
    """What the database keeps of a session's key."""
    return hashlib.sha256(f"confidential session|{session_key}".encode()).hexdigest()


def end_all(user: UUID) -> None:
    """End every session of an account, and with their rows its principals."""
    Session.objects.filter(user_id=user).delete()


def end_one(user: UUID, key_hash: str) -> bool:
    """End one session of this account and its principal; False when it has no such session."""
    ended, _ = Session.objects.filter(user_id=user, key_hash=key_hash).delete()
    return bool(ended)
