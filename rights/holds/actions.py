"""Placing and releasing a legal hold. The database checks each step, and writes its event."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django.utils.translation import gettext_lazy as _

from audit.actor import Actor
from clients.access.definers import execute, refused
from clients.models import Client
from rights.models import Hold, HoldWords

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

MESSAGES = {
    "hold_not_now": _("This is not possible now. The data-protection lead can help."),
}


def place(*, by: Actor, client: Client, keys: SubjectKeys, ground: str, why: str) -> Hold:
    """From this second on the record is kept, with the reason in words. Raises Refused."""
    made = uuid4()
    with refused("place_hold", MESSAGES):
        execute("place_hold", made, client.pk, ground)
    HoldWords.new(keys, client=client, hold_id=made, text=why).save()
    return Hold.objects.get(pk=made)


def place_by_reference(*, by: Actor, reference: str, ground: str) -> bool:
    """The same by somebody who does not see the record, without words; False where there is none for them."""
    with refused("place_hold_by_reference"):
        return bool(execute("place_hold_by_reference", uuid4(), reference.strip(), ground))


def release(*, by: Actor, hold: Hold, keys: SubjectKeys | None = None, why: str = "") -> bool:
    """This reason to keep the record is over; others bind on. False where it was released. Raises Refused."""
    with refused("release_hold", MESSAGES):
        if not execute("release_hold", hold.pk):
            return False
    if keys is not None:
        words = HoldWords.new(keys, client_id=hold.client_id, hold=hold, released=True, text=why)
        words.save()
    return True
