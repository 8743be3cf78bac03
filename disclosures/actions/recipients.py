"""Whoever received something that was corrected since is told (GDPR 19): who, the letter, and when.

See ``disclosures/sql/recipients.sql``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actor import Actor
from clients.access.definers import call
from clients.models import Contact, ContactNote, Statement, StatementState
from disclosures.actions.contents import printed_note, words_of
from disclosures.actions.striking import Part, still_said, struck
from disclosures.models import Disclosure, DisclosureItem, RecipientTold, State
from volunteers.models import Association
from volunteers.speaking import letterhead

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

LEFT = (State.RELEASED, State.RECEIVED)
# What the database names when it refuses; it is said only to whoever tells, at that moment.
NOT_TOLD = {
    "recipient_accused": _(
        "You cannot write this down for this client at the moment. Another coordinator of the branch can."
    ),
}


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
    items = DisclosureItem.objects.filter(disclosure=OuterRef("pk"), contact=contact, chosen=True)
    return Disclosure.objects.filter(Exists(items), state__in=LEFT, released_at__lt=before)


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


def within_reach() -> Q:
    """Of disclosures: somebody outside opened the package, or still can. As ``sec.is_within_reach``."""
    return Q(state=State.RECEIVED) | Q(
        state=State.RELEASED,
        delivery__recalled_at=None,
        delivery__tries_left__gt=0,
        delivery__expires_at__gt=Now(),
    )


def waiting() -> QuerySet[Statement]:
    """Statements that were taken over after the old words had left, and somebody was not told yet.

    The database says the same (``sec.is_to_be_told``)."""
    told = RecipientTold.objects.filter(
        statement=OuterRef(OuterRef("pk")), disclosure=OuterRef("pk")
    )
    left = left_with(OuterRef(OuterRef("contact")), OuterRef("answered_at")).filter(within_reach())
    return Statement.objects.filter(
        Exists(left.exclude(Exists(told))), state=StatementState.ACCEPTED, contact__isnull=False
    )


def letter(
    statement: Statement, disclosure: Disclosure, keys: SubjectKeys
) -> dict[str, Any] | None:
    """The data of the document ``correction_letter``; None where the note is closed to whoever prints.

    It says how the note reads now, without what was struck out of it, and not what the client said about
    it, nor who the client is.
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
        **_as_it_left(disclosure, contact, note.unlock(keys).text, keys),
    }


def _as_it_left(
    disclosure: Disclosure, contact: Contact, text: str, keys: SubjectKeys
) -> dict[str, Any]:
    """The note with the words struck that were struck when it left: what nobody let out then is not let out
    by a letter. No text at all where something struck in that disclosure could be read."""
    items = [
        row.unlock(keys)
        for row in DisclosureItem.objects.filter(disclosure=disclosure, chosen=True)
    ]
    own = "\n".join(item.strike for item in items if item.contact_id == contact.pk)
    parts: list[Part] = struck(text, own) if own else [text]
    if still_said([item.strike for item in items], [part for part in parts if part]):
        return {"withheld": True}
    return {"notes": printed_note(parts)}
