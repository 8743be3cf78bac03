"""Named reads of the log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from audit.models import Event


def matching(wanted: dict[str, Any]) -> QuerySet[Event]:
    """The events that a filter asks for, newest first; the database shows only what one may read."""
    events = Event.objects.order_by("-at", "-id")
    if wanted.get("action"):
        events = events.filter(action=wanted["action"])
    if wanted.get("outcome"):
        events = events.filter(outcome=wanted["outcome"])
    if wanted.get("by"):
        events = events.filter(actor__in=ids_of(wanted["by"]))
    if wanted.get("about"):
        events = events.filter(subject__in=ids_of(wanted["about"]))
    if wanted.get("since"):
        events = events.filter(at__gte=start_of(wanted["since"]))
    if wanted.get("until"):
        events = events.filter(at__lt=start_of(wanted["until"] + timedelta(days=1)))
    return events


def references(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Short references by id, of people, clients, portals and branches."""
    wanted = list({each for each in ids if each})
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, reference FROM sec.references(%s)", [wanted])
        return dict(cursor.fetchall())


def ids_of(reference: str) -> list[UUID]:
    """The ids that a typed reference stands for: a person, or a client and their portal."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM sec.references('{}'::uuid[], %s)", [reference.strip().upper()]
        )
        return [row[0] for row in cursor.fetchall()]


def start_of(day: date) -> datetime:
    """The first moment of a day in Paris."""
    return datetime.combine(day, time(0), tzinfo=timezone.get_default_timezone())
