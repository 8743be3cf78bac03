"""What the client said to a record, and later to sharing, as plain data for the export and their own page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from clients.models import Agreement, Client
from clients.records import agreement_words
from disclosures.models import Ground, Will

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


def said_to_sharing(
    client: Client, keys: SubjectKeys, *, handed: bool = False
) -> list[dict[str, Any]]:
    """What the client said after something was asked for, the latest first; without one: to all.

    Where the team hands the copy over, nothing of what answers a complaint.
    """
    found = Will.objects.filter(client=client).select_related("disclosure")
    if handed:
        found = found.filter(~Q(disclosure__ground=Ground.COMPLAINT) | Q(disclosure=None))
    return [
        {
            "said": one.said,
            "disclosure": one.disclosure.reference if one.disclosure else None,
            "channel": one.channel,
            "happened_on": one.happened_on,
            "made_at": one.made_at,
            **one.unlock(keys).opened_values(),
        }
        for one in found
    ]
