"""Bringing somebody into a duty, and ending it. On the sign-in connection: the application's cannot."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

from audit.actor import Actor
from vault.principals import command_transaction, signin_transaction
from volunteers.actions.joining import command_actor


def appoint(
    *, by: Actor, person: UUID, duty: str, branch: UUID | None, until: datetime | None = None
) -> UUID:
    """Give somebody a duty from now on; returns its id.

    The database refuses (ProgrammingError) whoever may not, and (IntegrityError) duties that one
    person may not hold together.
    """
    with signin_transaction(by.token) as cursor:
        cursor.execute("SELECT sec.appoint(%s, %s, %s, %s)", [person, duty, branch, until])
        return cursor.fetchone()[0]


def end_duty(*, by: Actor, duty: UUID) -> None:
    """End a duty in this second. The database refuses (ProgrammingError) whoever may not."""
    with signin_transaction(by.token) as cursor:
        cursor.execute("SELECT sec.end_duty(%s)", [duty])


def appoint_by_minute(
    *, person: UUID, office: str, minuted_on: date, minute: str, end_others: bool = False
) -> UUID:
    """The board gives an office, by its minute; whoever held it holds it no longer. Returns the duty's id.

    For commands at the server. ``end_others`` ends duties of the person that do not go with the office;
    without it the database refuses them (IntegrityError). It refuses (ProgrammingError) whoever has left.
    """
    actor = command_actor(uuid4(), "office", minutes=5)
    with command_transaction(actor.token) as cursor:
        cursor.execute(
            "SELECT sec.office_appoint(%s, %s, %s, %s, %s)",
            [person, office, minuted_on, minute, end_others],
        )
        return cursor.fetchone()[0]
