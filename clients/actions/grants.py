"""Assigning volunteers, ending assignments, and opening notes for a stated reason."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import functions
from django.utils import timezone

from audit.visit import Visit
from clients.models import Basis, Client, Grant, Scope

READING_HOURS = 1


def assign(
    *,
    by: Visit,
    client: Client,
    person: UUID,
    scope: str = Scope.FULL,
    until: datetime | None = None,
) -> Grant:
    """A coordinator of the branch gives a client to a volunteer of the branch, with an end if wanted.

    The database refuses (ProgrammingError) anybody else.
    """
    return _grant(by, client, person, scope, Basis.ASSIGNMENT, "support", until)


def open_notes(*, by: Visit, client: Client, reason: str, hours: int = READING_HOURS) -> Grant:
    """A coordinator opens a client's notes to themself, for a coded reason and a bounded time."""
    until = timezone.now() + timedelta(hours=hours)
    return _grant(by, client, by.person, Scope.READ, Basis.BRANCH_DUTY, reason, until)


def end_grant(*, by: Visit, grant: Grant) -> bool:
    """End a grant in this second; False when it had ended before."""
    ended = Grant.objects.live().filter(pk=grant.pk).update(
        ends_at=functions.Now(), ended_by=by.person
    )  # fmt: skip
    return bool(ended)


def _grant(
    by: Visit, client: Client, person: UUID | None, scope: str, basis: str, purpose: str,
    until: datetime | None,
) -> Grant:  # fmt: skip
    grant = Grant(
        client=client,
        branch_id=client.branch_id,
        person_id=person,
        scope=scope,
        basis=basis,
        purpose=purpose,
        granted_by_id=by.person,
        starts_at=functions.Now(),
        ends_at=until,
    )
    grant.save(force_insert=True)
    return grant
