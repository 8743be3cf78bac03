"""Restricting a record (GDPR 18): kept, and not used. See ``clients/sql/restriction.sql``."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django.utils.translation import gettext_lazy as _

from audit.actor import Actor
from clients.access.definers import execute, refused
from clients.models import Client, Restriction, RestrictionWords

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

MESSAGES = {
    "restriction_one": _("This record is restricted already."),
    "restriction_unanswered": _(
        "The client asked for this in their space, and has no answer yet. Answer their request first."
    ),
    "agreement_refused": _(
        "The client does not agree to a record. If they have changed their mind, note their answer first."
    ),
}


def restrict(
    *, by: Actor, client: Client, keys: SubjectKeys, ground: str, why: str = ""
) -> Restriction:
    """From this second on notes are closed and nothing is added. Raises Refused where that is so already."""
    made = uuid4()
    with refused("restrict", MESSAGES):
        execute("restrict", made, client.pk, ground)
    restriction = Restriction.objects.get(pk=made)
    if why:
        RestrictionWords.new(keys, client=client, restriction=restriction, text=why).save()
    client.restricted_at = restriction.starts_at
    return restriction


def lift(*, by: Actor, restriction: Restriction, keys: SubjectKeys, why: str) -> bool:
    """The record is used again, and why is kept. False when that was so before. Raises Refused after a no."""
    with refused("lift", MESSAGES):
        if not execute("lift_restriction", restriction.pk):
            return False
    words = RestrictionWords.new(
        keys, client=restriction.client, restriction=restriction, lifted=True, text=why
    )
    words.save()
    return True


def restriction_of(client: Client) -> Restriction | None:
    """The restriction that binds now."""
    if client.restricted_at is None:
        return None
    return Restriction.objects.filter(client=client, ends_at=None).select_related("by").first()
