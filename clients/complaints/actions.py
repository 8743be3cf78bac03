"""Complaints of clients: taking one down, adding words, handing it to somebody, answering it.

Words lie under the complaint's own key; who hears it is decided by the database alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import connection

from audit import door
from audit.actor import Actor
from clients.access.definers import call
from clients.models import Complaint, ComplaintEntry
from volunteers.references import new_reference

if TYPE_CHECKING:
    from vault.keys import SubjectKeys


@dataclass(frozen=True)
class NewComplaint:
    """Whom it is about (a kind, and a person if known), the words, and how the client can be reached."""

    kind: str
    words: str
    about: UUID | None = None
    reach: str = ""


def complain(
    *, by: Actor, client: UUID | None, new: NewComplaint, branch: UUID | None = None
) -> UUID:
    """A client complains: in the portal, or through somebody who has the record; or, without a record and for
    a branch, through the president or the data-protection lead.

    Whoever takes it down may be shut out of it by this very act. Gives its id. Raises Refused.
    """
    made = uuid4()
    keys, wrapped = door.new_keys(made)
    call(
        "complain",
        made,
        client,
        new.kind,
        new.about,
        new_reference("K"),
        wrapped.data,
        wrapped.audit,
        branch,
    )
    _say(by, made, keys, ComplaintEntry.Kind.COMPLAINT, new.words, new.reach)
    return made


def client_called(reference: str) -> UUID | None:
    """The id of the client with this reference, for the data-protection lead only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.client_of(%s)", [reference.strip().upper()])
        return cursor.fetchone()[0]


def add_words(*, by: Actor, complaint: Complaint, keys: SubjectKeys, words: str) -> None:
    """The client says more."""
    _say(by, complaint.pk, keys, ComplaintEntry.Kind.COMPLAINT, words)


def add_note(*, by: Actor, complaint: Complaint, keys: SubjectKeys, words: str) -> None:
    """A note for those who answer; the client does not read it."""
    _say(by, complaint.pk, keys, ComplaintEntry.Kind.NOTE, words)


def handlers(complaint: Complaint) -> dict[UUID, bool]:
    """To whom this person may hand it; True where that is a recipient outside the branch's legal body."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT person, outside FROM sec.complaint_handlers(%s)", [complaint.pk])
        return dict(cursor.fetchall())


def own_people() -> list[tuple[str, str]]:
    """Whom a client may name: those with whom they have talked, and the coordinators of their branch."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT person, name FROM sec.own_people()")
        return [(str(person), name) for person, name in cursor.fetchall()]


def to_clear(complaint: Complaint) -> list[UUID]:
    """To the president: coordinators of the branch whom it may be about, as nobody was named."""
    return call("to_clear", complaint.pk)


def clear(*, by: Actor, complaint: Complaint, person: UUID) -> bool:
    """The president says that it is not about somebody; False where that was not in question. Needs a fresh
    sign-in. Raises Refused."""
    return call("clear_complaint", complaint.pk, person)


def waits_to_count(complaint: Complaint) -> bool:
    """Whether it shuts nobody out yet, as it came through a space that nobody has confirmed, and this person
    can say that it is the client's."""
    return call("may_count", complaint.pk)


def count(*, by: Actor, complaint: Complaint) -> bool:
    """Somebody who hears it has spoken to the client: it counts, for good. False where it did. Needs a fresh
    sign-in. Raises Refused."""
    return call("count_complaint", complaint.pk)


def hand(*, by: Actor, complaint: Complaint, to: UUID) -> None:
    """Let somebody answer it. Needs a fresh sign-in. Raises Refused."""
    call("hand_complaint", complaint.pk, to)


def answer(*, by: Actor, complaint: Complaint, keys: SubjectKeys, words: str) -> None:
    """Answer a complaint for good; the client reads it. Raises Refused."""
    call("answer_complaint", complaint.pk)
    _say(by, complaint.pk, keys, ComplaintEntry.Kind.ANSWER, words)


def _say(
    by: Actor, complaint: UUID, keys: SubjectKeys, kind: str, words: str, reach: str = ""
) -> None:
    ComplaintEntry.new(
        keys, complaint_id=complaint, kind=kind, by_id=by.person, text=words, reach=reach
    ).save()
