"""Two things at the same moment, on connections of their own: one outcome, and no error page."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Event, Thread
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, ProgrammingError, connections, transaction
from django.utils import timezone

from clients.models import Client, Complaint, Contact, Emergency, Grant
from clients.who_may_know.actions import grants
from tests.making import acts
from tests.making.acts import NOTHING, call, sees
from tests.making.clients import assign, new_client
from tests.making.contacts import entry
from tests.making.people import PASSWORD, Cast, Someone, recruit
from tests.making.principals import mint
from tests.making.principals import superuser as as_superuser
from tests.making.spaces import open_space
from vault import principals
from vault.principals import hash_of, new_token, signin_transaction
from volunteers import passwords

FINE = {200, 302, 403, 404, 409}


def at_once(*tries: Callable[[], Any]) -> list[Any]:
    """What each gave, or what it raised, when all began together."""
    ready, given = Barrier(len(tries)), [None] * len(tries)

    def run(n: int) -> None:
        try:
            ready.wait()
            given[n] = tries[n]()
        except Exception as error:
            given[n] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=[n]) for n in range(len(tries))]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return given


def while_open(by: Someone, act: Callable[[], Any], other: Callable[[], Any]) -> tuple[Any, Any]:
    """``other`` comes while the transaction in which ``act`` was done is still open."""
    done, given = Event(), []

    def first() -> Any:
        with by.actor().transaction():
            result = act()
            done.set()
            time.sleep(0.5)
        return result

    def second() -> Any:
        done.wait(10)
        return other()

    given = at_once(first, second)
    return given[0], given[1]


def lines(client: Client, superuser: psycopg.Connection) -> int:
    """How many lines of the ledger bind now, as the permissions that guardian reads have it too."""
    both = [
        superuser.execute(statement, [client.pk]).fetchone()[0]
        for statement in (
            "SELECT count(*) FROM clients_grant WHERE client_id = %s AND (ends_at IS NULL OR ends_at > now())",
            "SELECT count(DISTINCT grant_id) FROM clients_clientpermission WHERE content_object_id = %s"
            " AND (ends_at IS NULL OR ends_at > now())",
        )
    ]
    assert both[0] == both[1]
    return both[0]


def test_permission_ends_while_the_page_is_read(cast: Cast, sign_in: Any) -> None:
    client = new_client(cast.coordinator)
    line = assign(cast.coordinator, client, cast.colleague)
    readers = [sign_in(cast.colleague) for _ in range(2)]
    over, began = Event(), [Event(), Event()]

    def read(n: int) -> list[tuple[bool, int]]:
        """Each answer, with whether the end was already certain when the page was asked for."""
        seen: list[tuple[bool, int]] = []
        while sum(late for late, _ in seen) < 2:
            late = over.is_set()
            seen.append((late, readers[n].get(f"/clients/{client.pk}/").status_code))
            began[n].set()
        return seen

    def end() -> bool:
        assert all(each.wait(30) for each in began)
        with cast.coordinator.actor().transaction() as actor:
            ended = grants.end_grant(by=actor, grant=line)
        over.set()
        return ended

    *pages, ended = at_once(lambda: read(0), lambda: read(1), end)
    assert ended is True
    for seen in pages:
        assert {status for late, status in seen if late} == {404}
        assert {status for _, status in seen} <= FINE
        assert seen[0] == (False, 200)


def test_fifty_grants_and_ends_at_once(cast: Cast, superuser: psycopg.Connection) -> None:
    client = new_client(cast.volunteer)
    given = [assign(cast.coordinator, client, cast.colleague) for _ in range(5)]

    def give() -> str:
        for _ in range(5):
            assign(cast.coordinator, client, cast.colleague)
        return "given"

    def end() -> int:
        ended = 0
        for line in given:
            with cast.deputy.actor().transaction() as actor:
                ended += grants.end_grant(by=actor, grant=line)
        return ended

    results = at_once(*[give] * 5, *[end] * 5)
    assert results[:5] == ["given"] * 5
    assert sum(results[5:]) == 5  # each ended once, whoever came first
    assert lines(client, superuser) == 1 + 25
    assert superuser.execute(
        "SELECT count(*) FROM audit_event WHERE action = 'grant.end' AND subject = %s", [client.pk]
    ).fetchone() == (5,)


def test_two_review_one_emergency(cast: Cast, superuser: psycopg.Connection) -> None:
    client = new_client(cast.volunteer)
    made, _ = acts.emergency(cast.colleague, client)
    review = "emergency_review(%s, 'misuse', %s)"
    results = at_once(
        *(
            lambda by=by: call(by, review, made, f"B-{uuid4().hex[:8]}")
            for by in (cast.coordinator, cast.deputy) * 2
        )
    )
    refused = [r for r in results if isinstance(r, DatabaseError)]
    assert len(refused) == 3
    assert all("somebody else has reviewed" in str(r) for r in refused)
    assert superuser.execute(
        "SELECT count(*) FROM clients_breach WHERE emergency_id = %s", [made]
    ).fetchone() == (1,)
    with cast.coordinator.actor().transaction():
        assert Emergency.objects.get(pk=made).outcome == "misuse"


@pytest.mark.parametrize("kind", ["consultation", "emergency"])
def test_what_ended_while_one_waited_is_not_ended_again(
    cast: Cast, superuser: psycopg.Connection, kind: str
) -> None:
    """Whose statement began before the end of another, and came after it, ends nothing more."""
    client = new_client(cast.volunteer)
    if kind == "consultation":
        made = acts.consult(cast.volunteer, cast.colleague, client)
    else:
        made, _ = acts.emergency(cast.colleague, client)
    ending = {"consultation": "end_consultation(%s)", "emergency": "emergency_end(%s)"}[kind]
    assert ended_meanwhile(
        superuser, f"clients_{kind}", made, lambda: call(cast.colleague, ending, made)
    ) == [None, False]


def test_a_grant_that_ended_while_a_record_was_closed_ends_once(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.coordinator)
    line = assign(cast.coordinator, client, cast.colleague)
    results = ended_meanwhile(
        superuser,
        "clients_grant",
        line.pk,
        lambda: call(cast.coordinator, "protect(%s, true, '{}')", client.pk),
    )
    assert not [r for r in results if isinstance(r, Exception)]
    ends = "SELECT count(*) FROM audit_event WHERE action = 'grant.end' AND object_id = %s"
    assert superuser.execute(ends, [line.pk]).fetchone() == (1,)


def test_a_duty_that_ended_while_somebody_left_ends_once(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    leaver = recruit(cast.north)
    found = "SELECT id FROM volunteers_duty WHERE person_id = %s"
    (duty,) = superuser.execute(found, [leaver.id]).fetchone()  # type: ignore[misc]

    def leave() -> None:
        with signin_transaction(cast.coordinator.actor().token) as cursor:
            cursor.execute("SELECT sec.leave(%s, %s)", [uuid4(), leaver.id])

    assert ended_meanwhile(superuser, "volunteers_duty", duty, leave) == [None, None]
    ends = "SELECT count(*) FROM audit_event WHERE action = 'duty.end' AND object_id = %s"
    assert superuser.execute(ends, [duty]).fetchone() == (0,)  # the first end went by no function


def ended_meanwhile(
    superuser: psycopg.Connection, table: str, row: Any, act: Callable[[], Any]
) -> list[Any]:
    """What ``act`` gives, whose statement began before the row ended and comes after that."""
    held = Event()

    def first() -> None:
        with superuser.transaction():
            superuser.execute(f"SELECT FROM {table} WHERE id = %s FOR UPDATE", [row])
            held.set()
            until_somebody_waits(superuser)
            superuser.execute(
                f"UPDATE {table} SET ends_at = clock_timestamp() WHERE id = %s", [row]
            )

    def second() -> Any:
        held.wait(10)
        return act()

    return at_once(first, second)


def until_somebody_waits(superuser: psycopg.Connection) -> None:
    """Until somebody waits for a lock that this connection holds, at most ten seconds."""
    waiting = (
        "SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
    )
    for _ in range(1000):
        if superuser.execute(waiting).fetchone() is not None:
            return
        time.sleep(0.01)
    raise AssertionError("nobody waited")


def test_somebody_opens_one_record_at_a_time_in_an_emergency(cast: Cast) -> None:
    clients = [new_client(cast.volunteer) for _ in range(4)]
    acts.end_emergencies(cast.deputy)
    results = at_once(*(lambda c=c: acts.press_emergency(cast.deputy, c) for c in clients))
    opened = [r for r in results if isinstance(r, tuple)]
    assert len(opened) == 1
    assert sum("another record is open" in str(r) for r in results) == 3
    call(cast.deputy, "emergency_end(%s)", opened[0][0])


def test_two_hand_over_one_complaint_and_one_answers(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    made = acts.complain(cast.protection, client, "association", None)
    to = (cast.coordinator, cast.deputy)
    results = at_once(
        lambda: call(cast.president, "hand_complaint(%s, %s)", made, to[0].id),
        lambda: call(cast.protection, "hand_complaint(%s, %s)", made, to[1].id),
    )
    assert not [r for r in results if isinstance(r, Exception)]
    with cast.president.actor().transaction():
        handler = Complaint.objects.get(pk=made).handler_id
    assert handler in {someone.id for someone in to}
    results = at_once(*(lambda by=by: call(by, "answer_complaint(%s)", made) for by in to * 2))
    assert sum(isinstance(r, Exception) for r in results) == 3
    assert superuser.execute(
        "SELECT answered_by_id FROM clients_complaint WHERE id = %s", [made]
    ).fetchone() == (handler,)


@pytest.mark.parametrize("first", ["grant", "conflict"])
def test_conflict_and_grant_cross(cast: Cast, superuser: psycopg.Connection, first: str) -> None:
    """Whichever comes first, nobody is left with a client with whom they are in conflict."""
    client = new_client(cast.coordinator)
    colleague = cast.colleague

    def give() -> None:
        Grant(
            client=client,
            branch_id=cast.north,
            person_id=colleague.id,
            scope="full",
            basis="assignment",
            purpose="support",
            granted_by_id=cast.coordinator.id,
        ).save(force_insert=True)

    def mark() -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sec.mark_conflict(%s, %s, %s, NULL, NULL, 'family')",
                [uuid4(), colleague.id, client.pk],
            )

    def alone(act: Callable[[], None]) -> None:
        with cast.coordinator.actor().transaction():
            act()

    if first == "grant":
        results = while_open(cast.coordinator, give, lambda: alone(mark))
        assert results == (None, None)
    else:
        done, refused = while_open(cast.coordinator, mark, lambda: alone(give))
        assert done is None
        assert "must not deal" in str(refused)
    assert lines(client, superuser) == 0
    assert sees(colleague, client) == NOTHING


@pytest.mark.parametrize("act", ["protect(%s, true, '{}')", "move_client(%s, %s, NULL)"])
def test_grant_and_a_closing_record_cross(
    cast: Cast, superuser: psycopg.Connection, act: str
) -> None:
    client = new_client(cast.coordinator)
    values = [client.pk, cast.south][: act.count("%s")]
    results = while_open(
        cast.deputy,
        lambda: Grant(
            client=client,
            branch_id=cast.north,
            person_id=cast.colleague.id,
            scope="full",
            basis="assignment",
            purpose="support",
            granted_by_id=cast.deputy.id,
        ).save(force_insert=True),
        lambda: call(cast.coordinator, act, *values),
    )
    assert not [r for r in results if isinstance(r, Exception)]
    assert sees(cast.colleague, client) == NOTHING
    named = 1 if act.startswith("protect") else 0
    assert lines(client, superuser) == named


def test_no_card_is_made_while_a_record_closes(cast: Cast, superuser: psycopg.Connection) -> None:
    """The second finds the record open, waits for the first, and finds it closed."""
    client = new_client(cast.coordinator)

    def closes() -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "UPDATE clients_client SET state = 'died', state_since = %s WHERE id = %s",
                [timezone.localdate(), client.pk],
            )

    _, card = while_open(
        cast.coordinator, closes, lambda: open_space(cast.deputy.actor(), client.pk)
    )
    assert isinstance(card, ProgrammingError)
    living = "SELECT count(*) FROM clients_portalaccess WHERE client_id = %s AND ended_at IS NULL"
    assert superuser.execute(living, [client.pk]).fetchone() == (0,)


def test_leaving_while_a_contact_is_saved(cast: Cast, sign_in: Any) -> None:
    """The contact is there or it is not; the leaver sees no error page, and nothing afterwards."""
    leaver = recruit(cast.north)
    client = new_client(leaver)
    browsers = [sign_in(leaver) for _ in range(3)]

    def save(n: int) -> int:
        return browsers[n].post(f"/clients/{client.pk}/contacts/new/", entry()).status_code

    def leave() -> str:
        with signin_transaction(cast.coordinator.actor().token) as cursor:
            cursor.execute("SELECT sec.leave(%s, %s)", [uuid4(), leaver.id])
        return "left"

    *saved, left = at_once(*(lambda n=n: save(n) for n in range(3)), leave)
    assert left == "left"
    assert set(saved) <= FINE
    with cast.coordinator.actor().transaction():
        today = Contact.objects.filter(client=client, happened_on=timezone.localdate()).count()
    assert today <= 3
    assert save(0) == 302  # to the sign-in page: the session has ended
    with cast.coordinator.actor().transaction():
        assert (
            Contact.objects.filter(client=client, happened_on=timezone.localdate()).count() == today
        )
        assert not Grant.objects.live().filter(person_id=leaver.id).exists()


def test_complaint_and_reading_cross(cast: Cast, superuser: psycopg.Connection) -> None:
    """Whoever lets themself read while a complaint about them arrives does not keep it."""
    client = new_client(cast.volunteer)

    def read() -> None:
        Grant(
            client=client,
            branch_id=cast.north,
            person_id=cast.deputy.id,
            scope="read",
            basis="branch_duty",
            purpose="coordination",
            granted_by_id=cast.deputy.id,
            ends_at=timezone.now() + timedelta(minutes=30),
        ).save(force_insert=True)

    def complain() -> None:
        made = uuid4()
        call(
            cast.protection,
            "complain(%s, %s, 'unsaid', %s, %s, %s, %s)",
            made,
            client.pk,
            cast.deputy.id,
            f"K-{made.hex[:8]}",
            *acts.keys(made),
        )

    assert while_open(cast.deputy, read, complain) == (None, None)
    assert sees(cast.deputy, client)[3] is False


def test_sign_in_that_waited_for_a_new_password_is_none(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    """The proof of the old password went while it waited."""
    account = recruit(cast.north).id
    proof, session = mint("proof", account, lives=timedelta(minutes=5)), new_token()
    other = superuser.cursor()

    def begin() -> None:
        with signin_transaction(proof) as cursor:
            covered = principals.cover(cursor, session, proof)
            cursor.execute("SELECT sec.begin_session(%s, '', false)", [covered])

    with as_superuser() as changing, changing.transaction():
        changing.execute("DELETE FROM vault_principal WHERE hash = %s", [hash_of(proof)])
        waiting = Thread(target=lambda: results.extend(at_once(begin)))
        results: list[Any] = []
        waiting.start()
        time.sleep(0.5)
    waiting.join()
    other.execute(
        "SELECT count(*) FROM vault_principal WHERE subject = %s AND kind = 'user' AND hash = %s",
        [account, hash_of(session)],
    )
    assert other.fetchone() == (0,)
    assert isinstance(results[0], DatabaseError)


def test_new_password_waits_for_a_proof_of_the_old_one_and_ends_it(cast: Cast) -> None:
    """A password that was right while it is changed begins no session afterwards."""
    person = recruit(cast.north)
    proof, session = new_token(), mint("user", person.id)
    with connections["signin"].cursor() as cursor:
        cursor.execute("SELECT password FROM volunteers_user WHERE id = %s", [person.id])
        secret = principals.secret_of(passwords.token_of(cursor.fetchone()[0], PASSWORD))
    done, begun = Event(), []

    def prove() -> None:
        with transaction.atomic(using="signin"), connections["signin"].cursor() as cursor:
            challenge = principals.Challenge.of(cursor)
            cursor.execute(
                "SELECT sec.prove(%s, %s, %s, '192.0.2.7')",
                [person.id, challenge.proof(secret), challenge.cover(proof, secret)],
            )
            begun.append(cursor.fetchone()[0])
            done.set()
            time.sleep(0.5)

    def change() -> None:
        done.wait(10)
        with signin_transaction(session) as cursor:
            salt, covered = passwords.covered(cursor, "another long password", session)
            cursor.execute("SELECT sec.set_password(%s, %s)", [salt, covered])

    assert at_once(prove, change) == [None, None]
    assert begun == [True]
    with pytest.raises(DatabaseError), signin_transaction(proof) as cursor:
        covered = principals.cover(cursor, new_token(), proof)
        cursor.execute("SELECT sec.begin_session(%s, '', false)", [covered])
