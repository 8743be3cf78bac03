"""Any life of a record: the database says what the model in plain Python says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.conf import settings as django
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from confidential.embedded import SUPERUSER
from rights.retention.schedule import kinds
from tests.making.keeping import adopt
from tests.making.people import Cast
from tests.rights.retention_model import MONTHS, Life, retention

PARIS = ZoneInfo("Europe/Paris")
DAYS = st.dates(date(2020, 1, 1), date(2026, 11, 1))
MAYBE = st.none() | DAYS
YES = st.booleans()


def some(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(strategy, max_size=3)


LIVES = st.builds(
    Life,
    state=st.sampled_from(["open", "closed", "died"]),
    taken_in=DAYS,
    state_since=MAYBE,
    state_noted=MAYBE,
    contacts=some(st.tuples(DAYS, YES, YES)),
    requests=some(st.tuples(DAYS, st.sampled_from(["new", "in_progress", "done", "refused"]), YES)),
    messages=some(st.tuples(DAYS, YES)),
    signed_in=some(st.tuples(DAYS, YES)),
    complaints=some(st.sampled_from(["open", "answered"])),
    holds=some(st.tuples(st.sampled_from(["legal_claim", "complaint", "court"]), YES)),
    restriction=st.sampled_from(["", "withdrawn", "contested", "claims"]),
    longer=some(st.none() | st.dates(date(2026, 1, 1), date(2030, 1, 1))),
    emergencies=some(YES),
)


def noon(day: date | None, minute: int = 0) -> datetime | None:
    return datetime.combine(day, time(12, minute), PARIS) if day else None


@pytest.fixture(scope="module")
def owner(cast: Cast) -> Iterator[psycopg.Connection]:
    """A superuser in transactions, which are rolled back; triggers and foreign keys are asleep."""
    adopt(cast)
    where = django.DATABASES["default"]
    with psycopg.connect(
        host=where["HOST"], port=where["PORT"] or None, dbname=where["NAME"], user=SUPERUSER
    ) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.commit()
        yield connection


def insert(owner: psycopg.Connection, table: str, **values: object) -> UUID:
    made = uuid4()
    values = {"id": made, **values}
    names, marks = ", ".join(f'"{name}"' for name in values), ", ".join(["%s"] * len(values))
    owner.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))
    return made


def lay(owner: psycopg.Connection, cast: Cast, life: Life) -> UUID:
    """That life, as rows."""
    me, branch, now = cast.coordinator.id, cast.north, datetime.now(PARIS)
    made = insert(
        owner,
        "clients_client",
        branch_id=branch,
        reference=f"R-{uuid4().hex[:8]}",
        state=life.state,
        language="fr",
        pseudonym=False,
        taken_in_at=noon(life.taken_in),
        state_since=life.state_since,
        state_at=noon(life.state_noted),
        restricted_at=now if life.restriction else None,
    )
    of = {"client_id": made}
    for day, reached, out in life.contacts:
        insert(
            owner,
            "clients_contact",
            **of,
            branch_id=branch,
            channel="phone",
            happened_on=day,
            reached=reached,
            urgent=False,
            revision=1,
            taken_out_at=now if out else None,
            taken_out_by="author" if out else None,
        )
    for day, state, tell in life.requests:
        insert(
            owner,
            "rights_subjectrequest",
            **of,
            branch_id=branch,
            kind="access",
            state=state,
            due_on=day,
            received_on=day,
            to_tell=tell or None,
        )
    for day, known in life.messages:
        insert(
            owner,
            "clients_message",
            **of,
            access_id=_access(owner, made, None, known),
            made_at=noon(day),
        )
    for day, known in life.signed_in:
        _access(owner, made, day, known)
    for state in life.complaints:
        insert(
            owner,
            "clients_complaint",
            **of,
            reference=f"K-{uuid4().hex[:8]}",
            branch_id=branch,
            about_kind="association",
            state=state,
        )
    for ground, released in life.holds:
        gone = {"released_at": now, "released_by_id": me} if released else {}
        insert(owner, "rights_hold", **of, ground=ground, placed_by_id=me, **gone)
    if life.restriction:
        insert(owner, "clients_restriction", **of, ground=life.restriction)
    for minute, until in enumerate(life.longer):
        insert(
            owner,
            "rights_longerkept",
            **of,
            until=until,
            by_id=me,
            made_at=noon(date(2026, 11, 1), minute),
            revision=1,
            sealed=b"",
        )
    for reviewed in life.emergencies:
        done = (
            {"reviewed_by_id": me, "reviewed_at": now, "outcome": "justified"}
            if reviewed
            else {"outcome": ""}
        )
        past = now - timedelta(days=1)
        insert(
            owner,
            "clients_emergency",
            **of,
            branch_id=branch,
            reference=f"E-{uuid4().hex[:8]}",
            person_id=cast.colleague.id,
            by_coordinator=False,
            reason="call",
            opened_at=past,
            ends_at=past,
            words_due_at=past,
            review_due_at=past,
            **done,
        )
    return made


def _access(owner: psycopg.Connection, client: UUID, signed_in: date | None, known: bool) -> UUID:
    account = insert(
        owner,
        "volunteers_user",
        username=f"s-{uuid4().hex[:12]}",
        password="",
        kind="client",
        language="fr",
        is_active=True,
        is_superuser=False,
        must_change_password=False,
        created_at=noon(date(2020, 1, 1)),
        last_login=noon(signed_in),
    )
    return insert(
        owner,
        "clients_portalaccess",
        client_id=client,
        user=account,
        username="s",
        opened_as="volunteer",
        confirmed_at=noon(date(2020, 1, 2)) if known else None,
    )


def test_the_model_knows_the_periods_of_the_proposal() -> None:
    proposed = {kind.kind: kind.months for kind in kinds() if kind.then == "review"}
    assert proposed == MONTHS


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(life=LIVES, on=st.dates(date(2020, 1, 1), date(2031, 1, 1)))
def test_the_database_says_what_the_model_says(
    owner: psycopg.Connection, cast: Cast, life: Life, on: date
) -> None:
    try:
        client = lay(owner, cast, life)
        row = owner.execute(
            "SELECT kind, since, over_on, kept_by FROM sec.retention_of(ARRAY[%s::uuid], %s)",
            [client, on],
        ).fetchone()
        assert row == retention(life, on)
        listed = owner.execute(
            "SELECT count(*) FROM sec.retention_list(%s) WHERE over_on <= %s AND reference = (SELECT reference FROM clients_client WHERE id = %s)",
            [on, on, client],
        ).fetchone()
        assert listed == (1 if row[2] <= on else 0,)
    finally:
        owner.rollback()
