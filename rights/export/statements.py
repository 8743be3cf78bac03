"""What the client said about what was noted of them: data for the export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from clients.access.statements import said_about
from clients.models import StatementState

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

CLEAR = ("state", "channel", "said_on", "made_at", "answered_at", "withdrawn_at")


def stated(keys: SubjectKeys, *, handed: bool = False) -> dict[UUID | None, list[dict[str, Any]]]:
    """All statements with the answers, the oldest first: by contact, None for the background.

    What the client took back is the client's own: where the team hands the copy over, it is not in it.
    """
    return {
        contact: [
            {
                **{name: getattr(said.row, name) for name in CLEAR},
                "text": said.text,
                "answer": said.answer,
            }
            for said in found
            if not (handed and said.row.state == StatementState.WITHDRAWN)
        ]
        for contact, found in said_about(keys).items()
    }
