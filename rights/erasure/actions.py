"""What can be done with an erasure before it begins. The database checks each act, and writes its event."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.utils.translation import gettext_lazy as _

from audit.actor import Actor
from clients.access.definers import execute, refused
from clients.models import Client

MESSAGES = {
    "erasure_not_now": _("This is not possible now. The data-protection lead can help."),
    "erasure_ground": _("There is no such reason for this record now."),
    "erasure_one": _("Somebody has proposed it already."),
    "erasure_two": _("Somebody else has to decide this: two people are needed."),
}


def propose(*, by: Actor, client: Client, ground: str) -> UUID:
    """Propose that a record is erased. Raises Refused."""
    made = uuid4()
    with refused("propose_erasure", MESSAGES):
        execute("propose_erasure", made, client.pk, ground)
    return made


def decide(*, by: Actor, erasure: UUID, yes: bool) -> bool:
    """Say yes or no to it. False where it went on meanwhile. Raises Refused."""
    with refused("decide_erasure", MESSAGES):
        return bool(execute("decide_erasure", erasure, yes))


def waive(*, by: Actor, erasure: UUID, how: str) -> bool:
    """The client needs no time to think, and has said so in this way. False where it went on meanwhile."""
    with refused("waive_erasure", MESSAGES):
        return bool(execute("waive_erasure", erasure, how))


def withdraw(*, by: Actor, erasure: UUID) -> bool:
    """Take it back. False where it has begun, or is over."""
    with refused("withdraw_erasure", MESSAGES):
        return bool(execute("withdraw_erasure", erasure))
