"""What a client says about a note: written down by somebody of the team, and answered."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from audit import door
from clients.contacts.actions import statements
from clients.models import Client, Contact, Grant, Statement
from clients.who_may_know.actions import grants
from tests.making.people import Someone

WORDS = "It was Wednesday, and I slept."


def first_contact(by: Someone, client: Client) -> UUID:
    """The contact that a new client has."""
    with by.actor().transaction():
        return Contact.objects.filter(client=client).earliest("made_at").pk


def open_notes(by: Someone, client: Client) -> None:
    """A coordinator opens the notes, for an hour."""
    with by.actor().transaction() as actor:
        grants.open_notes(by=actor, client=client, reason="request")


def close_notes(by: Someone, client: Client) -> None:
    """And closes them again."""
    with by.actor().transaction() as actor:
        for grant in Grant.objects.live().filter(client=client, person_id=by.id, scope="read"):
            grants.end_grant(by=actor, grant=grant)


def say(
    by: Someone,
    client: Client,
    *,
    contact: UUID | None = None,
    background: bool = False,
    words: str = WORDS,
) -> Statement:
    """Somebody of the team writes down what the client said on the telephone, about the first contact."""
    about = None if background else contact or first_contact(by, client)
    new = statements.NewStatement(words, "phone", timezone.localdate())
    with by.actor().transaction() as actor:
        keys = door.open_one(actor, client.pk, "statement.write", "support")
        return statements.add_statement(by=actor, client=client, keys=keys, contact=about, new=new)


def accept(by: Someone, statement: Statement, text: str, why: str = "You are right.") -> None:
    """The note is corrected."""
    with by.actor().transaction() as actor:
        row = Statement.objects.get(pk=statement.pk)
        keys = door.open_one(actor, row.client_id, "statement.view", "support")
        _, revision = statements.words_of(row, keys)
        statements.accept(by=actor, statement=row, keys=keys, text=text, why=why, revision=revision)


def refuse(by: Someone, statement: Statement, why: str = "It was as noted.") -> None:
    """The note stays."""
    with by.actor().transaction() as actor:
        row = Statement.objects.get(pk=statement.pk)
        keys = door.open_one(actor, row.client_id, "statement.view", "support")
        statements.refuse(by=actor, statement=row, keys=keys, why=why)
