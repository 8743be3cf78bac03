"""Whoever received something that was corrected since is told (GDPR 19): who, the letter, and when.

See ``disclosures/sql/recipients.sql``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from audit.actor import Actor
from clients.access.definers import call
from clients.models import Contact, ContactNote, Statement, StatementState
from disclosures.actions.contents import words_of
from disclosures.models import Disclosure, RecipientTold, State
from volunteers.models import Association
from volunteers.speaking import letterhead

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

LEFT = (State.RELEASED, State.RECEIVED)


@dataclass(frozen=True)
class Recipient:
    """One disclosure that took the old words out: who has them, and that they were told."""

    disclosure: Disclosure
    name: str
    function: str
    told: RecipientTold | None
    waits: bool


def left_with(contact: Any, before: Any) -> QuerySet[Disclosure]:
    """Disclosures, as far as one sees them, that took this contact out before then."""
    found = Disclosure.objects.filter(
        items__chosen=True, items__contact=contact, state__in=LEFT, released_at__lt=before
    )
    return found.distinct()


def recipients(
    statement: Statement, disclosures: list[Disclosure], keys: SubjectKeys
) -> list[Recipient]:
    """Who is to be told because of a statement, and who was."""
    told = {row.disclosure_id: row for row in RecipientTold.objects.filter(statement=statement)}
    found = []
    for disclosure in disclosures:
        words, done = words_of(disclosure, keys), told.get(disclosure.pk)
        waits = done is None and may_tell(statement, disclosure)
        found.append(Recipient(disclosure, words.recipient, words.recipient_function, done, waits))
    return [one for one in found if one.told or one.waits]


def may_tell(statement: Statement, disclosure: Disclosure) -> bool:
    """Whether the acting person tells this recipient; the database knows it."""
    return bool(call("may_tell_recipient", statement.pk, disclosure.pk))


def tell(
    *, by: Actor, statement: Statement, disclosure: Disclosure, channel: str, told_on: date
) -> bool:
    """The recipient was told; False where that was written down before. Raises Refused."""
    return bool(call("tell_recipient", uuid4(), statement.pk, disclosure.pk, channel, told_on))


def waiting() -> QuerySet[Statement]:
    """Statements that were taken over after the old words had left, and somebody was not told yet.

    It may name a recipient whose link ran out unused: the page asks the database again."""
    told = RecipientTold.objects.filter(
        statement=OuterRef(OuterRef("pk")), disclosure=OuterRef("pk")
    )
    left = left_with(OuterRef("contact"), OuterRef("answered_at"))
    return Statement.objects.filter(
        Exists(left.exclude(Exists(told))), state=StatementState.ACCEPTED
    )


def letter(
    statement: Statement, disclosure: Disclosure, keys: SubjectKeys
) -> dict[str, Any] | None:
    """The data of the document ``correction_letter``; None where the note is closed to whoever prints.

    It says how the note reads now, and not what the client said about it, nor who the client is.
    """
    contact = Contact.objects.get(statements=statement)
    note = ContactNote.objects.filter(contact=contact).first()
    if note is None:
        return None
    words = words_of(disclosure, keys)
    return {
        **letterhead(Association.objects.get()),
        "branch": disclosure.branch.name,
        "made_on": timezone.localdate(),
        "reference": disclosure.reference,
        "released_on": timezone.localdate(disclosure.released_at),
        "recipient": {"name": words.recipient, "role": words.recipient_function},
        "contact_on": contact.happened_on,
        "corrected_on": timezone.localdate(statement.answered_at),
        "notes": note.unlock(keys).text,
    }
