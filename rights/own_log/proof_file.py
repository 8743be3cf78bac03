"""The client's own log as a file that checks itself: events, proofs, and the keys that open their leaves.

The format is in docs/log-format.md. What is sealed apart (decision 31) is in no client's file."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef

from audit import door, proofs
from audit.actor import Actor
from audit.exporting import client_file
from audit.models import Event, Leaf
from audit.witnessing import newest_cosigned
from clients.models import Client

# In the order of the canonical form; the detail as the database writes it.
COLUMNS = """e.id, e.at, e."group", e.actor_kind, e.actor, e.actor_role, e.action, e.outcome, e.subject,
    e.subject_kind, e.branch, e.purpose, e.basis, e.object_type, e.object_id, e.revision, e.digest,
    e.detail::text"""
OWN = "e.subject = %s AND NOT sec.is_apart(e.action, e.object_type)"


def file_of(
    client: Client,
    *,
    by: door.HttpRequest | Actor,
    since: int | None,
    action: str = "portal.check",
) -> dict[str, Any]:
    """Everything that checks the client's log, up to the newest checkpoint. Giving it out is an event.

    ``since`` is a size that the reader saw before: then with the proof that the log went on from it.
    Raises NotSealed before the first checkpoint.
    """
    keys = door.open_log(by, client.pk, action, "own_record")
    logged = _count()
    if logged is None:
        raise proofs.NotSealed  # not before another of the team has spoken to the client
    checkpoint = newest_cosigned()  # first: what is sealed while this reads is for the next time
    found = client_file(_events(client.pk), keys, logged, complete=True, checkpoint=checkpoint)
    if not _may_be_removed(client.taken_in_at):
        # A line that went although no time was over is missing, and the check must say so.
        found["events"] = [item for item in found["events"] if item["event"] is not None]
    if since is not None and 0 < since <= checkpoint.size:
        path = proofs.consistency(since, checkpoint.size)
        found["consistency"] = {"from": since, "proof": [b64encode(one).decode() for one in path]}
    return found


def provable(client: UUID) -> Any:
    """The client's events with a leaf that can be theirs to check."""
    sealed = Leaf.objects.filter(event=OuterRef("pk"))
    rows = Event.objects.filter(subject=client).extra(
        where=["NOT sec.is_apart(action, object_type)"]
    )
    return rows.filter(Exists(sealed))


def _events(client: UUID) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM audit_event e WHERE {OWN}", [client])  # noqa: S608
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _count() -> int | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.own_count()")
        return cursor.fetchone()[0]


def _may_be_removed(moment: datetime) -> bool:
    """Whether the rules let events from that time on be removed, because their time was over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.kept_since('own_record')")
        kept_since = cursor.fetchone()[0]
    return kept_since is not None and kept_since > moment
