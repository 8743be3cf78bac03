"""The public holidays that the database counts with, and by when it would answer a client.

The days themselves are counted in the database alone (``rights/sql/deadlines.sql``, decision 59)."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path

from clients.access.definers import call

HOLIDAYS = Path(__file__).with_name("holidays.json")
FRANCE, LOCAL = "france", "alsace_moselle"


@cache
def holidays(place: str) -> frozenset[date]:
    """The public holidays of ``FRANCE``, or those that ``LOCAL`` has besides, of the years in the file."""
    years = json.loads(HOLIDAYS.read_text("utf-8"))["years"].values()
    return frozenset(date.fromisoformat(day) for year in years for day in year[place])


def of_france() -> str:
    """The holidays of France, as the database writes a list."""
    return _listed(FRANCE)


def of_alsace_moselle() -> str:
    """The further holidays of Alsace and Moselle, as the database writes a list."""
    return _listed(LOCAL)


def last_year() -> int:
    """The last year of which the file knows the holidays."""
    return max(day.year for day in holidays(FRANCE))


def _listed(place: str) -> str:
    return "{" + ",".join(day.isoformat() for day in sorted(holidays(place))) + "}"


def own_answer_due() -> date:
    """By when the client who is signed in would be answered, if they asked now."""
    due: date = call("own_answer_due")
    return due
