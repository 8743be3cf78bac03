"""What the client said about what was noted of them: data for the export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from clients.access.statements import said_about

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

CLEAR = ("state", "channel", "said_on", "made_at", "answered_at", "withdrawn_at")


def stated(keys: SubjectKeys) -> dict[UUID | None, list[dict[str, Any]]]:
    """All statements with the answers, the oldest first: by contact, None for the background."""
    return {
        contact: [
            {
                **{name: getattr(said.row, name) for name in CLEAR},
                "text": said.text,
                "answer": said.answer,
            }
            for said in found
        ]
        for contact, found in said_about(keys).items()
    }
