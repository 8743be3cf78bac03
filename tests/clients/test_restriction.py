"""Restriction (GDPR 18): a record is kept and not used, by whoever and through whatever."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection
from django.utils import timezone

from clients.models import (
    Consultation,
    Contact,
    ContactNote,
    Restriction,
    RestrictionWords,
)
from clients.who_may_know.actions import grants
from tests.making import acts
from tests.making.clients import NOTE, assign, new_client
from tests.making.contacts import log, log_contact
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from tests.making.restrictions import lift, restrict
from vault.exceptions import Refused

CARD_ONLY = (True, True, False, False)


@pytest.fixture
def helen(cast: Cast) -> Someone:
    return recruit(cast.north)


def test_notes_close_and_the_way_to_reach_them_stays(cast: Cast, helen: Someone) -> None:
    client = new_client(helen)
    assert acts.sees(helen, client) == acts.ALL
    restrict(helen, client)
    assert acts.sees(helen, client) == CARD_ONLY
    assert acts.sees(cast.coordinator, client) == acts.WITHOUT_WORDS
    assert lift(cast.coordinator, client)
    assert acts.sees(helen, client) == acts.ALL


def test_what_a_coordinator_had_open_closes_and_opens_anew_with_a_reason(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client = new_client(helen)
    browser = sign_in(cast.coordinator)
    browser.post(f"/clients/{client.pk}/notes/", {"reason": "coordination"})
    assert acts.sees(cast.coordinator, client) == acts.ALL
    restrict(helen, client)
    assert acts.sees(cast.coordinator, client) == acts.WITHOUT_WORDS
    browser.post(f"/clients/{client.pk}/notes/", {"reason": "request"})
    assert acts.sees(cast.coordinator, client) == acts.ALL


def test_an_emergency_opens_it_as_always(cast: Cast, helen: Someone) -> None:
    client, other = new_client(helen), recruit(cast.north)
    restrict(helen, client)
    pressed, _ = acts.press_emergency(other, client)
    acts.call(other, "emergency_rest(%s)", pressed)
    assert acts.sees(other, client) == acts.ALL


def test_nobody_adds_anything(cast: Cast, sign_in: SignIn, helen: Someone) -> None:
    client = new_client(helen)
    restrict(helen, client)
    where = f"/clients/{client.pk}/contacts/new/"
    for person in (helen, cast.coordinator):
        browser = sign_in(person)
        assert where not in browser.get(f"/clients/{client.pk}/").content.decode()
        assert browser.get(where).status_code == 403
        with pytest.raises((ProgrammingError, IntegrityError)):
            log_contact(person, client, "Not to be written.", date(2026, 3, 1))
    with cast.coordinator.actor().transaction():
        assert Contact.objects.filter(client=client).count() == 1


def test_what_colleagues_were_asked_ends_and_does_not_come_back(cast: Cast, helen: Someone) -> None:
    client, colleague = new_client(helen), recruit(cast.north)
    asked = acts.consult(helen, colleague, client)

    def runs() -> bool:
        with colleague.actor().transaction():
            return any(c.is_running for c in Consultation.objects.filter(pk=asked))

    assert runs()
    restrict(helen, client)
    assert not runs()
    lift(cast.coordinator, client)
    assert not runs()


def test_reminders_and_what_may_be_told_wait(cast: Cast, sign_in: SignIn, helen: Someone) -> None:
    client = new_client(helen, given_name="Ottoline", family_name="Fabre")
    browser = sign_in(helen)
    day = timezone.localdate() + timedelta(days=1)
    due = {f"follow_up_on_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}
    log(browser, client, text="Rang.", follow_up="Ring about the lift", **due)
    assert "Fabre" in browser.get("/follow-ups/").content.decode()
    restrict(helen, client)
    assert "Fabre" not in browser.get("/follow-ups/").content.decode()
    page = sign_in(cast.coordinator).get(f"/clients/{client.pk}/who-may-see/").content.decode()
    assert "nobody outside is told anything" in page
    lift(cast.coordinator, client)
    assert "Fabre" in browser.get("/follow-ups/").content.decode()


def test_it_is_marked_in_record_list_and_search(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client = new_client(helen, given_name="Ottoline", family_name="Garrigue")
    browser = sign_in(helen)
    browser.post(
        f"/clients/{client.pk}/restriction/", {"ground": "objection", "why": "I do not want it."}
    )
    pages = [browser.get(f"/clients/{client.pk}/"), browser.get("/clients/")]
    for page in (*pages, browser.post("/search/", {"words": "Garrigue"})):
        assert "Restricted" in page.content.decode(), page
    assert NOTE not in browser.get(f"/clients/{client.pk}/").content.decode()


def test_who_restricts_and_who_lifts(cast: Cast, helen: Someone) -> None:
    client = new_client(helen)
    for stranger in (cast.outsider, cast.president, cast.south_coordinator, cast.administrator):
        with pytest.raises(ProgrammingError, match="not permitted"):
            acts.call(stranger, "restrict(%s, %s, 'claims')", uuid4(), client.pk)
    restrict(helen, client)
    with pytest.raises(Refused):
        restrict(cast.coordinator, client)
    with helen.actor().transaction():
        pk = Restriction.objects.get(client=client).pk
    for person in (helen, cast.outsider, cast.president, cast.south_coordinator):
        with pytest.raises(ProgrammingError, match="not permitted"):
            acts.call(person, "lift_restriction(%s)", pk)
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(cast.coordinator, "lift_restriction(%s)", uuid4())


def test_whom_the_client_complains_about_does_not_lift_it(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client = new_client(helen)
    coordinator = cast.deputy
    acts.complain(helen, client, "coordinator", coordinator)
    made = restrict(helen, client)
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(coordinator, "lift_restriction(%s)", made.pk)


def test_lifting_asks_to_tell_the_client_first(cast: Cast, sign_in: SignIn, helen: Someone) -> None:
    client = new_client(helen)
    restrict(helen, client)
    browser = sign_in(cast.coordinator)
    where = f"/clients/{client.pk}/restriction/end/"
    page = browser.post(where, {"why": "It was right."})
    assert "Tell the client first" in page.content.decode()
    browser.post(where, {"why": "It was right.", "told": "on"})
    assert acts.sees(helen, client) == acts.ALL
    with cast.coordinator.actor().transaction():
        ended = Restriction.objects.get(client=client)
        assert ended.ends_at and ended.ended_by_id == cast.coordinator.id
    assert "not restricted any more" in browser.get(where, follow=True).content.decode()


def test_the_application_writes_none_of_it_itself(helen: Someone) -> None:
    client = new_client(helen)
    restrict(helen, client)
    for statement in (
        "UPDATE clients_client SET restricted_at = NULL WHERE id = %s",
        "UPDATE clients_restriction SET ends_at = now() WHERE client_id = %s",
        "DELETE FROM clients_restriction WHERE client_id = %s",
        "INSERT INTO clients_restriction (id, client_id, ground, starts_at) VALUES (gen_random_uuid(), %s, 'claims', now())",
    ):
        with (
            pytest.raises(DatabaseError),
            helen.actor().transaction(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [client.pk])


def test_a_volunteer_who_is_assigned_meanwhile_reads_nothing(cast: Cast, helen: Someone) -> None:
    client, other = new_client(helen), recruit(cast.north)
    restrict(helen, client)
    assign(cast.coordinator, client, other)
    assert acts.sees(other, client) == CARD_ONLY
    with other.actor().transaction():
        assert not ContactNote.objects.filter(client=client).exists()


def test_reading_that_was_given_for_a_later_day_does_not_begin(
    cast: Cast, helen: Someone, superuser: psycopg.Connection
) -> None:
    client = new_client(helen)
    tomorrow = timezone.now() + timedelta(days=1)
    with cast.coordinator.actor().transaction() as actor:
        grants.let_read(
            by=actor,
            client=client,
            person=cast.deputy.id,
            reason="standing_in",
            starts=tomorrow,
            until=tomorrow + timedelta(days=30),
        )
    restrict(helen, client)
    left = superuser.execute(
        "SELECT count(*) FROM clients_grant WHERE client_id = %s AND person_id = %s AND ends_at > now()",
        [client.pk, cast.deputy.id],
    ).fetchone()
    assert left == (0,)


@pytest.mark.parametrize(
    ("reason", "days", "later"), [("standing_in", 1, 0), ("request", 30, 0), ("request", 2, 1)]
)
def test_nobody_is_let_read_a_restricted_record_for_longer(
    cast: Cast, helen: Someone, reason: str, days: int, later: int
) -> None:
    client = new_client(helen)
    restrict(helen, client)
    starts = timezone.now() + timedelta(days=later)
    with (
        pytest.raises((DatabaseError, Refused)),
        cast.coordinator.actor().transaction() as actor,
    ):
        grants.let_read(
            by=actor,
            client=client,
            person=cast.deputy.id,
            reason=reason,
            starts=starts,
            until=starts + timedelta(days=days),
        )


def test_what_is_there_can_be_corrected_by_who_opened_it(
    cast: Cast, sign_in: SignIn, helen: Someone
) -> None:
    client = new_client(helen)
    restrict(helen, client)
    with cast.coordinator.actor().transaction():
        contact = Contact.objects.get(client=client)
    browser = sign_in(cast.coordinator)
    assert sign_in(helen).get(f"/contacts/{contact.pk}/correct/").status_code in (403, 404)
    browser.post(f"/clients/{client.pk}/notes/", {"reason": "request"})
    assert browser.get(f"/contacts/{contact.pk}/correct/").status_code == 200


def test_the_words_are_read_by_who_reads_notes(cast: Cast, helen: Someone) -> None:
    client = new_client(helen)
    made = restrict(helen, client)
    with cast.coordinator.actor().transaction():
        assert not RestrictionWords.objects.filter(restriction=made).exists()
    with (
        pytest.raises(DatabaseError),
        cast.coordinator.actor().transaction(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE clients_restrictionwords SET revision = 2")


def test_whom_the_client_complains_about_as_coordinator_restricts_nothing(
    cast: Cast, helen: Someone
) -> None:
    client = new_client(helen)
    acts.complain(helen, client, "coordinator", cast.deputy)
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(cast.deputy, "restrict(%s, %s, 'claims')", uuid4(), client.pk)
