"""Who sends a statement that is made to last gains nothing by it."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import OperationalError, connection

from disclosures.models import Disclosure
from tests.making import acts
from tests.making.clients import new_client
from tests.making.disclosures import drafted, sent
from tests.making.people import Cast, recruit

LIMIT = "interval '1 minute'"
# The first part of the statement asks who this is and sleeps; the second asks again, too late.
LASTING = (
    "SELECT d.id FROM (SELECT pg_sleep(0.4)::text x OFFSET 0) s,"
    " LATERAL (SELECT id FROM {table} t WHERE t.branch_id::text <> s.x OFFSET 0) d"
)


@pytest.fixture
def short(superuser: psycopg.Connection) -> Iterator[None]:
    """A statement lasts too long after a third of a second."""
    [laid] = superuser.execute("SELECT pg_get_functiondef('sec.refuse_late'::regproc)").fetchone()
    assert LIMIT in laid
    superuser.execute(laid.replace(LIMIT, "interval '0.3 s'"))
    yield
    superuser.execute(laid)


def test_a_lasting_statement_lifts_no_conflict(cast: Cast, short: None) -> None:
    someone = recruit(cast.north, "coordinator")
    client = new_client(cast.volunteer)
    acts.conflict(cast.coordinator, someone, client=client)
    with pytest.raises(OperationalError, match="no rights"), someone.actor().transaction():
        with connection.cursor() as cursor:
            cursor.execute(LASTING.format(table="clients_client"))


def test_a_lasting_statement_shows_no_hidden_disclosure(cast: Cast, short: None) -> None:
    someone = recruit(cast.north, "coordinator")
    made = drafted(cast)
    acts.complain(cast.volunteer, made.client, "coordinator", None)
    sent(made, cast.volunteer, None)
    with someone.actor().transaction():
        assert not Disclosure.objects.filter(pk=made.pk).exists()
    with pytest.raises(OperationalError, match="no rights"), someone.actor().transaction():
        with connection.cursor() as cursor:
            cursor.execute(LASTING.format(table="disclosures_disclosure"))
