"""Who may erase a record, after which pause, and what stops it; each asked again when it begins."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from clients.contacts.actions import contacts
from clients.contacts.actions.attachments import NewFile, attach
from clients.contacts.actions.contacts import NewContact
from clients.models import Client
from rights.erasure import actions
from rights.models import Erasure
from tests.making import acts, erasures, messages, principals
from tests.making.clients import new_client, unexplained
from tests.making.contacts import log_contact
from tests.making.erasures import proposed
from tests.making.people import Cast, Someone, build_another, recruit
from tests.making.requests import heard
from tests.making.sealing import as_worker
from tests.making.spaces import account_of, open_portal
from tests.making.statements import say
from vault.exceptions import Refused


@pytest.fixture
def client(cast: Cast) -> Client:
    """A client with a contact: two people decide."""
    client = new_client(cast.volunteer)
    log_contact(cast.volunteer, client, "Talked.")
    return client


def decide(by: Someone, erasure: UUID, *, yes: bool = True) -> bool:
    with by.actor().transaction() as actor:
        return actions.decide(by=actor, erasure=erasure, yes=yes)


def test_two_people_decide_where_something_was_said(cast: Cast, client: Client) -> None:
    erasure = proposed(cast.coordinator, client)
    with pytest.raises(Refused) as refused:
        decide(cast.coordinator, erasure)
    assert refused.value.constraint == "erasure_two"
    assert decide(cast.deputy, erasure)
    assert decide(cast.deputy, erasure) is False  # it went on
    assert erasures.state(erasure) == "decided"


def test_one_person_is_enough_where_nothing_was_said(cast: Cast) -> None:
    erasure = proposed(cast.coordinator, unexplained(cast.coordinator))
    assert decide(cast.coordinator, erasure)


def test_who_may_not(cast: Cast, client: Client) -> None:
    for someone in (
        cast.volunteer,
        cast.outsider,
        cast.south_coordinator,
        cast.president,
        cast.protection,
    ):
        with pytest.raises((Refused, ProgrammingError)):
            proposed(someone, client)
    erasure = proposed(cast.coordinator, client)
    for someone in (cast.volunteer, cast.outsider, cast.south_coordinator, cast.president):
        with pytest.raises((Refused, ProgrammingError)):
            decide(someone, erasure)
    stale = Someone(cast.deputy.id, cast.deputy.username, cast.deputy.branch)
    with (
        stale.actor(fresh=False).transaction() as actor,
        pytest.raises((Refused, ProgrammingError)),
    ):
        actions.decide(by=actor, erasure=erasure, yes=True)
    assert erasures.state(erasure) == "proposed"


def test_only_one_at_a_time(cast: Cast, client: Client) -> None:
    proposed(cast.coordinator, client)
    with pytest.raises(Refused) as refused:
        proposed(cast.deputy, client)
    assert refused.value.constraint == "erasure_one"


def test_a_ground_that_does_not_hold_is_none(cast: Cast, client: Client) -> None:
    for ground in ("request", "no_agreement", "time_over", "replayed", "nonsense"):
        with pytest.raises(Refused) as refused:
            proposed(cast.coordinator, client, ground)
        assert refused.value.constraint == "erasure_ground"


def test_a_request_has_two_weeks_that_the_client_can_waive(
    cast: Cast, client: Client, superuser
) -> None:
    erasures.asked(cast.deputy, client)
    erasure = proposed(cast.coordinator, client, "request")
    decide(cast.deputy, erasure)
    assert erasures.work() == 0
    assert erasures.state(erasure) == "decided"  # thirteen days and more are left
    with cast.coordinator.actor().transaction() as actor:
        with pytest.raises((Refused, ProgrammingError)):
            actions.waive(by=actor, erasure=erasure, how="portal")  # only the client says so there
    with cast.coordinator.actor().transaction() as actor:
        assert actions.waive(by=actor, erasure=erasure, how="phone")
    erasures.carried_out(erasure)
    assert not superuser.execute(
        "SELECT 1 FROM clients_client WHERE id = %s", [client.pk]
    ).fetchone()


def test_the_client_takes_it_back_in_their_space(cast: Cast, client: Client) -> None:
    erasures.asked(cast.deputy, client)
    own = Someone(account_of(cast, client), "", None)
    erasure = proposed(cast.coordinator, client, "request")
    decide(cast.deputy, erasure)
    with own.actor().transaction() as actor:
        assert [each.pk for each in Erasure.objects.all()] == [erasure]
        assert actions.withdraw(by=actor, erasure=erasure)
    erasures.come(erasure)
    erasures.work()
    assert erasures.state(erasure) == "withdrawn"


def test_a_change_of_mind_on_the_eve_ends_it(cast: Cast, client: Client, superuser) -> None:
    """What it rested on has gone when it would begin."""
    erasures.asked(cast.deputy, client)
    erasure = proposed(cast.coordinator, client, "request")
    decide(cast.deputy, erasure)
    erasures.come(erasure)
    superuser.execute(
        "SET session_replication_role = replica; UPDATE rights_subjectrequest SET state = 'taken_back'"
        f" WHERE client_id = '{client.pk}'; SET session_replication_role = origin"
    )
    erasures.work()
    assert erasures.state(erasure) == "withdrawn"
    assert superuser.execute(
        "SELECT 1 FROM vault_subjectkey WHERE subject = %s", [client.pk]
    ).fetchone()


def test_an_open_complaint_stops_it_and_its_answer_lets_it_go_on(
    cast: Cast, client: Client, superuser
) -> None:
    erasure = erasures.decided(cast, client)
    opened = superuser.execute(
        "INSERT INTO clients_complaint (id, client_id, branch_id, reference, about_kind, state, opened_at, counts_since)"
        " SELECT gen_random_uuid(), id, branch_id, left(gen_random_uuid()::text, 8), 'association', 'open', now(), now()"
        " FROM clients_client WHERE id = %s RETURNING id",
        [client.pk],
    ).fetchone()[0]
    erasures.work()
    assert erasures.state(erasure) == "decided"
    superuser.execute(
        "UPDATE clients_complaint SET state = 'answered', answered_at = now() WHERE id = %s",
        [opened],
    )
    erasures.carried_out(erasure)


def test_nothing_is_destroyed_without_a_line(cast: Cast, client: Client) -> None:
    erasure = erasures.decided(cast, client)
    with as_worker():
        for statement in (
            "SELECT sec.destroy_keys(%s)",
            "SELECT sec.erase_rows(%s, 10)",
            "SELECT sec.finish_erasure(%s)",
        ):
            with (
                pytest.raises(ProgrammingError),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement, [erasure])
        erasures.work()
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT sec.destroy_keys(%s)", [erasure])


def test_it_is_closed_to_everybody_from_the_moment_it_begins(
    cast: Cast, client: Client, sign_in
) -> None:
    browsers = [sign_in(who) for who in (cast.volunteer, cast.coordinator, cast.deputy)]
    for browser in browsers:
        assert browser.get(f"/clients/{client.pk}/").status_code == 200
    erasure = erasures.decided(cast, client)
    erasures.work()
    assert erasures.state(erasure) == "begun"
    for browser in browsers:
        assert browser.get(f"/clients/{client.pk}/").status_code == 404
        assert client.reference not in browser.get("/clients/").content.decode()
    erasures.carried_out(erasure)
    for browser in browsers:
        assert browser.get(f"/clients/{client.pk}/").status_code == 404


def test_the_door_deletes_nothing_of_a_record_that_stays(
    cast: Cast, client: Client, superuser: psycopg.Connection
) -> None:
    with superuser.transaction(force_rollback=True):
        superuser.execute("SET ROLE confidential_door")
        for table in ("clients_identity", "clients_agreement", "clients_safecontact"):
            gone = superuser.execute(f"DELETE FROM {table} WHERE client_id = %s", [client.pk])
            assert gone.rowcount == 0


def test_somebody_who_joined_later_decides_too(cast: Cast, client: Client) -> None:
    erasure = proposed(cast.coordinator, client)
    another = recruit(cast.north, "coordinator")
    assert decide(another, erasure, yes=False)
    assert erasures.state(erasure) == "refused"
    assert proposed(cast.coordinator, client)


@pytest.mark.parametrize("left", ["message", "statement", "file", "request"])
def test_nobody_erases_alone_what_the_client_said(cast: Cast, left: str) -> None:
    """What could speak against whoever proposes it: nobody needs to have been reached for that."""
    client = unexplained(cast.coordinator)
    with cast.coordinator.actor().transaction() as actor:
        new = NewContact("phone", date(2026, 2, 3), reached=False)
        contact = contacts.log_contact(by=actor, client=client, new=new)
    assert sec("must_be_two", client) is False
    if left == "message":
        messages.sent(account_of(cast, client), client)
    elif left == "statement":
        say(cast.coordinator, client, contact=contact.pk)
    elif left == "request":
        heard(cast.deputy, client)
    else:
        with cast.coordinator.actor().transaction() as actor:
            attach(by=actor, contact=contact, new=NewFile("a.txt", "text/plain", b"He shouted."))
    assert sec("must_be_two", client) is True
    erasure = proposed(cast.coordinator, client)
    with pytest.raises(Refused) as refused:
        decide(cast.coordinator, erasure)
    assert refused.value.constraint == "erasure_two"


def sec(function: str, client: Client) -> bool:
    with principals.superuser() as connected:
        row = connected.execute(f"SELECT sec.{function}(%s)", [client.pk]).fetchone()
    return bool(row and row[0])


@pytest.mark.parametrize("space", ["quiet", "provisional", "stale"])
def test_whoever_reads_along_neither_hastens_nor_stops_it(
    cast: Cast, client: Client, space: str
) -> None:
    """Of a quiet space, of one that nobody confirmed, and of a page that was left open."""
    erasures.asked(cast.deputy, client)
    user, _ = open_portal(
        cast.coordinator, client, quiet=space == "quiet", confirmed=space != "provisional"
    )
    erasure = proposed(cast.coordinator, client, "request")
    own = Someone(user, "", None)
    with own.actor(fresh=space != "stale").transaction() as actor:
        assert Erasure.objects.exists() is (space == "stale")
        for act in (
            lambda: actions.waive(by=actor, erasure=erasure, how="portal"),
            lambda: actions.withdraw(by=actor, erasure=erasure),
        ):
            with pytest.raises((Refused, ProgrammingError)):
                act()
    assert erasures.state(erasure) == "proposed"


def test_whom_a_complaint_names_does_nothing_and_is_not_told_why(
    cast: Cast, client: Client
) -> None:
    erasures.asked(cast.deputy, client)
    erasure = proposed(cast.deputy, client, "request")
    acts.complain(cast.volunteer, client, "coordinator", cast.coordinator)
    with cast.coordinator.actor().transaction() as actor:
        for act in (
            lambda: actions.decide(by=actor, erasure=erasure, yes=False),
            lambda: actions.waive(by=actor, erasure=erasure, how="phone"),
            lambda: actions.withdraw(by=actor, erasure=erasure),
        ):
            with pytest.raises(Refused) as refused:
                act()
            assert refused.value.constraint == "erasure_not_now"
            assert "omplain" not in str(refused.value.message)
    other = new_client(cast.volunteer)
    acts.complain(cast.volunteer, other, "coordinator", cast.coordinator)
    with pytest.raises(Refused) as refused:
        proposed(cast.coordinator, other)
    assert refused.value.constraint == "erasure_not_now"


def test_the_lead_decides_where_there_is_no_second_coordinator(cast: Cast, superuser) -> None:
    alone = build_another(superuser, "_alone")
    client = new_client(alone.south_coordinator)
    log_contact(alone.south_coordinator, client, "Talked.")
    erasure = proposed(alone.south_coordinator, client)
    with pytest.raises(Refused) as refused:
        decide(alone.south_coordinator, erasure)
    assert refused.value.constraint == "erasure_two"
    with alone.protection.actor().transaction():
        assert not Client.objects.filter(pk=client.pk).exists()
        assert Erasure.objects.with_reference().get(pk=erasure).ref == client.reference
    assert decide(alone.protection, erasure)
