"""By when an answer is owed: whole calendar months, counted in civil dates of Europe/Paris.

GDPR Art. 12(3). Where the month has no such day, its last one; weekends and holidays give no delay, so
that the date is never later than Regulation (EEC) 1182/71 would have it."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
MONTHS_TO_ANSWER = 1


def months_after(day: date, months: int) -> date:
    """The same day ``months`` months later, or the last day of that month where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def answer_due(received: datetime) -> date:
    """The last day for answering a request received at ``received`` (an aware time)."""
    return months_after(received.astimezone(PARIS).date(), MONTHS_TO_ANSWER)
