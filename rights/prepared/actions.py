"""The steps of a copy that the team prepares. The database checks each, and writes its event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actor import Actor
from clients.access.definers import call, execute, refused
from clients.models import Client
from rights.models import Export, LeftOut, PreparedCopy

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

MESSAGES = {
    "copy_outdated": _(
        "The record has changed since this copy was prepared. Ask for it to be prepared again."
    ),
}


def prepare(*, by: Actor, client: Client, data: Mapping[str, Any]) -> UUID:
    """Begin a copy: why, how it reaches the client, in which language and print. Raises Refused."""
    made = uuid4()
    answers = data.get("request") or None
    values = (data["reason"], data["way"], data["language"], data["large"], answers)
    call("prepare_copy", made, client.pk, *values)
    return made


def send(
    *,
    by: Actor,
    copy: PreparedCopy,
    keys: SubjectKeys,
    contacts: Mapping[UUID, str],
    passages: Mapping[str, list[str]],
) -> None:
    """Fix what it leaves out, contacts and passages by reason, and send it. Raises Refused."""
    with transaction.atomic():
        for contact, reason in contacts.items():
            LeftOut.new(
                keys, client_id=copy.client_id, copy=copy, contact_id=contact, reason=reason
            ).save()
        for reason, texts in passages.items():
            for text in texts:
                LeftOut.new(
                    keys, client_id=copy.client_id, copy=copy, reason=reason, passage=text
                ).save()
        call("send_copy", copy.pk)


def release(*, by: Actor, copy: PreparedCopy) -> None:
    """Somebody else releases it; the worker makes it. Raises Refused where the record has changed."""
    with refused("release_copy", MESSAGES):
        execute("release_copy", copy.pk, uuid4())


def end(*, by: Actor, copy: PreparedCopy) -> bool:
    """Not released, or given up by whoever prepared it. False where it went on meanwhile."""
    return bool(call("end_copy", copy.pk))


def take(*, by: Actor, export: Export) -> bool:
    """Whether its file may be given out once more."""
    return bool(call("take_copy", export.pk))
