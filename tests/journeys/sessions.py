"""Sessions without the sign-in page, for the people whose sign-in is not what a journey is about."""

from __future__ import annotations

import time
from uuid import UUID

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from volunteers.models import User
from volunteers.sessions import AUTHENTICATION_METHODS, SessionStore


def session_of(account: UUID, *, fresh: bool = True) -> str:
    """The key of a new session; one that is not fresh is asked for the password before danger."""
    user = User.objects.get(pk=account)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "volunteers.backends.AccountBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    signed_in_at = time.time() - (0 if fresh else 7200)
    session[AUTHENTICATION_METHODS] = [{"method": "password", "at": signed_in_at}]
    session.create()
    session.save()
    assert session.session_key
    return session.session_key


def language_of(account: UUID, language: str) -> None:
    """Set the language of somebody's pages."""
    User.objects.filter(pk=account).update(language=language)
