"""What is over goes, once an hour, by the worker's own right; what is alive stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from procrastinate.contrib.django import app

from confidential.embedded import Embedded
from confidential.environment import DATABASE
from tests.making.people import Cast
from tests.making.principals import mint
from tests.making.signing_in import browser, is_signed_in, sign_in, somebody
from volunteers import tasks


@pytest.fixture
def worker(server: Embedded) -> Iterator[psycopg.Connection]:
    """The worker's connection."""
    address = server.conninfo(user="confidential_worker", dbname=DATABASE)
    with psycopg.connect(address, autocommit=True) as connection:
        yield connection


def principal(kind: str, **ago: int) -> UUID:
    """The subject of a principal that ended so long ago."""
    subject = uuid4()
    mint(kind, subject, fresh=None, lives=-timedelta(**ago))
    return subject


def test_what_is_over_goes(
    cast: Cast, worker: psycopg.Connection, superuser: psycopg.Connection
) -> None:
    gone, alive = somebody(cast), browser()
    sign_in(browser(), gone.username)
    sign_in(browser(), gone.username, "not the password")
    stays = somebody(cast)
    sign_in(alive, stays.username)
    for table in ("volunteers_session", "vault_principal"):
        column = "user_id" if table == "volunteers_session" else "subject"
        superuser.execute(
            f"UPDATE {table} SET expires_at = now() - interval '1 s' WHERE {column} = %s", [gone.id]
        )
    superuser.execute("UPDATE axes_accessattempt SET attempt_time = now() - interval '2 h'")
    over = [principal("invitation", days=31), principal("recipient", days=31)]
    late = [principal("invitation", days=1), principal("recipient", days=1)]
    # A session, a wrong try, two of over: the session took its principal along, which counts once.
    assert worker.execute("SELECT sec.clear_expired()").fetchone()[0] >= 4
    assert is_signed_in(alive)
    left = "SELECT count(*) FROM {} WHERE {} = %s"
    assert superuser.execute(
        left.format("volunteers_session", "user_id"), [gone.id]
    ).fetchone() == (0,)
    assert superuser.execute(left.format("vault_principal", "subject"), [gone.id]).fetchone() == (
        0,
    )
    assert superuser.execute("SELECT count(*) FROM axes_accessattempt").fetchone() == (0,)
    count = "SELECT count(*) FROM vault_principal WHERE subject = ANY(%s)"
    assert superuser.execute(count, [over]).fetchone() == (0,)
    assert superuser.execute(count, [late]).fetchone() == (2,)


def test_worker_does_so_every_hour() -> None:
    found = app.periodic_registry.periodic_tasks.values()
    assert [each.cron for each in found if each.task == tasks.clear_expired] == ["40 * * * *"]


def test_worker_deletes_nothing_by_itself(worker: psycopg.Connection) -> None:
    for table in ("volunteers_session", "vault_principal", "axes_accessattempt"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            worker.execute(f"DELETE FROM {table}")
