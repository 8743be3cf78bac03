"""Permissions end with the duty they rest on, and the ledger cannot be made to tell another past."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import ProgrammingError, connection
from django.utils import timezone

from audit import door
from audit.models import Event
from clients.models import Client, Contact, ContactNote, Grant
from clients.records.actions import portal_access
from tests.making import acts
from tests.making.clients import assign, let_read, new_client
from tests.making.people import Cast, Someone, confirm, join
from vault.exceptions import Refused
from volunteers.actions import duties
from volunteers.actions.code import sign_undertaking
from volunteers.models import PolicyText


def newly_joined(cast: Cast) -> Someone:
    """A volunteer of the north who has signed and will leave again."""
    someone = join(f"leaver{uuid4().hex[:8]}", "volunteer", cast.north)
    with someone.actor().transaction() as actor:
        text = PolicyText.objects.filter(language="en", version__adopted_on__isnull=False).latest(
            "version__number"
        )
        sign_undertaking(by=actor, text=text.pk)
    return someone


def sees(someone: Someone, client: Client) -> tuple[int, int]:
    """How many records and notes of a client a bare query shows, and that the door agrees."""
    with someone.actor().transaction() as actor:
        found = Client.objects.filter(pk=client.pk).count()
        assert bool(door.scan(actor, [client.pk], "client.search", "support")) == bool(found)
        return found, ContactNote.objects.filter(client=client).count()


def duty_of(superuser: psycopg.Connection, someone: Someone) -> UUID:
    row = superuser.execute(
        "SELECT id FROM volunteers_duty WHERE person_id = %s ORDER BY starts_at DESC LIMIT 1",
        [someone.id],
    ).fetchone()
    assert row
    return row[0]


def test_ended_duty_ends_its_grants(cast: Cast, superuser: psycopg.Connection) -> None:
    client, leaver = new_client(cast.coordinator), newly_joined(cast)
    assign(cast.coordinator, client, leaver)
    assert sees(leaver, client) == (1, 1)
    duties.end_duty(by=cast.coordinator.actor(), duty=duty_of(superuser, leaver))
    assert sees(leaver, client) == (0, 0)
    with cast.coordinator.actor().transaction():
        assert not Grant.objects.live().filter(client=client, person_id=leaver.id).exists()
    # Who comes back starts with nothing.
    duties.appoint(
        by=cast.coordinator.actor(), person=leaver.id, duty="volunteer", branch=cast.north
    )
    assert sees(leaver, client) == (0, 0)


def test_duty_that_ends_by_itself_ends_its_grants(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    client, leaver = new_client(cast.coordinator), newly_joined(cast)
    assign(cast.coordinator, client, leaver)
    with superuser.transaction():
        superuser.execute(acts.ASLEEP)
        superuser.execute(
            "UPDATE volunteers_duty SET ends_at = now() WHERE person_id = %s", [leaver.id]
        )
    assert sees(leaver, client) == (0, 0)
    duties.appoint(
        by=cast.coordinator.actor(), person=leaver.id, duty="volunteer", branch=cast.north
    )
    assert sees(leaver, client) == (0, 0)


def test_what_a_coordinator_had_by_a_duty_that_ended_by_itself_does_not_come_back(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    """Also to somebody who went on as a volunteer."""
    client, both = new_client(cast.coordinator), newly_joined(cast)
    confirm(cast.protection, both)
    appointed: dict[str, Any] = {"person": both.id, "duty": "coordinator", "branch": cast.north}
    duties.appoint(by=cast.president.actor(), **appointed)
    let_read(cast.coordinator, client, both)
    with both.actor().transaction():
        assert ContactNote.objects.filter(client=client).exists()
    with superuser.transaction():
        superuser.execute(acts.ASLEEP)
        superuser.execute(
            "UPDATE volunteers_duty SET ends_at = now() WHERE person_id = %s AND kind = 'coordinator'",
            [both.id],
        )
    duties.appoint(by=cast.president.actor(), **appointed)
    with both.actor().transaction():
        assert not ContactNote.objects.filter(client=client).exists()


def test_other_branch_is_not_touched(cast: Cast, superuser: psycopg.Connection) -> None:
    client, both = new_client(cast.coordinator), newly_joined(cast)
    assign(cast.coordinator, client, both)
    duties.appoint(by=cast.president.actor(), person=both.id, duty="volunteer", branch=cast.south)
    duties.end_duty(by=cast.president.actor(), duty=duty_of(superuser, both))
    assert sees(both, client) == (1, 1)


def test_end_is_not_set_into_the_past(cast: Cast) -> None:
    client = new_client(cast.coordinator)
    assign(cast.coordinator, client, cast.colleague)
    with pytest.raises(ProgrammingError, match="only earlier"):
        with cast.coordinator.actor().transaction():
            Grant.objects.filter(client=client).update(
                ends_at=timezone.now() - timedelta(days=1), ended_by=cast.coordinator.id
            )


@pytest.mark.parametrize("scope", ["errand", "read"])
def test_portal_is_not_opened_by_whoever_may_not_write(cast: Cast, scope: str) -> None:
    # The card would let them read, as the client, what their grant does not show.
    client = new_client(cast.coordinator)
    assign(cast.coordinator, client, cast.colleague, scope=scope)
    with pytest.raises(Refused, match="portal_open"):
        portal_access.open_portal(by=cast.colleague.actor(), client=client)
    with pytest.raises(ProgrammingError, match="not permitted"):
        portal_access.close_portal(by=cast.colleague.actor(), client=client)
    portal_access.open_portal(by=cast.coordinator.actor(), client=client)


def test_portal_asks_for_a_fresh_sign_in(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    with pytest.raises(Refused, match="portal_open"):
        portal_access.open_portal(by=cast.volunteer.actor(fresh=False), client=client)


@pytest.mark.parametrize(
    "change", [{"by_id": None}, {"happened_on": "2020-01-01"}, {"reached": False}]
)
def test_contact_keeps_who_logged_it_and_when(cast: Cast, change: dict[str, object]) -> None:
    client = new_client(cast.volunteer)
    change = {k: cast.colleague.id if k == "by_id" else v for k, v in change.items()}
    with pytest.raises(ProgrammingError, match="permission denied"):
        with cast.volunteer.actor().transaction():
            Contact.objects.filter(client=client).update(revision=2, **change)


def test_change_of_state_leaves_an_event_by_itself(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    with cast.volunteer.actor().transaction():
        Client.objects.filter(pk=client.pk).update(state="closed")
    found = superuser.execute(
        "SELECT actor, detail ->> 'state' FROM audit_event WHERE subject = %s AND object_type = 'clients_client' AND action = 'row.change'",
        [client.pk],
    ).fetchall()
    assert found == [(cast.volunteer.id, "closed")]


def test_log_is_closed_before_the_code_is_signed(cast: Cast) -> None:
    lead = join(f"lead{uuid4().hex[:8]}", "protection", None)
    with lead.actor().transaction():
        assert Event.objects.count() == 0
    with cast.protection.actor().transaction():
        assert Event.objects.exists()


def test_fingerprint_stays_in_its_clients_branch(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    with pytest.raises(Exception, match="fingerprint_branch"):
        with cast.volunteer.actor().transaction(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO clients_fingerprint (id, client_id, branch_id, kind, hash, key_id) VALUES (gen_random_uuid(), %s, %s, 'person', 'x', %s)",
                [client.pk, cast.south, cast.south],
            )
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
