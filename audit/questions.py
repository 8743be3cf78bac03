"""A filter of the log as an address, as something to keep, and in words."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from audit.forms import OWN_DATES
from audit.wording import OUTCOMES, PERIODS, WHY, act, say
from components.dates import written

FIELDS = ("action", "outcome", "by", "about", "purpose", "basis", "branch")
DATES = ("since", "until")


def kept(wanted: dict[str, Any]) -> dict[str, str]:
    """What is stored of a filter. A period moves on with the days; dates that were typed stay."""
    found = {name: str(wanted[name]) for name in FIELDS if wanted.get(name)}
    found["period"] = wanted["period"]
    if wanted["period"] == OWN_DATES:
        found |= {name: wanted[name].isoformat() for name in DATES}
    return found


def as_query(question: dict[str, str]) -> str:
    """The part of an address behind the question mark that asks this."""
    plain = {name: value for name, value in question.items() if name not in DATES}
    for name in DATES:
        if name in question:
            day = date.fromisoformat(question[name])
            plain |= {
                f"{name}_day": str(day.day),
                f"{name}_month": str(day.month),
                f"{name}_year": str(day.year),
            }
    return urlencode(plain)


def in_words(question: dict[str, str]) -> str:
    """What is asked, as a reader would say it."""
    parts = []
    if "action" in question:
        parts.append(act(question["action"]))
    if "outcome" in question:
        parts.append(say(OUTCOMES, question["outcome"]))
    if "by" in question:
        parts.append(_("by %(reference)s") % {"reference": question["by"].upper()})
    if "about" in question:
        parts.append(_("about %(reference)s") % {"reference": question["about"].upper()})
    parts += [say(WHY, question[name]) for name in ("purpose", "basis") if name in question]
    if "branch" in question:
        parts.append(_("branch %(code)s") % {"code": question["branch"].upper()})
    if not parts:
        parts.append(_("Everything"))
    return f"{' · '.join(parts)} · {_when(question)}"


def _when(question: dict[str, str]) -> str:
    if question["period"] != OWN_DATES:
        return str(PERIODS[question["period"]])
    return " – ".join(
        written(date.fromisoformat(question[name]), "SHORT_DATE_FORMAT") for name in DATES
    )
