"""The door: the only way to a key. Checks, logs, and hands out keys, in one statement.

A view: get the record by id (the database gives 404), open it here, unlock its parts, render.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, TypeAlias
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection, models
from django.http import Http404, HttpRequest

from audit.visit import Denial, LogUnavailable, Visit
from vault import keyring
from vault.keyring import KeyringError
from vault.keys import (
    LogKeys,
    SealBroken,
    SubjectKeys,
    WrappedKeys,
    generate,
    log_keys,
    unwrap,
    unwrap_data,
)

log = logging.getLogger("audit")
# What carries a visit: a request that came through the door's middleware.
Visited: TypeAlias = HttpRequest


class NotPermitted(Exception):
    """A record that is visible was not opened for this purpose (403)."""


class DoesNotOpen(NotPermitted):
    """The keys of a record are damaged, another's, or of a master key that has left the ring."""


def open(
    by: Visited | Visit,
    subjects: UUID | Iterable[UUID],
    action: str,
    purpose: str,
    **detail: str | int,
) -> dict[UUID, SubjectKeys]:
    """The keys of ``subjects``, one event each. ``detail`` holds codes and counts, never words.

    Raises NotPermitted when any of them is refused, LogUnavailable when it cannot be recorded. Keys that do
    not open are left out among several, so that one record closes no list; of one they raise DoesNotOpen.
    """
    keys = _open(_visit(by), _ids(subjects), "", [], action, purpose, detail)
    if isinstance(subjects, UUID) and not keys:
        raise DoesNotOpen(action)
    return keys


def open_about(
    by: Visited | Visit, rows: Iterable[models.Model], action: str, purpose: str
) -> dict[UUID, SubjectKeys]:
    """The keys of the clients of ``rows`` (of one model), with an event for each row that names it.

    What concerns a thing is told to the client when that thing is. See :func:`open`.
    """
    named = list(rows)
    if not named:
        return {}
    subjects, objects = [row.client_id for row in named], [row.pk for row in named]  # type: ignore[attr-defined]
    return _open(_visit(by), subjects, named[0]._meta.db_table, objects, action, purpose, {})


def _open(
    visit: Visit, subjects: list[UUID], about: str, objects: list[UUID], action: str, purpose: str,
    detail: dict[str, str | int],
) -> dict[UUID, SubjectKeys]:  # fmt: skip
    ring = keyring.load(settings.KEYRING_FILE)
    rows = _write(
        "SELECT subject, event, data, audit FROM sec.open(%s, %s, %s, %s, %s, %s::uuid[])",
        [subjects, action, purpose, json.dumps(detail), about, objects],
    )
    visit.receipts.extend(event for _, event, _, _ in rows)
    permitted = {subject for subject, *_ in rows}
    refused = next((subject for subject in subjects if subject not in permitted), None)
    if refused:
        visit.denials.append(Denial(action, "clients_client", refused))
        raise NotPermitted(action)
    keys = {}
    for subject, data, audit in {(s, bytes(d), bytes(a)) for s, _, d, a in rows}:
        with _told_if_broken(subject):
            keys[subject] = unwrap(subject, WrappedKeys(data, audit), ring)
    return keys


def open_one(
    by: Visited | Visit, subject: UUID, action: str, purpose: str, **detail: str | int
) -> SubjectKeys:
    """The keys of one subject. See :func:`open`."""
    return open(by, subject, action, purpose, **detail)[subject]


def open_log(by: Visited | Visit, subject: UUID, action: str, purpose: str) -> LogKeys:
    """What opens the subject's leaves of the log, and nothing else: the data key goes no further."""
    return log_keys(open_one(by, subject, action, purpose).audit)


def scan(
    by: Visited | Visit, subjects: Iterable[UUID], action: str, purpose: str, **detail: str | int
) -> dict[UUID, SubjectKeys]:
    """The keys of those of ``subjects`` that are permitted, for looking through them: one event in all.

    They open rows, and not the log. What is then shown must be opened with :func:`open`.
    """
    visit = _visit(by)
    ring = keyring.load(settings.KEYRING_FILE)
    # The one event comes with the first row only: reading it thousands of times takes long.
    rows = _write(
        "SELECT subject, CASE WHEN row_number() OVER () = 1 THEN event END, data "
        "FROM sec.scan(%s::uuid[], %s, %s, %s)",
        [array_of(_ids(subjects)), action, purpose, json.dumps(detail)],
    )
    visit.receipts.extend(event for _, event, _ in rows if event)
    keys = {}
    for subject, _, data in rows:
        with _told_if_broken(subject):
            keys[subject] = unwrap_data(subject, bytes(data), ring)
    return keys


def array_of(subjects: Iterable[UUID]) -> str:
    """Many ids as the database writes an array: one text, where the driver would take each by itself."""
    return f"{{{','.join(map(str, subjects))}}}"


def record(
    by: Visited | Visit,
    action: str,
    *,
    subject: UUID | None = None,
    about: models.Model | None = None,
    purpose: str = "",
    **detail: str | int,
) -> None:
    """Write an event that opens nothing: a decision, a page of numbers, an export taken."""
    visit = _visit(by)
    visit.receipts.append(
        _write(
            "SELECT sec.record(%s, %s, %s, %s, %s, %s)",
            [
                action,
                subject,
                about._meta.db_table if about else "",
                about.pk if about else None,
                purpose,
                json.dumps(detail),
            ],
        )[0][0]
    )


def get(by: Visited | Visit, rows: models.QuerySet[Any], pk: UUID | str, action: str) -> Any:
    """The row with this id among ``rows``. Hidden and absent raise the same Http404, and are logged."""
    try:
        found = rows.get(pk=pk)
    except rows.model.DoesNotExist:
        hidden(by, rows.model, UUID(str(pk)), action)
    _visit(by).looking_at = Denial(action, rows.model._meta.db_table, found.pk)
    return found


def hidden(by: Visited | Visit, model: type[models.Model], pk: UUID, action: str) -> NoReturn:
    """Answer that there is nothing with this id: the same Http404 for hidden and absent, logged."""
    _visit(by).denials.append(Denial(action, model._meta.db_table, pk))
    raise Http404


def new_keys(subject: UUID) -> tuple[SubjectKeys, WrappedKeys]:
    """Keys for a subject that is about to be made; the caller stores the wrapped form."""
    return generate(subject, keyring.load(settings.KEYRING_FILE))


@contextmanager
def _told_if_broken(subject: UUID) -> Iterator[None]:
    """Whose keys do not open in this block is said to whoever looks after the machine, and passed over."""
    try:
        yield
    except (KeyringError, SealBroken):
        log.error("The keys of the subject %s do not open.", subject)


def _write(statement: str, parameters: list[Any]) -> list[Any]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall()
    except DatabaseError as error:
        raise LogUnavailable("The log could not be written.") from error


def _visit(by: Visited | Visit) -> Visit:
    return by if isinstance(by, Visit) else by.visit  # type: ignore[attr-defined]


def _ids(subjects: UUID | Iterable[UUID]) -> list[UUID]:
    return [subjects] if isinstance(subjects, UUID) else list(dict.fromkeys(subjects))
