"""A few records and the people round them, for `test_ledger_model.py`: how each life begins, and short words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID, uuid4

import psycopg
from django.db import DatabaseError
from django.utils import timezone
from hypothesis.stateful import RuleBasedStateMachine, initialize

from clients.contacts.actions import contacts
from clients.models import Client, Contact, Grant
from tests.making.clients import new_client
from tests.making.people import Cast, Someone
from tests.walls import ledger_model as model
from vault.exceptions import Refused

PEOPLE = (
    "volunteer",
    "colleague",
    "coordinator",
    "deputy",
    "newcomer",
    "outsider",
    "south_coordinator",
    "president",
    "protection",
)
DAYS_OF_CONTACTS = ("2026-01-05", "2026-02-05")


class Beginning(RuleBasedStateMachine):
    """People and records as they are at first, on the walls and in the model."""

    cast: ClassVar[Cast]
    superuser: ClassVar[psycopg.Connection]

    # ---- Start ----

    @initialize()
    def begin(self) -> None:
        self.steps = 0
        self.model = model.Model(signed={p for p in PEOPLE if p != "newcomer"})
        self.clients: dict[str, Client] = {}
        self.contacts: dict[str, list[UUID]] = {}
        self.restore()
        for name, by in (("one", "volunteer"), ("two", "outsider")):
            self.take_in(name, by)

    def take_in(self, name: str, by: str) -> None:
        someone = self.someone(by)
        client = new_client(someone)
        with someone.actor().transaction() as actor:
            later = contacts.NewContact(
                "phone", timezone.datetime(2026, 2, 5).date(), text="Better."
            )
            contacts.log_contact(by=actor, client=client, new=later, explanation=None)
        with someone.actor().transaction():
            self.contacts[name] = list(
                Contact.objects.filter(client=client)
                .order_by("happened_on")
                .values_list("pk", flat=True)
            )
            first = Grant.objects.get(client=client).pk
        self.clients[name] = client
        branch = "north" if someone.branch == self.cast.north else "south"
        self.model.records[name] = model.Record(branch)
        self.give(by, name, "full", "assignment", id=first)

    def restore(self) -> None:
        """Everybody of the cast is again what they were: the work of a superuser, with triggers asleep."""
        ids = [self.someone(p).id for p in PEOPLE]
        self.asleep(
            "DELETE FROM volunteers_duty WHERE person_id = ANY(%(ids)s)",
            "UPDATE volunteers_person SET left_at = NULL WHERE user_id = ANY(%(ids)s)",
            "UPDATE volunteers_user SET is_active = true WHERE id = ANY(%(ids)s)",
            "DELETE FROM volunteers_departure WHERE person_id = ANY(%(ids)s)",
            "UPDATE clients_emergency SET ends_at = opened_at WHERE person_id = ANY(%(ids)s)",
            "UPDATE clients_conflict SET ends_at = starts_at WHERE person_id = ANY(%(ids)s)",
            "DELETE FROM volunteers_undertaking u USING volunteers_policyversion v WHERE v.id = u.version_id AND v.drafted_by_id = ANY(%(ids)s)",
            "DELETE FROM volunteers_policytext t USING volunteers_policyversion v WHERE v.id = t.version_id AND v.drafted_by_id = ANY(%(ids)s)",
            "DELETE FROM volunteers_policyversion WHERE drafted_by_id = ANY(%(ids)s)",
            "DELETE FROM volunteers_undertaking WHERE person_id = %(newcomer)s",
            ids=ids,
            newcomer=self.cast.newcomer.id,
        )
        for who in PEOPLE:
            someone = self.someone(who)
            kind = {"deputy": "coordinator", "south_coordinator": "coordinator"}.get(who, who)
            kind = kind if kind in ("coordinator", "president", "protection") else "volunteer"
            branch = None
            if someone.branch:
                branch = "north" if someone.branch == self.cast.north else "south"
            self.model.duties[who] = [model.Duty(-1, model.FOREVER, kind, branch, uuid4())]
            self.asleep(
                "INSERT INTO volunteers_duty (id, person_id, kind, branch_id, starts_at) VALUES"
                " (%(id)s, %(who)s, %(kind)s, %(branch)s, now() - interval '1 day')",
                id=self.model.duties[who][0].id,
                who=someone.id,
                kind=kind,
                branch=someone.branch,
            )

    def asleep(self, *statements: str, **values: Any) -> None:
        with self.superuser.transaction():
            self.superuser.execute("SET LOCAL session_replication_role = replica")
            for statement in statements:
                self.superuser.execute(statement, values)

    # ---- Short words ----

    def likely(self, who: str, pick: int, may: Callable[[str], bool]) -> str:
        """Mostly somebody who may: else nearly every act would be refused, and little would ever happen."""
        able = [person for person in PEOPLE if may(person)]
        return able[pick % len(able)] if able and pick % 4 else who

    def someone(self, who: str) -> Someone:
        return getattr(self.cast, who)

    def branch(self, name: str | None) -> UUID | None:
        return getattr(self.cast, name) if name else None

    def tried(self, expected: bool, act: Any) -> Any:
        """What an act gave; or nothing, where it was refused as the model foretold."""
        refusal, result = None, None
        try:
            result = act()
        except (DatabaseError, Refused) as error:
            refusal = error
        assert not (expected and refusal), f"refused, though the model allows it: {refusal}"
        assert expected or not result, "done, though the model refuses it"
        return result

    def give(
        self,
        who: str,
        client: str,
        scope: str,
        basis: str,
        *,
        days: float = model.FOREVER,
        **more: Any,
    ) -> None:
        start = more.pop("starts", self.model.now)
        self.model.grants.append(
            model.Grant(
                start,
                self.model.now + days,
                who,
                client,
                self.model.records[client].branch,
                scope,
                basis,
                **more,
            )
        )

    def name_lines(self, client: str) -> None:
        """The ids of the lines that definer functions wrote, for later comparisons."""
        rows = self.superuser.execute(
            "SELECT id, person_id, scope, act, contact_id FROM clients_grant WHERE client_id = %s ORDER BY starts_at, id",
            [self.clients[client].pk],
        ).fetchall()
        known = {g.id for g in self.model.grants}
        for line, person, scope, act, contact in rows:
            if line not in known:
                match = next(
                    g
                    for g in self.model.grants
                    if g.id is None
                    and (self.someone(g.person).id, g.scope, g.act) == (person, scope, act)
                    and (self.contacts[client][g.contact] if g.contact is not None else None)
                    == contact
                )
                match.id = line
