"""Unusual access, by plain rules."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from audit import door
from audit.decorators import duty_required
from audit.findings import MOST, Finding
from audit.forms import PatternFilter, last_days
from audit.querysets import references, start_of
from audit.unusual import RULES
from audit.views.tabs import tabs

DAYS = 30


@require_GET
@duty_required("protection")
def log_unusual(request: HttpRequest) -> HttpResponse:
    """What the rules find in the last days. Looking is an event itself."""
    form = PatternFilter(request.GET or {"period": str(DAYS)})
    context = {"form": form, "most": MOST, "tabs": tabs("log_unusual")}
    if form.is_valid():
        context["rules"] = findings(request, int(form.cleaned_data["period"]))
    return render(request, "audit/log_unusual.html", context)


def findings(request: HttpRequest, days: int) -> list[dict[str, Any]]:
    """What each rule finds in so many days."""
    first, last = last_days(days)
    since, until = start_of(first), start_of(last + timedelta(days=1))
    found = {rule.code: rule.find(since, until) for rule in RULES}
    door.record(request, "log.unusual", days=days, found=sum(map(len, found.values())))
    known = references(
        each for some in found.values() for one in some for each in (one.actor, one.subject)
    )
    return [
        {
            "code": rule.code,
            "title": rule.title,
            "words": rule.explained,
            "rows": [_row(one, known) for one in found[rule.code][:MOST]],
            "more": len(found[rule.code]) > MOST,
        }
        for rule in RULES
    ]


def _row(finding: Finding, known: dict[UUID, str]) -> dict[str, Any]:
    who = known.get(finding.actor, "") if finding.actor else ""
    about = known.get(finding.subject, "") if finding.subject else ""
    return {
        "day": finding.day,
        "who": who,
        "about": about,
        "reason": finding.reason,
        "url": _events_of(finding.day, who, about),
    }


def _events_of(day: date, who: str, about: str) -> str:
    """The events behind a finding: a day with the night after it, or a record's week."""
    asked: dict[str, str] = {"period": "own"}
    if who:
        asked["by"] = who
    if about:
        asked["about"] = about
    for name, at in (("since", day), ("until", day + timedelta(days=1 if who else 6))):
        asked |= {
            f"{name}_day": str(at.day),
            f"{name}_month": str(at.month),
            f"{name}_year": str(at.year),
        }
    return f"{reverse('log_list')}?{urlencode(asked)}"
