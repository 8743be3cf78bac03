"""What somebody gives themself and takes back has opened nothing: a permission binds from the next transaction on."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from hashlib import sha256
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import ProgrammingError, connection

from audit import door
from clients.models import Client, Contact, ContactNote, DirectiveWords
from tests.making import acts, disclosures
from tests.making.clients import assign, let_read, new_client
from tests.making.directives import dies, wish
from tests.making.people import Cast, Someone, recruit
from tests.making.restrictions import lift, restrict
from vault.principals import signin_transaction

GRANT = """INSERT INTO clients_grant (id, client_id, branch_id, person_id, scope, basis, purpose, granted_by_id, starts_at, ends_at)
    SELECT gen_random_uuid(), c.id, c.branch_id, %s, 'read', 'branch_duty', 'coordination', %s, statement_timestamp(),
        statement_timestamp() + interval '1 hour' FROM clients_client c WHERE c.id = ANY (%s)"""


class TakenBack(Exception):
    """Rolls the transaction back."""


def press(who: Someone, branch: UUID, client: Client) -> UUID:
    """Both presses of an emergency, in the transaction that is open; gives its id."""
    asked = sha256(f"0|{client.reference}|".encode()).digest()
    with signin_transaction(who.actor().token) as cursor:
        cursor.execute("SELECT sec.ask_emergency(%s, %s, 'danger')", [branch, asked])
        announced = cursor.fetchone()[0]
    made = uuid4()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sec.emergency_open(%s, %s, %s, %s, '{}', 'danger', %s, %s, %s)",
            [announced, made, branch, client.reference, f"E-{made.hex[:8]}", *acts.keys(made)],
        )
        assert cursor.fetchone()[0] == client.pk
        cursor.execute("SELECT sec.emergency_rest(%s)", [made])
    return made


@pytest.mark.parametrize("saved", [False, True])
def test_keys_of_a_search_and_a_grant_that_is_let_go(cast: Cast, saved: bool) -> None:
    clients = [new_client(cast.volunteer).pk for _ in range(3)]
    coordinator = cast.coordinator.actor()
    with suppress(TakenBack), coordinator.transaction():
        door.scan(coordinator, clients, "client.search", "coordination", words=1)
        with connection.cursor() as cursor:
            if saved:
                cursor.execute("SAVEPOINT before")
            cursor.execute(GRANT, [cast.coordinator.id, cast.coordinator.id, clients])
            if saved:
                cursor.execute("RELEASE SAVEPOINT before")
        assert not ContactNote.objects.filter(client__in=clients).exists()
        raise TakenBack
    with coordinator.transaction(), connection.cursor() as cursor:  # and given, it opens next time
        cursor.execute(GRANT, [cast.coordinator.id, cast.coordinator.id, clients])
    with cast.coordinator.actor().transaction():
        assert ContactNote.objects.filter(client__in=clients).count() == 3


def test_keys_of_a_search_and_an_emergency_that_never_was(cast: Cast) -> None:
    client = new_client(cast.coordinator)
    someone = recruit(cast.north)
    assign(cast.coordinator, client, someone, scope="errand")
    me = someone.actor()
    with suppress(TakenBack), me.transaction():
        door.scan(me, [client.pk], "client.search", "support", words=1)
        press(someone, cast.north, client)
        assert not ContactNote.objects.filter(client=client).exists()
        raise TakenBack


def test_hidden_client_and_an_emergency_that_never_was(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.coordinator)
    someone = recruit(cast.north)
    me = someone.actor()
    with suppress(TakenBack), me.transaction():
        press(someone, cast.north, client)
        assert not Client.objects.filter(pk=client.pk).exists()
        assert not Contact.objects.filter(client=client).exists()
        for table in ("clients_portalaccess", "clients_explanation", "clients_safecontact"):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM {table} WHERE client_id = %s", [client.pk])
                assert cursor.fetchone() == (0,), table
        raise TakenBack
    pressed = "SELECT count(*) FROM clients_emergency WHERE person_id = %s"
    assert superuser.execute(pressed, [someone.id]).fetchone() == (0,)


def test_permission_given_in_no_transaction_of_ours_binds_in_one_that_writes_nothing(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    """One that binds at once names no transaction; nor does one that only reads."""
    client = new_client(cast.volunteer)
    rows = superuser.execute(
        """SELECT pg_current_xact_id_if_assigned(), p.given_in, sec.is_binding(p, ARRAY[p.branch_id], '{}', '{}')
        FROM clients_clientpermission p WHERE p.content_object_id = %s AND p.user_id = %s""",
        [client.pk, cast.volunteer.id],
    ).fetchall()
    assert set(rows) == {(None, None, True)}


def test_directives_and_a_death_that_never_was(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    wish(cast.volunteer, client)
    coordinator = cast.coordinator.actor()
    with suppress(TakenBack), coordinator.transaction():
        door.scan(coordinator, [client.pk], "client.search", "coordination", words=1)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE clients_client SET state = 'died', state_since = sec.today() WHERE id = %s",
                [client.pk],
            )
            assert cursor.rowcount == 1
        assert not DirectiveWords.objects.filter(client=client).exists()
        raise TakenBack
    dies(cast.coordinator, client)  # and noted for good, it opens them next time
    with cast.coordinator.actor().transaction():
        assert DirectiveWords.objects.filter(client=client).exists()


def test_notes_and_a_lifting_that_never_was(cast: Cast) -> None:
    """What opened the notes before the restriction opens none to whoever lifts it and takes that back."""
    client = new_client(cast.volunteer)
    let_read(cast.coordinator, client, cast.deputy)
    restrict(cast.coordinator, client)
    deputy = cast.deputy.actor(fresh=True)
    with suppress(TakenBack), deputy.transaction():
        door.scan(deputy, [client.pk], "client.search", "coordination", words=1)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sec.lift_restriction(r.id) FROM clients_restriction r WHERE r.client_id = %s",
                [client.pk],
            )
            assert cursor.fetchone() == (True,)
        assert not ContactNote.objects.filter(client=client).exists()
        raise TakenBack
    lift(cast.deputy, client)
    with cast.deputy.actor().transaction():
        assert ContactNote.objects.filter(client=client).exists()


COUNTED = "SELECT count(*) FROM sec.own_events()"
OPENED = "SELECT count(*) FROM audit_event WHERE subject = %s AND actor = %s AND action = %s"


def test_what_rests_on_a_yes_and_a_no_that_never_was(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    """Nothing is counted on the pages' connection that no page was about to do: that one was, is in the log."""
    made = disclosures.approved(cast, cast.coordinator)
    me, statement = (
        cast.volunteer.actor(),
        """INSERT INTO disclosures_will
        (id, revision, sealed, client_id, said, channel, happened_on, by_id, made_at)
        VALUES (gen_random_uuid(), 1, 'x', %s, 'withdrawn', 'phone', '2026-01-05', %s, now())""",
    )
    with pytest.raises(ProgrammingError, match="not permitted"):
        with me.transaction(), connection.cursor() as cursor:
            cursor.execute(statement, [made.client_id, cast.volunteer.id])
    seen = [made.client_id, cast.volunteer.id, "will.write"]
    assert superuser.execute(OPENED, seen).fetchone() == (0,)
    with suppress(TakenBack), me.transaction(), connection.cursor() as cursor:
        door.open_one(me, made.client_id, "will.write", "support")
        cursor.execute(statement, [made.client_id, cast.volunteer.id])
        cursor.execute(COUNTED)
        assert cursor.fetchone()[0] > 1
        raise TakenBack
    assert superuser.execute(OPENED, seen).fetchone() == (1,)


def test_what_holds_a_contact_and_a_move_that_never_was(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    made = disclosures.approved(cast, cast.coordinator)
    right, me = new_client(cast.volunteer), cast.volunteer.actor(fresh=True)
    with me.transaction():
        contact = Contact.objects.get(client=made.client_id, happened_on=date(2026, 1, 7))
        note = ContactNote.objects.get(contact=contact)
    values = [contact.pk, right.pk, note.revision]
    moved = """SELECT sec.move_contact(gen_random_uuid(), %s, %s, gen_random_uuid(), gen_random_uuid(), '\\x0101', %s, '[]', 'B-TAKEN')"""
    with pytest.raises(ProgrammingError, match="not permitted"):
        with me.transaction(), connection.cursor() as cursor:
            cursor.execute(moved, values)
    with suppress(TakenBack), me.transaction(), connection.cursor() as cursor:
        for client in (made.client_id, right.pk):
            door.open_one(me, client, "contact.move", "support")
        cursor.execute(moved, values)
        raise TakenBack
    seen = [made.client_id, cast.volunteer.id, "contact.move"]
    assert superuser.execute(OPENED, seen).fetchone() == (1,)
    assert disclosures.column(superuser, made, "state") == "approved"
