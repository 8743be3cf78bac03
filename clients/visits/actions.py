"""Going alone: where and until when, for one buddy; and coming back.

The database does each (``clients/sql/visits.sql``); it refuses whom it must with ProgrammingError.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError

from audit import door
from audit.actor import Actor
from clients.access.definers import execute
from clients.models import LoneVisit, LoneVisitPlace


class StillOut(Exception):
    """This person has not come back from the visit before."""


def start(
    *, by: Actor, branch: UUID, buddy: UUID, until: datetime, where: str, remarks: str = ""
) -> LoneVisit:
    """Somebody goes out alone. The place is sealed under a key of its own. Raises StillOut."""
    made = uuid4()
    keys, wrapped = door.new_keys(made)
    try:
        execute("visit_start", made, branch, buddy, until, wrapped.data, wrapped.audit)
    except IntegrityError as error:
        raise StillOut from error
    LoneVisitPlace.new(keys, visit_id=made, where=where, remarks=remarks).save()
    return LoneVisit.objects.get(pk=made)


def later(*, by: Actor, visit: LoneVisit, until: datetime) -> bool:
    """More time, before it alarms; False where it alarms already, or is over."""
    return execute("visit_later", visit.pk, until)


def alarm(*, by: Actor, visit: LoneVisit) -> bool:
    """Sound the alarm: the buddy may open the place. False when it had been, or it is over."""
    return execute("visit_alarm", visit.pk)


def safe(*, by: Actor, visit: LoneVisit) -> bool:
    """Back, or found: the place is destroyed. False when that was said before."""
    return execute("visit_safe", visit.pk)
