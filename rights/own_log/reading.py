"""Who has seen a record, and why: the log of one client, folded by day, role, purpose and outcome.

Names only where the data-protection lead has decided so (GDPR Art. 15 and CJEU C-579/21: dates and
purposes are owed)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, models
from django.db.models import Case, Count, Exists, Max, OuterRef, Q, Value, When
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.models import Event
from clients.models import PortalAccess
from rights import event_words
from rights.models import NamesDecision

PARIS = ZoneInfo("Europe/Paris")
OWN = ("client", "job")
# What a row holds that tells who did what and why; the same of them make one line.
PARTS = (
    "day",
    "actor_kind",
    "actor",
    "actor_role",
    "action",
    "outcome",
    "purpose",
    "object_type",
    "stepped_back",
)
# A second press, the Back button, a page that was still open: for so long what is tried after one's own step
# back belongs to it, and is not told to the client as somebody who was not let in.
REMAINS = timedelta(minutes=10)


@dataclass
class Look:
    """What people in one role did with the record on one day, for one purpose."""

    day: date
    last_at: datetime
    role: str
    purpose: str
    refused: bool
    name: str = ""
    done: dict[str, int] = field(default_factory=dict)

    @property
    def who(self) -> str:
        """The role in plain words, and the name where one is given."""
        role = str(event_words.who(self.role))
        return _("%(label)s: %(text)s") % {"label": role, "text": self.name} if self.name else role

    @property
    def why(self) -> str:
        """The purpose in plain words."""
        return str(event_words.why(self.purpose))

    @property
    def what(self) -> list[str]:
        """What was done, each once."""
        return list(self.done)


@dataclass(frozen=True)
class Step:
    """One event of the log in plain words."""

    event: UUID
    at: datetime
    who: str
    why: str
    what: str
    refused: bool


def events_of(client: UUID, *, own: bool) -> models.QuerySet[Event]:
    """The client's events; without ``own`` those of other people only."""
    events = Event.objects.filter(subject=client)
    if own:
        return events
    return events.exclude(actor_role__in=OWN).exclude(actor__in=own_accounts(client))


def occurring(events: models.QuerySet[Event]) -> tuple[set[str], set[str]]:
    """The roles and the purposes that there are among these events."""
    found = set(events.order_by().values_list("actor_role", "purpose").distinct())
    return {role for role, _ in found}, {purpose for _, purpose in found}


def narrowed(events: models.QuerySet[Event], wanted: dict[str, Any]) -> models.QuerySet[Event]:
    """The events of a role, for a purpose, between two days."""
    if wanted.get("who"):
        role = wanted["who"]
        acting = events.filter(actor_role=role).order_by().values("actor").distinct()
        # What a trigger wrote has no role of its own.
        events = events.filter(Q(actor_role=role) | Q(actor_role="", actor__in=acting))
    if wanted.get("why"):
        events = events.filter(purpose__in=event_words.purposes(wanted["why"]))
    if wanted.get("since"):
        events = events.filter(at__gte=datetime.combine(wanted["since"], time.min, PARIS))
    if wanted.get("until"):
        after = wanted["until"] + timedelta(days=1)
        events = events.filter(at__lt=datetime.combine(after, time.min, PARIS))
    return events


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


def told(events: models.QuerySet[Event]) -> models.QuerySet[Any]:
    """The events, their ``day``, and whether it is a step back of one's own or what was left of it."""
    steps = Event.objects.filter(
        action="conflict.mark",
        detail__self=True,
        actor=OuterRef("actor"),
        subject=OuterRef("subject"),
        at__lte=OuterRef("at"),
        at__gte=OuterRef("at") - REMAINS,
    )
    stepped_back = Case(
        When(Q(action="conflict.mark", detail__self=True), then=Value(True)),
        When(Q(outcome="denied") & Exists(steps), then=Value(True)),
        default=Value(False),
    )
    return events.annotate(day=TruncDate("at", tzinfo=PARIS), stepped_back=stepped_back)


def refused(row: Mapping[str, Any]) -> bool:
    """Whether somebody was not let in."""
    return row["outcome"] != "done" and not row["stepped_back"]


def what(row: Mapping[str, Any], words: Callable[[str, str], Any] = event_words.what) -> str:
    """What was done, in plain words."""
    if row["stepped_back"]:
        return str(event_words.STEPPED_BACK[row["outcome"] == "done"])
    return str(words(row["action"], row["object_type"]))


def folded(
    events: models.QuerySet[Event], *, client: UUID, names: dict[UUID, str] | None = None
) -> list[Look]:
    """The events as looks, the latest first. Counted in the database: an import wrote thousands."""
    rows = list(
        told(events)
        .values(*PARTS)
        .annotate(times=Count("id"), last_at=Max("at"))
        .order_by("-last_at")
    )
    role_of = _Roles(rows, client)
    looks: dict[tuple[Any, ...], Look] = {}
    for row in rows:
        role = role_of(row)
        name = (names or {}).get(row["actor"], "")
        not_let_in = refused(row)
        purpose = "" if not_let_in else row["purpose"]
        key = (row["day"], role, name, str(event_words.why(purpose)), not_let_in)
        look = looks.setdefault(
            key, Look(row["day"], row["last_at"], role, purpose, not_let_in, name)
        )
        done = what(row)
        look.done[done] = look.done.get(done, 0) + row["times"]
    return list(looks.values())


def steps(
    events: models.QuerySet[Event], *, client: UUID, names: dict[UUID, str] | None = None
) -> list[Step]:
    """Each event by itself, in the order of time."""
    rows = list(told(events).order_by("at", "id").values("id", "at", *PARTS))
    role_of = _Roles(rows, client)
    found = []
    for row in rows:
        not_let_in = refused(row)
        look = Look(
            row["day"],
            row["at"],
            role_of(row),
            "" if not_let_in else row["purpose"],
            not_let_in,
            (names or {}).get(row["actor"], ""),
        )
        done = what(row, event_words.step)
        found.append(Step(row["id"], row["at"], look.who, look.why, done, not_let_in))
    return found


def decision_on_names() -> NamesDecision | None:
    """The decision by which this client sees names now."""
    today = timezone.localdate()
    return NamesDecision.objects.filter(ended_at=None, until__gte=today).first()


def names_in_own_log() -> dict[UUID, str]:
    """Names by id of those who are in the client's own log; none without a decision."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT actor, name FROM sec.own_names()")
        return dict(cursor.fetchall())


class _Roles:
    """In which role somebody acted. What a trigger wrote has none; whoever opened the record that day has."""

    def __init__(self, rows: Iterable[Any], client: UUID) -> None:
        self.accounts = set(own_accounts(client))
        self.known = {
            (row["day"], row["actor"]): row["actor_role"] for row in rows if row["actor_role"]
        }

    def __call__(self, row: Any) -> str:
        if row["actor"] in self.accounts:
            return "client"
        kind = row["actor_kind"] if row["actor_kind"] in event_words.WHO else "user"
        return row["actor_role"] or self.known.get((row["day"], row["actor"])) or kind
