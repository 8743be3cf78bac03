"""Bringing somebody into a duty, and ending it. On the sign-in connection: the application's cannot."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from audit.visit import Visit
from vault.principals import signin_transaction


def appoint(
    *, by: Visit, person: UUID, duty: str, branch: UUID | None, until: datetime | None = None
) -> UUID:
    """Give somebody a duty from now on; returns its id.

    The database refuses (ProgrammingError) whoever may not, and (IntegrityError) duties that one
    person may not hold together.
    """
    with signin_transaction(by.token) as cursor:
        cursor.execute("SELECT sec.appoint(%s, %s, %s, %s)", [person, duty, branch, until])
        return cursor.fetchone()[0]


def end_duty(*, by: Visit, duty: UUID) -> None:
    """End a duty in this second. The database refuses (ProgrammingError) whoever may not."""
    with signin_transaction(by.token) as cursor:
        cursor.execute("SELECT sec.end_duty(%s)", [duty])
