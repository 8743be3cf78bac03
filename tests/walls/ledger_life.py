"""A few records and the people round them, for `test_ledger_model.py`: the acts of life, each foretold by the model."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.db.models import functions
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from clients.models import Client, Grant
from clients.who_may_know.actions import grants
from tests.making import acts
from tests.making.versions import new_code
from tests.walls import ledger_model as model
from tests.walls.ledger_start import DAYS_OF_CONTACTS, PEOPLE, Beginning
from vault.principals import signin_transaction
from volunteers.actions import code
from volunteers.models import PolicyText, PolicyVersion

SERVING = st.sampled_from(PEOPLE[:7])
COORDINATORS = st.sampled_from(("coordinator", "deputy", "south_coordinator"))
ANYBODY = st.sampled_from(PEOPLE)
CLIENTS = st.sampled_from(("one", "two"))
BRANCH = st.sampled_from(("north", "south"))
PICK = st.integers(min_value=0, max_value=50)
HOUR = 1 / 24


class Life(Beginning):
    """Acts of life, each tried on the walls and foretold by the model."""

    @rule(
        pick=PICK,
        by=COORDINATORS,
        client=CLIENTS,
        who=SERVING,
        scope=st.sampled_from(("full", "errand", "read")),
        begins=st.sampled_from((0, 0, 1)),
        lasts=st.sampled_from((None, 2)),
        since=st.sampled_from((None, None, 1)),
    )
    def assign(
        self,
        pick: int,
        by: str,
        client: str,
        who: str,
        scope: str,
        begins: int,
        lasts: int | None,
        since: int | None,
    ) -> None:
        by = self.likely(by, pick, lambda p: self.model.looks_after(p, client))
        m, made = self.model, uuid4()
        allowed = (
            m.decides_on(by, client)
            and by != who
            and m.coordinates(by, who)
            and not m.leads(who, client)
            and not m.in_conflict(who, client)
            and not (m.accused(who, client) and scope != "errand")
        )

        def act() -> bool:
            with self.someone(by).actor().transaction():
                Grant(
                    id=made,
                    client=self.clients[client],
                    branch_id=self.branch(m.records[client].branch),
                    person_id=self.someone(who).id,
                    scope=scope,
                    basis="assignment",
                    purpose="support",
                    granted_by_id=self.someone(by).id,
                    since=DAYS_OF_CONTACTS[since] if since else None,
                    starts_at=timezone.now() + timedelta(days=begins),
                    ends_at=timezone.now() + timedelta(days=lasts) if lasts else None,
                ).save(force_insert=True)
            return True

        if self.tried(allowed, act):
            self.give(
                who,
                client,
                scope,
                "assignment",
                starts=m.now + begins,
                since=since,
                id=made,
                days=lasts or model.FOREVER,
            )

    @rule(pick=PICK, by=COORDINATORS, who=SERVING, client=CLIENTS, lasts=st.sampled_from((2, 200)))
    def let_read(self, pick: int, by: str, who: str, client: str, lasts: int) -> None:
        """Another coordinator of the branch reads the notes, for a reason and a time."""
        m = self.model
        by = self.likely(by, pick, lambda p: m.looks_after(p, client))
        who = self.likely(who, pick + 1, lambda p: p != by and m.leads(p, client))
        allowed = m.decides_on(by, client) and by != who and m.leads(who, client)
        allowed = allowed and not m.in_conflict(who, client) and lasts <= 92
        allowed = allowed and not m.accused(who, client)
        branch = self.branch(m.records[client].branch)
        shown = Client(pk=self.clients[client].pk, branch_id=branch)

        def act() -> Grant:
            until = timezone.now() + timedelta(days=lasts)
            with self.someone(by).actor().transaction() as actor:
                return grants.let_read(
                    by=actor,
                    client=shown,
                    person=self.someone(who).id,
                    reason="standing_in",
                    until=until,
                )

        if line := self.tried(allowed, act):
            self.give(who, client, "read", "branch_duty", days=lasts, id=line.pk)

    @precondition(lambda self: any(g.scope == "named" for g in self.model.grants))
    @rule(by=ANYBODY, pick=PICK)
    def end_naming(self, by: str, pick: int) -> None:
        m = self.model
        named = [g for g in m.grants if g.scope == "named"]
        line = named[pick % len(named)]
        may = m.looks_after(by, line.client)
        may = may and (line.over(m.now) or not m.last_named(line.person, line.client))
        done = self.tried(
            may, lambda: acts.call(self.someone(by), "unname_coordinator(%s)", line.id)
        )
        assert bool(done) == (may and not line.over(m.now))
        if done:
            line.end(m.now)

    @rule(pick=PICK, by=COORDINATORS, client=CLIENTS)
    def open_notes(self, pick: int, by: str, client: str) -> None:
        by = self.likely(by, pick, lambda p: self.model.looks_after(p, client))
        branch = self.branch(self.model.records[client].branch)
        shown = Client(pk=self.clients[client].pk, branch_id=branch)

        def act() -> Grant:
            with self.someone(by).actor().transaction() as actor:
                return grants.open_notes(by=actor, client=shown, reason="coordination")

        line = self.tried(self.model.decides_on(by, client), act)
        if line:
            self.give(by, client, "read", "branch_duty", days=HOUR, id=line.pk)

    @rule(by=ANYBODY, pick=PICK)
    def end_grant(self, by: str, pick: int) -> None:
        m = self.model
        line = m.grants[pick % len(m.grants)]
        may = m.looks_after(by, line.client) or (by == line.person and m.active(by))
        may = may and line.scope != "named"  # see end_naming
        with self.someone(by).actor().transaction():
            ended = (
                Grant.objects.filter(pk=line.id)
                .live()
                .update(ends_at=functions.Now(), ended_by=self.someone(by).id)
            )
        assert bool(ended) == (may and line.live(m.now))
        if ended:
            m.end_grants([line])

    @rule(
        pick=PICK,
        by=SERVING,
        colleague=SERVING,
        client=CLIENTS,
        whole=st.sets(st.sampled_from((0, 1))),
        hidden=st.booleans(),
        days=st.sampled_from((1, 14)),
    )
    def consult(
        self,
        pick: int,
        by: str,
        colleague: str,
        client: str,
        whole: set[int],
        hidden: bool,
        days: int,
    ) -> None:
        by = self.likely(by, pick, lambda p: self.model.reads_notes(p, client))
        colleague = self.likely(
            colleague,
            pick + 1,
            lambda p: p != by and self.model.records[client].branch in self.model.serves(p),
        )
        m = self.model
        branch = m.records[client].branch
        allowed = (
            m.reads_notes(by, client)
            and by != colleague
            and branch in m.serves(colleague)
            and not m.in_conflict(colleague, client)
            and not (hidden and whole)
            and not m.accused(colleague, client)
            and (hidden or not m.records[client].protected)
        )
        until = max(
            (g.ends for g in m.held(by, client) if "view_notes" in model.CODES[g.scope]),
            default=m.now,
        )
        readable = {
            n
            for n in m.notes(by, client)
            if any(
                g.since is None or n >= g.since
                for g in m.held(by, client)
                if "view_notes" in model.CODES[g.scope]
            )
        }
        made = self.tried(
            allowed,
            lambda: acts.consult(
                self.someone(by),
                self.someone(colleague),
                self.clients[client],
                hidden=hidden,
                days=days,
                whole=[self.contacts[client][n] for n in whole],
            ),
        )
        if made:
            lasts = min(days, until - m.now)
            m.consultations.append(model.Act(m.now, m.now + lasts, made, by, client, colleague))
            self.give(colleague, client, "consult", "consultation", days=lasts, act=made)
            for n in whole & readable:
                self.give(
                    colleague, client, "contact", "consultation", days=lasts, act=made, contact=n
                )
            self.name_lines(client)

    @precondition(lambda self: self.model.consultations)
    @rule(by=ANYBODY, pick=PICK)
    def end_consultation(self, by: str, pick: int) -> None:
        m = self.model
        it = m.consultations[pick % len(m.consultations)]
        may = (by in (it.person, it.other) and m.active(by)) or m.looks_after(by, it.client)
        done = self.tried(may, lambda: acts.call(self.someone(by), "end_consultation(%s)", it.id))
        assert bool(done) == (may and it.live(m.now))
        if done:
            m.end_acts([it])

    @rule(pick=PICK, by=SERVING, client=CLIENTS)
    def emergency(self, pick: int, by: str, client: str) -> None:
        by = self.likely(
            by, pick, lambda p: self.model.records[client].branch in self.model.serves(p)
        )
        m = self.model
        branch = m.records[client].branch
        allowed = branch in m.serves(by) and not m.not_over(m.emergencies, person=by)
        barred = m.in_conflict(by, client) or (
            m.records[client].protected and "view_client" not in m.codes(by, client)
        )
        made = uuid4()
        found = self.tried(
            allowed,
            lambda: acts.emergency_open(
                self.someone(by),
                self.branch(branch),
                self.clients[client].reference,
                made,
                *acts.keys(made),
            ),
        )
        assert bool(found) == (allowed and not barred)
        if found:
            m.emergencies.append(model.Act(m.now, m.now + 4 * HOUR, made, by, client))
            self.give(by, client, "errand", "emergency", days=4 * HOUR, act=made)
            self.name_lines(client)

    @precondition(lambda self: self.model.emergencies)
    @rule(by=SERVING, pick=PICK, more=st.booleans())
    def emergency_goes_on(self, by: str, pick: int, more: bool) -> None:
        m = self.model
        it = m.emergencies[pick % len(m.emergencies)]
        if not more:
            may = (by == it.person and m.active(by)) or m.looks_after(by, it.client)
            done = self.tried(may, lambda: acts.call(self.someone(by), "emergency_end(%s)", it.id))
            assert bool(done) == (may and it.live(m.now))
            if done:
                m.end_acts([it])
            return
        may = (
            by == it.person
            and it.live(m.now)
            and m.records[it.client].branch in m.serves(by)
            and bool(m.live(m.grants, act=it.id))
        )
        may = may and (it.rest or not m.accused(by, it.client))
        done = self.tried(may, lambda: acts.call(self.someone(by), "emergency_rest(%s)", it.id))
        assert bool(done) == (may and not it.rest)
        if done:
            it.rest = True
            self.give(by, it.client, "read", "emergency", days=it.ends - m.now, act=it.id)
            self.name_lines(it.client)

    @rule(pick=PICK, by=ANYBODY, who=ANYBODY, client=CLIENTS)
    def conflict(self, pick: int, by: str, who: str, client: str) -> None:
        by = self.likely(by, pick, lambda p: self.model.looks_after(p, client))
        who = self.likely(who, pick + 1, lambda p: self.model.reads_notes(p, client))
        m = self.model
        office = any(m.holds(who, d) for d in ("president", "protection"))
        checks = any(m.holds(by, d) for d in ("president", "protection"))
        told = any(
            c.client == client and c.about == who and not c.answered and m.hears(by, c)
            for c in m.complaints
        )
        decides = m.looks_after(by, client) and not m.accused_by_others(by, client, who)
        may = m.active(by) and (decides or told or (who == by and m.opens(by, client)))
        may = may and (who == by or checks or not office) and not m.last_named(who, client)
        made = self.tried(
            may,
            lambda: acts.conflict(self.someone(by), self.someone(who), client=self.clients[client]),
        )
        if made:
            m.conflicts.append(model.Conflict(m.now, model.FOREVER, who, by, client, id=made))
            m.end_grants(m.not_over(m.grants, person=who, client=client))
            m.end_acts(m.not_over(m.consultations, person=who, client=client))
            for act in m.not_over(m.consultations, other=who, client=client) + m.not_over(
                m.emergencies, person=who, client=client
            ):
                act.end(m.now)

    @rule(by=ANYBODY, who=ANYBODY, colleague=ANYBODY)
    def conflict_with_colleague(self, by: str, who: str, colleague: str) -> None:
        m = self.model
        office = any(m.holds(x, d) for x in (who, colleague) for d in ("president", "protection"))
        checks = any(m.holds(by, d) for d in ("president", "protection"))
        may = (
            m.active(by)
            and who != colleague
            and (
                who == by
                or m.holds(by, "president")
                or (colleague != by and (m.coordinates(by, who) or m.coordinates(by, colleague)))
            )
            and (who == by or checks or not office)
        )
        made = self.tried(
            may,
            lambda: acts.conflict(
                self.someone(by), self.someone(who), colleague=self.someone(colleague)
            ),
        )
        if made:
            m.conflicts.append(
                model.Conflict(m.now, model.FOREVER, who, by, colleague=colleague, id=made)
            )

    @precondition(lambda self: any(k.client for k in self.model.conflicts))
    @rule(by=ANYBODY, pick=PICK)
    def end_conflict(self, by: str, pick: int) -> None:
        m = self.model
        marked = [k for k in m.conflicts if k.client]
        it = marked[pick % len(marked)]
        may = by != it.person and m.decides_on(by, str(it.client))
        done = self.tried(may, lambda: acts.call(self.someone(by), "end_conflict(%s)", it.id))
        assert bool(done) == (may and it.live(m.now))
        if done:
            it.end(m.now)

    @rule(
        pick=PICK,
        by=ANYBODY,
        client=CLIENTS,
        kind=st.sampled_from(("volunteer", "coordinator", "association", "unsaid")),
        about=st.one_of(st.none(), ANYBODY),
    )
    def complain(self, pick: int, by: str, client: str, kind: str, about: str | None) -> None:
        by = self.likely(
            by,
            pick,
            lambda p: self.model.looks_after(p, client) or self.model.holds(p, "protection"),
        )
        m = self.model
        may = about != by and m.active(by) and (m.views(by, client) or m.holds(by, "protection"))
        made = self.tried(
            may,
            lambda: acts.complain(
                self.someone(by), self.clients[client], kind, self.someone(about) if about else None
            ),
        )
        if made:
            if about and m._branches(about, "coordinator"):
                kind = "coordinator"
            nobody_named = about is None and kind != "association"
            meant = m.meant(kind, client, by) if nobody_named else frozenset()
            m.complaints.append(model.Complaint(made, client, kind, about, by, meant))
            m.end_grants(
                g
                for g in m.not_over(m.grants, client=client, basis="branch_duty", scope="read")
                if g.person == about
            )

    @precondition(lambda self: self.model.complaints)
    @rule(by=ANYBODY, to=ANYBODY, pick=PICK, answer=st.booleans())
    def complaint_goes_on(self, by: str, to: str, pick: int, answer: bool) -> None:
        m = self.model
        it = m.complaints[pick % len(m.complaints)]
        if answer:
            may = m.deals_with(by, it) and it.handler in (None, by) and not it.answered
            self.tried(
                may, lambda: acts.call(self.someone(by), "answer_complaint(%s)", it.id) or True
            )
            it.answered |= may
            return
        offices = {
            d.branch
            for d in m.duties[to]
            if d.kind in ("coordinator", "president", "protection") and d.live(m.now)
        }
        anywhere = m.holds(by, "president") or m.holds(by, "protection")
        may = (
            m.deals_with(by, it)
            and not it.answered
            and m.active(to)
            and not m.must_not_hear(it, to)
            and to not in it.meant
            and bool(offices if anywhere else offices & {m.records[it.client].branch})
        )
        self.tried(
            may,
            lambda: (
                acts.call(self.someone(by), "hand_complaint(%s, %s)", it.id, self.someone(to).id)
                or True
            ),
        )
        if may:
            it.handler = to

    @rule(
        pick=PICK,
        by=COORDINATORS,
        client=CLIENTS,
        on=st.booleans(),
        named=st.sets(SERVING, max_size=2),
    )
    def protect(self, pick: int, by: str, client: str, on: bool, named: set[str]) -> None:
        by = self.likely(by, pick, lambda p: self.model.looks_after(p, client))
        m = self.model
        branch = m.records[client].branch
        leads = [n for n in {by, *named} if branch in m._branches(n, "coordinator")]
        may = m.decides_on(by, client) and all(branch in m.serves(n) for n in named)
        may = may and not (on and any(m.in_conflict(n, client) for n in leads))
        ids = [self.someone(n).id for n in named]
        self.tried(
            may,
            lambda: (
                acts.call(
                    self.someone(by),
                    "protect(%s, %s, %s::uuid[])",
                    self.clients[client].pk,
                    on,
                    ids,
                )
                or True
            ),
        )
        if not may:
            return
        m.records[client].protected = on
        others = [
            g
            for g in m.not_over(m.grants, client=client)
            if g.scope == "named" or (on and g.person not in {by, *named})
        ]
        m.end_grants(others)
        if on:
            for act in m.not_over(m.consultations, client=client):
                if act.other not in {by, *named}:
                    act.end(m.now)
            for act in m.not_over(m.emergencies, client=client):
                if act.person not in {by, *named}:
                    act.end(m.now)
            for lead in leads:
                self.give(lead, client, "named", "branch_duty")
            self.name_lines(client)

    @precondition(lambda self: any(map(self.model.left_alone, self.model.records)))
    @rule(pick=PICK, by=ANYBODY, who=COORDINATORS, client=CLIENTS)
    def name_coordinator(self, pick: int, by: str, who: str, client: str) -> None:
        """An office gives a protected record that was left alone to a coordinator of the branch."""
        m = self.model
        client = next(filter(m.left_alone, m.records), client) if pick % 3 else client
        by = self.likely(by, pick, lambda p: m.holds(p, "president") or m.holds(p, "protection"))
        may = m.active(by) and (m.holds(by, "president") or m.holds(by, "protection"))
        may = may and m.left_alone(client) and m.leads(who, client) and m.active(who)
        may = may and not any(m.in_conflict(p, client) or m.accused(p, client) for p in (by, who))
        ids = self.clients[client].pk, self.someone(who).id
        self.tried(
            may, lambda: acts.call(self.someone(by), "name_coordinator(%s, %s)", *ids) or True
        )
        if may:
            self.give(who, client, "named", "branch_duty")
            self.name_lines(client)

    @rule(pick=PICK, by=COORDINATORS, client=CLIENTS, to=BRANCH, takes_over=COORDINATORS)
    def move(self, pick: int, by: str, client: str, to: str, takes_over: str) -> None:
        by = self.likely(by, pick, lambda p: pick % 5 == 0 and self.model.looks_after(p, client))
        m = self.model
        record = m.records[client]
        there = [p for p in PEOPLE if to in m._branches(p, "coordinator")]
        if record.protected:
            there = [
                p
                for p in there
                if p == takes_over and p in m.signed and not m.in_conflict(p, client)
            ]
        may = m.decides_on(by, client) and to != record.branch and bool(there)
        self.tried(
            may,
            lambda: (
                acts.call(
                    self.someone(by),
                    "move_client(%s, %s, %s)",
                    self.clients[client].pk,
                    self.branch(to),
                    self.someone(takes_over).id,
                )
                or True
            ),
        )
        if not may:
            return
        m.end_grants(m.not_over(m.grants, client=client))
        for act in m.not_over(m.consultations + m.emergencies, client=client):
            act.end(m.now)
        record.branch = to
        if record.protected:
            self.give(takes_over, client, "named", "branch_duty")
            self.name_lines(client)

    @rule(by=ANYBODY, who=SERVING, often=st.integers(0, 3))
    def leave(self, by: str, who: str, often: int) -> None:
        m = self.model
        if often:
            return  # else everybody has left before anything happens
        theirs = m.live(m.duties[who])
        below = m.coordinates(by, who) and all(
            d.kind == "volunteer" and d.branch in m.coordinated(by) for d in theirs
        )
        may = (
            by not in m.left
            and who not in m.left
            and (by == who or m.holds(by, "president") or below)
        )

        def act() -> bool:
            with signin_transaction(self.someone(by).actor().token) as cursor:
                cursor.execute("SELECT sec.leave(%s, %s)", [uuid4(), self.someone(who).id])
            return True

        if self.tried(may, act):
            for duty in m.duties[who]:
                duty.end(m.now)
            m.end_grants(m.not_over(m.grants, person=who))
            m.end_acts(m.not_over(m.consultations, person=who))
            for act_ in m.not_over(m.consultations, other=who) + m.not_over(
                m.emergencies, person=who
            ):
                act_.end(m.now)
            m.left.add(who)

    @rule(who=SERVING, pick=PICK)
    def end_duty(self, who: str, pick: int) -> None:
        m = self.model
        duty = m.duties[who][pick % len(m.duties[who])]

        def act() -> bool:
            with signin_transaction(self.cast.president.actor().token) as cursor:
                cursor.execute("SELECT sec.end_duty(%s)", [duty.id])
            return True

        if self.tried(not duty.over(m.now), act):
            duty.end(m.now)
            stays = duty.branch in m._branches(who, "coordinator", "volunteer")
            m.end_grants(
                g
                for g in m.not_over(m.grants, person=who, branch=duty.branch)
                if not stays or (g.basis == "branch_duty" and duty.kind == "coordinator")
            )

    @rule(
        who=SERVING,
        kind=st.sampled_from(("volunteer", "coordinator")),
        branch=BRANCH,
        lasts=st.sampled_from((None, 1)),
    )
    def appoint(self, who: str, kind: str, branch: str, lasts: int | None) -> None:
        m = self.model
        with signin_transaction(self.cast.president.actor().token) as cursor:
            until = timezone.now() + timedelta(days=lasts) if lasts else None
            cursor.execute(
                "SELECT sec.appoint(%s, %s, %s, %s)",
                [self.someone(who).id, kind, self.branch(branch), until],
            )
            made = cursor.fetchone()[0]
        if branch not in m._branches(who, "coordinator", "volunteer"):
            m.end_grants(m.not_over(m.grants, person=who, branch=branch))
        elif branch not in m._branches(who, "coordinator"):
            m.end_grants(m.not_over(m.grants, person=who, branch=branch, basis="branch_duty"))
        m.duties[who].append(
            model.Duty(m.now, m.now + (lasts or model.FOREVER), kind, branch, made)
        )

    @rule(often=st.integers(0, 4))
    def new_code(self, often: int) -> None:
        if often:
            return
        new_code(self.cast.president)
        self.model.signed.clear()

    @rule(who=ANYBODY)
    def sign(self, who: str) -> None:
        if who in self.model.signed | self.model.left:
            return
        with self.someone(who).actor().transaction() as actor:
            bound = PolicyVersion.objects.filter(adopted_on__isnull=False).latest("number")
            code.sign_undertaking(
                by=actor, text=PolicyText.objects.get(version=bound, language="en").pk
            )
        self.model.signed.add(who)

    @rule(days=st.sampled_from((1, 2)))
    def days_pass(self, days: int) -> None:
        """The clock is moved by moving the dates."""
        self.model.now += days
        back = "- make_interval(days => %(days)s)"
        both = f"starts_at = starts_at {back}, ends_at = ends_at {back}"
        ids = [client.pk for client in self.clients.values()]
        self.asleep(
            *(
                f"UPDATE clients_{t} SET {both} WHERE client_id = ANY(%(ids)s)"
                for t in ("grant", "consultation", "conflict")
            ),
            f"UPDATE clients_clientpermission SET {both} WHERE content_object_id = ANY(%(ids)s)",
            f"UPDATE clients_contactpermission p SET {both} FROM clients_contact c WHERE c.id = p.content_object_id AND c.client_id = ANY(%(ids)s)",
            f"UPDATE clients_emergency SET opened_at = opened_at {back}, ends_at = ends_at {back} WHERE client_id = ANY(%(ids)s)",
            f"UPDATE volunteers_duty SET {both} WHERE person_id = ANY(%(people)s)",
            f"UPDATE volunteers_lettingin SET at = at {back} WHERE person_id = ANY(%(people)s)",
            ids=ids,
            days=days,
            people=[self.someone(p).id for p in PEOPLE],
        )
