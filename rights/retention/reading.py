"""What is over now, as the database computes it in the moment in which it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from rights.models import Schedule
from rights.retention.schedule import kinds


def keepers() -> dict[str, str]:
    """What keeps a record although its time is over, in words."""
    return {
        "hold": _("a legal hold"),
        "complaint": _("a complaint"),
        "request": _("a request about their data"),
        "restriction": _("the record is restricted"),
        "disclosure": _("a sharing with a third party"),
        "emergency": _("an emergency access that is not reviewed"),
        "heir": _("a request of an heir"),
        "consultation": _("a question to a colleague"),
        "copy": _("a copy that is being prepared"),
        "longer": _("it was decided to keep it longer"),
        "open": _("something is open in it"),
    }


@dataclass(frozen=True)
class Time:
    """The time of one record: which period, since when, until when, and what keeps it once that is over."""

    kind: str
    since: date
    over_on: date
    kept_by: list[str] | None

    @property
    def what(self) -> str:
        """The kind of record, in words."""
        return next(kind.said("what") for kind in kinds() if kind.kind == self.kind)

    @property
    def begins(self) -> str:
        """From what its time runs, in words."""
        return next(kind.said("from") for kind in kinds() if kind.kind == self.kind)

    @property
    def kept(self) -> str:
        """What keeps it, in words; empty where nothing does."""
        words = keepers()
        return get_text_list([words[code] for code in self.kept_by or ()], _("and"))


@dataclass(frozen=True)
class Over(Time):
    """A record whose time is over, and how much would go with it."""

    client: UUID
    contacts: int
    files: int
    messages: int


@dataclass(frozen=True)
class Listed(Time):
    """The same by reference, for the command."""

    reference: str
    branch: str


def rows(sql: str, *values: Any) -> list[dict[str, Any]]:
    """What a function of the database gives, by the names of its columns."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def records_over() -> list[Over]:
    """The records that this person coordinates and whose time is over today, the longest over first."""
    return [Over(**row) for row in rows("SELECT * FROM sec.records_over(sec.today())")]


def time_of(client: UUID) -> Time | None:
    """The time of one record; None where no schedule is adopted, or it is not this person's."""
    found = rows("SELECT * FROM sec.record_time(%s)", client)
    return Time(**found[0]) if found and found[0]["over_on"] else None


def counts() -> list[dict[str, Any]]:
    """For each branch how many records wait for a review, and how many are kept; no names."""
    return rows("SELECT * FROM sec.retention_counts()")


def listed(on: date | None = None) -> list[Listed]:
    """All records whose time is over on this day, by reference. For the command."""
    found = rows("SELECT * FROM sec.retention_list(%s::date)", on)
    return [Listed(**row) for row in found]


def adopted() -> Schedule | None:
    """The schedule that binds."""
    return Schedule.objects.exclude(adopted_on=None).select_related("adopted_by").first()


def draft() -> Schedule | None:
    """The version that is not adopted yet."""
    return Schedule.objects.filter(adopted_on=None).first()
