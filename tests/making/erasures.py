"""A record that is erased, as people and processes do it."""

from __future__ import annotations

from uuid import UUID

import psycopg
from django.db import connection

from audit.rows import Comparison
from audit.verifying import verify
from clients.models import Client
from rights.erasure import actions, carrying_out, ledger
from tests.making.people import Cast, Someone
from tests.making.principals import superuser
from tests.making.requests import heard
from tests.making.sealing import as_sealer, as_verifier, as_worker, queue_strays, seal_all

EVERY = """SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
    AND c.relkind IN ('r', 'p') ORDER BY 1"""


def asked(by: Someone, client: Client) -> None:
    """The client asked for it by telephone, and was rung back."""
    heard(by, client, kind="deletion")


def proposed(by: Someone, client: Client, ground: str = "mistake") -> UUID:
    """Somebody proposed that a record is erased."""
    with by.actor().transaction() as actor:
        return actions.propose(by=actor, client=client, ground=ground)


def decided(cast: Cast, client: Client, ground: str = "mistake") -> UUID:
    """An erasure that two people have decided, and whose time has come."""
    erasure = proposed(cast.coordinator, client, ground)
    with cast.deputy.actor().transaction() as actor:
        assert actions.decide(by=actor, erasure=erasure, yes=True)
    come(erasure)
    return erasure


def come(erasure: UUID) -> None:
    """The pause to think is over."""
    with superuser() as connected:
        connected.execute(
            "UPDATE rights_erasure SET not_before = now() - interval '1 minute' WHERE id = %s",
            [erasure],
        )


def seal_and_line() -> None:
    """What the sealer does once: seal, then write lines of the ledger."""
    with superuser() as connected:
        queue_strays(connected)
    seal_all()
    with as_sealer():
        ledger.write_lines()


def bring_to(erasure: UUID, state: str) -> None:
    """What worker and sealer do to a decided one until it stands there: begun, lined, keyless or done."""
    come(erasure)
    with as_worker(), connection.cursor() as cursor:
        cursor.execute("SELECT sec.begin_erasure(%s)", [erasure])
    if state != "begun":
        seal_and_line()
    if state == "keyless":
        with as_worker(), connection.cursor() as cursor:
            cursor.execute("SELECT sec.destroy_keys(%s)", [erasure])
    if state == "done":
        carried_out(erasure)


def work() -> int:
    """What the worker does once; how many erasures it finished."""
    with as_worker():
        return carrying_out.carry_out_all()


def carried_out(erasure: UUID) -> None:
    """Sealer and worker in turns until it is done."""
    for _ in range(6):
        work()
        seal_and_line()
        if state(erasure) == "done":
            return
    raise AssertionError(f"the erasure stands at {state(erasure)}")


def state(erasure: UUID) -> str:
    """Where it stands."""
    with superuser() as connected:
        found = connected.execute(
            "SELECT state FROM rights_erasure WHERE id = %s", [erasure]
        ).fetchone()
    return str(found[0]) if found else ""


def places_of(superuser: psycopg.Connection, *words: str) -> list[str]:
    """The tables in which any of these words stands, in whatever column."""
    found = []
    for (table,) in superuser.execute(EVERY).fetchall():
        asked = f'SELECT to_jsonb(t)::text FROM "{table}" t WHERE to_jsonb(t)::text ILIKE ANY (%s)'
        rows = superuser.execute(asked, [[f"%{word}%" for word in words]]).fetchall()
        found += [f"{table}: {row[:300]}" for (row,) in rows[:3]]
    return found


def faults() -> set[str]:
    """What the verifier finds in log and rows: other tests leave faults behind on purpose."""
    with as_verifier():
        return {*verify().faults, *Comparison().run().faults}
