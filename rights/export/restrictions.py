"""When the record was restricted, as plain data for the export and for the client's own page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clients.models import Client, Restriction

if TYPE_CHECKING:
    from vault.keys import SubjectKeys


def restricted(client: Client, keys: SubjectKeys) -> list[dict[str, Any]]:
    """Ground, times, what the client said and why it ended; the latest first."""
    found = Restriction.objects.filter(client=client).select_related("words")
    return [
        {
            "ground": one.ground,
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
            **(one.words.unlock(keys).opened_values() if hasattr(one, "words") else {}),
        }
        for one in found
    ]
