"""How a page of a request gets it: as the database shows it, opened at the door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection

from audit import door
from audit.actor import Request
from audit.wording import THINGS, say
from rights.models import SubjectRequest

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

PURPOSE = "request"


def open_request(
    request: Request, request_id: UUID, action: str = "request.view"
) -> tuple[SubjectRequest, SubjectKeys]:
    """A request of a branch that this person coordinates, and its client's keys. Http404, or an event."""
    rows = SubjectRequest.objects.coordinated(request.actor).select_related(
        "client__identity", "words", "branch", "handled_by", "access", "by", "seconded_by"
    )
    asked = door.get(request, rows, request_id, action)
    keys = door.open_one(request, asked.client_id, action, PURPOSE)
    return asked, keys


def changed_since(asked: SubjectRequest) -> list[dict[str, Any]]:
    """What was changed in the record since a request was made: words for what, how often, when last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM sec.changed_since_request(%s)", [asked.pk])
        rows = cursor.fetchall()
    return [{"what": say(THINGS, name), "times": times, "latest": at} for name, times, at in rows]
