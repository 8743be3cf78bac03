"""Opening the portal to a client who wants it, and closing it. The database makes the account."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import uuid4

from audit.visit import Visit
from clients.models import Client
from vault.principals import signin_transaction
from volunteers import passwords
from volunteers.references import new_code

# Neutral, spelt the same with or without accents, and without any meaning.
WORDS = (
    "alouette", "balcon", "cerise", "colline", "domino", "fontaine", "galet", "hirondelle", "jardin",
    "lavande", "marelle", "noisette", "orange", "papillon", "pinson", "prairie", "ruban", "sapin",
    "tilleul", "tulipe", "vallon", "verger", "violette", "voile",
)  # fmt: skip


@dataclass(frozen=True)
class PortalCard:
    """What is handed to the client on paper, once."""

    username: str
    code: str


def open_portal(*, by: Visit, client: Client, quiet: bool = False) -> PortalCard:
    """A new account for the client; an earlier one ends. The code is the first password, used once.

    ``quiet`` for somebody who is watched at home: the space then holds no notes and no log.

    The database refuses (ProgrammingError) whoever may not see the client.
    """
    card = PortalCard(f"{secrets.choice(WORDS)}{secrets.randbelow(900_000) + 100_000}", new_code())
    with signin_transaction(by.token) as cursor:
        salt, covered = passwords.covered(cursor, card.code, by.token)
        cursor.execute(
            "SELECT sec.portal_open(%s, %s, %s, %s, %s, %s, %s)",
            [
                client.pk,
                uuid4(),
                card.username,
                salt,
                covered,
                client.language,
                quiet,
            ],
        )
    return card


def close_portal(*, by: Visit, client: Client) -> None:
    """End the client's account and its sessions in this second."""
    with signin_transaction(by.token) as cursor:
        cursor.execute("SELECT sec.portal_close(%s)", [client.pk])
