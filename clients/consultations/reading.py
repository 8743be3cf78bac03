"""What the pages of consultations read: whom one may ask, what can be shared, what was shared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from audit.actor import Actor
from clients.access import permissions
from clients.access.statements import About, attached, said_about
from clients.consultations.needles import Kind
from clients.consultations.striking import Known, Striker
from clients.models import (
    Background,
    Client,
    Consultation,
    ConsultationEntry,
    Contact,
    Grant,
    Identity,
    SafeContact,
)
from components.dates import written
from volunteers.models import Duty, Person

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

LATEST = 50


@dataclass(frozen=True)
class Shareable:
    """A contact as it can be shared: what it is called, and its words. ``said``: what the client says about
    it now, which is never copied: the client can take it back."""

    contact: Contact
    title: str
    text: str
    said: tuple[str, ...] = ()

    @property
    def pk(self) -> UUID:
        """The contact's id."""
        return self.contact.pk


@dataclass
class Shared:
    """What a consultation holds: how the client is called in it, question, shared texts, answers."""

    called: str
    question: ConsultationEntry | None
    parts: list[ConsultationEntry]
    contacts: list[Shareable]
    answers: list[ConsultationEntry]
    said: dict[UUID | None, list[str]]  # what the client says about copied contacts


def consultable(client: Client) -> list[Person]:
    """Whom one may consult about this client: they serve in the branch, have signed, have no conflict."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.consultable(%s)", [client.pk])
        ids = cursor.fetchone()[0]
    return list(Person.objects.filter(pk__in=ids).order_by("working_name"))


def sees_anyway(client: Client, colleague: UUID) -> bool:
    """Whether a colleague sees this client's record by themself, so that nothing withheld stays hidden."""
    coordinates = Duty.objects.live().filter(
        person_id=colleague, branch_id=client.branch_id, kind="coordinator"
    )
    given = client.grants.live().filter(person_id=colleague).exclude(basis="consultation")
    return coordinates.exists() or given.exists()


def shareable(
    client: Client, keys: SubjectKeys, only: Iterable[UUID] | None = None
) -> list[Shareable]:
    """The latest contacts that have words which one may read (``only`` these); the latest first."""
    rows = client.contacts.select_related("note").filter(note__isnull=False)
    rows = rows.order_by("-happened_on", "-made_at", "id")
    found = rows[:LATEST] if only is None else rows.filter(pk__in=list(only))
    said = said_about(keys)
    return [item for row in found if (item := _shareable(row, keys, said)).text]


def _shareable(contact: Contact, keys: SubjectKeys, said: About) -> Shareable:
    day = written(contact.happened_on, "DATE_FORMAT")
    note = contact.note.unlock(keys)
    lines = [note.text]
    if note.follow_up:
        lines.append(_("To do next: %(what)s") % {"what": note.follow_up})
    title = f"{contact.get_channel_display()}, {day}"
    text = "\n".join(filter(None, lines))
    return Shareable(contact, title, text, tuple(attached(said, contact.pk)))


def shared(actor: Actor, consultation: Consultation, keys: SubjectKeys) -> Shared:
    """Everything in a consultation that this person may read, opened."""
    entries = [
        entry.unlock(keys)
        for entry in consultation.entries.select_related("by").order_by("made_at", "id")
    ]
    by_kind = {
        kind: [entry for entry in entries if entry.kind == kind]
        for kind in ConsultationEntry.Kind.values
    }
    question = next(iter(by_kind["question"]), None)
    whole = Grant.objects.filter(act=consultation.pk, contact__isnull=False).values("contact")
    rows = Contact.objects.filter(pk__in=whole, note__isnull=False).select_related("note")
    said = said_about(keys)
    readable = [row for row in rows if permissions.can_read_contact(actor, row)]
    contacts = [_shareable(row, keys, said) for row in readable]
    called = question.title if question else ""
    # What the client says may name them: nothing of it where who it is was left out.
    copied = {part.contact_id for part in by_kind["part"] if not consultation.withheld}
    beside: dict[UUID | None, list[str]] = {
        contact: attached(said, contact) for contact in copied if contact
    }
    return Shared(called, question, by_kind["part"], contacts, by_kind["answer"], beside)


def striker(client: Client, keys: SubjectKeys, texts: Iterable[str] = ()) -> Striker:
    """What strikes out of texts who this client is, from all that the asker may read of the record."""
    background = Background.objects.filter(client=client).first()
    learn = [background.unlock(keys).text] if background else []
    return Striker(known(client, keys), (*texts, *learn), labels())


def known(client: Client, keys: SubjectKeys) -> Known:
    """What the record says of who the client is."""
    identity = Identity.objects.get(client=client).unlock(keys)
    card = SafeContact.objects.filter(client=client).first()
    around: list[str] = []
    numbers = [client.reference]
    if card:
        card.unlock(keys)
        around += [
            card.ask_for,
            card.who_may_answer,
            card.voicemail_words,
            card.remarks,
            card.times,
        ]
        numbers += [card.phone, card.other_phone]
    return Known(
        names=tuple(filter(None, [identity.given_name, identity.family_name, identity.known_as])),
        places=(identity.address,) if identity.address else (),
        numbers=tuple(filter(None, numbers)),
        born=str(identity.born_on or ""),
        around=tuple(text for text in around if isinstance(text, str) and text),
    )


def first_name(identity: Identity) -> str:
    """How a colleague sees the client named: no more than is needed to talk about them."""
    return identity.known_as or identity.given_name


def labels() -> dict[Kind, str]:
    """The words that stand where something was struck."""
    return {
        Kind.NAME: _("[name]"),
        Kind.PLACE: _("[place]"),
        Kind.NUMBER: _("[number]"),
        Kind.DATE: _("[date]"),
        Kind.EMAIL: _("[e-mail]"),
        Kind.LINK: _("[link]"),
    }
