"""Who has SQL on a shared connection prepares nothing there for whoever comes next."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import DatabaseError, close_old_connections, connection, connections, transaction
from django.utils import timezone

from clients.models import Client
from tests.making.clients import new_client
from tests.making.pages import SignIn
from tests.making.people import Cast, recruit
from vault.principals import enter
from volunteers.actions import joining

MINE = """line AS INSERT INTO clients_grant
    (id, client_id, branch_id, person_id, scope, basis, purpose, granted_by_id, starts_at)
    SELECT gen_random_uuid(), c.id, c.branch_id, '{evil}', 'full', 'assignment', 'support', sec.cleared_person(), statement_timestamp()
    FROM clients_client c RETURNING id"""
PREPARING = (
    f"PREPARE {MINE}",
    f"DO $do$ BEGIN EXECUTE $e$PREPARE {MINE}$e$; END $do$",
    "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    "SELECT set_config('default_transaction_read_only', 'on', false)",
)


@pytest.mark.parametrize("statement", PREPARING)
def test_prepared_connection_lets_nobody_in_and_is_replaced(
    cast: Cast, sign_in: SignIn, statement: str
) -> None:
    evil, coordinator = recruit(cast.north), sign_in(cast.coordinator)
    assert coordinator.get("/").status_code == 200
    with evil.actor().transaction(), connection.cursor() as cursor:
        cursor.execute(statement.format(evil=evil.id))
        cursor.execute("SELECT pg_backend_pid()")
        (before,) = cursor.fetchone()
    assert coordinator.get("/").status_code == 503  # nothing was done, and trying again is safe
    assert coordinator.get("/").status_code == 200
    with cast.coordinator.actor().transaction(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_backend_pid(), count(*) FROM pg_prepared_statements WHERE from_sql"
        )
        pid, prepared = cursor.fetchone()
    assert pid != before and not prepared


def test_name_taken_from_the_application_runs_as_nobody(cast: Cast, sign_in: SignIn) -> None:
    """The statements that the application prepared have names that anybody can guess."""
    evil, deputy = recruit(cast.north), sign_in(cast.deputy)
    for _ in range(8):
        deputy.get("/")
    with transaction.atomic(), connection.cursor() as cursor:
        enter(evil.actor().token)
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE NOT from_sql")
        names = [name for (name,) in cursor.fetchall()]
        assert names
        for name in names:
            cursor.execute(
                f"DO $do$ BEGIN EXECUTE 'DEALLOCATE \"{name}\"';"
                f" EXECUTE $e$PREPARE \"{name}\" AS SELECT '{uuid4()}'::text$e$; END $do$"
            )
    assert deputy.get("/").status_code == 503
    assert deputy.get("/").status_code == 200


CAPTURE = {
    "pg_current_xact_id": "SELECT (pg_current_xact_id()::text::bigint + 300)::text",
    "sec.enter": "SELECT to_jsonb(set_config('x.leak', $1 || ' ' || $2, false))",
}


def test_proof_is_given_to_no_statement_under_a_name_of_the_drivers(
    cast: Cast, sign_in: SignIn
) -> None:
    """It is sent before the database can look whether the connection was prepared by somebody."""
    evil, deputy = recruit(cast.north), sign_in(cast.deputy)
    for _ in range(8):
        deputy.get("/")
    with evil.actor().transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT name, statement FROM pg_prepared_statements WHERE NOT from_sql")
        theirs = cursor.fetchall()
        assert theirs
        for name, statement in theirs:
            for words, instead in CAPTURE.items():
                if words in statement:
                    types = "(text, text)" if "$1" in instead else ""
                    cursor.execute(
                        f"DO $do$ BEGIN EXECUTE 'DEALLOCATE \"{name}\"';"
                        f' EXECUTE $e$PREPARE "{name}" {types} AS {instead}$e$; END $do$'
                    )
    deputy.get("/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('x.leak', true)")
        assert not cursor.fetchone()[0]
    named = [statement for _, statement in theirs]
    assert not [each for each in named if any(words in each for words in CAPTURE)]


def test_prepared_in_the_same_transaction_as_somebody_is_seen(cast: Cast) -> None:
    evil = recruit(cast.north)
    with pytest.raises(DatabaseError, match="prepared by somebody"):
        with evil.actor().transaction() as actor, connection.cursor() as cursor:
            cursor.execute("PREPARE mine AS SELECT 1")
            actor.enter()


@pytest.mark.parametrize(
    "left",
    [
        "SET search_path = nowhere",
        "SET statement_timeout = 1",
        "SET row_security = off",
        "SET sec.purpose = 'complaint'",
        "SET TimeZone = 'Pacific/Kiritimati'",
        "SET client_encoding = 'SQL_ASCII'",
        "SET DateStyle = 'German'",
        "SET IntervalStyle = 'iso_8601'",
        "SET bytea_output = 'escape'",
    ],
)
def test_setting_that_is_left_behind_stops_one_page_at_most(
    cast: Cast, sign_in: SignIn, left: str
) -> None:
    client = new_client(cast.volunteer)
    browser = sign_in(cast.volunteer)
    with connection.cursor() as cursor:
        cursor.execute(left)
    statuses = [browser.get(f"/clients/{client.pk}/").status_code for _ in range(3)]
    assert statuses[0] in (200, 403, 503) and statuses[1:] == [200, 200]


def test_times_are_read_as_they_are_whatever_somebody_left(cast: Cast, sign_in: SignIn) -> None:
    """Or everybody who comes by on that connection would read others, and what is sealed with a time would not open."""
    client = new_client(cast.volunteer)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', 'Pacific/Kiritimati', false)")
    with pytest.raises(DatabaseError, match="prepared by somebody"):
        with cast.volunteer.actor().transaction():
            pass
    with cast.volunteer.actor().transaction():
        assert Client.objects.get(pk=client.pk).taken_in_at <= timezone.now()


def test_an_error_gives_the_next_page_new_connections(cast: Cast, sign_in: SignIn) -> None:
    """Also where it lies in a connection that no principal has used yet."""
    browser = sign_in(cast.volunteer)
    assert browser.get("/").status_code == 200
    with connections["signin"].cursor() as cursor:
        cursor.execute("SET search_path = nowhere")
    assert browser.get("/").status_code >= 500
    close_old_connections()  # as the server does at the end of each request
    assert browser.get("/").status_code == 200


def test_whether_a_code_stands_is_asked_under_no_name_of_the_drivers(cast: Cast) -> None:
    for _ in range(8):
        assert joining.standing_of("nobody knows this")[0] == "unknown"
    with connections["signin"].cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        named = [statement for (statement,) in cursor.fetchall()]
    assert not [each for each in named if "invitation_standing" in each]
