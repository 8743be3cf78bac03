"""The schedule, keeping a record longer, and removing what needs no review."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import sink
from audit.actor import Actor
from clients.access.definers import execute, refused
from clients.models import Client
from rights.models import LongerKept, Schedule
from rights.retention.schedule import swept

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

MOST_AT_ONCE = 1_000
LONGEST_KEPT = 731  # days; the database says the same
MESSAGES = {
    "longer_not_now": _("This is not possible now. The data-protection lead can help."),
    "longer_until": _("Two years at most. Then look at the record again."),
}


def keep_longer(
    *, by: Actor, client: Client, keys: SubjectKeys, until: date | None, why: str
) -> None:
    """The record is kept until that day, or no longer than its time (None), and why. Raises Refused."""
    with refused("keep_longer", MESSAGES), transaction.atomic():
        LongerKept.new(
            keys, client=client, until=until, by_id=by.person, made_at=timezone.now(), text=why
        ).save()


def draft_schedule(*, by: Actor, periods: dict[str, dict[str, Any]]) -> int:
    """The next version as it would be, in place of an earlier draft; its number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.draft_schedule(%s)", [_json(periods)])
        number: int = cursor.fetchone()[0]
    return number


def adopt_schedule(*, by: Actor, schedule: Schedule) -> bool:
    """It binds from today on. False where the draft was changed meanwhile."""
    return bool(execute("adopt_schedule", schedule.number, schedule.drafted_at))


def sweep(tell: Callable[[str, int], None]) -> dict[str, int]:
    """Remove what needs no review, some at a time; how many of each kind. For the worker; safe to repeat."""
    gone = dict.fromkeys(swept(), 0)
    for kind in gone:
        while True:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT sec.sweep(%s, %s)", [kind, MOST_AT_ONCE])
                found = cursor.fetchone()[0]
                sink.note()
            gone[kind] += found
            if found < MOST_AT_ONCE:
                break
            tell(kind, gone[kind])
    return gone


def to_sweep() -> dict[str, int]:
    """How many would go of each kind."""
    return {kind: int(execute("count_over", kind)) for kind in swept()}


def _json(value: Any) -> Any:
    from psycopg.types.json import Jsonb

    return Jsonb(value)
