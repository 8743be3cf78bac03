"""Who has seen a record, and why: the log of one client, folded by day, role, purpose and outcome.

No names (GDPR Art. 15 and CJEU C-579/21: dates and purposes are owed, names only by a decision)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Count, Max
from django.db.models.functions import TruncDate

from audit.models import Event
from clients.models import PortalAccess
from rights import event_words
from rights.deadlines import PARIS

OWN = ("client", "job")


@dataclass
class Look:
    """What people in one role did with the record on one day, for one purpose."""

    day: date
    last_at: datetime
    role: str
    purpose: str
    refused: bool
    done: dict[str, int] = field(default_factory=dict)

    @property
    def who(self) -> str:
        """The role in plain words."""
        return str(event_words.who(self.role))

    @property
    def why(self) -> str:
        """The purpose in plain words."""
        return str(event_words.why(self.purpose))

    @property
    def what(self) -> list[str]:
        """What was done, each once."""
        return list(self.done)


def events_of(client: UUID, *, own: bool) -> models.QuerySet[Event]:
    """The client's events; without ``own`` those of other people only."""
    events = Event.objects.filter(subject=client)
    if own:
        return events
    return events.exclude(actor_role__in=OWN).exclude(actor__in=own_accounts(client))


def own_accounts(client: UUID) -> list[UUID]:
    """The accounts, present and past, with which this client signs in."""
    return list(PortalAccess.objects.filter(client_id=client).values_list("user", flat=True))


def days_of(events: models.QuerySet[Event]) -> models.QuerySet[Any]:
    """The days on which something happened, the latest first."""
    days = events.annotate(day=TruncDate("at", tzinfo=PARIS)).order_by("-day")
    return days.values_list("day", flat=True).distinct()


def on_days(events: models.QuerySet[Event], days: Iterable[date]) -> models.QuerySet[Event]:
    """The events from the first to the last of these days."""
    listed = list(days)
    if not listed:
        return events.none()
    start = datetime.combine(min(listed), time.min, PARIS)
    end = datetime.combine(max(listed) + timedelta(days=1), time.min, PARIS)
    return events.filter(at__gte=start, at__lt=end)


def folded(events: models.QuerySet[Event], *, client: UUID) -> list[Look]:
    """The events as looks, the latest first. Counted in the database: an import wrote thousands."""
    rows = list(
        events.annotate(day=TruncDate("at", tzinfo=PARIS))
        .values("day", "actor_kind", "actor", "actor_role", "action", "outcome", "purpose",
                "object_type")
        .annotate(times=Count("id"), last_at=Max("at"))
        .order_by("-last_at")
    )  # fmt: skip
    accounts = set(own_accounts(client))
    # What a trigger wrote has no role; whoever opened the record on that day has one.
    known = {(row["day"], row["actor"]): row["actor_role"] for row in rows if row["actor_role"]}
    looks: dict[tuple[Any, ...], Look] = {}
    for row in rows:
        role = _role(dict(row), known, accounts)
        refused = row["outcome"] != "done"
        purpose = "" if refused else row["purpose"]
        key = (row["day"], role, str(event_words.why(purpose)), refused)
        look = looks.setdefault(key, Look(row["day"], row["last_at"], role, purpose, refused))
        done = str(event_words.what(row["action"], row["object_type"]))
        look.done[done] = look.done.get(done, 0) + row["times"]
    return list(looks.values())


def _role(row: dict[str, Any], known: dict[Any, str], accounts: set[UUID]) -> str:
    if row["actor"] in accounts:
        return "client"
    kind = row["actor_kind"] if row["actor_kind"] in event_words.WHO else "user"
    return row["actor_role"] or known.get((row["day"], row["actor"])) or kind
