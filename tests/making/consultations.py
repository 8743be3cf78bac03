"""What tests of consultations and of talks make again and again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from audit import door
from clients.consultations import actions as consultations
from clients.models import Client
from tests.making.people import Someone
from volunteers.actions import duties
from volunteers.models import Duty


def ask(by: Someone, colleague: Someone, client: Client, **more: Any) -> UUID:
    """A question in writing."""
    values = {"ground": "client", "text": "How do I go on?", **more}
    question = consultations.Question(colleague=colleague.id, **values)
    with by.actor().transaction() as actor:
        keys = door.open_one(actor, client.pk, "contact.list", "consultation")
        return consultations.ask(by=actor, client=client, keys=keys, question=question)


def listens(coordinator: Someone, person: Someone) -> None:
    """Somebody listens to colleagues from now on, if they do not yet."""
    with coordinator.actor().transaction() as actor:
        if Duty.objects.live().filter(person_id=person.id, kind="responder").exists():
            return
    duties.appoint(by=actor, person=person.id, duty="responder", branch=coordinator.branch)
