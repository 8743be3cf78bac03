"""Consulting a colleague (P5): a talk, a question in writing, answers, and the end before its time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.db import connection, transaction

from audit import door
from audit.actor import Actor
from clients.models import Client, Consultation, ConsultationEntry, Draft

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

Kind = ConsultationEntry.Kind
DAYS, MOST_DAYS = 14, 90
CONSULT = "SELECT sec.consult(%s, %s, %s, %s, %s, %s::uuid[], %s, %s)"


@dataclass(frozen=True)
class Part:
    """A text that is copied for the colleague, and the contact that it came from."""

    contact: UUID
    title: str
    text: str


@dataclass(frozen=True)
class Question:
    """What is asked in writing. ``called``: how the colleague sees the client named, empty where withheld.

    ``whole``: contacts that open as they stand in the record. ``id`` is chosen by the form, so that a form
    that is sent twice asks once.
    """

    colleague: UUID
    ground: str
    text: str
    days: int = DAYS
    withheld: bool = False
    called: str = ""
    whole: tuple[UUID, ...] = ()
    parts: tuple[Part, ...] = ()
    id: UUID = field(default_factory=uuid4)


def note_talk(*, by: Actor, client: Client, colleague: UUID, ground: str, on: date) -> UUID:
    """Note that one talked with a colleague about a client, on which ground, on which day.

    The database refuses (ProgrammingError) whom one may not consult.
    """
    made = uuid4()
    with transaction.atomic(), connection.cursor() as cursor:
        values: list[Any] = [made, client.pk, colleague, ground, False, [], None, on]
        cursor.execute(CONSULT, values)
    return made


def ask(*, by: Actor, client: Client, keys: SubjectKeys, question: Question) -> UUID:
    """Ask in writing: the question, copied parts, and whole contacts, for some days.

    Needs the client's keys from the door. The database refuses (ProgrammingError) whom one may not
    consult, and passes over whole contacts that the asker may not read.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            values: list[Any] = [
                question.id,
                client.pk,
                question.colleague,
                question.ground,
                question.withheld,
                list(question.whole),
                question.days,
                None,
            ]
            cursor.execute(CONSULT, values)
        _add(by, keys, question.id, Kind.QUESTION, question.text, title=question.called)
        for part in question.parts:
            _add(
                by, keys, question.id, Kind.PART, part.text, title=part.title, contact=part.contact
            )
    Draft.objects.filter(pk=question.id, person_id=by.person).delete()
    return question.id


def answer(*, by: Actor, consultation: Consultation, text: str) -> ConsultationEntry:
    """Write in a consultation that runs, as one of the two. The database refuses anybody else."""
    keys = door.open_one(by, consultation.client_id, "consultation.answer", "consultation")
    return _add(by, keys, consultation.pk, Kind.ANSWER, text)


def end_early(*, by: Actor, consultation: Consultation) -> bool:
    """End it in this second; False when it had ended before. The database refuses who may not."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT sec.end_consultation(%s)", [consultation.pk])
        return cursor.fetchone()[0]


def _add(
    by: Actor, keys: SubjectKeys, consultation: UUID, kind: str, text: str, **more: object
) -> ConsultationEntry:
    entry = ConsultationEntry.new(
        keys,
        client_id=keys.subject,
        consultation_id=consultation,
        kind=kind,
        by_id=by.person,
        text=text,
        contact_id=more.get("contact"),
        title=more.get("title", ""),
    )
    entry.save()
    return entry
