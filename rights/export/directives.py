"""What a client wants after their death, and what heirs asked, as plain data for the export and own page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clients.models import Client, Directive, Fate, HeirRequest

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

CLEAR = ("fate", "to_tell", "channel", "happened_on", "made_at")
TELLINGS = ("line", "told_on", "made_at", "undone_at")
ASKED = (
    "reference",
    "quality",
    "wish",
    "proof",
    "proof_seen_on",
    "along",
    "channel",
    "received_on",
    "due_on",
    "state",
    "made_at",
    "objected_at",
    "settled_at",
    "proposed_at",
    "decided_at",
    "second_seen_on",
)
FATES = dict(Fate.choices)


def directed(client: Client, keys: SubjectKeys) -> list[dict[str, Any]]:
    """Each version, the latest first: it counts."""
    found = (
        Directive.objects.filter(client=client).select_related("said").prefetch_related("tellings")
    )
    return [
        {
            **{name: getattr(one, name) for name in CLEAR},
            "heard": one.by_id is not None,
            **(one.said.unlock(keys).opened_values() if hasattr(one, "said") else {}),
            "tellings": [
                {name: getattr(row, name) for name in TELLINGS} for row in one.tellings.all()
            ],
        }
        for one in found
    ]


def heirs(client: Client, keys: SubjectKeys) -> list[dict[str, Any]]:
    """What somebody close asked, of a client who had been taken for dead."""
    found = HeirRequest.objects.filter(client=client).prefetch_related("entries")
    return [
        {
            **{name: getattr(one, name) for name in ASKED},
            "words": [
                {"kind": row.kind, "made_at": row.made_at, **row.unlock(keys).opened_values()}
                for row in one.entries.all()
            ],
        }
        for one in found
    ]
