"""What a policy asks of each row is asked only of whom it concerns: no page of the team slows down with the portal."""

from __future__ import annotations

import re

import psycopg
import pytest
from django.db import connection

from tests.making.people import Cast, Someone
from tests.making.principals import mint
from vault.principals import Challenge, name_of, secret_of

TABLES = (
    "audit_event",
    "clients_emergency",
    "disclosures_disclosure",
    "clients_contact",
    "clients_client",
)
MOST_PARTS = (
    400  # of a plan: each takes some 18 KB while it is made, and is set up each time it runs
)
CALLS = "SELECT coalesce(pg_stat_get_xact_function_calls(p.oid), 0) FROM pg_proc p WHERE p.oid = %s::regproc"


def calls(superuser: psycopg.Connection, someone: Someone, function: str) -> dict[str, int]:
    """How often a function runs while somebody counts the rows of each table."""
    token = mint("user", someone.id)
    found = {}
    for table in TABLES:
        with superuser.transaction(force_rollback=True):
            superuser.execute("SET LOCAL track_functions = 'pl'")
            superuser.execute("SET LOCAL ROLE confidential_app")
            proof = Challenge.of(superuser.cursor()).proof(secret_of(token)).hex()
            superuser.execute("SELECT sec.enter(%s, %s)", [name_of(token), proof])
            superuser.execute("RESET ROLE")
            before = superuser.execute(CALLS, [function]).fetchone()[0]
            superuser.execute("SET LOCAL ROLE confidential_app")
            superuser.execute(f"SELECT count(*) FROM {table}")
            superuser.execute("RESET ROLE")
            found[table] = superuser.execute(CALLS, [function]).fetchone()[0] - before
    return found


@pytest.mark.parametrize("who", ["volunteer", "coordinator", "protection", "president"])
def test_what_a_client_is_told_is_asked_of_nobody_else(
    cast: Cast, superuser: psycopg.Connection, who: str
) -> None:
    assert set(calls(superuser, getattr(cast, who), "sec.may_be_told").values()) == {0}


@pytest.mark.parametrize("who", ["volunteer", "coordinator", "protection"])
def test_states_of_other_spaces_are_not_worked_out(
    cast: Cast, superuser: psycopg.Connection, who: str
) -> None:
    assert max(calls(superuser, getattr(cast, who), "sec.access_state").values()) == 0


def test_no_policy_makes_a_large_plan(cast: Cast, superuser: psycopg.Connection) -> None:
    """A policy that reads another table brings that table's policies into each plan, twice for each EXISTS.

    What only few rows need is asked in a function: its plan is made when it is called.
    """
    tables = superuser.execute(
        "SELECT relname FROM pg_class WHERE relrowsecurity AND relnamespace = 'public'::regnamespace"
        " AND has_any_column_privilege('confidential_app', oid, 'SELECT') ORDER BY relname"
    ).fetchall()
    assert len(tables) > 40
    large = {}
    with cast.volunteer.actor().transaction(), connection.cursor() as cursor:
        for (table,) in tables:
            cursor.execute(f"EXPLAIN (COSTS OFF) SELECT FROM {table}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            parts = max(map(int, re.findall(r"(?:Sub|Init)Plan (\d+)", plan)), default=0)
            if parts > MOST_PARTS:
                large[table] = parts
    assert large == {}, large
