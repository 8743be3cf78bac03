"""Named reads of the log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.signing import BadSignature, Signer
from django.db import connection
from django.db.models import Count, DateTimeField, Func, IntegerField, Q, QuerySet, Value
from django.utils import timezone

from audit.events import same_words
from audit.models import Event, SavedQuestion

CODES = ("outcome", "purpose", "basis")
REFERENCES = {"by": "actor", "about": "subject", "branch": "branch"}
ACCOUNT = "volunteers_user"  # what an event is about that has no subject: somebody's sign-in
DAYS_BY_DAY, DAYS_BY_WEEK = 93, 400
# Days of Paris as moments, worked out once: asking for the day of each event costs five times as much.
BORDERS = ArrayField(DateTimeField())


@dataclass(frozen=True)
class Page:
    """Some events, and where the next ones begin; there is no way to ask how many there are in all."""

    events: list[Event]
    older: str = ""


def matching(wanted: dict[str, Any]) -> QuerySet[Event]:
    """The events that a filter asks for, newest first; the database shows only what one may read."""
    events = Event.objects.order_by("-at", "-id")
    for code in CODES:
        if wanted.get(code):
            events = events.filter(**{code: wanted[code]})
    if wanted.get("action"):
        events = _among(events, "action", same_words(wanted["action"]))
    for name, column in REFERENCES.items():
        if wanted.get(name):
            ids = ids_of(wanted[name])
            # The references of people and portals stand for their accounts too.
            if name == "about" and (len(ids) > 1 or wanted[name].strip().upper().startswith("P-")):
                account = Q(object_type=ACCOUNT, object_id__in=ids)
                events = events.filter(Q(subject__in=ids) | account)
            else:
                events = _among(events, column, ids)
    if wanted.get("since"):
        events = events.filter(at__gte=start_of(wanted["since"]))
    if wanted.get("until"):
        events = events.filter(at__lt=start_of(wanted["until"] + timedelta(days=1)))
    return events


def page_of(events: QuerySet[Event], after: str, size: int) -> Page:
    """``size`` events after the place that ``after`` names: as fast for the last as for the first."""
    place = _place(after)
    if place:
        at, event = place
        # The first term is what an index can start from; the second tells apart events of one instant.
        events = events.filter(Q(at__lt=at) | Q(at=at, id__lt=event), at__lte=at)
    found = list(events[: size + 1])
    shown = found[:size]
    more = len(found) > size
    return Page(shown, _signer().sign_object(_mark(shown[-1])) if more else "")


def counts(
    events: QuerySet[Event], since: date, until: date, unit: str = ""
) -> tuple[str, list[tuple[date, int, int]]]:
    """The unit (day, week or month) and, for each: its first day, events, how many were refused."""
    days = (until - since).days + 1
    unit = unit or ("day" if days <= DAYS_BY_DAY else "week" if days <= DAYS_BY_WEEK else "month")
    starts = list(_starts(unit, since, until))
    place = Func(
        "at",
        Value([start_of(start) for start in starts], BORDERS),
        function="width_bucket",
        output_field=IntegerField(),
    )
    rows = (
        events.order_by()
        .annotate(place=place)
        .values("place")
        .annotate(n=Count("pk"), refused=Count("pk", filter=~Q(outcome="done")))
        .values_list("place", "n", "refused")
    )
    found = {place: (n, refused) for place, n, refused in rows}
    return unit, [(start, *found.get(at, (0, 0))) for at, start in enumerate(starts, start=1)]


def saved_questions() -> QuerySet[SavedQuestion]:
    """The reader's own; the database shows no other."""
    return SavedQuestion.objects.order_by("made_at")


def references(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Short references by id, of people, clients, portals and branches."""
    wanted = list({each for each in ids if each})
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, reference FROM sec.references(%s)", [wanted])
        return dict(cursor.fetchall())


def ids_of(reference: str) -> list[UUID]:
    """The ids that a typed reference stands for: a person, a branch, or a client and their portal."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM sec.references('{}'::uuid[], %s)", [reference.strip().upper()]
        )
        return [row[0] for row in cursor.fetchall()]


def start_of(day: date) -> datetime:
    """The first moment of a day in Paris."""
    return datetime.combine(day, time(0), tzinfo=timezone.get_default_timezone())


def _among(events: QuerySet[Event], column: str, ids: Sequence[UUID | str]) -> QuerySet[Event]:
    # One id as an equality: then the index gives the events in their order already.
    return events.filter(**({column: ids[0]} if len(ids) == 1 else {f"{column}__in": ids}))


def _starts(unit: str, since: date, until: date) -> Iterable[date]:
    start = since
    if unit == "week":
        start -= timedelta(days=since.weekday())
    elif unit == "month":
        start = since.replace(day=1)
    while start <= until:
        yield start
        if unit == "month":
            start = (start + timedelta(days=32)).replace(day=1)
        else:
            start += timedelta(days=1 if unit == "day" else 7)


def _signer() -> Signer:
    return Signer(salt="audit.page")


def _mark(event: Event) -> list[str]:
    return [event.at.isoformat(), str(event.pk)]


def _place(after: str) -> tuple[datetime, UUID] | None:
    """Where a page begins. What was not given out by a page before is no place: it is the beginning."""
    try:
        at, event = _signer().unsign_object(after)
    except (BadSignature, ValueError):
        return None
    return datetime.fromisoformat(at), UUID(event)
