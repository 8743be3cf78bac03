"""What can be done with requests. One function an act; the log comes with each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actor import Actor
from clients.access.definers import call, refused
from clients.models import Client
from rights.models import (
    NoteKind,
    RequestNote,
    RequestState,
    SubjectRequest,
    SubjectRequestWords,
)
from vault.exceptions import Conflict

if TYPE_CHECKING:
    from vault.keys import SubjectKeys


@dataclass(frozen=True)
class Received:
    """How a request reached us, where it was not in the client's space; and who asked, if not the client."""

    received_on: date | None = None
    how: str | None = None
    quality: str | None = None
    applicant: str = ""
    proof: str = ""
    identity: str = ""


def ask(
    *,
    by: Actor,
    client: Client,
    keys: SubjectKeys,
    kind: str,
    words: str,
    received: Received | None = None,
) -> SubjectRequest:
    """A client asks for something about their data; the database counts by when they have an answer."""
    got = received or Received()
    with refused("request", MESSAGES), transaction.atomic():
        request = SubjectRequest(
            client=client,
            branch_id=client.branch_id,
            kind=kind,
            received_on=got.received_on,
            how=got.how,
            quality=got.quality,
            due_on=timezone.localdate(),  # the database counts it
        )
        request.save(force_insert=True)
        SubjectRequestWords.new(
            keys,
            client=client,
            request=request,
            asked=words,
            applicant=got.applicant,
            proof=got.proof,
        ).save()
        if got.identity:
            note(by=by, request=request, keys=keys, kind=NoteKind.IDENTITY, how=got.identity)
    request.refresh_from_db(fields=["due_on", "latest_on", "received_on", "how", "made_at"])
    return request


def take_up(*, by: Actor, request: SubjectRequest) -> None:
    """A coordinator says that they see to it. Raises Conflict when it was answered meanwhile, or Refused."""
    _step(by, request, RequestState.IN_PROGRESS)


def answer(
    *,
    by: Actor,
    request: SubjectRequest,
    words: SubjectRequestWords,
    revision: int,
    text: str,
    refused: bool,
) -> None:
    """Answer a request for good: done, or refused with reasons.

    ``revision`` is that of the words which the answering person saw. Raises Conflict, or Refused.
    """
    with transaction.atomic():  # words without the step would be an answer to nothing
        words.answer = text
        words.revision = revision
        words.save()
        _step(by, request, RequestState.REFUSED if refused else RequestState.DONE)


def take_back(*, by: Actor, request: SubjectRequest) -> None:
    """The client does not want it any more. Raises Conflict when it was answered meanwhile."""
    _step(by, request, RequestState.TAKEN_BACK)


def note(
    *,
    by: Actor,
    request: SubjectRequest,
    keys: SubjectKeys,
    kind: str,
    how: str = "",
    day: date | None = None,
    words: str = "",
) -> RequestNote:
    """Note something to a request; the database does what follows from it. Raises Refused."""
    made = RequestNote.new(
        keys,
        client_id=request.client_id,
        request_id=request.pk,
        kind=kind,
        how=how,
        day=day,
        was=request.received if kind == NoteKind.RECEIPT else None,
        by_id=by.person,
        made_at=timezone.now(),
        words=words,
    )
    with refused("request", MESSAGES), transaction.atomic():
        made.save()
    return made


def second(*, by: Actor, request_id: UUID) -> bool:
    """Agree that whoever looks after the client answers. False where it is over or hidden."""
    return bool(call("second_request", request_id))


def set_holidays(*, by: Actor, branch: UUID, alsace_moselle: bool) -> None:
    """Say whether a branch lies in Alsace or Moselle. Raises Refused."""
    call("set_local_holidays", uuid4(), branch, alsace_moselle)


MESSAGES = {
    "request_dead": _(
        "This person has died. What heirs ask is recorded on the record, under what relatives ask."
    ),
    "request_unconfirmed": _(
        "Nobody has confirmed that it was the client who asked. Speak to the client first."
    ),
    "request_own": _("You took this request down. Somebody else has to say that it is done."),
    "request_elsewhere": _("Somebody else answers this one. Ask the data-protection lead."),
    "request_identity": _(
        "It is not known yet who asks, or whether they may. Note first how you know it, under “Check who"
        " asks”."
    ),
    "request_checks": _(
        "One of the checks says no. Ask for what is missing and note it, or refuse with reasons."
    ),
    "request_alone": _(
        "You look after this client, or wrote in the record. Another coordinator answers, or agrees first; so"
        " can the data-protection lead, on the page of dates."
    ),
    "request_reasons": _("Write the reasons, in a sentence at least."),
    "request_over": _("There is nothing of this kind to note any more."),
    "request_pause": _(
        "The clock stands still once at a time, from today, and only while the day of the answer has not"
        " passed."
    ),
    "request_late": _(
        "Two months more can be taken once, within the first month, and not while the clock stands still."
    ),
    "request_receipt": _(
        "Choose the day on which it reached us: not after it was recorded, and at most a year before."
    ),
}


def _step(by: Actor, request: SubjectRequest, state: str) -> None:
    # Where it stood is part of the condition: of two people at once, one learns of the other.
    rows = SubjectRequest.objects.filter(pk=request.pk, state=request.state)
    with refused("request", MESSAGES), transaction.atomic():
        changed = rows.update(state=state, handled_by_id=by.person, handled_at=timezone.now())
    if not changed:
        raise Conflict(str(Conflict.message))
