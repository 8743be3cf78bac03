"""Opening the portal to a client who wants it, confirming that it is theirs, closing it. By the database."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit.actor import Actor
from clients.access.definers import call, refused
from clients.models import Client, Grant, PortalAccess
from vault.principals import signin_transaction
from volunteers import passwords
from volunteers.models import Person
from volunteers.references import new_code

# Neutral, spelt the same with or without accents, and without any meaning.
WORDS = (
    "alouette",
    "balcon",
    "cerise",
    "colline",
    "domino",
    "fontaine",
    "galet",
    "hirondelle",
    "jardin",
    "lavande",
    "marelle",
    "noisette",
    "orange",
    "papillon",
    "pinson",
    "prairie",
    "ruban",
    "sapin",
    "tilleul",
    "tulipe",
    "vallon",
    "verger",
    "violette",
    "voile",
)


@dataclass(frozen=True)
class PortalCard:
    """What is handed to the client on paper, once."""

    username: str
    code: str


def open_portal(*, by: Actor, client: Client, quiet: bool = False) -> PortalCard:
    """A new account for the client. The code is the first password, used once.

    It is provisional until another of the team confirms it. Where the client uses a space already, that one
    goes on until then.

    ``quiet`` for somebody who is watched at home: the space then holds no notes and no log.

    Raises Refused for whoever may not see the client, or is given none of their notes now.
    """
    card = PortalCard(f"{secrets.choice(WORDS)}{secrets.randbelow(900_000) + 100_000}", new_code())
    with signin_transaction(by.token) as cursor:
        salt, covered = passwords.covered(cursor, card.code, by.token)
        values = [client.pk, uuid4(), card.username, salt, covered, client.language, quiet]
        with refused("portal_open"):
            cursor.execute("SELECT sec.portal_open(%s, %s, %s, %s, %s, %s, %s)", values)
    return card


USED = (
    "portal_used"  # refused: somebody has signed in, and the client has not said that it was they
)


def confirm(*, by: Actor, access: PortalAccess, spoken_on: date, theirs: bool = False) -> None:
    """Another of the team spoke to the client that day: it is theirs. Asks for a fresh sign-in.

    ``theirs``: the client said that it was they who first signed in. All sessions of the space end.

    Raises Refused.
    """
    call("portal_confirm", access.pk, spoken_on, theirs)


def confirm_named(*, by: Actor, username: str, spoken_on: date, theirs: bool = False) -> bool:
    """The same by the president, by the user name on the card; False where no space waits under it.

    Raises Refused.
    """
    return call("portal_confirm_named", username.strip(), spoken_on, theirs)


def unconfirm(*, by: Actor, access: PortalAccess) -> bool:
    """Take a confirmation back; False when there was none. Needs a fresh sign-in. Raises Refused."""
    return call("portal_unconfirm", access.pk)


def resume(*, by: Actor, access: PortalAccess) -> bool:
    """Open a space that the client closed for a time, at their word; False when it is not closed.

    Needs a fresh sign-in. Raises Refused.
    """
    return call("resume_space", access.pk)


def close_portal(*, by: Actor, client: Client) -> None:
    """End the client's account and its sessions in this second."""
    with signin_transaction(by.token) as cursor:
        cursor.execute("SELECT sec.portal_close(%s)", [client.pk])


def ending_spaces(person: Person, ending: QuerySet[Grant]) -> str:
    """Which online spaces that somebody opened end with these assignments, in a sentence; '' if none."""
    found = PortalAccess.objects.hanging_on(ending.values("pk")).select_related("client")
    names = sorted({access.client.reference for access in found})
    if not names:
        return ""
    return _(
        "An online space that %(name)s opened ends with this, because it is not confirmed or not used yet: "
        "%(clients)s. Have it confirmed first, or make a new card afterwards and tell the client."
    ) % {"name": person.working_name, "clients": ", ".join(names)}
