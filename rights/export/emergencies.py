"""When the record was opened in an emergency, as the client sees it: why, what, and what was found."""

from __future__ import annotations

from dataclasses import dataclass, field

from audit import door
from audit.actor import Actor
from clients.models import Client, Emergency, EmergencyEntry


@dataclass
class Opened:
    """One emergency access, with the words of whoever opened it and of whoever judged it."""

    row: Emergency
    words: list[EmergencyEntry] = field(default_factory=list)
    review: list[EmergencyEntry] = field(default_factory=list)


def opened_in_emergency(client: Client, *, by: Actor, purpose: str = "own_record") -> list[Opened]:
    """All of them, the latest first; none in quiet mode, where the database shows none."""
    found = {row.pk: Opened(row) for row in Emergency.objects.filter(client=client)}
    if not found:
        return []
    keys = door.open(by, list(found), "emergency.view", purpose)
    entries = EmergencyEntry.objects.filter(emergency__in=list(keys)).order_by("made_at")
    for entry in entries:
        entry.unlock(keys[entry.emergency_id])
        one = found[entry.emergency_id]
        (one.words if entry.kind == EmergencyEntry.Kind.WORDS else one.review).append(entry)
    return list(found.values())
