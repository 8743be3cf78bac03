"""What a client wants after their death, and what heirs asked, as plain data for the export and own page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clients.models import Client, Directive, Fate, HeirRequest

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

CLEAR = ("fate", "channel", "happened_on", "made_at")
ASKED = (
    "quality",
    "wish",
    "proof",
    "along",
    "channel",
    "received_on",
    "due_on",
    "state",
    "decided_at",
)
FATES = dict(Fate.choices)


def directed(client: Client, keys: SubjectKeys) -> list[dict[str, Any]]:
    """Each version, the latest first: it counts."""
    found = Directive.objects.filter(client=client).select_related("said")
    return [
        {
            **{name: getattr(one, name) for name in CLEAR},
            "heard": one.by_id is not None,
            **(one.said.unlock(keys).opened_values() if hasattr(one, "said") else {}),
        }
        for one in found
    ]


def printed(one: dict[str, Any]) -> dict[str, Any]:
    """A version as a row of the printed record."""
    said = (one.get("executor"), one.get("executor_reach"), one.get("told"), one.get("words"))
    return {
        "date": one["happened_on"],
        "answer": str(FATES[one["fate"]]),
        "words": "; ".join(filter(None, said)),
    }


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
