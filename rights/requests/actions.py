"""What can be done with requests. One function an act; the log comes with each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actor import Actor
from clients.access.definers import refused
from clients.models import Client
from rights.models import RequestState, SubjectRequest, SubjectRequestWords
from rights.requests.deadlines import answer_due
from vault.exceptions import Conflict

if TYPE_CHECKING:
    from vault.keys import SubjectKeys


def ask(*, by: Actor, client: Client, keys: SubjectKeys, kind: str, words: str) -> SubjectRequest:
    """A client asks for correction, deletion or access; the answer is due in one calendar month."""
    request = SubjectRequest(
        client=client,
        branch_id=client.branch_id,
        kind=kind,
        due_on=answer_due(timezone.now()),
    )
    request.save(force_insert=True)
    SubjectRequestWords.new(keys, client=client, request=request, asked=words).save()
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


MESSAGES = {
    "request_unconfirmed": _(
        "Nobody has confirmed that it was the client who asked. Speak to the client first."
    ),
    "request_own": _("You took this request down. Somebody else has to say that it is done."),
    "request_elsewhere": _("Somebody else answers this one. Ask the data-protection lead."),
}


def _step(by: Actor, request: SubjectRequest, state: str) -> None:
    # Where it stood is part of the condition: of two people at once, one learns of the other.
    rows = SubjectRequest.objects.filter(pk=request.pk, state=request.state)
    with refused("request", MESSAGES), transaction.atomic():
        changed = rows.update(state=state, handled_by_id=by.person, handled_at=timezone.now())
    if not changed:
        raise Conflict(str(Conflict.message))
