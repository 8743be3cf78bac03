"""Asking for an export, and what its job says of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audit import door
from audit.actor import Actor
from clients.models import Client
from rights.models import Export, ExportState

SLOW = timedelta(minutes=10)  # by then an export should be there


def ask_export(*, by: Actor, client: Client, language: str) -> Export:
    """Ask for a copy of everything; while one is being prepared, that one is meant.

    The job is written in the same transaction, so that neither is there without the other.
    """
    export = Export(client=client, language=language)
    try:
        with transaction.atomic():
            export.save(force_insert=True)
    except IntegrityError:
        waiting = Export.objects.get(client=client, state=ExportState.QUEUED)
        if timezone.now() - waiting.made_at > SLOW:
            defer(waiting.pk)  # its job was lost, or is done by now: a second one is harmless
        return waiting
    door.record(by, "export.ask", subject=client.pk, about=export, purpose="own_record")
    defer(export.pk)
    return export


def defer(export: UUID) -> None:
    """Put the making of an export into the queue; one at a time runs for one export."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.defer_export(%s)", [export])


def begin_export(export: UUID) -> str | None:
    """Mint the principal of an export's job. Raises ProgrammingError unless it waits.

    None where something was written since the team read the record for this copy.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.begin_export(%s)", [export])
        token: str | None = cursor.fetchone()[0]
    return token


def fail_export(export: UUID) -> None:
    """Say that an export could not be made, so that the client can ask again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.export_failed(%s)", [export])


def exports_over() -> list[tuple[UUID, UUID]]:
    """Exports whose file must go: (export, file)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, file FROM sec.exports_over()")
        return cursor.fetchall()


def export_gone(export: UUID) -> None:
    """Record that the file of an export was removed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.export_gone(%s)", [export])
