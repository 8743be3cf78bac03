"""``manage.py seal_anew``: rows that were sealed in an older form are sealed in the newest."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

from django.core.management.base import BaseCommand, CommandError

from audit import door
from audit.actor import Actor
from vault.principals import command_transaction
from vault.sealed import SealedModel, seal_anew, with_later_forms
from volunteers.actions.joining import command_actor, end_command

HOURS = 12
SUBJECTS = 50  # opened at once
FIRST = UUID(int=0)


class Command(BaseCommand):
    """Each subject is opened through the door, with an event; it goes on where it was stopped."""

    help = "Seal rows again that were sealed in an older form. After an upgrade that asks for it."

    def handle(self, *args: Any, **options: Any) -> None:
        """All subjects in the order of their ids. CommandError names rows that did not open."""
        models = with_later_forms()
        actor = command_actor(uuid4(), "seal_anew", minutes=HOURS * 60)
        after, done, broken = FIRST, 0, list[str]()
        try:
            while subjects := _next(actor, after):
                done += self._renew(actor, models, subjects, broken)
                after = subjects[-1]
                self.stderr.write(f"{done} rows", ending="\r")
        finally:
            end_command(actor)
        self.stdout.write(f"{done} rows were sealed again.")
        if broken:
            raise CommandError("These did not open and stay as they are: " + ", ".join(broken))

    def _renew(
        self,
        actor: Actor,
        models: list[type[SealedModel]],
        subjects: list[UUID],
        broken: list[str],
    ) -> int:
        with actor.transaction():
            keys = door.open(actor, subjects, "row.seal_anew", "upkeep")
        with command_transaction(actor.token) as cursor:
            return sum(_renewed(cursor, model, keys, broken) for model in models)


def _next(actor: Actor, after: UUID) -> list[UUID]:
    with command_transaction(actor.token) as cursor:
        cursor.execute("SELECT sec.next_old_seals(%s, %s)", [after, SUBJECTS])
        return cursor.fetchone()[0]


def _renewed(
    cursor: Any, model: type[SealedModel], keys: dict[UUID, Any], broken: list[str]
) -> int:
    table = model._meta.db_table
    cursor.execute("SELECT * FROM sec.old_seals(%s, %s)", [table, list(keys)])
    done = 0
    for subject, text in cursor.fetchall():
        content = json.loads(text)
        value = seal_anew(model, content, keys[subject])
        if value is None:
            broken.append(f"{table} {content['id']}")
            continue
        cursor.execute(
            "SELECT sec.seal_anew(%s, %s, %s, %s)",
            [table, content["id"], content["revision"], value],
        )
        done += cursor.fetchone()[0]
    return done
