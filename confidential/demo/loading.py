"""Loading the whole association, in the order of life, and the table of who can sign in."""

from __future__ import annotations

from collections.abc import Callable

import psycopg

from confidential.demo import clients, people
from confidential.demo.data import Data

Row = dict[str, str]
ROLES = {
    "volunteer": "Volunteer",
    "coordinator": "Coordinator",
    "president": "President",
    "protection": "Data-protection lead",
    "administrator": "Administrator",
}
STEP = 20


def load(data: Data, superuser: psycopg.Connection, say: Callable[[str], None]) -> list[Row]:
    """Load everything through the real acts, as the real people; gives the table of sign-ins."""
    say(f"{len(data.people)} people join and sign the code ...")
    persons = people.load(data, superuser)

    def told(done: int, of: int) -> None:
        if done % STEP == 0:
            say(f"{done} of {of} clients, with their contacts ...")

    clients.load(data, persons, told)
    persons.sign_out()
    return sign_ins(data)


def sign_ins(data: Data) -> list[Row]:
    """One person of each role, and the newcomer who has not signed the code."""
    rows = [_row(ROLES[duty], data.of_duty(duty)[0], "/") for duty in ROLES]
    newcomer = next(p["user_name"] for p in data.people if "signed_days_ago" not in p)
    rows.append(_row("New volunteer, has not signed", newcomer, "/"))
    return rows


def _row(role: str, user_name: str, page: str) -> Row:
    return {"role": role, "user": user_name, "password": people.PASSWORD, "page": page}
