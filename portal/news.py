"""What is new in the client's own space since they looked: their own log knows when that was."""

from __future__ import annotations

from audit.actor import Actor
from audit.models import Event
from clients.models import Message


def is_answer_new(actor: Actor) -> bool:
    """Whether a message was answered since the client last opened their messages."""
    if actor.quiet or not actor.confirmed:
        return False
    answers = Message.objects.filter(client=actor.client, access=None)
    latest = answers.values_list("made_at", flat=True).first()
    if latest is None:
        return False
    looks = Event.objects.filter(subject=actor.client, action="portal.messages", at__gte=latest)
    return not looks.exists()
