"""Writing and answering messages. See ``clients/sql/messages.sql``, which judges and counts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from audit.actor import Actor
from clients.access.definers import execute, refused
from clients.models import Client, Message, MessageWords

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

LONGEST = 4000
NEWER = "message_newer"
REFUSED = {
    "message_many": _(
        "You have written many messages today. Please ring us instead, or write again tomorrow."
    ),
    "message_elsewhere": _("Somebody else answers this one. Ask the data-protection lead."),
    NEWER: _(
        "Somebody has written since you opened this page. Please read it first. Your answer is kept below."
    ),
    "message_unasked": _(
        "You can answer here for a month after the client wrote. Please ring them."
    ),
    "message_nowhere": _(
        "The client has no online space in which they would read this: it has ended, or nobody else has"
        " spoken to them about it yet. Your answer was not sent. Please ring them."
    ),
}


@dataclass(frozen=True)
class Unread:
    """Messages of a client that nobody may read: the latest, the reference, how many, since when."""

    message: UUID
    reference: str
    waiting: int
    since: datetime


def message_id(by: Actor, client: UUID, key: UUID) -> UUID:
    """The id of what a form sends: the same each time it is sent, another for everybody and every client."""
    who = by.person.bytes if by.person else b""
    said = b"message|" + client.bytes + who + key.bytes
    return UUID(bytes=hashlib.sha256(said).digest()[:16], version=4)


def write(
    *,
    by: Actor,
    client: Client,
    keys: SubjectKeys,
    key: UUID,
    text: str,
    seen: UUID | None = None,
) -> bool:
    """Send a message, as the client or as one of the team. False where this form was sent before.

    ``seen`` is the newest message on the page of whoever answers: what came after it goes on waiting.
    Raises Refused, with words.
    """
    made = message_id(by, client.pk, key)
    if Message.objects.filter(pk=made).exists():
        return False
    with refused("message", REFUSED):
        if not execute("write_message", made, client.pk, seen):
            return False  # the other press was faster
    MessageWords.new(keys, client=client, message_id=made, text=text).save()
    return True


def settle(*, by: Actor, client: Client, seen: UUID) -> bool:
    """What waits needs no written answer. False where nothing waited. Raises Refused, with words."""
    with refused("message", REFUSED):
        return bool(execute("settle_messages", client.pk, seen))


def opened(messages: Iterable[Message], keys: SubjectKeys) -> list[Message]:
    """The messages, each with ``text``: None where somebody may see it and not read it."""
    found = list(messages)
    words = {
        row.message_id: row.unlock(keys).text
        for row in MessageWords.objects.filter(message__in=[m.pk for m in found])
    }
    for message in found:
        message.text = words.get(message.pk)  # type: ignore[attr-defined]
    return found


def read_by(day: date) -> date:
    """By when somebody has read what is written on a day: two working days."""
    found: date = execute("read_by", day)
    return found


def own_reader() -> str:
    """Who sees to what the client who is signed in writes: ``team`` reads it, ``office`` has them rung, or
    ``nobody``."""
    found: str = execute("own_reader")
    return found


def unread() -> list[Unread]:
    """What waits and nobody may read, for the lead, or the president where it is kept from the lead."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT message, reference, waiting, since FROM sec.messages_unread()")
        return [Unread(*row) for row in cursor.fetchall()]


def tellers(message: UUID) -> list[tuple[UUID, str]]:
    """Who can have told the client by telephone: ids and names."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT person, name FROM sec.message_tellers(%s)", [message])
        return cursor.fetchall()


def settle_unread(*, message: UUID, told_by: UUID) -> bool:
    """Note who told the client. False where nothing waits there for that any more."""
    return bool(execute("settle_unread", message, told_by))
