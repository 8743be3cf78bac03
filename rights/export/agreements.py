"""What the client said to a record, as plain data for the export and for the client's own page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clients.models import Agreement, Client
from clients.records import agreement_words

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

CLEAR = (
    "answer",
    "quality",
    "basis",
    "wording",
    "channel",
    "language",
    "paper",
    "happened_on",
    "made_at",
)


def agreed(client: Client, keys: SubjectKeys) -> list[dict[str, Any]]:
    """Each answer with the words that were asked, the latest first."""
    found = Agreement.objects.filter(client=client).select_related("said")
    return [
        {
            **{name: getattr(one, name) for name in CLEAR},
            "asked": asked_words(one),
            **(one.said.unlock(keys).opened_values() if hasattr(one, "said") else {}),
        }
        for one in found
    ]


def asked_words(one: Agreement) -> str:
    """The words that were said when this answer was given; empty where that number is not known any more."""
    return agreement_words.asked(one.language, one.wording)
