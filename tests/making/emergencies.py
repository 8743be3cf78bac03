"""Emergencies: opened, run out, ended."""

from __future__ import annotations

import psycopg

from clients.emergencies import actions as emergencies
from clients.models import Client, Emergency, LoneVisit
from clients.visits import actions as visits
from tests.making.people import Someone


def nothing_open(*people: Someone) -> None:
    """Nobody of these has a record open in an emergency, or is out alone, from another test."""
    for someone in people:
        with someone.actor().transaction() as actor:
            for emergency in Emergency.objects.live().filter(person_id=actor.person):
                emergencies.end(by=actor, emergency=emergency)
            for out in LoneVisit.objects.out().filter(person_id=actor.person):
                visits.safe(by=actor, visit=out)


def opened(someone: Someone, client: Client, reason: str = "call") -> Emergency:
    """An emergency of somebody, by the client's reference."""
    with someone.actor().transaction() as actor:
        found = emergencies.open_record(
            by=actor, branch=client.branch_id, reason=reason, who=client.reference
        )
    assert found
    return found


def late(superuser: psycopg.Connection, emergency: Emergency, column: str) -> None:
    """The clock is moved by writing a date."""
    superuser.execute(
        f"UPDATE clients_emergency SET {column} = now() - interval '1 minute' WHERE id = %s",
        [emergency.pk],
    )


def only(someone: Someone) -> Emergency:
    """The one emergency of somebody."""
    with someone.actor().transaction():
        return Emergency.objects.get(person_id=someone.id)
