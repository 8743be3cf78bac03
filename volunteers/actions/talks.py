"""'I need to talk': asking a named colleague to listen, without a word about anybody."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import functions

from audit.actor import Actor
from volunteers.models import TalkRequest


def ask_to_talk(*, by: Actor, responder: UUID, how: str, haste: str) -> TalkRequest:
    """Ask somebody who listens to colleagues. The database refuses (IntegrityError) anybody else."""
    asked = TalkRequest(person_id=by.person, responder_id=responder, how=how, haste=haste)
    with transaction.atomic():
        asked.save(force_insert=True)
    return asked


def answer_talk(*, by: Actor, talk: UUID) -> bool:
    """Whoever was asked says that they have talked; False when it was settled before."""
    waiting = TalkRequest.objects.waiting().filter(pk=talk, responder_id=by.person)
    return bool(waiting.order_by().update(answered_at=functions.Now()))


def withdraw_talk(*, by: Actor, talk: UUID) -> bool:
    """Whoever asked takes it back; False when it was settled before."""
    waiting = TalkRequest.objects.waiting().filter(pk=talk, person_id=by.person)
    return bool(waiting.order_by().update(withdrawn_at=functions.Now()))
