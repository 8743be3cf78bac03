"""Who deals with what heirs of a client who died ask. The database agrees (``clients/sql/heirs.sql``).

- Record one: whoever writes in the record, once the client has died.
- See it: coordinators of the branch, whoever recorded it, and the data-protection lead, who sees no words.
- Propose an answer, note what settled an objection: a coordinator of the branch.
- Confirm it or send it back: another coordinator or the lead, neither who proposed nor who recorded it."""

from __future__ import annotations

from django.db import connection

from audit.actor import Actor
from clients.access.permissions import check, coordinates
from clients.models import Client, HeirRequest

SEES = ("coordinator", "protection")


def leads_on(actor: Actor, client: Client | None) -> bool:
    """Whether this person coordinates the record that it is about; None: they do not see it."""
    return client is not None and coordinates(actor, client)


def can_read_words(actor: Actor, asked: HeirRequest, client: Client | None) -> bool:
    """Who asks, and in which words: not for the lead, who reads nothing that was told."""
    return client is not None and (coordinates(actor, client) or asked.by_id == actor.person)


def can_propose(actor: Actor, asked: HeirRequest, client: Client | None) -> bool:
    """Whether this person may propose an answer now."""
    return asked.state == "new" and leads_on(actor, client)


def can_confirm(actor: Actor, asked: HeirRequest) -> bool:
    """Whether this person may be the second now, as the database says."""
    if asked.state not in ("to_grant", "to_refuse"):
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.may_second(%s)", [asked.pk])
        return bool(cursor.fetchone()[0])


def check_leads_on(actor: Actor, client: Client | None) -> None:
    """Raises PermissionDenied. See :func:`leads_on`."""
    check(leads_on(actor, client))


def check_read_words(actor: Actor, asked: HeirRequest, client: Client | None) -> None:
    """Raises PermissionDenied. See :func:`can_read_words`."""
    check(can_read_words(actor, asked, client))


def check_confirm(actor: Actor, asked: HeirRequest) -> None:
    """Raises PermissionDenied. See :func:`can_confirm`."""
    check(can_confirm(actor, asked))
