"""The clients of the demonstration: taken in, explained to, assigned, visited and telephoned with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from audit.actor import Actor
from clients.contacts.actions import contacts
from clients.models import Client
from clients.records.actions import changes, taking_in
from clients.records.actions.explanations import NewExplanation
from clients.who_may_know.actions import grants
from confidential.demo.data import Data, Row, days_ago
from confidential.demo.people import People

CONTACT_IDS = dict[str, UUID]


def load(
    data: Data, people: People, told: Callable[[int, int], None]
) -> tuple[dict[str, Client], CONTACT_IDS]:
    """All clients with their contacts; gives clients by key and ids of contacts by name."""
    by_client: dict[str, list[Row]] = defaultdict(list)
    for contact in data.contacts:
        by_client[contact["client"]].append(contact)
    made: dict[str, Client] = {}
    ids: CONTACT_IDS = {}
    for number, row in enumerate(data.clients, 1):
        made[row["key"]] = _client(data, people, row, by_client[row["key"]], ids)
        told(number, len(data.clients))
    return made, ids


def _client(data: Data, people: People, row: Row, logged: list[Row], ids: CONTACT_IDS) -> Client:
    client = _take_in(people, row)
    _assign(data, people, row, client)
    explanations = {given["contact"]: given for given in row["explanations"]}
    logged.sort(key=lambda contact: -contact["days_ago"])
    for person, some in groupby(logged, key=lambda contact: contact["by"]):
        with people.actor(person).transaction() as actor:
            for contact in some:
                ids[contact["id"]] = _contact(
                    actor, client, contact, explanations.get(contact["id"])
                )
    return client


def _take_in(people: People, row: Row) -> Client:
    new = taking_in.NewClient(
        branch=people.branches[row["branch"]],
        language=row["language"],
        identity=_words(row, "given_name", "family_name", "known_as", "born_on", "address"),
        safe_contact=_safe_contact(row["safe_contact"]),
        background=row["background"],
        pseudonym=row.get("pseudonym", False),
    )
    with people.actor(row["taken_in_by"]).transaction() as actor:
        client, _ = taking_in.take_in(by=actor, new=new)
    return client


def _words(row: Row, *names: str) -> dict[str, Any]:
    return {name: str(row[name]) for name in names if name in row}


def _safe_contact(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "checked_days_ago"}


def _assign(data: Data, people: People, row: Row, client: Client) -> None:
    """The coordinator gives the client to the volunteers, but for the one who took it in."""
    others = [name for name in row["volunteers"] if name != row["taken_in_by"]]
    if others:
        coordinator = data.of_duty("coordinator", row["branch"])[0]
        with people.actor(coordinator).transaction() as actor:
            for name in others:
                grants.assign(by=actor, client=client, person=people.ids[name])


def _contact(actor: Actor, client: Client, row: Row, explained: Row | None) -> UUID:
    on = days_ago(row["days_ago"])
    follow_up = row.get("follow_up_days")
    contact = contacts.log_contact(
        by=actor,
        client=client,
        explanation=_explanation(row, explained) if explained else None,
        new=contacts.NewContact(
            channel=row["channel"],
            happened_on=on,
            reached=row["reached"],
            minutes=row["minutes"] or None,
            kilometres=row["kilometres"] or None,
            follow_up_on=on + timedelta(days=follow_up) if follow_up else None,
            text=row["note"],
            follow_up=row.get("follow_up", ""),
        ),
    )
    if row.get("followed_up"):
        contacts.finish_follow_up(by=actor, contact=contact)
    return contact.pk


def _explanation(contact: Row, row: Row) -> NewExplanation:
    return NewExplanation(
        given=row["given"],
        answer=row.get("answer", ""),
        agreed=row.get("agreed", row.get("answer")) or "",
        channel=row["channel"],
        language=contact["language"],
        happened_on=days_ago(contact["days_ago"]),
        words=row.get("words", ""),
        why_not=row.get("why_not", ""),
    )


def close(data: Data, people: People, clients: dict[str, Client]) -> None:
    """Those whose support ended, or who died: the coordinator says so."""
    for row in data.clients:
        if row["state"] != "open":
            coordinator = data.of_duty("coordinator", row["branch"])[0]
            with people.actor(coordinator).transaction() as actor:
                changes.change_state(
                    by=actor,
                    client=clients[row["key"]],
                    state=row["state"],
                    since=days_ago(row["state_days_ago"]),
                )
