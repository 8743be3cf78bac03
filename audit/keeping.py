"""How long the log is kept, and the removal of what is over."""

from __future__ import annotations

from django.db import DatabaseError, connection, transaction

from audit import sink
from audit.actor import Actor
from audit.models import Keeping

MOST_AT_ONCE = 1_000


class NotAllowed(Exception):
    """Only the data-protection lead, freshly proved, sets this; and only to times that the rules allow."""


def set_keeping(*, by: Actor, purpose: str, months: int | None, note: str = "") -> None:
    """A new keeping time from now on. ``months`` None: as long as the record (own record only).

    The security log is kept 6 to 12 months, up to 36 with a note (CNIL 2021-122). Raises NotAllowed.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT sec.set_keeping(%s, %s, %s)", [purpose, months, note.strip()])
    except DatabaseError as error:
        raise NotAllowed from error


def times() -> dict[str, Keeping]:
    """The times that bind now, by purpose."""
    found: dict[str, Keeping] = {}
    for row in Keeping.objects.order_by("id"):
        found[row.purpose] = row
    return found


def remove_expired() -> int:
    """Remove sealed events that serve no purpose any more, some at a time; how many. For the worker."""
    removed = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT sec.remove_events(%s)", [MOST_AT_ONCE])
            found = cursor.fetchone()[0]
            sink.note()
        removed += found
        if found < MOST_AT_ONCE:
            return removed
