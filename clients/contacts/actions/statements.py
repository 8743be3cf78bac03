"""What a client says about a note: writing it down, answering, taking it back.

See ``clients/sql/statements.sql``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actor import Actor
from clients.access.definers import call, execute, refused
from clients.contacts.actions.contacts import correct_note
from clients.models import Client, ContactNote, Statement, StatementState, StatementWords
from clients.records.actions.changes import change_background

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

MESSAGES = {
    "statement_about_nothing": _("Nothing is written about this client's situation."),
    "statement_many": _("Too many statements about this record wait for an answer already."),
    "statement_elsewhere": _(
        "This is not possible now. Ask another coordinator, or the president."
    ),
    "statement_answered": _("Somebody answered this statement just now."),
    "statement_uncorrected": _("The note has not been changed. Correct it first."),
}


@dataclass(frozen=True)
class NewStatement:
    """What the client said; how and when, where somebody else writes it down."""

    text: str
    channel: str = ""
    said_on: date | None = None


def add_statement(
    *, by: Actor, client: Client, keys: SubjectKeys, contact: UUID | None, new: NewStatement
) -> Statement:
    """A statement about a contact, or the background (None): it stands there at once. Raises Refused."""
    made = uuid4()
    with refused("add_statement", MESSAGES):
        execute("add_statement", made, client.pk, contact, new.channel, new.said_on)
    statement = Statement(pk=made, client=client, contact_id=contact)
    StatementWords.new(keys, client=client, statement=statement, text=new.text).save()
    return statement


def accept(
    *, by: Actor, statement: Statement, keys: SubjectKeys, text: str, why: str, revision: int
) -> None:
    """The note says ``text`` from now on, and the statement was taken over. Raises Conflict, Refused.

    Where it says so already, it must have been corrected since the client spoke: the database asks.
    """
    with transaction.atomic():
        if words_of(statement, keys)[0] != text:
            _correct(by, statement, keys, text, why, revision)
        _answer(statement, keys, StatementState.ACCEPTED, why)


def _correct(
    by: Actor, statement: Statement, keys: SubjectKeys, text: str, why: str, revision: int
) -> None:
    if statement.contact_id:
        note = ContactNote.objects.get(contact=statement.contact_id).unlock(keys)
        note.opened_values()  # read under the revision it has, before the form's is put in place
        correct_note(by=by, note=note, text=text, reason=why, revision=revision)
    else:
        client = Client.objects.select_related("background").get(pk=statement.client_id)
        change_background(client=client, keys=keys, revision=revision, text=text)


def refuse(*, by: Actor, statement: Statement, keys: SubjectKeys, why: str) -> None:
    """The note stays, and the statement beside it for good. Raises Refused."""
    _answer(statement, keys, StatementState.REFUSED, why)


def _answer(statement: Statement, keys: SubjectKeys, state: str, why: str) -> None:
    with refused("answer_statement", MESSAGES):
        execute("answer_statement", statement.pk, state)
    StatementWords.new(
        keys, client_id=statement.client_id, statement=statement, answer=True, text=why
    ).save()


def withdraw(*, by: Actor, statement: Statement) -> bool:
    """The client takes it back; False where it was taken over, or taken back before."""
    return bool(call("withdraw_statement", statement.pk))


def may_answer(statement: Statement) -> dict[str, bool]:
    """How the acting person may answer a statement; the database knows it."""
    ways = (StatementState.ACCEPTED, StatementState.REFUSED)
    return {way.value: bool(call("may_answer_statement", statement.pk, way)) for way in ways}


def words_of(statement: Statement, keys: SubjectKeys) -> tuple[str, int]:
    """The words that a statement is about, and their revision."""
    if statement.contact_id:
        note = ContactNote.objects.get(contact=statement.contact_id).unlock(keys)
        return note.text, note.revision
    background = Client.objects.select_related("background").get(pk=statement.client_id).background
    return background.unlock(keys).text, background.revision
