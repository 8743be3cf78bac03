"""The steps of a copy that the team prepares. The database checks each, and writes its event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from audit.actor import Actor
from clients.access.definers import execute, refused
from clients.models import Client
from rights.models import Export, LeftOut, PreparedCopy

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

MESSAGES = {
    "copy_outdated": _(
        "The record has changed since this copy was prepared. Ask for it to be prepared again."
    ),
    "copy_not_now": _("This is not possible now. The data-protection lead can help."),
    "copy_dead": _(
        "This person has died. What heirs ask is recorded on the record, and two people answer it."
    ),
    "copy_request": _(
        "A copy for somebody else, or under Art. 15, needs a request that is open, and it must be known who"
        " asks. Record the request and check who asks first."
    ),
    "copy_sent": _("This copy went on meanwhile."),
}


@dataclass(frozen=True)
class Read:
    """When the record was read for a copy, by the clock of the database, and how many writes the log knew."""

    at: datetime
    writes: int


def prepare(*, by: Actor, client: Client, data: Mapping[str, Any]) -> UUID:
    """Begin a copy: why, how it reaches the client, in which language and print. Raises Refused."""
    made = uuid4()
    answers = data.get("request") or None
    values = (data["reason"], data["way"], data["language"], data["large"], answers)
    with refused("prepare_copy", MESSAGES):
        execute("prepare_copy", made, client.pk, *values)
    return made


def send(
    *,
    by: Actor,
    copy: PreparedCopy,
    keys: SubjectKeys,
    contacts: Mapping[UUID, str],
    passages: Mapping[str, list[str]],
    read: Read,
) -> None:
    """Fix what it leaves out, contacts and passages by reason, and send it. Raises Refused.

    ``read`` is what :func:`begin_to_read` said before the record was read for it.
    """
    with refused("send_copy", MESSAGES), transaction.atomic():
        for contact, reason in contacts.items():
            LeftOut.new(
                keys, client_id=copy.client_id, copy=copy, contact_id=contact, reason=reason
            ).save()
        for reason, texts in passages.items():
            for text in texts:
                LeftOut.new(
                    keys, client_id=copy.client_id, copy=copy, reason=reason, passage=text
                ).save()
        execute("send_copy", copy.pk, read.at, read.writes)


def release(*, by: Actor, copy: PreparedCopy) -> None:
    """Somebody else releases it; the worker makes it. Raises Refused where the record has changed."""
    with refused("release_copy", MESSAGES):
        execute("release_copy", copy.pk, uuid4())


def end(*, by: Actor, copy: PreparedCopy) -> bool:
    """Not released, or given up. False where it went on meanwhile. Raises Refused."""
    with refused("end_copy", MESSAGES):
        return bool(execute("end_copy", copy.pk))


def take(*, by: Actor, export: Export) -> bool:
    """Whether its file may be given out once more. Raises Refused."""
    with refused("take_copy", MESSAGES):
        return bool(execute("take_copy", export.pk))


def forbidden(copy: PreparedCopy) -> int:
    """How much it leaves out because a law or an authority forbids telling it: never for the client."""
    return int(execute("forbidden_in_copy", copy.pk))


def begin_to_read(copy: PreparedCopy) -> Read:
    """What to say before the record is read for a copy that one prepares."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT drawn, writes FROM sec.begin_to_read(%s)", [copy.pk])
        return Read(*cursor.fetchone())
