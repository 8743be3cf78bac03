"""The reason of what is written is that of what was opened: nobody says another."""

from __future__ import annotations

import psycopg
import pytest
from django.db import DatabaseError, connection, connections

from audit import door
from audit.events.reasons import REASONS
from audit.forms import NO_PURPOSES
from audit.wording import WHY
from tests.making.clients import new_client
from tests.making.people import Cast
from vault.principals import Challenge, hash_of, signin_transaction

REASON = "SELECT purpose FROM audit_event WHERE subject = %s AND action = 'row.change' ORDER BY at DESC LIMIT 1"


@pytest.mark.parametrize("said", ["marcel_duval_has_cancer", "complaint", "complaint|" + 64 * "0"])
def test_setting_is_no_reason(cast: Cast, superuser: psycopg.Connection, said: str) -> None:
    client = new_client(cast.volunteer)
    with cast.volunteer.actor().transaction() as actor:
        keys = door.open_one(actor, client.pk, "background.edit", "support")
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('sec.purpose', %s, true)", [said])
        row = client.safe_contact.unlock(keys)
        row.remarks = "Rings in the evening."
        row.save()
    assert superuser.execute(REASON, [client.pk]).fetchone() == ("",)


def test_what_is_written_has_the_reason_of_what_was_opened(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    with cast.volunteer.actor().transaction() as actor:
        row = client.safe_contact.unlock(
            door.open_one(actor, client.pk, "safe_contact.edit", "handover")
        )
        row.remarks = "Rings in the evening."
        row.save()
    assert superuser.execute(REASON, [client.pk]).fetchone() == ("handover",)


def test_whoever_holds_the_secret_says_no_other_word(cast: Cast) -> None:
    """The mark of a reason is made of the session's own secret, which code in the process has."""
    client = new_client(cast.volunteer)
    me = cast.volunteer.actor()
    for said in ("marcel_duval_has_cancer", "assignment", "Support", "support "):
        with (
            pytest.raises(DatabaseError, match="one of the register"),
            me.transaction(),
            connection.cursor() as cursor,
        ):
            mark = Challenge.of(cursor)._pad(hash_of(me.token), f"purpose|{said}").hex()
            cursor.execute("SELECT set_config('sec.purpose', %s, true)", [f"{said}|{mark}"])
            cursor.execute("UPDATE clients_client SET language = 'en' WHERE id = %s", [client.pk])


@pytest.mark.parametrize("why", ["marcel_duval", "assignment", "Support", None])
@pytest.mark.parametrize(
    "act",
    [
        "sec.open(ARRAY[%(id)s]::uuid[], 'client.view', %(why)s)",
        "sec.scan(0, NULL, 'client.search', %(why)s)",
    ],
)
def test_no_claim_has_another_word_as_a_reason(cast: Cast, act: str, why: str | None) -> None:
    client = new_client(cast.volunteer)
    with (
        pytest.raises(DatabaseError, match="codes, ids and counts"),
        signin_transaction(cast.volunteer.actor().token),
        connections["signin"].cursor() as cursor,
    ):
        cursor.execute(f"SELECT {act}", {"id": client.pk, "why": why})


def test_what_an_event_concerns_bears_the_name_of_a_table(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    for statement in (
        "sec.deny('client.view', %s, %s)",
        "sec.record('client.list', NULL, %s, %s, '', '{}')",
    ):
        for word in ("marcel_duval", "clients_client ", "pg_class"):
            with (
                pytest.raises(DatabaseError),
                cast.volunteer.actor().transaction(),
                connection.cursor() as cursor,
            ):
                cursor.execute(f"SELECT {statement}", [word, client.pk])


def test_the_database_keeps_the_reasons_of_the_register(superuser: psycopg.Connection) -> None:
    asked = sorted(REASONS | {*WHY, "marcel_duval", "Support", "support "})
    rows = superuser.execute("SELECT w FROM unnest(%s::text[]) w WHERE sec.is_reason(w)", [asked])
    assert {word for (word,) in rows} == REASONS
    assert set(WHY) - set(NO_PURPOSES) == REASONS - {"", "own", "command"}
