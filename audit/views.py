"""The log, for the data-protection lead: references and roles, never a client's name."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from audit import door
from audit.forms import LogFilter
from audit.models import Event
from audit.querysets import matching, references
from audit.wording import ACTIONS, OUTCOMES, ROLES, THINGS, WHY, say

PAGE = 50


def log_list(request: HttpRequest) -> HttpResponse:
    """Events, newest first, with filters. Reading the log is an event itself."""
    if not request.visit.holds("protection"):  # type: ignore[attr-defined]
        raise PermissionDenied
    form = LogFilter(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    page = Paginator(matching(wanted), PAGE).get_page(request.GET.get("page"))
    door.record(
        request, "log.read", filters=sum(bool(v) for v in wanted.values()), page=page.number
    )
    events = list(page.object_list)
    known = references(
        each for event in events for each in (event.actor, event.subject, event.branch)
    )
    context = {
        "form": form,
        "filtered": any(wanted.values()) or bool(form.errors),
        "page_obj": page,
        "rows": [line(event, known) for event in events],
    }
    return render(request, "audit/log_list.html", context)


def line(event: Event, known: dict[Any, str]) -> dict[str, Any]:
    """One event in words."""
    why = [say(WHY, code) for code in dict.fromkeys((event.purpose, event.basis)) if code]
    return {
        "at": event.at,
        "who": known.get(event.actor, ""),
        "role": role(event, bool(known.get(event.actor))),
        "what": say(ACTIONS, event.action),
        "thing": say(THINGS, event.object_type) if event.object_type in THINGS else "",
        "about": known.get(event.subject, ""),
        "branch": known.get(event.branch, ""),
        "why": ", ".join(why),
        "outcome": say(OUTCOMES, event.outcome),
        "refused": event.outcome != "done",
    }


def role(event: Event, is_known: bool) -> str:
    """In which role somebody acted; nothing more to say of a known person without one."""
    if is_known and not event.actor_role and event.actor_kind == "user":
        return ""
    return say(ROLES, event.actor_role or event.actor_kind)
