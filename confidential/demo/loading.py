"""Loading the whole association, in the order of life, and the table of who can sign in."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse

from confidential.demo import (
    clients,
    consultations,
    disclosures,
    emergencies,
    guarded,
    hands,
    people,
    rights,
    told,
)
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


def load(data: Data, say: Callable[[str], None]) -> list[Row]:
    """Load everything through the real acts, as the real people; gives the table of sign-ins."""
    say(f"{len(data.people)} people join and sign the code ...")
    persons = people.load(data)

    def progress(done: int, of: int) -> None:
        if done % STEP == 0:
            say(f"{done} of {of} clients, with their contacts ...")

    taken_in, contacts = clients.load(data, persons, progress)
    say("Disclosures, portals and requests ...")
    guarded.early(data, persons, taken_in)
    handover = disclosures.load(data, persons, taken_in, contacts)
    portals = rights.open_portals(data, persons, taken_in)
    rights.load(data, persons, taken_in, portals)
    consultations.load(data, persons, taken_in, contacts)
    emergencies.load(data, persons, taken_in)
    guarded.load(data, persons, taken_in, portals)
    told.load(data, persons, taken_in, portals, contacts)
    clients.close(data, persons, taken_in)
    told.load_heirs(data, persons, taken_in)
    hands.load(data, persons, taken_in)
    persons.sign_out()
    rows = sign_ins(data)
    portal = next(iter(portals.values()))
    rows.append(_row("Client, in the portal", portal.user_name, "/my-space/"))
    if handover:
        link = {"user": "(passphrase only)", "password": handover.passphrase}
        page = reverse("delivery_open", args=[handover.secret])
        rows.append({"role": "Recipient outside, once", **link, "page": page})
    return rows


def sign_ins(data: Data) -> list[Row]:
    """One person of each role, and the newcomer who has not signed the code."""
    rows = [_row(ROLES[duty], data.of_duty(duty)[0], "/") for duty in ROLES]
    newcomer = next(p["user_name"] for p in data.people if "signed_days_ago" not in p)
    rows.append(_row("New volunteer, has not signed", newcomer, "/"))
    return rows


def _row(role: str, user_name: str, page: str) -> Row:
    return {"role": role, "user": user_name, "password": people.PASSWORD, "page": page}
