"""Logging a contact with a client, and correcting one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from audit import door
from audit.visit import Visit
from clients.models import Client, Contact, ContactNote, Explanation, ExplanationWords
from vault.keys import SubjectKeys
from volunteers.models import PolicyVersion


@dataclass
class NewContact:
    """What is asked about a contact; channel and date are enough."""

    channel: str
    happened_on: date
    reached: bool = True
    minutes: int | None = None
    kilometres: int | None = None
    follow_up_on: date | None = None
    urgent: bool = False
    text: str = ""
    follow_up: str = ""


@dataclass
class NewExplanation:
    """That the policy was explained, with the client's answer; or why it could not be."""

    given: bool
    answer: str
    channel: str
    language: str
    happened_on: date
    where: str = ""
    words: str = ""
    why_not: str = ""


def log_contact(
    *, by: Visit, client: Client, new: NewContact, explanation: NewExplanation | None = None
) -> Contact:
    """Log a contact, together with the explanation if there was one (P10).

    The database refuses (IntegrityError ``contact_explained_first``) a contact before any
    explanation, unless it is urgent or the first one with a reason why it could not be given.
    """
    keys = door.open_one(by, client.pk, "contact.log", "support")
    if explanation:
        explain(by=by, client=client, keys=keys, new=explanation)
    return add_contact(by=by, client=client, keys=keys, new=new)


def add_contact(*, by: Visit, client: Client, keys: SubjectKeys, new: NewContact) -> Contact:
    """Write the contact and its note with keys that the door gave for it."""
    contact = Contact(
        client=client,
        branch_id=client.branch_id,
        by_id=by.person,
        channel=new.channel,
        happened_on=new.happened_on,
        reached=new.reached,
        minutes=new.minutes,
        kilometres=new.kilometres,
        follow_up_on=new.follow_up_on,
        urgent=new.urgent,
    )
    contact.save(force_insert=True)
    note = ContactNote(
        client=client, contact=contact, by_id=by.person, keys=keys, text=new.text,
        follow_up=new.follow_up,
    )  # fmt: skip
    note.save()
    return contact


def explain(*, by: Visit, client: Client, keys: SubjectKeys, new: NewExplanation) -> Explanation:
    """Record that the policy was explained, or why it could not be (P4, P10, P11, P14)."""
    version = PolicyVersion.objects.filter(adopted_on__lte=timezone.localdate()).first()
    made = Explanation(
        client=client,
        given=new.given,
        answer=new.answer,
        channel=new.channel,
        language=new.language,
        happened_on=new.happened_on,
        version=version,
        by_id=by.person,
    )
    made.save(force_insert=True)
    words = ExplanationWords(
        client=client, explanation=made, keys=keys, where=new.where, words=new.words,
        why_not=new.why_not,
    )  # fmt: skip
    words.save()
    return made


def correct_note(*, by: Visit, note: ContactNote, text: str, reason: str) -> None:
    """Replace a note's text; the earlier one is kept, with who and why. Raises Conflict."""
    note.text = text
    note.correction_reason = reason
    note.by_id = by.person
    note.save()
