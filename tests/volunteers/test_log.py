"""The log as the data-protection lead reads it."""

import pytest

from audit import door
from audit.models import Event
from tests.cast import new_client
from volunteers.models import Person


def test_log_shows_references_and_no_name(cast, sign_in):
    client = new_client(cast.coordinator, "Philippine", "Unusual")
    page = sign_in(cast.protection).get(f"/log/?about={client.reference}").content.decode()
    assert client.reference in page
    assert "Took in a client" in page
    assert "Philippine" not in page
    assert "Unusual" not in page


def test_log_is_filtered_by_person_action_outcome_and_day(cast, sign_in):
    client = new_client(cast.coordinator)
    sign_in(cast.outsider).get(f"/clients/{client.pk}/")
    with cast.outsider.visit().transaction():
        reference = Person.objects.get(pk=cast.outsider.id).reference
    browser = sign_in(cast.protection)
    rows = browser.get(f"/log/?by={reference.lower()}&outcome=denied").context["rows"]
    assert rows
    assert all(row["refused"] and row["who"] == reference for row in rows)
    rows = browser.get("/log/?action=client.take_in").context["rows"]
    assert {row["what"] for row in rows} == {"Took in a client"}
    day = "since_day=1&since_month=1&since_year=2190"
    assert "No event fits" in browser.get(f"/log/?{day}").content.decode()
    assert "No event fits" in browser.get("/log/?about=C-NOBODY").content.decode()
    assert (
        "error" in browser.get("/log/?since_day=99&since_month=1&since_year=2026").content.decode()
    )


def test_reading_the_log_is_an_event(cast, sign_in):
    browser = sign_in(cast.protection)
    with cast.protection.visit().transaction():
        before = Event.objects.filter(action="log.read").count()
    browser.get("/log/")
    with cast.protection.visit().transaction():
        assert Event.objects.filter(action="log.read").count() == before + 1


def test_log_that_cannot_record_its_reading_shows_nothing(cast, sign_in, monkeypatch):
    def broken(*args, **kwargs):
        raise door.LogUnavailable("no")

    monkeypatch.setattr(door, "_write", broken)
    answer = sign_in(cast.protection).get("/log/")
    assert answer.status_code == 503
    assert "P-" not in answer.content.decode()


@pytest.mark.parametrize("who", ["president", "coordinator", "volunteer", "administrator"])
def test_others_read_no_log(cast, sign_in, who):
    assert sign_in(getattr(cast, who)).get("/log/").status_code == 403
    with getattr(cast, who).visit().transaction():
        assert not Event.objects.exists()


def test_pages_follow_one_another(cast, sign_in):
    browser = sign_in(cast.protection)
    first = browser.get("/log/").context
    assert first["page_obj"].has_next()
    assert browser.get("/log/?page=2").context["page_obj"].number == 2
    assert browser.get("/log/?page=nonsense").status_code == 200
