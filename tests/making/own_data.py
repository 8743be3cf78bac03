"""What somebody of the team asks about their own data, and the answer."""

from __future__ import annotations

from audit import door
from tests.making.people import Someone
from volunteers.actions import own_data
from volunteers.models import PersonRequest


def ask_about_oneself(who: Someone, kind: str = "erasure") -> PersonRequest:
    with who.actor().transaction() as actor:
        keys = door.open_one(actor, who.id, "person.view", "own_record")
        return own_data.ask(by=actor, keys=keys, kind=kind, text="Erase my address.")


def answer(by: Someone, asked: PersonRequest, *, done: bool, fresh: bool = True) -> None:
    with by.actor(fresh=fresh).transaction() as actor:
        keys = door.open_one(actor, asked.person_id, "person.request", "request")
        found = PersonRequest.objects.get(pk=asked.pk)
        own_data.answer(by=actor, asked=found, keys=keys, done=done, text="Because of this.")
