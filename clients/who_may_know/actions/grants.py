"""Assigning volunteers, ending assignments, and opening notes for a stated reason."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import ProgrammingError, connection, transaction
from django.db.models import functions
from django.utils import timezone
from django.utils.translation import gettext_lazy
from psycopg.errors import InsufficientPrivilege

from audit.actor import Actor
from clients.access.definers import call
from clients.models import Basis, Client, Grant, Scope
from vault.exceptions import Refused

READING_HOURS = 1
WHOLE: dict[str, str] = {Basis.CONSULTATION: "end_consultation", Basis.EMERGENCY: "emergency_end"}


def assign(
    *,
    by: Actor,
    client: Client,
    person: UUID,
    scope: str = Scope.FULL,
    until: datetime | None = None,
    starts: datetime | None = None,
) -> Grant:
    """A coordinator of the branch gives a client to a volunteer of the branch, with an end if wanted.

    It binds at once, or from ``starts`` on. The database refuses (ProgrammingError) anybody else.
    """
    return _grant(by, client, person, scope, Basis.ASSIGNMENT, "support", until, starts)


def let_read(
    *,
    by: Actor,
    client: Client,
    person: UUID,
    reason: str,
    until: datetime,
    starts: datetime | None = None,
) -> Grant:
    """Let another coordinator of the branch read the notes, for a coded reason and until a day.

    The rest of the record is theirs by that duty. The database refuses more than three months.
    """
    return _grant(by, client, person, Scope.READ, Basis.BRANCH_DUTY, reason, until, starts)


def open_notes(*, by: Actor, client: Client, reason: str, hours: int = READING_HOURS) -> Grant:
    """A coordinator opens a client's notes to themself, for a coded reason and a bounded time.

    Raises Refused where the database does not let them: it does not say why.
    """
    until = timezone.now() + timedelta(hours=hours)
    try:
        with transaction.atomic():
            return _grant(by, client, by.person, Scope.READ, Basis.BRANCH_DUTY, reason, until)
    except ProgrammingError as error:
        if not isinstance(error.__cause__, InsufficientPrivilege):
            raise
        raise Refused("open_notes") from error


def end_grant(*, by: Actor, grant: Grant) -> bool:
    """End a grant in this second, or before it begins; False when it had ended before.

    A consultation and an emergency end as a whole, with everything that they opened. Raises Refused where
    nobody would be left to coordinate a protected record.
    """
    if grant.scope == Scope.NAMED:
        return call("unname_coordinator", grant.pk)
    if function := WHOLE.get(Basis(grant.basis)):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT sec.{function}(%s)", [grant.act])
            return cursor.fetchone()[0]
    # Locked first: of two who end it together, the second would compare with a time before the first's end.
    Grant.objects.select_for_update().filter(pk=grant.pk).first()
    ended = (
        Grant.objects.unended()
        .filter(pk=grant.pk)
        .update(ends_at=functions.Now(), ended_by=by.person)
    )
    return bool(ended)


def _grant(
    by: Actor,
    client: Client,
    person: UUID | None,
    scope: str,
    basis: str,
    purpose: str,
    until: datetime | None,
    starts: datetime | None = None,
) -> Grant:
    grant = Grant(
        client=client,
        branch_id=client.branch_id,
        person_id=person,
        scope=scope,
        basis=basis,
        purpose=purpose,
        granted_by_id=by.person,
        starts_at=starts or functions.Now(),
        ends_at=until,
    )
    grant.save(force_insert=True)
    return grant


NOT_NOW = gettext_lazy("The notes cannot be opened now. Ask the data-protection lead.")
