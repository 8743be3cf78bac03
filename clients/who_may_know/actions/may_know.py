"""Whom the client lets be told: the client's standing word, which can be taken back at any time."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone

from audit.actor import Actor
from clients.models import Client, WhoMayKnow

if TYPE_CHECKING:
    from vault.keys import SubjectKeys


def let_know(
    *,
    by: Actor,
    client: Client,
    keys: SubjectKeys,
    person: str,
    reach: str,
    what: str,
    until: date | None,
) -> WhoMayKnow:
    """Note that the client lets ``person`` be told this kind of thing, until a day if one is given."""
    made = WhoMayKnow.new(
        keys, client=client, by_id=by.person, person=person, reach=reach, what=what, until=until
    )
    made.save()
    return made


def take_back(*, by: Actor, row: WhoMayKnow) -> bool:
    """The client takes it back, in this second; False when that was done before. ``row`` is open."""
    row.opened_values()  # read under the revision it has, before the next one is put in place
    read = row.revision
    row.revision, row.revoked_at = read + 1, timezone.now()
    row.seal()
    changed = WhoMayKnow.objects.filter(pk=row.pk, revision=read, revoked_at=None).update(
        revision=row.revision, sealed=row.sealed, revoked_at=row.revoked_at
    )
    return bool(changed)
