"""Messages between the client and those who look after them, as plain data for the export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clients.models import Client, Message

if TYPE_CHECKING:
    from vault.keys import SubjectKeys


def written(client: Client, keys: SubjectKeys) -> list[dict[str, Any]]:
    """Each message: whether the client or the team wrote it, when, what, and when it was answered."""
    found = Message.objects.filter(client=client).select_related("words").order_by("made_at", "id")
    return [
        {
            "by": "client" if message.is_own else "team",
            "made_at": message.made_at,
            "answered_at": message.answered_at,
            "text": message.words.unlock(keys).text if hasattr(message, "words") else "",
        }
        for message in found
    ]
