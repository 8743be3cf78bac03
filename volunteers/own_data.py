"""What is held about somebody who serves, as plain data: for their own page and their copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils import timezone

from audit import wording
from audit.actor import Request, known
from volunteers.models import (
    Association,
    Departure,
    Duty,
    LettingIn,
    Person,
    PersonDetails,
    PersonRequest,
    SecondFactor,
    Session,
    TalkRequest,
    User,
)
from volunteers.querysets import meetings_of, undertakings_of

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

FORMAT, VERSION = "confidential.own-data", 1
DETAILS = ("full_name", "phone", "address", "in_case_of_emergency")


@dataclass(frozen=True)
class Look:
    """That somebody looked at my private details, or at what I asked: a role, no name."""

    at: datetime
    act: str
    role: str
    purpose: str

    @property
    def what(self) -> str:
        """What was done, in words."""
        return wording.act(self.act)

    @property
    def who(self) -> str:
        """In which role."""
        return wording.say(wording.ROLES, self.role)

    @property
    def why(self) -> str:
        """For which reason."""
        return wording.say(wording.WHY, self.purpose)


def gathered(request: Request, keys: SubjectKeys) -> dict[str, Any]:
    """Everything, by part. Row-level security bounds each of them to the person's own rows."""
    me = known(request.actor.person)
    person = Person.objects.get(pk=me)
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_at": timezone.now(),
        "association": Association.objects.get().name,
        "person": _values(person, "reference", "working_name", "language", "joined_at", "left_at"),
        "details": _details(person, keys),
        **_account(request),
        "duties": [
            _values(duty, "kind", "starts_at", "ends_at", "minuted_on", "minute")
            | {"branch": duty.branch.name if duty.branch else None}
            for duty in Duty.objects.filter(person=me)
            .select_related("branch")
            .order_by("starts_at")
        ],
        "undertakings": [
            _values(one, "language", "signed_at", "text", "text_sha256")
            | {"policy_version": one.version.number}
            for one in undertakings_of(me)
        ],
        "came_in": list(
            LettingIn.objects.filter(person=me).values("how", "at", "duty", "begun_at")
        ),
        "confirmed": list(meetings_of([me]).values("way", "at", "withdrawn_at")),
        "left": list(
            Departure.objects.filter(person=me).values("left_at", "returned_at", "reminder")
        ),
        "wanted_to_talk": list(
            TalkRequest.objects.filter(person=me).values(
                "how", "haste", "made_at", "answered_at", "withdrawn_at"
            )
        ),
        "requests": requests_of(person, keys),
        "looked_at": [vars(look) for look in looks()],
        "lines_in_the_log": lines(),
    }


def requests_of(person: Person, keys: SubjectKeys) -> list[dict[str, Any]]:
    """What I asked of my data, and what was answered."""
    rows = PersonRequest.objects.filter(person=person).prefetch_related("entries")
    found = []
    for row in rows:
        said = [words.unlock(keys) for words in row.entries.all()]
        found.append(
            _values(row, "kind", "state", "made_at", "due_on", "answered_at")
            | {
                "asked": "\n".join(words.text for words in said if not words.answer),
                "answer": "\n".join(words.text for words in said if words.answer),
            }
        )
    return found


def looks() -> list[Look]:
    """Who looked, the last first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT at, did, role, purpose FROM sec.own_looks()")
        return [Look(*row) for row in cursor.fetchall()]


def lines() -> dict[str, int]:
    """How many lines of the log name me as whoever acted, by year."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT year, lines FROM sec.own_lines()")
        return {str(year): count for year, count in cursor.fetchall()}


def _details(person: Person, keys: SubjectKeys) -> dict[str, str]:
    details = PersonDetails.objects.filter(person=person).first()
    if details is None:
        return {}
    details.unlock(keys)
    return {name: getattr(details, name) for name in DETAILS}


def _account(request: Request) -> dict[str, Any]:
    """The account, without what would sign in: no password, no secret of a second factor, no session key."""
    user: User = request.user  # type: ignore[assignment]
    sessions = Session.objects.filter(user_id=user.pk, expires_at__gt=timezone.now())
    factors = SecondFactor.objects.filter(user_id=user.pk).order_by("kind")
    return {
        "account": _values(user, "username", "language", "created_at", "last_login"),
        "second_steps": list(factors.values("kind", "created_at", "last_used_at")),
        "signed_in": list(
            sessions.order_by("-seen_at").values("device", "created_at", "seen_at", "expires_at")
        ),
    }


def _values(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
