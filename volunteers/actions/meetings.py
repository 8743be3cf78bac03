"""Confirming that somebody is a human being whom one has met or rung, and taking it back."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.db import connection, transaction

from audit.actor import Actor


def confirm(*, by: Actor, person: UUID, way: str) -> UUID:
    """Confirm somebody, once; what waits for it begins. Returns the confirmation's id.

    The database refuses (ProgrammingError) whoever holds no office, or is tied to the person.
    """
    meeting = uuid4()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT sec.confirm_person(%s, %s, %s)", [meeting, person, way])
    return meeting


def withdraw(*, by: Actor, meeting: UUID) -> None:
    """Take a confirmation back, and with it what that person confirmed meanwhile.

    The database refuses (ProgrammingError) whoever may not, and a second time.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT sec.withdraw_meeting(%s)", [meeting])
