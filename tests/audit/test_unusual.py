"""Unusual access: each rule finds what it says, with its reason, and stays silent below its threshold."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from tests.making.clients import assign, new_client
from tests.making.disclosures import asked
from tests.making.people import Cast, confirm, invited
from volunteers.models import Person

PARIS = ZoneInfo("Europe/Paris")
EVENT = """INSERT INTO audit_event (id, at, actor_kind, actor, actor_role, action, outcome, subject, subject_kind, purpose,
    basis, object_type, detail) VALUES (%s, %s, 'user', %s, 'volunteer', %s, %s, %s, 'client', 'support', 'assignment', '', '{}')"""


def at(hour: int, days_ago: int = 3) -> datetime:
    day = datetime.now(PARIS) - timedelta(days=days_ago)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


@pytest.fixture
def write(superuser):
    """Write an event of somebody about a record, at a time."""

    def written(actor: UUID, subject: UUID, when: datetime, action="client.view", outcome="done"):
        superuser.execute(EVENT, [uuid4(), when, actor, action, outcome, subject])

    return written


@pytest.fixture
def findings(cast, sign_in, monkeypatch):
    """What the page finds by one rule, however much other tests have left to find."""
    for most in ("audit.findings.MOST", "audit.views.patterns.MOST"):
        monkeypatch.setattr(most, 10_000)

    def found(code: str, **query: str) -> list[dict]:
        answer = sign_in(cast.protection).get("/log/unusual/", query)
        assert answer.status_code == 200
        rules = {rule["code"]: rule for rule in answer.context["rules"]}
        for row in rules[code]["rows"]:
            assert row["reason"] in answer.content.decode().replace("&#39;", "'")
        return rules[code]["rows"]

    return found


def reference(cast: Cast, person: UUID) -> str:
    with cast.president.actor().transaction():
        return Person.objects.get(pk=person).reference


def about(rows: list[dict], client) -> list[dict]:
    return [row for row in rows if row["about"] == client.reference]


def test_a_record_opened_by_many_people(cast, write, findings):
    client, other = new_client(cast.coordinator), new_client(cast.coordinator)
    monday = at(10, days_ago=7 + datetime.now(PARIS).weekday())
    for _ in range(6):
        write(uuid4(), client.pk, monday)
    for _ in range(5):
        write(uuid4(), other.pk, monday)
    (row,) = about(findings("many_people"), client)
    assert row["reason"].startswith("6 people")
    assert row["day"] == monday.date()
    assert about(findings("many_people"), other) == []


def test_many_records_is_measured_by_the_persons_own_days(cast, write, findings, superuser):
    busy, sudden = cast.colleague, cast.deputy
    for back in (20, 25, 30):  # fifteen a day is usual for one of them, two for the other
        for _ in range(15):
            write(busy.id, uuid4(), at(11, back))
        for _ in range(2):
            write(sudden.id, uuid4(), at(11, back))
    for _ in range(15):
        write(busy.id, uuid4(), at(11, 4))
        write(sudden.id, uuid4(), at(11, 4))
    rows = findings("many_records", period="7")
    assert [row["who"] for row in rows if row["who"] == reference(cast, busy.id)] == []
    (row,) = [row for row in rows if row["who"] == reference(cast, sudden.id)]
    assert row["reason"].startswith("15 records")
    assert "it is 2" in row["reason"]


def test_night_is_by_the_clock_of_paris(cast, write, findings):
    who = reference(cast, cast.outsider.id)
    before = [row for row in findings("night") if row["who"] == who]
    write(cast.outsider.id, uuid4(), at(21, 9))
    assert [row for row in findings("night") if row["who"] == who] == before
    write(cast.outsider.id, uuid4(), at(3, 8))
    (row,) = [row for row in findings("night") if row["who"] == who and row not in before]
    assert row["day"] == at(3, 9).date()  # the night of the day before
    assert "03:00" in row["reason"]


def test_what_is_tried_after_the_end_of_access_is_found(cast, sign_in, findings):
    client = new_client(cast.coordinator)
    assign(cast.coordinator, client, cast.volunteer)
    browser = sign_in(cast.volunteer)
    assert browser.get(f"/clients/{client.pk}/").status_code == 200
    assert about(findings("after_end"), client) == []
    from clients.models import Grant
    from clients.who_may_know.actions import grants

    with cast.coordinator.actor().transaction() as actor:
        grant = Grant.objects.get(client=client, person_id=cast.volunteer.id)
        grants.end_grant(by=actor, grant=grant)
    assert browser.get(f"/clients/{client.pk}/").status_code == 404
    (row,) = about(findings("after_end"), client)
    assert row["who"] == reference(cast, cast.volunteer.id)
    assert "had ended" in row["reason"]


def test_a_stranger_who_never_had_access_is_not_called_late(cast, sign_in, findings):
    client = new_client(cast.coordinator)
    assert sign_in(cast.outsider).get(f"/clients/{client.pk}/").status_code == 404
    assert about(findings("after_end"), client) == []


def test_refusals_close_together_are_found_and_spread_ones_are_not(cast, write, findings):
    close, spread = reference(cast, cast.colleague.id), reference(cast, cast.newcomer.id)
    for minute in range(5):
        write(cast.colleague.id, uuid4(), at(9, 12) + timedelta(minutes=minute), outcome="denied")
        write(cast.newcomer.id, uuid4(), at(9, 12) + timedelta(hours=minute), outcome="denied")
    rows = [row for row in findings("refusals") if row["day"] == at(9, 12).date()]
    assert close in [row["who"] for row in rows]
    assert spread not in [row["who"] for row in rows]


def test_every_emergency_is_listed(cast, write, findings):
    client = new_client(cast.coordinator)
    write(cast.volunteer.id, client.pk, at(12), action="emergency.open")
    (row,) = about(findings("emergency"), client)
    assert "emergency at 12:00" in row["reason"]


def test_a_finding_leads_to_its_events(cast, write, findings, sign_in):
    client = new_client(cast.coordinator)
    write(cast.volunteer.id, client.pk, at(12), action="emergency.open")
    (row,) = about(findings("emergency"), client)
    rows = sign_in(cast.protection).get(row["url"]).context["rows"]
    assert [line["about"] for line in rows] == [client.reference] * len(rows)
    assert rows


def test_the_page_says_what_it_is_not_for_and_looking_is_an_event(cast, sign_in, superuser):
    count = "SELECT count(*) FROM audit_event WHERE action = 'log.unusual'"
    before = superuser.execute(count).fetchone()[0]
    page = sign_in(cast.protection).get("/log/unusual/").content.decode()
    assert "not for judging volunteers" in page
    assert "At least 6 different people" in page
    assert "%(" not in page
    assert superuser.execute(count).fetchone()[0] == before + 1


def test_a_conflict_of_the_lead_closes_the_findings(cast, write, findings, superuser):
    client = new_client(cast.coordinator)
    write(cast.volunteer.id, client.pk, at(12), action="emergency.open")
    assert about(findings("emergency"), client)
    superuser.execute(
        "INSERT INTO clients_conflict (id, person_id, client_id, reason, marked_by_id, starts_at) VALUES (%s, %s, %s, 'family', %s, now())",
        [uuid4(), cast.protection.id, client.pk, cast.protection.id],
    )
    assert about(findings("emergency"), client) == []
    assert about(findings("after_end"), client) == []


@pytest.mark.parametrize("who", ["president", "coordinator", "volunteer", "administrator"])
def test_the_function_behind_it_answers_nobody_else(cast, who):
    from django.db import connection

    with getattr(cast, who).actor().transaction(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM sec.attempts_after_end('2000-01-01', '2190-01-01', 100)"
        )
        assert cursor.fetchone() == (0,)


def test_brought_in_given_and_decided_by_the_same_is_found(cast, findings):
    from tests.making.disclosures import decide

    new, other = (invited(cast.deputy, branch=cast.north) for _ in range(2))
    for someone in (new, other):
        confirm(cast.protection, someone)
    mine, theirs = (asked(cast, someone) for someone in (new, other))
    assign(cast.deputy, mine.client, new, scope="errand")  # by whoever brought them in
    for made in (mine, theirs):
        decide(cast.deputy, made)
    (row,) = about(findings("one_for_all"), mine.client)
    assert row["who"] == reference(cast, cast.deputy.id)
    assert about(findings("one_for_all"), theirs.client) == []
