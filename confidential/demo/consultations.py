"""Colleagues of the demonstration who consult one another, and who listen to one another."""

from __future__ import annotations

from uuid import UUID

from django.utils import translation

from audit import door
from audit.actor import Actor
from clients.consultations import actions
from clients.consultations import reading as consulting
from clients.models import Client, Consultation
from confidential.demo.data import Data, Row, days_ago
from confidential.demo.people import People
from volunteers.actions import duties, talks


def load(data: Data, people: People, clients: dict[str, Client], contacts: dict[str, UUID]) -> None:
    """Talks, questions in writing, who listens, and who would like to talk."""
    for row in data.consultations["talks"]:
        with people.actor(row["by"]).transaction() as actor:
            actions.note_talk(
                by=actor,
                client=clients[row["client"]],
                colleague=people.ids[row["colleague"]],
                ground=row["ground"],
                on=days_ago(row["days_ago"]),
            )
    for row in data.consultations["questions"]:
        _ask(people, row, clients[row["client"]], [contacts[name] for name in row["contacts"]])
    for row in data.consultations["listeners"]:
        coordinator = data.of_duty("coordinator", row["branch"])[0]
        duties.appoint(
            by=people.actor(coordinator),
            person=people.ids[row["user_name"]],
            duty="responder",
            branch=people.branches[row["branch"]],
        )
    for row in data.consultations["wishes"]:
        with people.actor(row["by"]).transaction() as actor:
            talks.ask_to_talk(
                by=actor, responder=people.ids[row["to"]], how=row["how"], haste=row["haste"]
            )


def _ask(people: People, row: Row, client: Client, contacts: list[UUID]) -> None:
    with people.actor(row["by"]).transaction() as actor, translation.override(row["language"]):
        made = _question(actor, row, people.ids[row["colleague"]], client, contacts)
    if "answer" in row:
        with people.actor(row["colleague"]).transaction() as actor:
            consultation = Consultation.objects.get(pk=made)
            actions.answer(by=actor, consultation=consultation, text=row["answer"])


def _question(
    actor: Actor, row: Row, colleague: UUID, client: Client, contacts: list[UUID]
) -> UUID:
    keys = door.open_one(actor, client.pk, "contact.list", "consultation")
    items = consulting.shareable(client, keys, contacts)
    parts: tuple[actions.Part, ...] = ()
    if row["withheld"]:
        striker = consulting.striker(client, keys, [item.text for item in items])
        parts = tuple(
            actions.Part(
                item.pk,
                item.contact.get_channel_display(),
                striker.strike(item.text),
            )
            for item in items
        )
    question = actions.Question(
        colleague=colleague,
        ground=row["ground"],
        text=row["text"],
        withheld=row["withheld"],
        called="" if row["withheld"] else consulting.first_name(client.identity.unlock(keys)),
        whole=() if row["withheld"] else tuple(contacts),
        parts=parts,
    )
    return actions.ask(by=actor, client=client, keys=keys, question=question)
