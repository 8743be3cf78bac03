"""Whoever received something of a record is told that it is deleted (GDPR 19), while a letter can be made.

See ``rights/sql/erasure_seen.sql``; for corrections, ``disclosures/actions/recipients.py``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from audit.actor import Actor
from clients.access.definers import call
from disclosures.actions.contents import words_of
from disclosures.actions.recipients import within_reach
from disclosures.models import Disclosure, RecipientTold
from volunteers.models import Association
from volunteers.speaking import letterhead

if TYPE_CHECKING:
    from vault.keys import SubjectKeys


@dataclass(frozen=True)
class Holder:
    """Who has something of the record through one disclosure, and that they were told of its deletion."""

    disclosure: Disclosure
    name: str
    function: str
    told: RecipientTold | None


def held_outside(client: UUID) -> QuerySet[Disclosure]:
    """Disclosures about a client, as far as one sees them, that somebody outside has or can still fetch."""
    return Disclosure.objects.filter(within_reach(), client=client).order_by("released_at")


def told_since(moment: datetime) -> QuerySet[RecipientTold]:
    """Who was told of a deletion that was proposed at this moment."""
    return RecipientTold.objects.filter(statement=None, made_at__gte=moment)


def untold(client: UUID, since: datetime | None) -> int:
    """How many were not told yet of the deletion that was proposed then; of none yet, all."""
    rows = held_outside(client)
    if since is not None:
        rows = rows.exclude(Exists(told_since(since).filter(disclosure=OuterRef("pk"))))
    return rows.count()


def holders(
    disclosures: list[Disclosure], keys: SubjectKeys, since: datetime | None
) -> list[Holder]:
    """Each of them by name, and whether they were told since the deletion was proposed, if it was."""
    pks = [each.pk for each in disclosures]
    rows = told_since(since).filter(disclosure__in=pks) if since else ()
    told = {row.disclosure_id: row for row in rows}
    found = [(each, words_of(each, keys)) for each in disclosures]
    return [
        Holder(each, words.recipient, words.recipient_function, told.get(each.pk))
        for each, words in found
    ]


def may_tell(disclosure: Disclosure) -> bool:
    """Whether the acting person tells this recipient; the database knows it."""
    return bool(call("may_tell_of_erasure", disclosure.pk))


def tell(*, by: Actor, disclosure: Disclosure, channel: str, told_on: date) -> bool:
    """The recipient was told; False where that was written down before. Raises Refused."""
    return bool(call("tell_of_erasure", uuid4(), disclosure.pk, channel, told_on))


def letter(disclosure: Disclosure, keys: SubjectKeys) -> dict[str, Any]:
    """The data of the document ``deletion_letter``. It names no client: its reference says what was sent."""
    words = words_of(disclosure, keys)
    return {
        **letterhead(Association.objects.get()),
        "branch": disclosure.branch.name,
        "made_on": timezone.localdate(),
        "reference": disclosure.reference,
        "released_on": timezone.localdate(disclosure.released_at),
        "recipient": {"name": words.recipient, "role": words.recipient_function},
    }
