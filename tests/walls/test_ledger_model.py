"""Random lives of a few records: after each step guardian, the database and the door say what the model says.

A short run belongs to every build. `LEDGER_EXAMPLES=500` looks longer, and each time elsewhere.
"""

from __future__ import annotations

import os
from contextlib import suppress

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant
from hypothesis.stateful import run_state_machine_as_test as run

from audit import door
from audit.actor import Actor
from clients.access import permissions
from clients.models import (
    Client,
    Complaint,
    Contact,
    ContactNote,
    ContactPermission,
    Grant,
    Identity,
)
from tests.making.people import Cast, build_another
from tests.making.versions import versions_forgotten
from tests.walls.ledger_life import Life
from tests.walls.ledger_start import PEOPLE

EXAMPLES = int(os.environ.get("LEDGER_EXAMPLES", "0"))
# Shrinking a failure takes minutes: it is for the long run.
PHASES = [Phase.generate, Phase.shrink] if EXAMPLES else [Phase.generate]


class Undone(Exception):
    """Takes back what was only tried."""


class Watched(Life):
    """After each step, for some of the people, the three walls and the model are asked the same."""

    @invariant()
    def walls_agree(self) -> None:
        if not hasattr(self, "clients") or not self.clients:
            return
        self.model.end_shared()
        self.steps += 1
        self.look(PEOPLE[self.steps % len(PEOPLE)])

    def teardown(self) -> None:
        if hasattr(self, "clients"):
            for who in PEOPLE:
                self.look(who)
            self.restore()

    def look(self, who: str) -> None:
        """Compare everything about one person with the model, in one transaction."""
        with self.someone(who).actor().transaction() as actor:
            for name in self.clients:
                self.look_at(actor, who, name)
            heard = (
                set(
                    Complaint.objects.filter(
                        client__in=[c.pk for c in self.clients.values()]
                    ).values_list("pk", flat=True)
                )
                if self.model.views(who, "one") and self.model.views(who, "two")
                else None
            )
            theirs = {c.id for c in self.model.complaints if self.model.hears(who, c)}
            found = set(
                Complaint.objects.filter(pk__in=[c.id for c in self.model.complaints]).values_list(
                    "pk", flat=True
                )
            )
            assert found == theirs, (who, "complaints")
            assert heard in (None, theirs)
            ids = [c.id for c in self.model.complaints]
            opened = set()
            for complaint in ids:
                with suppress(door.NotPermitted):
                    opened |= set(door.open(actor, complaint, "complaint.view", "complaint"))
            assert opened == theirs
            assert not door.scan(actor, ids, "client.search", "complaint")  # of clients only

    def look_at(self, actor: Actor, who: str, name: str) -> None:
        m, pk = self.model, self.clients[name].pk
        shown = Client(pk=pk, branch_id=self.branch(m.records[name].branch))
        guardian = {
            "view": permissions.can_view(actor, shown),
            "contacts": permissions.can_see_contacts(actor, shown),
            "notes": permissions.can_read_notes(actor, shown),
            "log": permissions.can_log_contact(actor, shown),
            "assign": permissions.can_assign(actor, shown),
        }
        foretold = {
            "view": m.views(who, name),
            "contacts": m.sees_contacts(who, name),
            "notes": m.reads_notes(who, name),
            "log": m.logs(who, name),
            "assign": m.looks_after(who, name),
        }
        assert guardian == foretold, (who, name, "guardian")
        numbers = {contact: n for n, contact in enumerate(self.contacts[name])}
        database = {
            "view": Client.objects.filter(pk=pk).exists(),
            # Protected records stand in no list of a branch, whoever is named for them.
            "list": Client.objects.visible_to(actor).filter(pk=pk).exists()
            or (m.records[name].protected and foretold["view"]),
            "identity": Identity.objects.filter(client=pk).exists(),
            "contacts": {
                numbers[c] for c in Contact.objects.filter(client=pk).values_list("pk", flat=True)
            },
            "notes": {
                numbers[c]
                for c in ContactNote.objects.filter(client=pk).values_list("contact", flat=True)
            },
            "lines": set(Grant.objects.filter(client=pk).values_list("pk", flat=True)),
            "single": {
                numbers[c]
                for c in ContactPermission.objects.filter(content_object__client=pk).values_list(
                    "content_object", flat=True
                )
            },
            "write": self.writes(actor, name),
        }
        assert database == {
            "view": foretold["view"],
            "list": foretold["view"],
            "identity": foretold["view"],
            "contacts": m.contacts(who, name),
            "notes": m.notes(who, name),
            "lines": m.lines(who, name),
            "single": {g.contact for g in m.held(who, name) if g.contact is not None},
            "write": m.logs(who, name),
        }, (who, name, "database")
        assert bool(door.scan(actor, [pk], "client.search", "support")) == m.opens(who, name), (
            who,
            name,
            "door",
        )

    def writes(self, actor: Actor, name: str) -> bool:
        """Whether a contact can be added; it is not kept."""
        columns = "(id, client_id, branch_id, channel, happened_on, urgent, reached, by_id, made_at, revision)"
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    f"INSERT INTO clients_contact {columns} VALUES (gen_random_uuid(), %s, %s, 'phone',"
                    " '2026-03-01', true, true, %s, now(), 1)",
                    [
                        self.clients[name].pk,
                        self.branch(self.model.records[name].branch),
                        actor.person,
                    ],
                )
                raise Undone
        except Undone:
            return True
        except DatabaseError as error:
            if "row-level security" not in str(error):
                raise
            return False


@pytest.mark.timeout(7200 if EXAMPLES else 900)
def test_three_walls_agree_with_the_model(cast: Cast, superuser: psycopg.Connection) -> None:
    Watched.cast = build_another(superuser, "-ledger")
    Watched.superuser = superuser
    with versions_forgotten(superuser):
        run(
            Watched,
            settings=settings(
                max_examples=EXAMPLES or 30,
                stateful_step_count=25,
                deadline=None,
                derandomize=not EXAMPLES,
                database=None,
                suppress_health_check=list(HealthCheck),
                print_blob=False,
                phases=PHASES,
            ),
        )
