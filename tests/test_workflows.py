"""Each table of steps is what the database allows: every state, act and person, fresh and not; and what the pages ask."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone

from audit import door
from audit.actor import Actor
from clients.complaints import workflow as complaints
from clients.consultations import workflow as consultations
from clients.contacts import workflow as statements
from clients.emergencies import workflow as emergencies
from clients.heirs import workflow as heirs
from clients.models import (
    Client,
    ComplaintEntry,
    ConsultationEntry,
    ContactNote,
    EmergencyEntry,
    HeirRequest,
    HeirWords,
)
from rights.erasure import workflow as erasing
from rights.holds import workflow as holds
from rights.models import PreparedCopy, SubjectRequest, SubjectRequestWords
from rights.prepared import workflow as copies
from rights.requests import workflow as requests
from tests.making import acts, erasures
from tests.making.clients import new_client
from tests.making.directives import dies, lives
from tests.making.emergencies import nothing_open
from tests.making.heirs import confirm, heir, propose
from tests.making.keeping import hold
from tests.making.people import Cast, Someone, build_another, recruit
from tests.making.principals import superuser
from tests.making.spaces import confirm_portal, open_space
from tests.making.statements import first_contact, open_notes
from tools.states_document import PAGE, document
from vault.exceptions import Conflict
from volunteers.workflow import START, Workflow

PLAYERS = (
    "volunteer",
    "colleague",
    "coordinator",
    "deputy",
    "south_coordinator",
    "president",
    "protection",
    "administrator",
    "client",
    "opener",
)
Try = Callable[[Actor, UUID | None, Any], bool]


@dataclass
class Thing:
    """One kind of thing: its table, one of it in each state, who plays which part, how each act is tried."""

    workflow: Workflow
    at: dict[str, Any]
    plays: dict[models.TextChoices, set[str]]
    tries: dict[models.TextChoices, Try]
    people: dict[str, Someone] = field(default_factory=dict)  # who opened the one in a state
    instead: dict[str, Someone] = field(default_factory=dict)  # of the one in the cast
    owns: dict[str, Someone] = field(default_factory=dict)  # the client whose one in a state it is


def said(statement: str, *values: Any) -> bool:
    """Whether the database does this: a row is changed, or a function does not say no."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        if not statement.startswith("SELECT"):
            return cursor.rowcount == 1
        return cursor.fetchone()[0] is not False


def added(row: Any) -> bool:
    """Whether a row goes in."""
    row.save(force_insert=True)
    return True


def undone(actor: Actor, act: Callable[[], bool]) -> bool:
    """Whether an act goes through for this principal. Undone afterwards."""
    with suppress(DatabaseError), transaction.atomic():
        actor.enter()
        done = act()
        transaction.set_rollback(True)
        return done
    return False


def keys_of(subject: UUID) -> Any:
    """Keys that seal; whose they are the database cannot see."""
    return door.new_keys(subject)[0]


def test_page_in_the_documents_is_made_of_the_tables() -> None:
    assert PAGE.read_text() == document(), "run `make states`"


@pytest.fixture(scope="module")
def cast(cast: Cast) -> Cast:
    """People of its own: what the standing ones have done elsewhere decides who hears a complaint."""
    with superuser() as connection:
        return build_another(connection, "_steps")


@pytest.fixture(scope="module")
def client(cast: Cast) -> Client:
    """Somebody whom the volunteer supports, with a space of their own."""
    return new_client(cast.volunteer)


@pytest.fixture(scope="module")
def own(cast: Cast, client: Client) -> Someone:
    """That client."""
    account = open_space(cast.volunteer.actor(), client.pk)
    confirm_portal(client)
    return Someone(account, "", None)


@pytest.fixture(scope="module")
def consultation(cast: Cast) -> Thing:
    from clients.consultations.workflow import Action, Who

    # Of their own: the coordinators open the notes of the one above.
    client, another = new_client(cast.volunteer), recruit(cast.north)
    running = acts.consult(cast.volunteer, cast.colleague, client)
    over = acts.consult(cast.volunteer, cast.colleague, client)
    acts.call(cast.volunteer, "end_consultation(%s)", over)

    def ask(by: Actor, me: UUID | None, which: UUID) -> bool:
        return said(
            "SELECT sec.consult(%s, %s, %s, 'client', false, '{}', 14, NULL)",
            uuid4(),
            client.pk,
            another.id,
        )

    def answer(by: Actor, me: UUID | None, which: UUID) -> bool:
        return added(
            ConsultationEntry.new(
                keys_of(client.pk),
                client_id=client.pk,
                consultation_id=which,
                kind="answer",
                by_id=me,
                text="Yes.",
            )
        )

    def end(by: Actor, me: UUID | None, which: UUID) -> bool:
        return said("SELECT sec.end_consultation(%s)", which)

    return Thing(
        consultations.CONSULTATION,
        {START: None, consultations.RUNNING: running, consultations.OVER: over},
        {
            Who.READER: {"volunteer"},
            Who.EITHER: {"volunteer", "colleague"},
            Who.ANY: {"volunteer", "colleague", "coordinator", "deputy"},
        },
        {Action.ASK: ask, Action.ANSWER: answer, Action.END: end},
    )


@pytest.fixture(scope="module")
def emergency(cast: Cast) -> Thing:
    from clients.emergencies.workflow import OPEN, OVER, REVIEWED, WHOLE, Action, Who

    nothing_open(cast.volunteer, cast.coordinator, cast.deputy)
    theirs, openers, at = new_client(cast.volunteer), {}, {START: None}
    for state in (OPEN, WHOLE, OVER, REVIEWED):
        openers[state] = recruit(cast.north)
        at[state], found = acts.press_emergency(openers[state], theirs)
        assert found
    acts.call(openers[WHOLE], "emergency_rest(%s)", at[WHOLE])
    for state in (OVER, REVIEWED):
        acts.call(openers[state], "emergency_end(%s)", at[state])
    acts.call(cast.deputy, "emergency_review(%s, 'justified', 'B-1')", at[REVIEWED])

    def press(by: Actor, me: UUID | None, which: UUID) -> bool:
        return acts.presses(by, cast.north, theirs) == theirs.pk

    def rest(by: Actor, me: UUID | None, which: UUID) -> bool:
        return said("SELECT sec.emergency_rest(%s)", which)

    def why(by: Actor, me: UUID | None, which: UUID) -> bool:
        return added(
            EmergencyEntry.new(
                keys_of(which), emergency_id=which, kind="words", by_id=me, text="He fell."
            )
        )

    def end(by: Actor, me: UUID | None, which: UUID) -> bool:
        return said("SELECT sec.emergency_end(%s)", which)

    def review(by: Actor, me: UUID | None, which: UUID) -> bool:
        return said("SELECT sec.emergency_review(%s, 'justified', 'B-1') IS NULL", which)

    return Thing(
        emergencies.EMERGENCY,
        at,
        {
            Who.SERVING: {"volunteer", "colleague", "coordinator", "deputy"},
            Who.OPENER: {"opener"},
            Who.ENDER: {"opener", "coordinator", "deputy"},
            Who.REVIEWER: {"coordinator", "deputy"},
        },
        {
            Action.OPEN: press,
            Action.OPEN_ALL: rest,
            Action.SAY_WHY: why,
            Action.END: end,
            Action.REVIEW: review,
        },
        openers,
        # Somebody of their own: who asked for records ten times in an hour asks for none.
        {"colleague": recruit(cast.north)},
    )


@pytest.fixture(scope="module")
def complaint(cast: Cast, client: Client, own: Someone) -> Thing:
    from clients.complaints.workflow import ANSWERED, OPEN, Action, Who

    # It came through a space that nobody had confirmed then, and names no coordinator.
    waiting = open_space(cast.colleague.actor(), new_client(cast.colleague).pk)
    at = {START: None}
    for state in (OPEN, ANSWERED):
        at[state] = acts.complain(cast.protection, client, "unsaid", None)
    acts.call(cast.president, "answer_complaint(%s)", at[ANSWERED])
    with superuser() as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "UPDATE clients_complaint SET counts_since = NULL, opened_through = "
            '(SELECT id FROM clients_portalaccess WHERE "user" = %s) WHERE id = ANY (%s)',
            [waiting, [at[OPEN], at[ANSWERED]]],
        )

    def take(by: Actor, me: UUID | None, which: UUID) -> bool:
        made = uuid4()
        return said(
            "SELECT sec.complain(%s, %s, 'association', NULL, %s, %s, %s)",
            made,
            client.pk,
            f"K-{made.hex[:8]}",
            *acts.keys(made),
        )

    def note(by: Actor, me: UUID | None, which: UUID) -> bool:
        return added(
            ComplaintEntry.new(
                keys_of(which), complaint_id=which, kind="note", by_id=me, text="Rang.", reach=""
            )
        )

    def count(by: Actor, me: UUID | None, which: UUID) -> bool:
        return said("SELECT sec.count_complaint(%s)", which)

    def clear(by: Actor, me: UUID | None, which: UUID) -> bool:
        return said("SELECT sec.clear_complaint(%s, %s)", which, cast.deputy.id)

    def hand(by: Actor, me: UUID | None, which: UUID) -> bool:
        to = cast.protection if me == cast.president.id else cast.president
        return said("SELECT sec.hand_complaint(%s, %s)", which, to.id)

    def answer(by: Actor, me: UUID | None, which: UUID) -> bool:
        return said("SELECT sec.answer_complaint(%s)", which)

    hears = {"president", "protection"}  # nobody is named, so no coordinator does
    return Thing(
        complaints.COMPLAINT,
        at,
        {
            Who.RECORD: {"volunteer", "coordinator", "deputy", "protection", "client"},
            Who.HEARER: hears,
            Who.OFFICE: {"president", "protection"},
        },
        {
            Action.TAKE_DOWN: take,
            Action.NOTE: note,
            Action.COUNT: count,
            Action.CLEAR: clear,
            Action.HAND: hand,
            Action.ANSWER: answer,
        },
    )


@pytest.fixture(scope="module")
def request_(cast: Cast, client: Client, own: Someone) -> Thing:
    from rights.requests.workflow import DONE, IN_PROGRESS, NEW, REFUSED, TAKEN_BACK, Action, Who

    keys = keys_of(client.pk)

    def write_answer(which: UUID) -> None:
        """An answer has words: the database looks whether whoever decides wrote some."""
        words = SubjectRequestWords.objects.filter(request=which).first()
        if words is not None:
            words.unlock(keys).answer = "We have done so."
            words.save()

    def row() -> SubjectRequest:
        return SubjectRequest(
            client=client,
            branch_id=client.branch_id,
            kind="access",
            due_on=timezone.localdate() + timedelta(days=31),
        )

    at: dict[str, Any] = {START: None}
    for state in (NEW, IN_PROGRESS, DONE, REFUSED, TAKEN_BACK):
        with own.actor().transaction():
            made = row()
            made.save(force_insert=True)
            SubjectRequestWords.new(keys, client=client, request=made, asked="All.").save()
        at[state] = made.pk
        if state == TAKEN_BACK:
            with own.actor().transaction():
                SubjectRequest.objects.filter(pk=made.pk).update(state=state)
        elif state != NEW:
            with cast.coordinator.actor().transaction():
                if state != IN_PROGRESS:
                    write_answer(made.pk)
                SubjectRequest.objects.filter(pk=made.pk).update(
                    state=state, handled_by_id=cast.coordinator.id, handled_at=timezone.now()
                )

    def ask(by: Actor, me: UUID | None, which: UUID) -> bool:
        return added(row())

    def to(state: str) -> Try:
        def act(by: Actor, me: UUID | None, which: UUID) -> bool:
            if state in (DONE, REFUSED):
                # Whom the words are closed to, the request is too; a client writes no answer.
                with suppress(DatabaseError, Conflict), transaction.atomic():
                    write_answer(which)
            return said(
                "UPDATE rights_subjectrequest SET state = %s, handled_by_id = %s, handled_at = now() WHERE id = %s",
                state,
                me,
                which,
            )

        return act

    leads = {"coordinator", "deputy"}
    return Thing(
        requests.REQUEST,
        at,
        {
            Who.CLIENT: {"client", "volunteer", *leads},
            Who.COORDINATOR: leads,
            Who.OWN: {"client"},
        },
        {
            Action.ASK: ask,
            Action.TAKE_UP: to(IN_PROGRESS),
            Action.FULFIL: to(DONE),
            Action.REFUSE: to(REFUSED),
            Action.TAKE_BACK: to(TAKEN_BACK),
        },
    )


@pytest.fixture(scope="module")
def heir_(cast: Cast) -> Thing:
    from clients.heirs.workflow import (
        GRANTED,
        MOOT,
        NEW,
        REFUSED,
        TO_GRANT,
        TO_REFUSE,
        Action,
        Who,
    )

    dead, third = new_client(cast.volunteer), recruit(cast.north, "coordinator")
    dies(cast.volunteer, dead)
    at: dict[str, Any] = {START: None, MOOT: heir(cast.volunteer, dead).pk}
    lives(cast.volunteer, dead)
    dies(cast.volunteer, dead)
    for state in (NEW, TO_GRANT, TO_REFUSE, GRANTED, REFUSED):
        made = heir(cast.volunteer, dead)
        at[state] = made.pk
        if state != NEW:
            propose(cast.coordinator, made, grant=state in (TO_GRANT, GRANTED))
        if state in (GRANTED, REFUSED):
            confirm(third, made)

    def take(by: Actor, me: UUID | None, which: UUID) -> bool:
        return said(
            "SELECT sec.heir_record(%s, %s, %s, 'heir', 'estate', 'none', NULL, 'silent', 'phone', sec.today())",
            uuid4(),
            f"H-{uuid4().hex[:8]}",
            dead.pk,
        )

    def step(act: str, kind: str = "") -> Try:
        def tried(by: Actor, me: UUID | None, which: UUID) -> bool:
            if kind:
                row = HeirWords.new(
                    keys_of(dead.pk),
                    client_id=dead.pk,
                    request_id=which,
                    kind=kind,
                    by_id=me,
                    text="So.",
                )
                added(row)
            return said("SELECT sec.heir_step(%s, %s)", which, act)

        return tried

    def alive(by: Actor, me: UUID | None, which: UUID) -> bool:
        moot = HeirRequest.objects.filter(pk=which, state=MOOT)
        before = moot.exists()
        done = said("UPDATE clients_client SET state = 'open' WHERE id = %s", dead.pk)
        return done and not before and moot.exists()

    leads = {"coordinator", "deputy"}
    return Thing(
        heirs.HEIR,
        at,
        {
            Who.WRITER: {"volunteer", *leads},
            Who.COORDINATOR: leads,
            Who.SECOND: {
                "deputy",
                "protection",
            },  # the coordinator proposed, the volunteer recorded
        },
        {
            Action.RECORD: take,
            Action.GRANT: step("grant", "decision"),
            Action.REFUSE: step("refuse", "decision"),
            Action.CONFIRM: step("confirm"),
            Action.BACK: step("back"),
            Action.OBJECT: step("object", "objection"),
            Action.SETTLE: step("settle", "settled"),
            Action.LIVES: alive,
        },
    )


@pytest.fixture(scope="module")
def statement(cast: Cast, client: Client, own: Someone) -> Thing:
    from clients.contacts.workflow import ACCEPTED, OPEN, REFUSED, WITHDRAWN, Action, Who

    contact = first_contact(cast.volunteer, client)
    at: dict[str, Any] = {START: None}
    for state in (OPEN, ACCEPTED, REFUSED, WITHDRAWN):
        at[state] = uuid4()
        acts.call(own, "add_statement(%s, %s, %s, '', NULL)", at[state], client.pk, contact)
    with cast.volunteer.actor().transaction() as actor:
        keys = door.open_one(actor, client.pk, "contact.correct", "support")
        note = ContactNote.objects.get(contact=contact).unlock(keys)
        note.text = "He fell."
        note.save()
    for lead in (cast.coordinator, cast.deputy):
        open_notes(lead, client)
    acts.call(cast.volunteer, "answer_statement(%s, 'accepted')", at[ACCEPTED])
    acts.call(cast.coordinator, "answer_statement(%s, 'refused')", at[REFUSED])
    acts.call(own, "withdraw_statement(%s)", at[WITHDRAWN])

    def say(by: Actor, me: UUID | None, which: UUID) -> bool:
        how = ("phone", timezone.localdate()) if me else ("", None)
        statement = "SELECT sec.add_statement(%s, %s, %s, %s, %s)"
        return said(statement, uuid4(), client.pk, contact, *how)

    def answer(state: str) -> Try:
        return lambda by, me, which: said("SELECT sec.answer_statement(%s, %s)", which, state)

    def withdraw(by: Actor, me: UUID | None, which: UUID) -> bool:
        return said("SELECT sec.withdraw_statement(%s)", which)

    leads = {"coordinator", "deputy"}
    return Thing(
        statements.STATEMENT,
        at,
        {
            Who.CLIENT: {"client", "volunteer", *leads},
            Who.CORRECTOR: {"volunteer", *leads},
            Who.JUDGE: leads,
            Who.OWN: {"client"},
        },
        {
            Action.SAY: say,
            Action.ACCEPT: answer(ACCEPTED),
            Action.REFUSE: answer(REFUSED),
            Action.WITHDRAW: withdraw,
        },
    )


@pytest.fixture(scope="module")
def copy(cast: Cast) -> Thing:
    from rights.prepared.workflow import (
        ENDED,
        PREPARED,
        REFUSED,
        RELEASED,
        SENT,
        Action,
        Who,
    )

    theirs, at = new_client(cast.volunteer), {START: None}
    send_it = "SELECT sec.send_copy(%s, r.drawn, r.writes) FROM sec.begin_to_read(%s) r"
    for state in (PREPARED, SENT, RELEASED, REFUSED, ENDED):
        made = at[state] = uuid4()
        prepare_it = "prepare_copy(%s, %s, 'asked', 'hand', 'en', false, NULL)"
        acts.call(cast.coordinator, prepare_it, made, theirs.pk)
        if state in (SENT, RELEASED, REFUSED):
            with cast.coordinator.actor().transaction():
                said(send_it, made, made)
    acts.call(cast.deputy, "release_copy(%s, %s)", at[RELEASED], uuid4())
    acts.call(cast.deputy, "end_copy(%s)", at[REFUSED])
    acts.call(cast.coordinator, "end_copy(%s)", at[ENDED])

    def prepare(by: Actor, me: UUID | None, which: UUID) -> bool:
        return said(f"SELECT sec.{prepare_it}", uuid4(), theirs.pk)

    def send(by: Actor, me: UUID | None, which: UUID) -> bool:
        return said("SELECT sec.send_copy(%s, now(), 0)", which)

    def release(by: Actor, me: UUID | None, which: UUID) -> bool:
        return said("SELECT sec.release_copy(%s, %s)", which, uuid4())

    def end(state: str) -> Try:
        """One function does both: it depends on who asks."""

        def act(by: Actor, me: UUID | None, which: UUID) -> bool:
            done = said("SELECT sec.end_copy(%s)", which)
            return done and PreparedCopy.objects.filter(pk=which, state=state).exists()

        return act

    return Thing(
        copies.COPY,
        at,
        {
            Who.COORDINATOR: {"coordinator", "deputy"},
            Who.PREPARER: {"coordinator"},
            Who.SECOND: {"deputy"},
        },
        {
            Action.PREPARE: prepare,
            Action.SEND: send,
            Action.RELEASE: release,
            Action.REFUSE: end(REFUSED),
            Action.END: end(ENDED),
        },
    )


@pytest.fixture(scope="module")
def hold_(cast: Cast) -> Thing:
    from rights.holds.workflow import HELD, RELEASED, Action, Who

    theirs = new_client(cast.volunteer)
    at = {START: None, HELD: hold(cast.coordinator, theirs).pk}
    at[RELEASED] = hold(cast.coordinator, theirs).pk
    acts.call(cast.deputy, "release_hold(%s)", at[RELEASED])

    def place(by: Actor, me: UUID | None, which: UUID) -> bool:
        return said("SELECT sec.place_hold(%s, %s, 'court')", uuid4(), theirs.pk)

    def by_reference(by: Actor, me: UUID | None, which: UUID) -> bool:
        statement = "SELECT sec.place_hold_by_reference(%s, %s, 'court')"
        return said(statement, uuid4(), theirs.reference)

    def end(by: Actor, me: UUID | None, which: UUID) -> bool:
        return said("SELECT sec.release_hold(%s)", which)

    leads, offices = {"coordinator", "deputy"}, {"president", "protection"}
    return Thing(
        holds.HOLD,
        at,
        {Who.COORDINATOR: leads, Who.OFFICE: offices, Who.ANY: leads | offices},
        {Action.PLACE: place, Action.PLACE_BY_REFERENCE: by_reference, Action.RELEASE: end},
    )


@pytest.fixture(scope="module")
def erasure(cast: Cast) -> Thing:
    from rights.erasure.workflow import (
        BEGUN,
        DECIDED,
        DONE,
        KEYLESS,
        LINED,
        PROPOSED,
        REFUSED,
        WITHDRAWN,
        Action,
        Who,
    )

    at: dict[str, Any] = {START: None}
    owns: dict[str, Someone] = {}
    another = new_client(cast.volunteer)
    # What has begun goes on with whatever worker and sealer do next: the furthest first.
    for state in (DONE, KEYLESS, LINED, BEGUN, PROPOSED, DECIDED, REFUSED, WITHDRAWN):
        theirs = new_client(cast.volunteer)
        erasures.asked(cast.deputy, theirs)
        made = at[state] = erasures.proposed(cast.coordinator, theirs, "request")
        if state not in (PROPOSED, WITHDRAWN):
            acts.call(cast.deputy, "decide_erasure(%s, %s)", made, state != REFUSED)
        if state == WITHDRAWN:
            acts.call(cast.coordinator, "withdraw_erasure(%s)", made)
        if state in (DONE, KEYLESS, LINED, BEGUN):
            erasures.bring_to(made, state)
        else:
            owns[state] = Someone(open_space(cast.volunteer.actor(), theirs.pk), "", None)
            confirm_portal(theirs)

    def propose(by: Actor, me: UUID | None, which: UUID) -> bool:
        return said("SELECT sec.propose_erasure(%s, %s, 'mistake')", uuid4(), another.pk)

    def does(call: str) -> Try:
        def act(by: Actor, me: UUID | None, which: UUID) -> bool:
            return said(f"SELECT sec.{call}", which)

        return act

    def waive(by: Actor, me: UUID | None, which: UUID) -> bool:
        return said("SELECT sec.waive_erasure(%s, %s)", which, "phone" if me else "portal")

    def line(by: Actor, me: UUID | None, which: UUID) -> bool:
        return said("SELECT sec.erasure_lined(%s, 1, sha256(''), sec.today(), '')", which)

    leads = {"coordinator", "deputy"}
    return Thing(
        erasing.ERASURE,
        at,
        {
            Who.COORDINATOR: leads,
            Who.EITHER: {"client", *leads},
            Who.SECOND: {"deputy"},
            Who.WORKER: set(),
            Who.SEALER: set(),
        },
        {
            Action.PROPOSE: propose,
            Action.DECIDE: does("decide_erasure(%s, true)"),
            Action.REFUSE: does("decide_erasure(%s, false)"),
            Action.WAIVE: waive,
            Action.WITHDRAW: does("withdraw_erasure(%s)"),
            Action.BEGIN: does("begin_erasure(%s)"),
            Action.LINE: line,
            Action.DESTROY: does("destroy_keys(%s)"),
            Action.FINISH: does("finish_erasure(%s)"),
        },
        owns=owns,
    )


@pytest.fixture(
    params=[
        "consultation",
        "emergency",
        "complaint",
        "request_",
        "heir_",
        "statement",
        "copy",
        "hold_",
        "erasure",
    ]
)
def thing(request: pytest.FixtureRequest) -> Thing:
    return request.getfixturevalue(request.param)


def test_every_state_and_act_of_the_table_is_tried(thing: Thing) -> None:
    assert set(thing.at) == {START, *thing.workflow.states()}
    assert set(thing.tries) == {step.action for step in thing.workflow.steps}
    assert set(thing.plays) == {step.who for step in thing.workflow.steps}


@pytest.mark.timeout(300)
def test_database_allows_exactly_the_table(cast: Cast, own: Someone, thing: Thing) -> None:
    wrong = []
    for state, which in thing.at.items():
        for action, act in thing.tries.items():
            if (state == START) != (thing.workflow.find(START, action) is not None):
                continue  # what makes a thing is tried where there is none, and nothing else there
            step = thing.workflow.find(state, action)
            for player in PLAYERS:
                for fresh in (True, False):
                    allowed = step is not None and player in thing.plays[step.who]  # type: ignore[index]
                    expected = allowed and (fresh or not step.fresh)  # type: ignore[union-attr]
                    someone = _somebody(cast, own, thing, player, state)
                    if someone is None:
                        continue
                    by, me = (
                        someone.actor(fresh=fresh),
                        None if player == "client" else someone.id,
                    )
                    done = undone(by, lambda: act(by, me, which))  # noqa: B023
                    if done != expected:
                        wrong.append(
                            (state, str(action), player, "fresh" if fresh else "stale", done)
                        )
    assert wrong == []


def _somebody(cast: Cast, own: Someone, thing: Thing, actor: str, state: str) -> Someone | None:
    if actor == "client":
        return thing.owns.get(state, own)
    if actor == "opener":
        return thing.people.get(state)
    return thing.instead.get(actor) or getattr(cast, actor)
