"""The days by which an answer is owed, counted a second time: what the database counts is compared with it.

GDPR Art. 12(3) and Regulation (EEC) 1182/71: the day of receipt is not counted; where the month has no such
day, its last one; a month that ends on a Saturday, a Sunday or a holiday goes on to the next working day.
That is the last day in law. The day we aim at is the working day before: it never lies after the month."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from rights.requests.deadlines import FRANCE, LOCAL, holidays

PARIS = ZoneInfo("Europe/Paris")
MONTHS_TO_ANSWER = 1
MONTHS_IF_EXTENDED = 3  # "extended by two further months" (Art. 12(3))
SATURDAY = 5
A_DAY = timedelta(days=1)


class Days(NamedTuple):
    """The day by which a longer time can be asked for, the day we aim at, and the last one in law."""

    extend_by: date
    due: date
    latest: date


def is_working_day(day: date, *, local: bool = False) -> bool:
    """Neither a Saturday nor a Sunday nor a holiday; ``local``: of a branch in Alsace or Moselle."""
    off = day in holidays(FRANCE) or (local and day in holidays(LOCAL))
    return day.weekday() < SATURDAY and not off


def months_after(day: date, months: int) -> date:
    """The same day ``months`` months later, or the last day of that month where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def days_to_answer(
    received: date, *, paused: int = 0, extended: date | None = None, local: bool = False
) -> Days:
    """The days of a request received on ``received``, whose clock stood still for ``paused`` days.

    ``extended`` is the day on which a longer time was asked for; after the first month it counts for nothing.
    """
    stood = timedelta(days=paused)
    first = months_after(received, MONTHS_TO_ANSWER) + stood
    end = first
    if extended is not None and extended <= first:
        end = months_after(received, MONTHS_IF_EXTENDED) + stood
    due = latest = end
    while not is_working_day(due, local=local):
        due -= A_DAY
    while not is_working_day(latest, local=local):
        latest += A_DAY
    return Days(first, due, latest)


def answer_due(received: datetime) -> date:
    """The day by which we mean to answer a request received at ``received`` (an aware time)."""
    return days_to_answer(received.astimezone(PARIS).date()).due
