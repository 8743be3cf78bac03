"""The door: the only way to a key. Checks and logs, commits that, and only then takes keys.

What opens is announced in a transaction of its own, beside the page's: whatever becomes of the page,
the event stays. What this page's transaction has only just made or given opens in the next one. See
decision 46.

A view: get the record by id (the database gives 404), open it here, unlock its parts, render.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, NoReturn
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection, models
from django.http import Http404, HttpRequest

from audit.actor import Actor, Denial, LogUnavailable
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
)
from vault.many import ManyKeys
from vault.principals import signin_transaction

log = logging.getLogger("audit")


class NotPermitted(Exception):
    """A record that is visible was not opened for this purpose (403)."""


class DoesNotOpen(NotPermitted):
    """The keys of a record are damaged, another's, or of a master key that has left the ring."""


def open(
    by: HttpRequest | Actor,
    subjects: UUID | Iterable[UUID],
    action: str,
    purpose: str,
    **detail: str | int,
) -> dict[UUID, SubjectKeys]:
    """The keys of ``subjects``, one event each. ``detail`` holds codes and counts, never words.

    Raises NotPermitted when any of them is refused, LogUnavailable when it cannot be recorded. Keys that do
    not open are left out among several, so that one record closes no list; of one they raise DoesNotOpen.
    """
    actor, ids = _actor(by), _ids(subjects)
    made = {one: actor.made[one] for one in ids if one in actor.made}
    others = [one for one in ids if one not in made]
    if made:  # what is now written is written for this reason, as behind the second step
        _write("SELECT sec.say_made(%s, %s)", [next(iter(made)), purpose])
    keys = made | _open(actor, others, "", [], action, purpose, detail)
    if isinstance(subjects, UUID) and not keys:
        raise DoesNotOpen(action)
    return keys


def open_about(
    by: HttpRequest | Actor, rows: Iterable[models.Model], action: str, purpose: str
) -> dict[UUID, SubjectKeys]:
    """The keys of the clients of ``rows`` (of one model), with an event for each row that names it.

    What concerns a thing is told to the client when that thing is. See :func:`open`.
    """
    named = list(rows)
    if not named:
        return {}
    subjects, objects = [row.client_id for row in named], [row.pk for row in named]  # type: ignore[attr-defined]
    return _open(_actor(by), subjects, named[0]._meta.db_table, objects, action, purpose, {})


def _open(
    actor: Actor,
    subjects: list[UUID],
    about: str,
    objects: list[UUID],
    action: str,
    purpose: str,
    detail: dict[str, str | int],
) -> dict[UUID, SubjectKeys]:
    if not subjects:
        return {}
    ring = keyring.load(settings.KEYRING_FILE)
    with _announcing(actor) as cursor:
        cursor.execute(
            "SELECT subject, event FROM sec.open(%s, %s, %s, %s, %s, %s::uuid[])",
            [subjects, action, purpose, json.dumps(detail), about, objects],
        )
        events = cursor.fetchall()
        permitted = {subject for subject, _ in events}
        refused = next((subject for subject in subjects if subject not in permitted), None)
        if refused:
            actor.denials.append(Denial(action, "clients_client", refused))
            raise NotPermitted(action)
    rows = _write("SELECT subject, data, audit FROM sec.keys(%s)", [[event for _, event in events]])
    keys = {}
    for subject, data, audit in rows:
        with _told_if_broken(subject):
            keys[subject] = unwrap(subject, WrappedKeys(bytes(data), bytes(audit)), ring)
    return keys


def open_one(
    by: HttpRequest | Actor, subject: UUID, action: str, purpose: str, **detail: str | int
) -> SubjectKeys:
    """The keys of one subject. See :func:`open`."""
    return open(by, subject, action, purpose, **detail)[subject]


def open_log(by: HttpRequest | Actor, subject: UUID, action: str, purpose: str) -> LogKeys:
    """What opens the subject's leaves of the log, and nothing else: the data key goes no further."""
    return log_keys(open_one(by, subject, action, purpose).audit)


def scan(
    by: HttpRequest | Actor,
    subjects: Iterable[UUID] | Iterable[str],
    action: str,
    purpose: str,
    **detail: str | int,
) -> ManyKeys:
    """The keys of those of ``subjects`` that are permitted, for looking through them: one event in all.

    They open rows, and not the log. What is then shown must be opened with :func:`open`. Ids may be given
    as the database writes them.
    """
    actor = _actor(by)
    ring = keyring.load(settings.KEYRING_FILE)
    ids = dict.fromkeys(map(str, subjects))
    listed = array_of(ids)
    with _announcing(actor) as cursor:
        cursor.execute(
            "SELECT sec.scan(%s, %s, %s, %s, %s)",
            [len(ids), sha256(listed.encode()).digest(), action, purpose, json.dumps(detail)],
        )
        event = cursor.fetchone()[0]
    keys = ManyKeys()
    for subject, data in _write(
        "SELECT uuid_send(subject), data FROM sec.scanned_keys(%s, %s::uuid[])", [event, listed]
    ):
        try:
            keys.take(subject, data, ring)
        except (KeyringError, SealBroken):
            _say_broken(UUID(bytes=subject))
    return keys


def ask(
    by: HttpRequest | Actor,
    question: str,
    branch: UUID,
    said: str,
    names: list[bytes],
    numbers: list[bytes],
    *more: str,
) -> UUID | None:
    """Announce a question whose answers are counted, before it is put; None where one asks no more.

    ``question`` is the definer function's name; the answer belongs to this text and these hashes.
    """
    asked = sha256(f"{len(names)}|{said}|".encode() + b"".join(names + numbers)).digest()
    marks = ", ".join(["%s"] * (2 + len(more)))
    with signin_transaction(_actor(by).token) as cursor:
        cursor.execute(f"SELECT sec.{question}({marks})", [branch, asked, *more])
        return cursor.fetchone()[0]


def array_of(subjects: Iterable[UUID] | Iterable[str]) -> str:
    """Many ids as the database writes an array: one text, where the driver would take each by itself."""
    return f"{{{','.join(map(str, subjects))}}}"


def record(
    by: HttpRequest | Actor,
    action: str,
    *,
    subject: UUID | None = None,
    about: models.Model | None = None,
    purpose: str = "",
    **detail: str | int,
) -> None:
    """Write an event that opens nothing: a decision, a page of numbers, an export taken."""
    actor = _actor(by)
    actor.receipts.append(
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


def get(by: HttpRequest | Actor, rows: models.QuerySet[Any], pk: UUID | str, action: str) -> Any:
    """The row with this id among ``rows``. Hidden and absent raise the same Http404, and are logged."""
    try:
        found = rows.get(pk=pk)
    except rows.model.DoesNotExist:
        hidden(by, rows.model, UUID(str(pk)), action)
    _actor(by).looking_at = Denial(action, rows.model._meta.db_table, found.pk)
    return found


def hidden(by: HttpRequest | Actor, model: type[models.Model], pk: UUID, action: str) -> NoReturn:
    """Answer that there is nothing with this id: the same Http404 for hidden and absent, logged."""
    _actor(by).denials.append(Denial(action, model._meta.db_table, pk))
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
        _say_broken(subject)


def _say_broken(subject: UUID) -> None:
    log.error("The keys of the subject %s do not open.", subject)


@contextmanager
def _announcing(actor: Actor) -> Iterator[Any]:
    """A transaction beside the page's: what is written in this block is committed at its end, and stays.

    Raises LogUnavailable when it is not."""
    try:
        with signin_transaction(actor.token) as cursor:
            yield cursor
    except DatabaseError as error:
        raise LogUnavailable("The log could not be written.") from error


def _write(statement: str, parameters: list[Any]) -> list[Any]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall()
    except DatabaseError as error:
        raise LogUnavailable("The log could not be written.") from error


def _actor(by: HttpRequest | Actor) -> Actor:
    return by if isinstance(by, Actor) else by.actor  # type: ignore[attr-defined]


def _ids(subjects: UUID | Iterable[UUID]) -> list[UUID]:
    return [subjects] if isinstance(subjects, UUID) else list(dict.fromkeys(subjects))
