"""Whatever a superuser changes in rows with every trigger off is found and named by ``audit_verify``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from io import StringIO
from typing import Any
from unittest import mock
from uuid import UUID, uuid4

import psycopg
import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from audit import door
from audit.rows import Comparison, kept_models
from clients.models import Attachment, Client, ContactNote
from tests.audit.rows import fill_every_table, written
from tests.making.clients import assign, new_client
from tests.making.misplaced import move
from tests.making.people import Cast
from tests.making.sealing import as_verifier, seal_all, tampering
from tests.making.statements import first_contact
from vault.keys import SealBroken
from vault.sealed import Kept

TABLES = [model._meta.db_table for model in kept_models()]


def faults(*models: type[Kept]) -> list[str]:
    """What is found now: in these tables, or everywhere."""
    compared = Comparison()
    for model in models:
        compared.table(model)
    return (compared.found if models else compared.run()).faults


@contextmanager
def tampered() -> Iterator[tuple[psycopg.Cursor, Any]]:
    """A superuser's cursor, and a function that says which faults are new since it began."""
    with tampering() as cursor:
        before = set(faults())
        yield cursor, lambda: [fault for fault in faults() if fault not in before]


@pytest.fixture
def client(cast: Cast) -> Client:
    """A client with two files, and a note that was corrected."""
    return written(cast)


@pytest.fixture(scope="module")
def full(cast: Cast) -> None:
    """Something in each table that is compared."""
    fill_every_table(cast)


def test_what_was_written_as_it_should_be_has_no_fault(
    cast: Cast, client: Client, superuser: psycopg.Connection
) -> None:
    """Written through the application, by several, and compared by the worker's role."""
    assign(cast.coordinator, client, cast.colleague)
    with as_verifier(), transaction.atomic():
        found = Comparison().run()
    assert found.rows >= 10
    ids = [str(client.pk)]
    for table in TABLES:
        if superuser.execute(
            f"SELECT to_jsonb(t) ? 'client_id' FROM {table} t LIMIT 1"
        ).fetchone() == (True,):
            ids += [
                str(pk)
                for (pk,) in superuser.execute(
                    f"SELECT id FROM {table} WHERE client_id = %s", [client.pk]
                )
            ]
    assert len(ids) >= 8
    assert [fault for fault in found.faults if any(pk in fault for pk in ids)] == []


# ---- every table, every column

OTHER = {
    "uuid": "gen_random_uuid()",
    "integer": 'coalesce("{0}", 0) + 7',
    "smallint": 'coalesce("{0}", 0) + 7',
    "boolean": 'coalesce(NOT "{0}", true)',
    "date": "coalesce(\"{0}\", now()) + interval '1 day'",
    "timestamp with time zone": "coalesce(\"{0}\", now()) + interval '1 second'",
    "bytea": "'\\x00'",
    "character varying": "'x'",
    "text": "'x'",
}


@pytest.mark.parametrize("model", kept_models(), ids=lambda model: model._meta.db_table)
def test_each_column_of_each_table(full: None, model: type[Kept]) -> None:
    """Any other value in any column, a row gone, a row of one's own: named, with the table and the id."""
    table = model._meta.db_table
    with tampering() as cursor:
        before = set(faults(model))
        cursor.execute(f"SELECT id FROM {table}")  # other tests leave rows that are named already
        row = next(row for (row,) in cursor.fetchall() if str(row) not in " ".join(before))
        cursor.execute(
            "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            [table],
        )
        tries = {
            name: f"UPDATE {table} SET \"{name}\" = {OTHER[kind].format(name)} WHERE id = '{row}'"
            for name, kind in cursor.fetchall()
        }
        tries["gone"] = f"DELETE FROM {table} WHERE id = '{row}'"
        for name, statement in tries.items():
            new = _while(cursor, statement, lambda: set(faults(model)) - before)
            if new is None or name == "last_contact_on":  # what that follows is compared
                continue
            assert any(fault.startswith(f"{table} {row} ") for fault in new), (name, new)


def _while(cursor: psycopg.Cursor, statement: str, asked: Callable[[], Any]) -> Any:
    """What is answered after a statement that is then undone; None where a CHECK refuses it."""
    cursor.execute("SAVEPOINT before")
    try:
        cursor.execute(statement)
        return asked()
    except IntegrityError:  # a CHECK holds for a superuser too
        return None
    finally:
        cursor.execute("ROLLBACK TO before")


@pytest.mark.parametrize("model", kept_models(), ids=lambda model: model._meta.db_table)
def test_row_of_ones_own(full: None, model: type[Kept]) -> None:
    table, own = model._meta.db_table, uuid4()
    with tampering() as cursor:
        cursor.execute(f"CREATE TEMP TABLE own AS SELECT * FROM {table} LIMIT 1")
        cursor.execute("UPDATE own SET id = %s", [own])
        cursor.execute(
            "SELECT attname, atttypid = 'uuid'::regtype FROM pg_attribute a JOIN pg_index i ON i.indrelid = a.attrelid AND a.attnum = ANY (i.indkey::int2[]) WHERE i.indrelid = %s::regclass AND i.indisunique AND NOT i.indisprimary AND cardinality(i.indkey::int2[]) = 1",
            [table],
        )
        for name, is_id in cursor.fetchall():  # one client has one identity
            value = "gen_random_uuid()" if is_id else "left(gen_random_uuid()::text, 8)"
            cursor.execute(f'UPDATE own SET "{name}" = {value}')
        cursor.execute(f"INSERT INTO {table} SELECT * FROM own")
        assert cursor.rowcount == 1, "no row to begin with"
        assert f"{table} {own} was written by no event." in faults(model)


def test_a_contact_that_was_moved_to_the_right_client_is_no_fault(
    cast: Cast, client: Client
) -> None:
    """Its words, files and earlier texts are gone in the wrong record, and events say so."""
    note = _one("clients_contactnote", client)
    with tampering() as cursor:
        cursor.execute("SELECT id FROM clients_attachment WHERE client_id = %s", [client.pk])
        files = [file for (file,) in cursor.fetchall()]
        before = set(faults())
    contact = first_contact(cast.volunteer, client)
    move(cast.volunteer, contact, new_client(cast.volunteer))
    with tampering() as cursor:
        assert set(faults()) == before
        cursor.execute("SELECT count(*) FROM clients_revision WHERE row = %s", [note])
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "SELECT count(*) FROM audit_event WHERE action = 'row.remove' AND object_id = ANY (%s)",
            [[note, *files]],
        )
        assert cursor.fetchone() == (3,)


# ---- each kind of tampering, in full


def test_put_back_with_its_history(client: Client) -> None:
    """The old text with its old revision, and the history of the change gone: as it was found."""
    note = _one("clients_contactnote", client)
    with tampered() as (cursor, new):
        cursor.execute(
            "UPDATE clients_contactnote n SET sealed = v.sealed, revision = 1, saved_at = (v.clear ->> 'saved_at')::timestamptz"
            " FROM clients_revision v WHERE v.row = n.id AND n.id = %s",
            [note],
        )
        cursor.execute("DELETE FROM clients_revision WHERE row = %s", [note])
        assert new() == [f"clients_contactnote {note} is again what it was after its write 1."]


def test_by_switching_triggers_off(client: Client) -> None:
    """Not through the session but on the table: that the trigger is off is a fault of its own."""
    note = _one("clients_contactnote", client)
    with tampered() as (cursor, new):
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute("ALTER TABLE clients_contactnote DISABLE TRIGGER keep")
        cursor.execute("UPDATE clients_contactnote SET by_id = NULL WHERE id = %s", [note])
        assert new() == [
            f"clients_contactnote {note} is not what was written last.",
            "clients_contactnote is written without its trigger keep.",
        ]
        cursor.execute("ALTER TABLE clients_contactnote ENABLE TRIGGER keep")
        cursor.execute("DROP TRIGGER keep ON clients_contactnote")
        assert "clients_contactnote is written without its trigger keep." in new()


def test_files_exchanged_between_attachments(client: Client) -> None:
    with tampered() as (cursor, new):
        one, two = _exchange(cursor, client)
        assert sorted(new()) == sorted(
            [
                *(f"clients_attachment {row} is not what was written last." for row in (one, two)),
                *(
                    f"clients_attachment {row} has been given what belongs to {other}: file, sha256, size."
                    for row, other in ((one, two), (two, one))
                ),
            ]
        )


def test_earlier_words(client: Client) -> None:
    """What a row said before is evidence as well."""
    note = _one("clients_contactnote", client)
    for statement, words in (
        (
            "UPDATE clients_revision SET sealed = '\\x00' WHERE row = %s",
            "did not say in revision 1 what is kept of it",
        ),
        (
            "UPDATE clients_revision SET clear = clear || '{\"by_id\": null}' WHERE row = %s",
            "did not say in revision 1 what is kept of it",
        ),
        ("DELETE FROM clients_revision WHERE row = %s", "has lost what it said in revision 1"),
        (
            'INSERT INTO clients_revision (client_id, "table", row, revision, sealed, clear, replaced_at) SELECT client_id, "table", row, 1, sealed, clear, replaced_at FROM clients_revision WHERE row = %s',
            "has revision 1 twice",
        ),
        (
            'INSERT INTO clients_revision (client_id, "table", row, revision, sealed, clear, replaced_at) SELECT client_id, "table", row, 5, sealed, clear, replaced_at FROM clients_revision WHERE row = %s',
            "has a revision 5 that no event wrote",
        ),
    ):
        with tampered() as (cursor, new):
            cursor.execute(statement, [note])
            assert new() == [f"clients_contactnote {note} {words}."]


def test_orphaned(client: Client) -> None:
    note, contact = _one("clients_contactnote", client), _one("clients_contact", client)
    with tampered() as (cursor, new):
        cursor.execute("DELETE FROM clients_contact WHERE id = %s", [contact])
        found = new()
    assert f"clients_contact {contact} is gone, and no event removed it." in found
    assert f"clients_contactnote {note} is orphaned: nothing is where contact_id leads." in found


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "UPDATE clients_grant SET person_id = %(other)s WHERE id = %(line)s",
            "clients_grant {line} is not what was written last.",
        ),
        (
            "UPDATE clients_grant SET granted_by_id = %(other)s WHERE id = %(line)s",
            "clients_grant {line} is not what was written last.",
        ),
        (
            "DELETE FROM clients_grant WHERE id = %(line)s",
            "clients_grant {line} is gone, and no event removed it.",
        ),
        (
            "UPDATE clients_clientpermission SET user_id = %(other)s WHERE id = %(right)s",
            "clients_clientpermission {right} of line {line} is not what was written last.",
        ),
        (
            "UPDATE clients_clientpermission SET ends_at = NULL, since = '2020-01-01' WHERE id = %(right)s",
            "clients_clientpermission {right} of line {line} is not what was written last.",
        ),
        (
            "DELETE FROM clients_clientpermission WHERE id = %(right)s",
            "clients_clientpermission of of line {line} is gone, and no event removed it.",
        ),
        (
            "UPDATE clients_clientpermission SET grant_id = gen_random_uuid() WHERE id = %(right)s",
            "was written by no event.",
        ),
    ],
)
def test_ledger_and_what_is_derived_from_it(
    cast: Cast, superuser: psycopg.Connection, statement: str, words: str
) -> None:
    client = new_client(cast.coordinator)
    assign(cast.coordinator, client, cast.volunteer)
    line, right = superuser.execute(
        "SELECT grant_id, id FROM clients_clientpermission WHERE content_object_id = %s ORDER BY id LIMIT 1",
        [client.pk],
    ).fetchone()
    with tampered() as (cursor, new):
        values = {"line": line, "right": right, "other": cast.outsider.id}
        cursor.execute(statement, values)
        assert any(words.format(**values) in fault for fault in new()), new()


def test_permission_for_anybody(cast: Cast, client: Client) -> None:
    """As found: a row in guardian's table opens a record, and no line of the ledger says so."""
    with tampered() as (cursor, new):
        cursor.execute(
            "INSERT INTO clients_clientpermission (grant_id, permission_id, user_id, content_object_id, code, basis, branch_id, starts_at)"
            " SELECT gen_random_uuid(), permission_id, %s, content_object_id, code, basis, branch_id, starts_at"
            " FROM clients_clientpermission WHERE content_object_id = %s AND code = 'view_client' LIMIT 1 RETURNING id",
            [cast.outsider.id, client.pk],
        )
        (right,) = cursor.fetchone()
        (fault,) = new()
        assert fault.startswith(f"clients_clientpermission {right} ")
        assert fault.endswith("was written by no event.")


def test_removed_as_it_should_be_and_back_again(cast: Cast, full: None) -> None:
    """A draft that was thrown away is no fault; the same draft put back is one."""
    with tampered() as (cursor, new):
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute("SELECT id FROM clients_draft LIMIT 1")
        (draft,) = cursor.fetchone()
        cursor.execute(
            "CREATE TEMP TABLE own AS SELECT * FROM clients_draft WHERE id = %s", [draft]
        )
        cursor.execute("DELETE FROM clients_draft WHERE id = %s", [draft])
        assert new() == []
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("INSERT INTO clients_draft SELECT * FROM own")
        assert new() == [f"clients_draft {draft} was removed, and is there again."]


def test_draft_typed_again_under_its_name(cast: Cast, full: None) -> None:
    with tampered() as (cursor, new):
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute("CREATE TEMP TABLE own AS SELECT * FROM clients_draft LIMIT 1")
        cursor.execute("DELETE FROM clients_draft WHERE id = (SELECT id FROM own)")
        cursor.execute("UPDATE own SET revision = 1")
        cursor.execute("INSERT INTO clients_draft SELECT * FROM own")
        assert new() == []


# ---- what is bound does not open


@pytest.mark.parametrize("change", ["by_id", "file", "size"])
def test_note_given_to_somebody_else_does_not_open(
    cast: Cast, client: Client, superuser: psycopg.Connection, change: str
) -> None:
    """The mark of a superuser on a note's author or contact, or on which file an attachment is."""
    table, wanted = (ContactNote, "text") if change == "by_id" else (Attachment, "name")
    row = _one(table._meta.db_table, client)
    name = table._meta.db_table
    (was,) = superuser.execute(f"SELECT {change} FROM {name} WHERE id = %s", [row]).fetchone()
    value = superuser.execute(
        OTHERS[change], {"client": client.pk, "other": cast.colleague.id, "row": row}
    ).fetchone()[0]
    for new, opens in ((value, False), (was, True)):
        with superuser.transaction():
            superuser.execute("SET LOCAL session_replication_role = replica")
            superuser.execute(f"UPDATE {name} SET {change} = %s WHERE id = %s", [new, row])
        with cast.volunteer.actor().transaction() as actor:
            keys = door.open_one(actor, client.pk, "contact.list", "support")
            found = table.objects.get(pk=row).unlock(keys)
            if opens:
                assert getattr(found, wanted)
            else:
                with pytest.raises(SealBroken):
                    getattr(found, wanted)


OTHERS = {
    "by_id": "SELECT %(other)s",
    "file": "SELECT file FROM clients_attachment WHERE client_id = %(client)s AND id <> %(row)s",
    "size": "SELECT size FROM clients_attachment WHERE client_id = %(client)s AND id <> %(row)s",
}


def test_altered_note_is_an_error_in_words_and_in_the_log(
    cast: Cast, client: Client, superuser: psycopg.Connection, sign_in: Any
) -> None:
    """Who opens it reads what happened; the lead finds which row it was."""
    note = _one("clients_contactnote", client)
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute(
            "UPDATE clients_contactnote SET by_id = %s WHERE id = %s", [cast.colleague.id, note]
        )
    response = sign_in(cast.volunteer).get(f"/clients/{client.pk}/")
    assert response.status_code == 500
    page = response.content.decode()
    assert "What is stored here is not what was saved" in page and "Sleeps well" not in page
    assert superuser.execute(
        "SELECT actor, outcome, object_type FROM audit_event WHERE action = 'row.broken' AND object_id = %s",
        [note],
    ).fetchall() == [(cast.volunteer.id, "denied", "clients_contactnote")]


def test_command_names_it_and_ends_with_an_error(client: Client) -> None:
    seal_all()
    note = _one("clients_contactnote", client)
    with tampering() as cursor:
        cursor.execute("UPDATE clients_contactnote SET saved_at = now() WHERE id = %s", [note])
        out, progress = StringIO(), StringIO()
        with pytest.raises(SystemExit) as ended, _inside():
            call_command("audit_verify", stdout=out, stderr=progress)
    assert ended.value.code == 1
    assert f"FAULT clients_contactnote {note} is not what was written last." in out.getvalue()
    assert "clients_contactnote: 100 %" in progress.getvalue()


@contextmanager
def _inside() -> Iterator[None]:
    """A snapshot of its own cannot begin inside the transaction that is undone."""
    with mock.patch("audit.management.commands.audit_verify.snapshot", nullcontext):
        yield


def _one(table: str, client: Client) -> UUID:
    with tampering() as cursor:
        cursor.execute(
            f"SELECT id FROM {table} WHERE client_id = %s ORDER BY id LIMIT 1", [client.pk]
        )
        return cursor.fetchone()[0]


def _exchange(cursor: psycopg.Cursor, client: Client) -> tuple[UUID, UUID]:
    cursor.execute(
        "UPDATE clients_attachment a SET file = b.file, size = b.size, sha256 = b.sha256 FROM clients_attachment b"
        " WHERE a.client_id = %s AND b.client_id = a.client_id AND b.id <> a.id RETURNING a.id",
        [client.pk],
    )
    (one,), (two,) = cursor.fetchall()
    return one, two
