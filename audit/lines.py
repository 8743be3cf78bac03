"""One event of the log in words: references and roles, never a client's name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from audit.models import Event
from audit.querysets import ACCOUNT, references
from audit.wording import OUTCOMES, ROLES, THINGS, WHY, act, say


def lines(events: Iterable[Event]) -> list[dict[str, Any]]:
    """The events in words, in their order."""
    listed = list(events)
    known = references(
        each for event in listed for each in (event.actor, about(event), event.branch)
    )
    return [line(event, known) for event in listed]


def about(event: Event) -> UUID | None:
    """Whose record it is, or whose account: what happens to a sign-in has no subject."""
    return event.subject or (event.object_id if event.object_type == ACCOUNT else None)


def line(event: Event, known: dict[UUID, str]) -> dict[str, Any]:
    """One event in words."""
    why = [say(WHY, code) for code in dict.fromkeys((event.purpose, event.basis)) if code]
    return {
        "at": event.at,
        "who": known.get(event.actor, "") if event.actor else "",
        "role": role(event, event.actor in known),
        "what": act(event.action),
        "thing": say(THINGS, event.object_type) if event.object_type in THINGS else "",
        "about": known.get(about(event), ""),  # type: ignore[arg-type]
        "branch": known.get(event.branch, "") if event.branch else "",
        "why": ", ".join(why),
        "outcome": say(OUTCOMES, event.outcome),
        "refused": event.outcome != "done",
    }


def role(event: Event, is_known: bool) -> str:
    """In which role somebody acted; nothing more to say of a known person without one."""
    if is_known and not event.actor_role and event.actor_kind == "user":
        return ""
    return say(ROLES, event.actor_role or event.actor_kind)
