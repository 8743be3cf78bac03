"""Legal holds, and the schedule that is adopted in each database of the tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from audit import door
from clients.models import Client
from rights.holds import actions as holds
from rights.models import Hold
from rights.retention import actions, reading
from rights.retention.schedule import proposal
from tests.making.people import Cast, Someone
from tests.making.principals import superuser

Found = tuple[str, date, date, list[str]]


def hold(by: Someone, client: Client, ground: str = "legal_claim") -> Hold:
    """A hold placed by a coordinator, with words."""
    with by.actor().transaction() as actor:
        keys = door.open_one(actor, client.pk, "hold.write", "coordination")
        return holds.place(
            by=actor, client=client, keys=keys, ground=ground, why="A claim is made."
        )


def release(by: Someone, held: Hold) -> bool:
    """Released by somebody without words."""
    with by.actor().transaction() as actor:
        return holds.release(by=actor, hold=held)


def adopt(cast: Cast) -> None:
    """The proposal binds; adopted once in a database."""
    with cast.president.actor().transaction() as actor:
        if reading.adopted() is None:
            actions.draft_schedule(by=actor, periods=proposal())
            draft = reading.draft()
            assert draft is not None and actions.adopt_schedule(by=actor, schedule=draft)


def keep_longer(by: Someone, client: Client, days: int | None) -> None:
    """Kept for so many days from today, or no longer than its time."""
    until = timezone.localdate() + timedelta(days=days) if days else None
    with by.actor().transaction() as actor:
        keys = door.open_one(actor, client.pk, "retention.write", "coordination")
        actions.keep_longer(by=actor, client=client, keys=keys, until=until, why="A study goes on.")


def time_of(client: UUID, on: date | None = None) -> Found | None:
    """Kind, since, over on, and what keeps it, as the one function of the database says it."""
    with superuser() as owner:
        row = owner.execute(
            "SELECT kind, since, over_on, kept_by FROM sec.retention_of(ARRAY[%s::uuid], coalesce(%s::date, sec.today()))",
            [client, on],
        ).fetchone()
    return (row[0], row[1], row[2], row[3]) if row else None


def listed(by: Someone, on: date) -> dict[UUID, Sequence[str]]:
    """What somebody finds over on this day, and what keeps it."""
    with by.actor().transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT client, kept_by FROM sec.records_over(%s)", [on])
        return dict(cursor.fetchall())
