"""What can be done with requests and exports. One function an act; the log comes with each."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import door
from audit.visit import Visit
from clients.models import Client
from rights.models import (
    Export,
    ExportState,
    NamesDecision,
    RequestState,
    SubjectRequest,
    SubjectRequestWords,
)
from rights.requests.deadlines import answer_due
from rights.requests.permissions import check_names
from vault.sealed import Conflict

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

SLOW = timedelta(minutes=10)  # by then an export should be there


def ask(*, by: Visit, client: Client, keys: SubjectKeys, kind: str, words: str) -> SubjectRequest:
    """A client asks for correction, deletion or access; the answer is due in one calendar month."""
    request = SubjectRequest(
        client=client,
        branch_id=client.branch_id,
        kind=kind,
        due_on=answer_due(timezone.now()),
    )
    request.save(force_insert=True)
    SubjectRequestWords.new(keys, client=client, request=request, asked=words).save()
    return request


def take_up(*, by: Visit, request: SubjectRequest) -> None:
    """A coordinator says that they see to it. Raises Conflict when it was answered meanwhile, or Refused."""
    _step(by, request, RequestState.IN_PROGRESS)


def answer(
    *,
    by: Visit,
    request: SubjectRequest,
    words: SubjectRequestWords,
    revision: int,
    text: str,
    refused: bool,
) -> None:
    """Answer a request for good: done, or refused with reasons.

    ``revision`` is that of the words which the answering person saw. Raises Conflict, or Refused.
    """
    with transaction.atomic():  # words without the step would be an answer to nothing
        words.answer = text
        words.revision = revision
        words.save()
        _step(by, request, RequestState.REFUSED if refused else RequestState.DONE)


MESSAGES = {
    "request_unconfirmed": _(
        "Nobody has confirmed that it was the client who asked. Speak to the client first."
    ),
    "request_elsewhere": _("Somebody else answers this one. Ask the data-protection lead."),
}


class Refused(Exception):
    """It cannot be answered so, or not by this person; ``message`` says what to do."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.message = MESSAGES[name]


def _step(by: Visit, request: SubjectRequest, state: str) -> None:
    # Where it stood is part of the condition: of two people at once, one learns of the other.
    rows = SubjectRequest.objects.filter(pk=request.pk, state=request.state)
    try:
        with transaction.atomic():
            changed = rows.update(state=state, handled_by_id=by.person, handled_at=timezone.now())
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if name in MESSAGES:
            raise Refused(name) from error
        raise
    if not changed:
        raise Conflict(str(Conflict.message))


def ask_export(*, by: Visit, client: Client, language: str) -> Export:
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


def begin_export(export: UUID) -> str:
    """Mint the principal of an export's job. Raises ProgrammingError unless it waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.begin_export(%s)", [export])
        return str(cursor.fetchone()[0])


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


def decide_names(*, by: Visit, reference: str, reason: str, until: date) -> bool:
    """Names until a day, for the client with this reference; False where there is none to decide about.

    The database asks for the duty and a fresh sign-in, writes the event, and ends an earlier decision.
    """
    check_names(by)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sec.decide_names(%s, %s, %s, %s)", [uuid4(), reference.strip(), reason, until]
        )
        return cursor.fetchone()[0]


def end_names(*, by: Visit, decision: NamesDecision) -> bool:
    """No names from now on; False where the decision had ended."""
    check_names(by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.end_names(%s)", [decision.pk])
        return cursor.fetchone()[0]
