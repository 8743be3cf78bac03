"""What the client says to a disclosure, as dated events: the first in the request, the later ones as rows.

Writing that a yes is taken back stops what rests on it in the same statement (``disclosures/sql/will.sql``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from django.db import ProgrammingError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from psycopg.errors import InsufficientPrivilege

from audit.actor import Actor
from clients.models import Client
from disclosures.models import Consent, Disclosure, DisclosureWords, Said, State, Will
from vault.exceptions import Refused

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

# Where a yes still carries something, so that it can be taken back.
RESTS = (State.ASKED, State.APPROVED, State.RELEASED)


@dataclass(frozen=True)
class Word:
    """One event of the client's will. Without ``heard_by`` the client wrote it in their own space."""

    said: str  # a Consent or a Said
    label: Any
    on: date | None
    words: str
    heard_by: str = ""
    how: Any = ""
    made_at: datetime | None = None

    @property
    def withdrawn(self) -> bool:
        """Whether a yes was taken back with it."""
        return self.said == Said.WITHDRAWN


def may_take_back(client: Client) -> bool:
    """Whether this person may note that the client takes back their yes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.may_take_back(%s)", [client.pk])
        return bool(cursor.fetchone()[0])


def say(
    *,
    by: Actor,
    client: Client,
    keys: SubjectKeys,
    said: str,
    disclosure: Disclosure | None = None,
    channel: str = "",
    happened_on: date | None = None,
    words: str = "",
) -> None:
    """Note a word of the client's: to one disclosure, or to all that was asked before. Raises Refused.

    What it stops, the database stops with it; whoever notes it is told nothing of that.
    """
    try:
        with transaction.atomic():
            Will.new(
                keys,
                client=client,
                disclosure=disclosure,
                said=said,
                channel=channel,
                happened_on=happened_on or timezone.localdate(),
                by_id=by.person,
                words=words,
            ).save()
    except ProgrammingError as error:
        if not isinstance(error.__cause__, InsufficientPrivilege):
            raise
        raise Refused("disclosure") from error


def later(disclosure: Disclosure) -> QuerySet[Will]:
    """What the client said since the day on which they talked about it, the latest first."""
    about = Q(disclosure=disclosure) | Q(disclosure=None, client_id=disclosure.client_id)
    found = Will.objects.filter(about, made_at__gte=_since(disclosure))
    return found.select_related("by").order_by("-made_at")


def _since(disclosure: Disclosure) -> datetime:
    """From when on a word counts for it; the database says the same (``sec.is_said_since``)."""
    if disclosure.discussed_on is None:
        return disclosure.asked_at or disclosure.made_at
    start = datetime.combine(disclosure.discussed_on, time.min)
    return min(start.replace(tzinfo=timezone.get_default_timezone()), timezone.now())


def events(disclosure: Disclosure, words: DisclosureWords, keys: SubjectKeys) -> list[Word]:
    """All that the client said to it, the latest first. ``words``: opened."""
    found = [
        Word(
            said=row.said,
            label=row.get_said_display(),
            on=row.happened_on,
            words=row.unlock(keys).words,
            heard_by=row.by.working_name if row.by else "",
            how=row.get_channel_display(),
            made_at=row.made_at,
        )
        for row in later(disclosure)
    ]
    if disclosure.consent:
        first = Word(
            said=disclosure.consent,
            label=disclosure.get_consent_display(),
            on=disclosure.discussed_on,
            words=words.consent_words or words.why_no_consent,
            heard_by=disclosure.requested_by.working_name,
        )
        found.append(first)
    return found


def taken_back(disclosure: Disclosure) -> Will | None:
    """The client's last word, if a yes was taken back with it."""
    if disclosure.consent != Consent.GIVEN and disclosure.state != State.DRAFT:
        return None
    row = later(disclosure).first()
    return row if row is not None and row.said == Said.WITHDRAWN else None
