"""Making the ZIP of everything that is held about a client: gathered, printed, packed, sealed on disk.

Runs in the worker. Nothing is ever written plain: the ZIP is sealed while it is made."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

import documents
from audit import door
from audit.actor import Actor
from audit.proofs import NotSealed
from components.zipping import zipped
from rights.export import tables
from rights.export.contents import Gathered, Gatherer
from rights.export.document import as_document
from rights.export.struck import struck_of, without_complaints
from rights.models import Export, ExportState
from rights.own_log import proof_file, reading
from vault import files

if TYPE_CHECKING:
    from clients.models import Client
    from vault.keys import SubjectKeys

DAYS_KEPT = 7
PIECES = 4096  # of JSON that are written at once
SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "record-export.schema.json"


class Lost(Exception):
    """Another job made this export meanwhile; what this one made is gone."""


def produce(export_id: UUID, token: str) -> None:
    """Make the export as the job principal of ``token``, and say that it is ready. Raises Lost."""
    actor = Actor(token)
    file = uuid4()
    with actor.transaction():
        export = Export.objects.select_related("client__branch", "prepared").get(pk=export_id)
        left_over = export.file
        # The file is known before it is there: what a kill leaves behind is found by the next attempt.
        _claim(export, file=file, progress=5)
    if left_over:
        files.remove(settings.FILES_ROOT, left_over)
    with translation.override(export.language):
        with actor.transaction():
            keys = door.open_one(actor, export.client_id, "export.make", "export")
            struck = struck_of(export.prepared, keys)
            gatherer = Gatherer(export.client, keys, struck=struck)
            gathered = gatherer.everything(by=actor, language=export.language)
            log = log_of(export.client, by=actor, handed=struck.handed)
        _report(actor, export, 40)
        large = bool(export.prepared and export.prepared.large)
        document = as_document(gathered.data, large=large)
        printed = documents.render("record_export", document, language=export.language)
        _report(actor, export, 70)
        entries = _entries(gathered, printed, log, keys)
        try:
            content = zipped(entries, at=timezone.localtime())
            written = files.write(settings.FILES_ROOT, keys, content, file=file)
            with actor.transaction():
                _ready(export, file=file, size=written.size)
        except BaseException:
            files.remove(settings.FILES_ROOT, file)
            raise


def _claim(export: Export, **values: Any) -> None:
    if not Export.objects.filter(pk=export.pk, state=ExportState.QUEUED).update(**values):
        raise Lost


def _report(actor: Actor, export: Export, progress: int) -> None:
    with actor.transaction():
        Export.objects.filter(pk=export.pk, state=ExportState.QUEUED).update(progress=progress)


def _ready(export: Export, *, file: UUID, size: int) -> None:
    now = timezone.now()
    # On the same file only: if another job took over, its file is the one that counts.
    mine = Export.objects.filter(pk=export.pk, state=ExportState.QUEUED, file=file)
    if not mine.update(
        state=ExportState.READY,
        progress=100,
        size=size,
        ready_at=now,
        expires_at=now + timedelta(days=DAYS_KEPT),
    ):
        raise Lost


@dataclass
class Log:
    """The client's own log: each step in words, and the file that proves them; None before the first seal."""

    steps: list[reading.Step]
    proofs: dict[str, Any] | None


def log_of(client: Client, *, by: Actor, handed: bool) -> Log:
    """Needs the actor's transaction. That the log was given out is an event itself.

    Where the team hands it over it is without complaints, and so without proofs: these count every line.
    """
    events = reading.events_of(client.pk, own=True)
    if handed:
        events = without_complaints(events, client.pk)
        return Log(reading.steps(events, client=client.pk), None)
    steps = reading.steps(events, client=client.pk)
    try:
        return Log(steps, proof_file.file_of(client, by=by, since=None, action="export.log"))
    except NotSealed:
        return Log(steps, None)


def _entries(
    gathered: Gathered, printed: bytes, log: Log, keys: SubjectKeys
) -> Iterator[tuple[str, Iterable[bytes]]]:
    yield "README.txt", [_read_me(log, with_files=bool(gathered.files)).encode()]
    yield "record.pdf", [printed]
    yield "record.json", as_json(gathered.data)
    yield "record.schema.json", [SCHEMA.read_bytes()]
    yield "contacts.csv", tables.contacts(gathered.data)
    yield "access-log.csv", tables.access_log(log.steps)
    if log.proofs:
        yield "access-log.json", as_json(log.proofs)
    for name, file in gathered.files:
        yield name, files.read(settings.FILES_ROOT, keys, file)


def as_json(data: Any) -> Iterator[bytes]:
    """The bytes of ``data``, in pieces."""
    encoder = json.JSONEncoder(ensure_ascii=False, indent=1, default=_plain)
    waiting: list[str] = []
    for piece in encoder.iterencode(data):
        waiting.append(piece)
        if len(waiting) == PIECES:
            yield "".join(waiting).encode()
            waiting.clear()
    yield "".join(waiting).encode()


def _read_me(log: Log, *, with_files: bool) -> str:
    lines = [
        _("This is your copy of what is kept about you."),
        _("record.pdf is for reading. At its end it says what is not in this copy, and why."),
        _(
            "record.json holds the same for another program. "
            "record.schema.json says how it is made up."
        ),
        _("contacts.csv and access-log.csv are for a spreadsheet."),
        _("access-log.csv says who opened your record, and why."),
    ]
    if log.proofs:
        lines.append(
            _(
                "access-log.json proves it: with it somebody else can check that no line was changed."
            )
        )
    if with_files:
        lines.append(_("The folder files holds the documents that belong to your contacts."))
    lines.append(_("Please keep it in a safe place."))
    return "\n\n".join(lines) + "\n"


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
