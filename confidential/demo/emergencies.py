"""Emergency accesses of the demonstration: opened, explained, ended, and waiting for a review."""

from __future__ import annotations

import psycopg

from clients.emergencies import actions as emergencies
from clients.models import Client
from confidential.demo.data import Data
from confidential.demo.people import People


def load(data: Data, people: People, clients: dict[str, Client]) -> None:
    """All of them, as of now."""
    for row in data.emergencies:
        client = clients[row["client"]]
        with people.actor(row["by"]).transaction() as actor:
            emergency = emergencies.open_record(
                by=actor, branch=client.branch_id, reason=row["reason"], who=client.reference
            )
            if emergency is None:
                raise RuntimeError(f"Nothing was opened for {row['client']}.")
            if row["rest"]:
                emergencies.open_rest(by=actor, emergency=emergency)
            emergencies.say_why(by=actor, emergency=emergency, text=row["words"])
            emergencies.end(by=actor, emergency=emergency)


def age(data: Data, superuser: psycopg.Connection) -> None:
    """Lay their times back. In life nobody can: the application writes none of them."""
    for row in data.emergencies:
        superuser.execute(
            """
            UPDATE clients_emergency e
            SET opened_at = opened_at - back, rest_opened_at = rest_opened_at - back,
                ends_at = ends_at - back, words_due_at = words_due_at - back,
                words_at = words_at - back, review_due_at = review_due_at - back
            FROM volunteers_user u, make_interval(hours => %s) back
            WHERE u.id = e.person_id AND u.username = %s AND e.reason = %s
            """,
            [row["hours_ago"], row["by"], row["reason"]],
        )
