"""What a policy asks of each row is asked only of whom it concerns: no page of the team slows down with the portal."""

from __future__ import annotations

import psycopg
import pytest

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
