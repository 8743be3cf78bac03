"""Leaving (P3): one act ends sessions, duties, permissions, consultations and drafts in the same second."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.db import connection, transaction

from audit.actor import Actor
from vault.principals import signin_transaction


def leave(*, by: Actor, person: UUID) -> UUID:
    """Somebody leaves the association; returns the departure's id.

    Undertakings, history and the name in the log stay. On the sign-in connection, as whoever does
    it: the database refuses (ProgrammingError) whoever may not, and a second time.
    """
    departure = uuid4()
    with signin_transaction(by.token) as cursor:
        cursor.execute("SELECT sec.leave(%s, %s)", [departure, person])
    return departure


def note_reminder(*, by: Actor, departure: UUID, what: str) -> None:
    """Note once what became of the reminder: signed, or refused.

    The database refuses (ProgrammingError) whoever may not, and a second time.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT sec.remind_leaver(%s, %s)", [departure, what])
