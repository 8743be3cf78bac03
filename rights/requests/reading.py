"""What is counted of requests: dates for the data-protection lead, and what waits for a client. No words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from rights.models import OPEN, UNDECIDED, RequestKind, RequestState


@dataclass(slots=True)
class Dates:
    """One request with its days."""

    pk: UUID
    reference: str
    branch: str
    kind: str
    state: str
    received_on: date
    due_on: date
    latest_on: date | None
    paused_on: date | None
    extended_on: date | None
    answered_on: date | None
    to_tell: bool
    seconded: bool

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state in OPEN

    @property
    def asks(self) -> str:
        """What is asked for, in words."""
        return str(RequestKind(self.kind).label)

    @property
    def stands(self) -> str:
        """Where it stands, in words."""
        return str(RequestState(self.state).label)


def own_requests(client: UUID) -> tuple[int, bool, bool]:
    """How many requests of the client who asks wait, whether an answer was not looked at yet, and whether it
    is proposed or decided that the record is deleted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE state = ANY (%s)), sec.has_unread_answer(), EXISTS ("
            "SELECT FROM rights_erasure e WHERE e.client_id = %s AND e.state = ANY (%s))"
            " FROM rights_subjectrequest WHERE client_id = %s",
            [list(OPEN), client, list(UNDECIDED), client],
        )
        waiting, answered, deletion = cursor.fetchone()
    return waiting, bool(answered), bool(deletion)


def dates(since: date) -> list[Dates]:
    """Those that wait or are to be told, the first due first; then those answered since a day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM sec.request_dates(%s)", [since])
        return [Dates(*row) for row in cursor.fetchall()]
