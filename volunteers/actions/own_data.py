"""Asking about one's own data, and answering a colleague who did. See ``volunteers/sql/own_data.sql``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils.translation import gettext_lazy as _

from audit.actor import Actor, known
from vault.exceptions import Conflict, Refused
from volunteers.models import PersonRequest, PersonRequestWords

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

WAITS = _("You have asked this already. The answer comes within a month of it.")
NOT_YOURS = _("Somebody else answers this one.")


def ask(*, by: Actor, keys: SubjectKeys, kind: str, text: str) -> PersonRequest:
    """Ask for oneself. Raises Refused where one of this kind waits."""
    made, me = uuid4(), known(by.person)
    with _refused("person_ask", WAITS), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT sec.person_ask(%s, %s)", [made, kind])
    asked = PersonRequest.objects.get(pk=made)
    PersonRequestWords.new(keys, person_id=me, request=asked, by_id=me, text=text).save()
    return asked


def answer(*, by: Actor, asked: PersonRequest, keys: SubjectKeys, done: bool, text: str) -> None:
    """Answer a colleague for good, with reasons. Raises Refused, or Conflict when somebody was faster."""
    with (
        _refused("person_answer", NOT_YOURS),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        said = {"person_id": asked.person_id, "request": asked, "by_id": by.person, "answer": True}
        PersonRequestWords.new(keys, **said, text=text).save()
        cursor.execute("SELECT sec.person_answer(%s, %s)", [asked.pk, done])
        if not cursor.fetchone()[0]:
            raise Conflict(str(Conflict.message))


@contextmanager
def _refused(act: str, message: object) -> Iterator[None]:
    try:
        yield
    except (ProgrammingError, IntegrityError) as error:
        raise Refused(act, "", "", message) from error
