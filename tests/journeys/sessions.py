"""Sessions without the sign-in page, for the people whose sign-in is not what a journey is about."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from tests.making import principals
from volunteers.models import User


def session_of(account: UUID, *, fresh: bool = True) -> str:
    """The key of a new session; one that is not fresh is asked for the password before danger."""
    user = User.objects.get(pk=account)
    session = principals.session_of(user, at=timezone.now() - timedelta(hours=0 if fresh else 2))
    assert session.session_key
    return session.session_key


def language_of(account: UUID, language: str) -> None:
    """Set the language of somebody's pages."""
    assert User.objects.filter(pk=account).update(language=language) == 1
