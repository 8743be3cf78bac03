"""Logging a contact with a client, and correcting one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from audit import door
from audit.actor import Actor
from clients.contacts.actions.attachments import NewFile, add_file
from clients.models import Client, Contact, ContactNote, Draft, Revision
from clients.records.actions.explanations import NewExplanation, explain
from vault.sealed import open_row

if TYPE_CHECKING:
    from vault.keys import SubjectKeys


@dataclass
class NewContact:
    """What is asked about a contact; channel and date are enough.

    ``id`` is chosen by the form, so that a form that is sent twice makes one contact.
    """

    channel: str
    happened_on: date
    reached: bool = True
    minutes: int | None = None
    kilometres: int | None = None
    follow_up_on: date | None = None
    urgent: bool = False
    text: str = ""
    follow_up: str = ""
    id: UUID = field(default_factory=uuid4)
    file: NewFile | None = None


@dataclass(frozen=True)
class Version:
    """One text of a note: the present one, or one that was replaced."""

    text: str
    follow_up: str
    reason: str
    by: UUID | None
    at: datetime
    present: bool


def log_contact(
    *, by: Actor, client: Client, new: NewContact, explanation: NewExplanation | None = None
) -> Contact:
    """Log a contact, together with the explanation if there was one (P10).

    The database refuses (IntegrityError ``contact_explained_first``) a contact before any
    explanation, unless it is urgent or the first one with a reason why it could not be given.
    """
    keys = door.open_one(by, client.pk, "contact.log", "support")
    # What the database may refuse is in a savepoint; the opening, which is an event, is not.
    with transaction.atomic():
        if explanation:
            explain(by=by, client=client, keys=keys, new=explanation)
        contact = add_contact(by=by, client=client, keys=keys, new=new)
    if new.file:
        add_file(by=by, contact=contact, keys=keys, new=new.file)
    # What was being typed has arrived.
    Draft.objects.filter(pk=new.id, person_id=by.person).delete()
    return contact


def keep_nothing(*, by: Actor, client: Client, id: UUID, explanation: NewExplanation) -> None:
    """The client wants no record: the no is kept, and nothing of the contact or of its draft (``id``)."""
    keys = door.open_one(by, client.pk, "contact.log", "support")
    explain(by=by, client=client, keys=keys, new=explanation)
    Draft.objects.filter(pk=id, person_id=by.person).delete()


def add_contact(*, by: Actor, client: Client, keys: SubjectKeys, new: NewContact) -> Contact:
    """Write the contact and its note with keys that the door gave for it."""
    contact = Contact(
        id=new.id,
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
    note = ContactNote.new(
        keys,
        client=client,
        contact=contact,
        by_id=by.person,
        text=new.text,
        follow_up=new.follow_up,
    )
    note.save()
    return contact


def correct_note(
    *, by: Actor, note: ContactNote, text: str, reason: str, revision: int | None = None
) -> None:
    """Replace a note's text; the earlier one is kept, with who and why.

    ``revision`` is the one that the person has read. Raises Conflict when there is a newer one.
    """
    note.text = text
    note.correction_reason = reason
    note.by_id = by.person
    if revision is not None:
        note.revision = revision
    note.save()


def note_versions(note: ContactNote) -> list[Version]:
    """All texts of an unlocked note, the present one first, each with who wrote it, when and why."""
    table = note._meta.db_table
    kept = Revision.objects.filter(row=note.pk, table=table, client_id=note.client_id)
    versions = [
        Version(note.text, note.follow_up, note.correction_reason, note.by_id, note.saved_at, True)
    ]
    for old in kept.order_by("-revision"):
        if old.sealed is None:
            continue
        values = open_row(ContactNote, old.row, old.revision, old.sealed, old.clear, note.keys)
        by, at = old.clear.get("by_id"), datetime.fromisoformat(old.clear["saved_at"])
        versions.append(
            Version(
                values.get("text", ""),
                values.get("follow_up", ""),
                values.get("correction_reason", ""),
                UUID(by) if by else None,
                at,
                False,
            )
        )
    return versions


def finish_follow_up(*, by: Actor, contact: Contact) -> bool:
    """Mark the follow-up of a contact as done; False when it was done before, or there is none."""
    waiting = Contact.objects.filter(
        pk=contact.pk, followed_up_at=None, follow_up_on__isnull=False, revision=contact.revision
    )
    if not waiting.update(followed_up_at=timezone.now(), revision=F("revision") + 1):
        return False
    door.record(by, "follow_up.done", subject=contact.client_id, about=contact, purpose="support")
    return True
