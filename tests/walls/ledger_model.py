"""The rules of need to know in plain Python: what `test_ledger_model.py` compares the three walls with.

Written from the policy (P4, P5, P8, P9, P3) and decision 0011, not from the SQL. Times are days; an end that was set
just now is the present day, and binds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

FOREVER = float("inf")
CODES = {
    "full": {"view_client", "view_notes", "log_contact"},
    "read": {"view_client", "view_notes"},
    "errand": {"view_client"},
    "named": {"view_client"},
    "consult": {"consult"},
    "contact": set(),
}


@dataclass
class Timed:
    """Something with a start and an end."""

    starts: float
    ends: float

    def live(self, now: float) -> bool:
        return self.starts <= now < self.ends

    def over(self, now: float) -> bool:
        return self.ends <= now

    def end(self, now: float) -> None:
        """In this second; what is over stays as it is, what has not begun never will."""
        self.ends = min(self.ends, now)


@dataclass
class Duty(Timed):
    kind: str
    branch: str | None
    id: UUID | None = None


@dataclass
class Grant(Timed):
    person: str
    client: str
    branch: str
    scope: str
    basis: str
    contact: int | None = None
    since: int | None = None
    act: UUID | None = None
    id: UUID | None = None


@dataclass
class Conflict(Timed):
    person: str
    by: str
    client: str | None = None
    colleague: str | None = None
    id: UUID | None = None


@dataclass
class Act(Timed):
    """A consultation (``other`` is the colleague) or an emergency."""

    id: UUID
    person: str
    client: str
    other: str | None = None
    rest: bool = False


@dataclass
class Complaint:
    id: UUID
    client: str
    kind: str
    about: str | None
    by: str
    meant: frozenset[str]  # whom it may be about although it names nobody
    handler: str | None = None
    answered: bool = False


@dataclass
class Record:
    branch: str
    protected: bool = False


@dataclass
class Model:
    """Who is what, and what was given; and the questions that the walls answer too."""

    now: float = 0
    signed: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    duties: dict[str, list[Duty]] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    grants: list[Grant] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    consultations: list[Act] = field(default_factory=list)
    emergencies: list[Act] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)

    # ---- Who somebody is ----

    def active(self, who: str) -> bool:
        return who in self.signed and who not in self.left

    def _branches(self, who: str, *kinds: str) -> set[str | None]:
        return {d.branch for d in self.duties[who] if d.kind in kinds and d.live(self.now)}

    def coordinated(self, who: str) -> set[Any]:
        return self._branches(who, "coordinator") if self.active(who) else set()

    def serves(self, who: str) -> set[Any]:
        return self._branches(who, "coordinator", "volunteer") if self.active(who) else set()

    def holds(self, who: str, duty: str) -> bool:
        """An office of the whole association does not wait for a signature."""
        return who not in self.left and bool(self._branches(who, duty))

    def coordinates(self, who: str, other: str) -> bool:
        return bool(
            self.coordinated(who) & {d.branch for d in self.duties[other] if d.live(self.now)}
        )

    # ---- What binds ----

    def live(self, items: Iterable[Any], **wanted: Any) -> list[Any]:
        """Those that bind now and have these values."""
        return [
            i
            for i in items
            if i.live(self.now) and all(getattr(i, k) == v for k, v in wanted.items())
        ]

    def not_over(self, items: Iterable[Any], **wanted: Any) -> list[Any]:
        """The same, and those that have not begun."""
        return [
            i
            for i in items
            if not i.over(self.now) and all(getattr(i, k) == v for k, v in wanted.items())
        ]

    def held(self, who: str, client: str) -> list[Grant]:
        """Grants that open something: while the person serves there, and coordinates, if that gave it."""
        serves, coordinated = self.serves(who), self.coordinated(who)
        return [
            g
            for g in self.live(self.grants, person=who, client=client)
            if g.branch in serves and (g.basis != "branch_duty" or g.branch in coordinated)
        ]

    def codes(self, who: str, client: str) -> set[str]:
        return {code for g in self.held(who, client) for code in CODES[g.scope]}

    def in_conflict(self, who: str, client: str) -> bool:
        return bool(self.live(self.conflicts, person=who, client=client))

    def looks_after(self, who: str, client: str) -> bool:
        """By duty: in the branch, without a conflict, and named where the record is protected."""
        record = self.records[client]
        return (
            record.branch in self.coordinated(who)
            and not self.in_conflict(who, client)
            and (not record.protected or "view_client" in self.codes(who, client))
        )

    def leads(self, who: str, client: str) -> bool:
        """Whether somebody coordinates the branch where the record is."""
        return self.records[client].branch in self._branches(who, "coordinator")

    def accused(self, who: str, client: str) -> bool:
        """Whether an open complaint of the client names somebody."""
        return any(
            c.client == client and c.about == who and not c.answered for c in self.complaints
        )

    def decides_on(self, who: str, client: str) -> bool:
        """By duty, and no complaint of the client is about them."""
        return self.looks_after(who, client) and not self.accused(who, client)

    def meant(self, kind: str, client: str, by: str) -> frozenset[str]:
        """Whom a complaint of this kind that names nobody may be about, by what they were until now."""
        coordinated = {
            who
            for who, duties in self.duties.items()
            for d in duties
            if d.kind == "coordinator"
            and d.branch == self.records[client].branch
            and d.starts <= self.now
        }
        served = {
            g.person
            for g in self.grants
            if g.client == client and g.basis != "branch_duty" and g.starts <= self.now
        }
        return frozenset(
            (coordinated if kind in ("coordinator", "unsaid") else set())
            | (served - {by} if kind in ("volunteer", "unsaid") else set())
        )

    def accused_by_others(self, who: str, client: str, judged: str | None) -> bool:
        """An open complaint names somebody, and whom another thing judges did not make it."""
        return any(
            c.client == client and c.about == who and not c.answered and c.by != judged
            for c in self.complaints
        )

    def last_to_hear(self, complaint: Complaint, who: str) -> bool:
        """Whether everybody else who holds an office is shut out."""
        offices = ("president", "protection")
        holders = {p for p in self.duties if any(self._branches(p, kind) for kind in offices)}
        return who in holders and not any(
            p != who and not self.must_not_hear(complaint, p) and p not in complaint.meant
            for p in holders
        )

    def last_named(self, who: str, client: str) -> bool:
        """Whether nobody else coordinates a protected record: then nobody could name another."""
        named = {
            g.person
            for g in self.not_over(self.grants, client=client, scope="named")
            if self.leads(g.person, client) and g.branch in self.serves(g.person)
        }
        return self.records[client].protected and named == {who}

    def left_alone(self, client: str) -> bool:
        """Whether nobody coordinates a protected record any more: whoever was named is gone."""
        named = self.not_over(self.grants, client=client, scope="named")
        return self.records[client].protected and not any(
            self.leads(g.person, client) for g in named
        )

    # ---- What the three walls are asked ----

    def views(self, who: str, client: str) -> bool:
        return self.looks_after(who, client) or "view_client" in self.codes(who, client)

    def sees_contacts(self, who: str, client: str) -> bool:
        return self.looks_after(who, client) or self.reads_notes(who, client)

    def reads_notes(self, who: str, client: str) -> bool:
        return "view_notes" in self.codes(who, client)

    def logs(self, who: str, client: str) -> bool:
        return self.looks_after(who, client) or "log_contact" in self.codes(who, client)

    def opens(self, who: str, client: str) -> bool:
        return self.looks_after(who, client) or bool(self.codes(who, client))

    def notes(self, who: str, client: str) -> set[int]:
        """Which of the contacts, numbered in the order of their days, open with their words."""
        held = self.held(who, client)
        return {
            n
            for n in (0, 1)
            for g in held
            if g.contact == n
            or ("view_notes" in CODES[g.scope] and (g.since is None or n >= g.since))
        }

    def contacts(self, who: str, client: str) -> set[int]:
        return {0, 1} if self.looks_after(who, client) else self.notes(who, client)

    def lines(self, who: str, client: str) -> set[UUID | None]:
        """Lines of the ledger: coordinators, whoever has the client, and everybody their own."""
        everything = self.looks_after(who, client) or "log_contact" in self.codes(who, client)
        return {
            g.id
            for g in self.grants
            if g.client == client and (everything or (g.person == who and self.active(who)))
        }

    # ---- Complaints ----

    def must_not_hear(self, complaint: Complaint, who: str) -> bool:
        about = complaint.about
        apart = any(
            {k.person, k.colleague} == {who, about} and k.by != about
            for k in self.live(self.conflicts)
            if k.colleague
        )
        return about == who or apart or self.in_conflict(who, complaint.client)

    def hears(self, who: str, complaint: Complaint) -> bool:
        shut_out = who in complaint.meant and not self.last_to_hear(complaint, who)
        if not self.active(who) or self.must_not_hear(complaint, who) or shut_out:
            return False
        if self.holds(who, "protection"):
            return True
        if self.holds(who, "president") and (
            complaint.kind != "volunteer" or complaint.about is None or complaint.handler == who
        ):
            return True
        return (complaint.handler == who and bool(self.coordinated(who))) or (
            complaint.kind in ("volunteer", "association")
            and self.looks_after(who, complaint.client)
        )

    def deals_with(self, who: str, complaint: Complaint) -> bool:
        """Hears it, and no other complaint of the client is about them."""
        return self.hears(who, complaint) and not self.accused_by_others(
            who, complaint.client, complaint.about
        )

    # ---- Ends that follow from something else ----

    def end_grants(self, grants: Iterable[Grant]) -> None:
        ended = list(grants)
        for grant in ended:
            grant.end(self.now)
        for grant in ended:
            if "view_notes" in CODES[grant.scope]:
                self.end_shared_by(grant.person, grant.client)

    def end_shared_by(self, who: str, client: str) -> None:
        """When a right to read ends, what was shared by it lasts as long as another one, that still opens something."""
        serves = self._branches(who, "coordinator", "volunteer")
        coordinates = self._branches(who, "coordinator")
        reads = [
            g.ends
            for g in self.live(self.grants, person=who, client=client)
            if "view_notes" in CODES[g.scope]
            and g.branch in serves
            and (g.basis != "branch_duty" or g.branch in coordinates)
        ]
        for act in self.not_over(self.consultations, person=who, client=client):
            act.ends = min(act.ends, max(reads, default=self.now))
            for line in self.not_over(self.grants, act=act.id):
                line.ends = min(line.ends, act.ends)

    def end_acts(self, acts: Iterable[Act]) -> None:
        """Consultations or emergencies, with what they opened."""
        for act in acts:
            act.end(self.now)
            self.end_grants(self.not_over(self.grants, act=act.id))

    def end_shared(self) -> None:
        """What was shared lasts no longer than its asker reads, nor than the line by which it is read."""
        for act in self.not_over(self.consultations):
            reads = [
                g.ends
                for g in self.live(self.grants, person=act.person, client=act.client)
                if "view_notes" in CODES[g.scope]
            ]
            lines = [g for g in self.grants if g.act == act.id]
            ends = [g.ends for g in lines if g.scope == "consult"]
            act.ends = min(act.ends, max(reads, default=self.now), *ends)
            for line in lines:
                line.ends = min(line.ends, act.ends)
