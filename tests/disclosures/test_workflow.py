"""The table of steps and the trigger agree, for every pair of states; the other tables: tests/test_workflows.py."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit import door
from audit.actor import Actor
from disclosures.actions import will
from disclosures.actions.contents import hash_of
from disclosures.models import Disclosure, Said, State
from disclosures.workflow import DISCLOSURE, Action, Who
from tests.making.disclosures import asked, open_notes
from tests.making.people import Cast, Someone
from tests.making.principals import mint
from vault.exceptions import Refused
from volunteers.workflow import START, Step

MOVES = [step for step in DISCLOSURE.steps if step.before != START]


@dataclass(frozen=True)
class Player:
    """Somebody who tries, and which of the table's parts they play."""

    name: str
    plays: frozenset[Who]


REQUESTER = Player("volunteer", frozenset({Who.REQUESTER, Who.EITHER, Who.HAS_CLIENT}))
COORDINATOR = Player(
    "deputy",
    frozenset({Who.ANOTHER_COORDINATOR, Who.COORDINATOR, Who.EITHER, Who.HAS_CLIENT}),
)
PLAYERS = [
    REQUESTER,
    COORDINATOR,
    Player("colleague", frozenset()),
    Player("south_coordinator", frozenset()),
    Player("president", frozenset()),
    Player("recipient", frozenset({Who.RECIPIENT})),
]
OWN = Player("coordinator", frozenset({Who.REQUESTER, Who.COORDINATOR, Who.EITHER, Who.HAS_CLIENT}))


@pytest.fixture(scope="module")
def pair(cast: Cast) -> dict[str, Disclosure]:
    """One asked for by a volunteer, one by a coordinator."""
    found = {"volunteer": asked(cast), "coordinator": asked(cast, cast.coordinator)}
    for made in found.values():
        open_notes(cast.deputy, made)
        open_notes(cast.coordinator, made)
    return found


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", State)
def test_database_allows_exactly_the_table(
    cast: Cast,
    pair: dict[str, Disclosure],
    superuser: psycopg.Connection,
    before: State,
    after: State,
) -> None:
    for player in [*PLAYERS, OWN]:
        disclosure = pair["coordinator" if player is OWN else "volunteer"]
        _put(superuser, cast, disclosure, before)
        expected = any(
            step.before == before and step.after == after and step.who in player.plays
            for step in DISCLOSURE.steps
        )
        tried = _tries(cast, superuser, player, disclosure, before, after)
        assert tried == expected, f"{player.name}: {before} to {after}"


@pytest.mark.parametrize("step", MOVES, ids=lambda step: f"{step.before} {step.action}")
def test_database_asks_for_a_fresh_sign_in_exactly_where_the_table_does(
    cast: Cast, pair: dict[str, Disclosure], superuser: psycopg.Connection, step: Step
) -> None:
    """By everybody whom the table lets take the step. A recipient has a link, and signs in nowhere."""
    for player in [*PLAYERS, OWN]:
        if step.who not in player.plays or step.who == Who.RECIPIENT:
            assert not (step.who == Who.RECIPIENT and step.fresh)
            continue
        disclosure = pair["coordinator" if player is OWN else "volunteer"]
        _put(superuser, cast, disclosure, step.before)
        someone: Someone = getattr(cast, player.name)
        stale = someone.actor(fresh=False)
        moved = _takes(stale, someone.id, disclosure, step)
        assert moved != step.fresh, player.name


def _tries(
    cast: Cast,
    superuser: psycopg.Connection,
    player: Player,
    disclosure: Disclosure,
    before: State,
    after: State,
) -> bool:
    if player.name == "recipient":
        if (before, after) == (State.RELEASED, State.RECEIVED):
            return _receives(superuser, disclosure)
        return _moves(_recipient(uuid4()), None, disclosure, before, after)
    someone: Someone = getattr(cast, player.name)
    for step in DISCLOSURE.following(before):
        if step.after == after and step.action in ACTS:
            return _takes(someone.actor(), someone.id, disclosure, step)
    return _moves(someone.actor(), someone.id, disclosure, before, after)


def _takes(actor: Actor, me: UUID | None, disclosure: Disclosure, step: Step) -> bool:
    """Whether this principal may do that: by a raw UPDATE, or where that is none of theirs, by its own act."""
    if step.action not in ACTS:
        return _moves(actor, me, disclosure, State(step.before), State(step.after))

    def act() -> int:
        assert not _moves_here(disclosure, step.after), "nobody sets this state by itself"
        ACTS[step.action](actor, disclosure)
        return Disclosure.objects.filter(pk=disclosure.pk, state=step.after).count()

    return _undone(actor, act)


def _takes_back(actor: Actor, disclosure: Disclosure) -> None:
    """The client's word, which stops it. Whose key seals it the database cannot see."""
    with suppress(door.NotPermitted):  # on the page the record is opened for it first
        door.open_one(actor, disclosure.client_id, "will.write", "support")
    keys = door.new_keys(disclosure.client_id)[0]
    said, how = Said.WITHDRAWN, "phone"
    will.say(by=actor, client=disclosure.client, keys=keys, said=said, channel=how)


def _recalls(actor: Actor, disclosure: Disclosure) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sec.recall(%s)", [disclosure.pk])


ACTS = {Action.TAKE_BACK: _takes_back, Action.RECALL: _recalls}


def _moves_here(disclosure: Disclosure, after: str) -> bool:
    try:
        with transaction.atomic():
            statement = "UPDATE disclosures_disclosure SET state = %(after)s WHERE id = %(id)s"
            return _rows(statement, {"after": after, "id": disclosure.pk}) == 1
    except DatabaseError:
        return False


def _moves(
    actor: Actor, me: UUID | None, disclosure: Disclosure, before: State, after: State
) -> bool:
    """Whether a raw UPDATE of this principal goes through. Undone afterwards."""
    marks = {
        State.ASKED: "asked_at = now(), ",
        State.APPROVED: "decided_by_id = %(me)s, decided_at = now(), decided_on_hash = %(hash)s, ",
        State.REFUSED: "decided_by_id = %(me)s, decided_at = now(), decided_on_hash = %(hash)s, ",
        State.RELEASED: "released_by_id = %(me)s, released_at = now(), ",
        State.RECEIVED: "received_at = now(), ",
        State.CANCELLED: "cancelled_by_id = %(me)s, cancelled_at = now(), ",
    }
    sets = marks.get(after, "") if before != after else ""
    statement = f"UPDATE disclosures_disclosure SET {sets} state = %(after)s WHERE id = %(id)s"
    return _undone(
        actor,
        lambda: _rows(
            statement,
            {"me": me, "hash": hash_of(disclosure), "after": after, "id": disclosure.pk},
        ),
    )


def _undone(actor: Actor, act: Callable[[], int]) -> bool:
    try:
        with transaction.atomic():
            actor.enter()
            done = act() == 1
            transaction.set_rollback(True)
    except (DatabaseError, Refused):
        return False
    return done


def _rows(statement: str, values: dict[str, object]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def _receives(superuser: psycopg.Connection, disclosure: Disclosure) -> bool:
    found = superuser.execute(
        "SELECT id FROM disclosures_delivery WHERE disclosure_id = %s", [disclosure.pk]
    ).fetchone()
    assert found

    def act() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT sec.receive_delivery('x')")
            return int(cursor.fetchone()[0])

    return _undone(_recipient(found[0]), act)


def _recipient(delivery: UUID) -> Actor:
    return Actor(mint("recipient", delivery, fresh=None))


def _put(superuser: psycopg.Connection, cast: Cast, disclosure: Disclosure, state: State) -> None:
    """Lay the disclosure into a state, behind the walls."""
    decided = state not in (State.DRAFT, State.ASKED, State.CANCELLED, State.STOPPED)
    out = state in (State.RELEASED, State.RECEIVED, State.RECALLED)
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        shown = superuser.execute("SELECT sec.contents_digest(%s)", [disclosure.pk]).fetchone()
        assert shown
        superuser.execute(
            """UPDATE disclosures_disclosure SET state = %s, decided_by_id = %s, decided_at = %s,
               decided_on_hash = %s, released_by_id = %s, released_at = %s WHERE id = %s""",
            [
                state,
                cast.deputy.id if decided else None,
                timezone.now() if decided else None,
                shown[0] if decided else None,
                cast.deputy.id if out else None,
                timezone.now() if out else None,
                disclosure.pk,
            ],
        )
        superuser.execute(
            "DELETE FROM disclosures_delivery WHERE disclosure_id = %s", [disclosure.pk]
        )
        if state in (State.APPROVED, State.RELEASED):
            superuser.execute(
                """INSERT INTO disclosures_delivery (id, disclosure_id, client_id, file, size, salt,
                   wrapped_key, sha256, language, expires_at, tries_left)
                   VALUES (%s, %s, %s, %s, 1, 'x', 'x', 'x', 'en', now() + interval '1 day', 5)""",
                [uuid4(), disclosure.pk, disclosure.client_id, uuid4()],
            )
