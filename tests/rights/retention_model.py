"""The retention of one record in plain Python: what the database must say of any life of it."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date

MONTHS = {"closed": 24, "silent": 24, "untouched": 6, "died": 24}


@dataclass
class Life:
    """What became of a record, as of today."""

    state: str
    taken_in: date
    state_since: date | None = None
    state_noted: date | None = None
    contacts: list[tuple[date, bool, bool]] = field(default_factory=list)  # reached, taken out
    requests: list[tuple[date, str, bool]] = field(default_factory=list)  # state, to tell
    messages: list[tuple[date, bool]] = field(default_factory=list)  # through a confirmed space
    signed_in: list[tuple[date, bool]] = field(default_factory=list)  # the same
    complaints: list[str] = field(default_factory=list)
    holds: list[tuple[str, bool]] = field(default_factory=list)  # ground, released
    restriction: str = ""
    longer: list[date | None] = field(default_factory=list)  # the latest last
    emergencies: list[bool] = field(default_factory=list)  # reviewed


def months_on(day: date, months: int) -> date:
    """So many months later; the last day of a month that is shorter."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def retention(life: Life, on: date) -> tuple[str, date, date, list[str] | None]:
    """Kind, since, over on; and what keeps it, None while its time is not over."""
    touched = [day for day, reached, out in life.contacts if reached and not out]
    touched += [day for day, _state, _tell in life.requests]
    touched += [day for day, known in life.messages + life.signed_in if known]
    if life.state == "died":
        kind = "died"
        noted = [day for day in (life.state_since, life.state_noted) if day]
        since = max(noted) if noted else life.taken_in
    else:
        kind = "untouched" if not touched else "closed" if life.state == "closed" else "silent"
        since = max(touched) if touched else life.taken_in
        if life.state == "open" and life.state_noted:
            since = max(since, life.state_noted)
    over = months_on(since, MONTHS[kind])
    return kind, since, over, _kept_by(life, on) if over <= on else None


def _kept_by(life: Life, on: date) -> list[str]:
    live = [ground for ground, released in life.holds if not released]
    longer = life.longer[-1] if life.longer else None
    found = {
        "hold": any(ground != "complaint" for ground in live),
        "complaint": "complaint" in live or "open" in life.complaints,
        "request": any(
            state in ("new", "in_progress") or tell for _day, state, tell in life.requests
        ),
        "restriction": life.restriction not in ("", "withdrawn"),
        "emergency": not all(life.emergencies),
        "longer": longer is not None and longer >= on,
    }
    return [name for name, keeps in found.items() if keeps]
