"""What the pages say of an erasure: what goes, what stays and why, and the certificate. Opens nothing."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import connection
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.models import AgreementAnswer, Client
from rights.models import Erasure, ErasureGround, RequestKind, RequestState, SubjectRequest
from volunteers.models import Association
from volunteers.speaking import letterhead

ASKED = (RequestState.NEW, RequestState.IN_PROGRESS, RequestState.DONE)
NO = (AgreementAnswer.NO_RECORD, AgreementAnswer.WITHDRAWN)
# Grounds of which it is for the client to say: a pause that they can waive, and take back.
THEIRS = (ErasureGround.REQUEST, ErasureGround.NO_AGREEMENT)
KINDS = {
    "contacts": _("Contacts, with their notes"),
    "files": _("Files"),
    "messages": _("Messages from their space"),
    "requests": _("Requests about their data"),
    "spaces": _("Online spaces"),
    "shared": _("Times that something was shared with a third party"),
}


@dataclass(frozen=True)
class Preview:
    """How much goes, by kind in words; and whether two people decide."""

    counts: list[tuple[Any, int]]
    two: bool


@dataclass(frozen=True)
class Stays:
    """Something that stays: what, on which ground (GDPR 17(3)), and how long."""

    what: Promise
    why: Promise
    until: Promise


STAYS = (
    Stays(
        _("That a record was deleted."),
        _(
            "The branch, the reason, the days and who decided; not whose record it was (GDPR, Art. 5(2))."
        ),
        _("As long as the association must be able to show it."),
    ),
    Stays(
        _("One line in the ledger of deletions."),
        _(
            "A number, the day, and a fingerprint that leads to nobody. With it, no backup brings the record"
            " back (GDPR, Art. 17(1) and 32)."
        ),
        _("Without an end."),
    ),
    Stays(
        _("Fingerprints of past entries in the log."),
        _(
            "They lead to nobody. Without them nobody could show that the log was never changed (GDPR,"
            " Art. 5(2) and 32)."
        ),
        _("As long as the log."),
    ),
    Stays(
        _("That there was a data breach, if there was one."),
        _("What happened and what was done, without leading to the person (GDPR, Art. 33(5))."),
        _("As long as the list of breaches."),
    ),
    Stays(
        _("Backups."),
        _(
            "Locked copies in case of an accident. Nobody reads in them; if one is used, the record is"
            " deleted again first (GDPR, Art. 32)."
        ),
        _("Until the key that opens them is destroyed. Ask us whether that is done."),
    ),
    Stays(
        _("What others keep about themselves."),
        _("The records of other people are theirs, also of somebody close (GDPR, Art. 17(1))."),
        _("As long as their own record."),
    ),
    Stays(
        _("The duty to say nothing."),
        _(
            "Everybody of the team has signed an undertaking. It stays: they still tell nobody anything."
        ),
        _("For good."),
    ),
)


def preview_of(client: Client) -> Preview:
    """What would go, counted from clear rows; complaints are not mentioned."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, n FROM sec.erasure_counts(%s)", [client.pk])
        found = dict(cursor.fetchall())
    two = bool(found.pop("two"))
    return Preview([(label, found[kind]) for kind, label in KINDS.items()], two)


def grounds(client: Client) -> list[tuple[str, str]]:
    """The reasons that hold now, as far as a page can see; the database looks again at the act."""
    asked = SubjectRequest.objects.filter(client=client, kind=RequestKind.DELETION)
    holds = {
        ErasureGround.REQUEST: asked.filter(state__in=ASKED).exists(),
        ErasureGround.NO_AGREEMENT: client.agreed in NO,
        ErasureGround.TIME_OVER: _is_time_over(client),
        ErasureGround.MISTAKE: True,
    }
    return [(str(ground.value), str(ground.label)) for ground, yes in holds.items() if yes]


def _is_time_over(client: Client) -> bool:
    """As far as whoever looks after the client may know what keeps the record."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT over_on <= sec.today() AND kept_by = '{}' FROM sec.record_time(%s)", [client.pk]
        )
        found = cursor.fetchone()
    return bool(found and found[0])


def is_theirs(erasure: Erasure) -> bool:
    """Whether the client may waive its pause, and take it back."""
    return erasure.ground in THEIRS


def fingerprint(client: Any) -> str:
    """What the ledger says of a record: the SHA-256 of the sixteen bytes of its id, in hexadecimal digits."""
    return sha256(client.bytes).hexdigest()


def certificate(erasure: Erasure, language: str) -> dict[str, Any]:
    """The data of the document ``erasure_certificate``, for the client; while the record is still there."""
    with translation.override(language):
        stays = [
            {"what": str(each.what), "why": str(each.why), "until": str(each.until)}
            for each in STAYS
        ]
    return {
        **letterhead(Association.objects.get()),
        "branch": erasure.branch.name,
        "made_on": timezone.localdate(),
        "proposed_on": timezone.localdate(erasure.proposed_at),
        "decided_on": erasure.decided_at and timezone.localdate(erasure.decided_at),
        "planned_on": timezone.localdate(erasure.not_before),
        "record": str(erasure.client_id),
        "sha256": fingerprint(erasure.client_id),
        "stays": stays,
    }
