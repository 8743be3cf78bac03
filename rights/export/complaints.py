"""A client's complaints for the copy that they take away: their words and the answers, not the notes."""

from __future__ import annotations

from typing import Any

from audit import door
from audit.actor import Actor
from clients.models import Client, Complaint

NAMES = (
    "reference",
    "about_kind",
    "state",
    "opened_at",
    "counts_since",
    "handed_at",
    "answered_at",
)


def gathered(client: Client, by: Actor) -> list[dict[str, Any]]:
    """All of them, the latest first; none in quiet mode, where the database shows none."""
    rows = list(Complaint.objects.filter(client=client).prefetch_related("entries"))
    if not rows:
        return []
    keys = door.open(by, [row.pk for row in rows], "export.make", "own_record")
    return [
        {
            **{name: getattr(row, name) for name in NAMES},
            "entries": [
                {
                    "kind": entry.kind,
                    "made_at": entry.made_at,
                    "text": entry.text,
                    "reach": entry.reach,
                }
                for entry in (
                    each.unlock(keys[row.pk]) for each in row.entries.all() if row.pk in keys
                )
            ],
        }
        for row in rows
    ]
