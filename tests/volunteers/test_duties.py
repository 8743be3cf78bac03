"""Duties: nobody appoints themself, some do not go together, an ended one ends at once."""

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from clients.models import Client
from tests.making.clients import new_client
from tests.making.people import recruit
from volunteers.actions import duties
from volunteers.models import Duty


@pytest.fixture
def someone(cast):
    """A volunteer of the north who has signed, for this test alone."""
    return recruit(cast.north)


def kinds(person):
    with person.actor().transaction() as actor:
        return set(actor.duties)


def give(browser, person, duty, branch=""):
    return browser.post(f"/people/{person.id}/duties/new/", {"duty": duty, "branch": str(branch)})


def test_president_appoints_a_coordinator(cast, sign_in, someone):
    answer = give(sign_in(cast.president), someone, "coordinator", cast.south)
    assert answer.status_code == 302
    assert kinds(someone) == {"volunteer", "coordinator"}


def test_appointing_needs_a_fresh_sign_in(cast, sign_in, someone):
    answer = give(sign_in(cast.president, fresh=False), someone, "coordinator", cast.south)
    assert "next=" in answer["Location"]
    assert kinds(someone) == {"volunteer"}


def test_the_same_duty_twice_is_refused_in_words(cast, sign_in, someone):
    answer = give(sign_in(cast.president), someone, "volunteer", cast.north)
    assert "has this duty already" in answer.content.decode()


def test_standing_in_ends_by_itself(cast, sign_in, someone):
    data = {
        "duty": "coordinator",
        "branch": str(cast.south),
        "until_day": "31",
        "until_month": "8",
        "until_year": "2199",
    }
    assert (
        sign_in(cast.president).post(f"/people/{someone.id}/duties/new/", data).status_code == 302
    )
    with cast.president.actor().transaction():
        assert Duty.objects.get(person=someone.id, kind="coordinator").ends_at.year == 2199


@pytest.mark.parametrize("who", ["president", "coordinator"])
def test_nobody_appoints_themself(cast, sign_in, who):
    person = getattr(cast, who)
    before = kinds(person)
    give(sign_in(person), person, "volunteer", cast.north)
    with pytest.raises(DatabaseError):
        duties.appoint(by=person.actor(), person=person.id, duty="volunteer", branch=cast.north)
    assert kinds(person) == before


def test_coordinator_appoints_no_coordinator(cast, sign_in, someone):
    answer = give(sign_in(cast.coordinator), someone, "coordinator", cast.north)
    assert answer.context["form"].errors
    with pytest.raises(DatabaseError):
        duties.appoint(
            by=cast.coordinator.actor(), person=someone.id, duty="coordinator", branch=cast.north
        )


def test_volunteer_appoints_nobody(cast, sign_in, someone):
    assert give(sign_in(cast.volunteer), someone, "volunteer", cast.north).status_code == 403
    with pytest.raises(DatabaseError):
        duties.appoint(
            by=cast.volunteer.actor(), person=someone.id, duty="volunteer", branch=cast.north
        )


@pytest.mark.parametrize("duty", ["protection", "administrator"])
def test_incompatible_duties_are_refused_by_page_and_database(cast, sign_in, someone, duty):
    answer = give(sign_in(cast.president), someone, duty)
    assert "may not hold these two duties together" in answer.content.decode()
    with pytest.raises(IntegrityError, match="may not hold together"):
        duties.appoint(by=cast.president.actor(), person=someone.id, duty=duty, branch=None)
    assert kinds(someone) == {"volunteer"}


def test_table_of_duties_is_a_page(cast, sign_in):
    page = sign_in(cast.volunteer).get("/people/duties/").content.decode()
    assert "The president hears complaints about coordinators." in page


def test_application_connection_changes_no_duty(cast):
    with cast.president.actor().transaction():
        for statement in (
            "UPDATE volunteers_duty SET ends_at = now()",
            "DELETE FROM volunteers_duty",
            "INSERT INTO volunteers_duty (id, person_id, kind) SELECT gen_random_uuid(), person_id, kind FROM volunteers_duty",
            "SELECT sec.appoint(gen_random_uuid(), 'president', NULL, NULL)",
        ):
            with (
                pytest.raises(DatabaseError, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)


def test_ended_duty_ends_in_that_second(cast, sign_in, someone):
    duties.appoint(
        by=cast.president.actor(), person=someone.id, duty="coordinator", branch=cast.north
    )
    client = new_client(cast.coordinator)
    browser = sign_in(someone)
    with someone.actor().transaction():
        assert Client.objects.filter(pk=client.pk).exists()
        duty = Duty.objects.get(person=someone.id, kind="coordinator")
    page = f"/duties/{duty.pk}/end/"
    president = sign_in(cast.president)
    assert "and so does what it opened" in president.get(page).content.decode()
    assert president.post(page).status_code == 302
    with someone.actor().transaction():
        assert not Client.objects.filter(pk=client.pk).exists()
    assert browser.get("/invitations/").status_code == 403
    assert president.post(page).status_code == 404


def test_coordinator_ends_a_volunteer_of_the_own_branch_only(cast, sign_in, someone):
    with someone.actor().transaction():
        duty = Duty.objects.get(person=someone.id)
    assert sign_in(cast.south_coordinator).post(f"/duties/{duty.pk}/end/").status_code == 403
    assert sign_in(cast.coordinator).post(f"/duties/{duty.pk}/end/").status_code == 302
    assert kinds(someone) == set()


def test_president_does_not_end_the_own_presidency(cast, sign_in):
    with cast.president.actor().transaction():
        held = Duty.objects.live().filter(person=cast.president.id, kind="president")
        duty = held.latest("starts_at")
    assert sign_in(cast.president).post(f"/duties/{duty.pk}/end/").status_code == 403


@pytest.mark.parametrize("duty", ["president", "protection"])
def test_duty_of_the_association_leaves_the_clients_where_they_are(cast, someone, duty):
    """A president who makes a volunteer president as well must not cut them off from every client."""
    if (
        duty == "protection"
    ):  # not with serving as a volunteer: refused, and nothing has ended either
        client = new_client(someone)
        with pytest.raises(IntegrityError):
            duties.appoint(by=cast.president.actor(), person=someone.id, duty=duty, branch=None)
    else:
        client = new_client(someone)
        duties.appoint(by=cast.president.actor(), person=someone.id, duty=duty, branch=None)
    with someone.actor().transaction():
        assert Client.objects.filter(pk=client.pk).exists()


@pytest.mark.parametrize(
    "values",
    [
        "of_branch => NULL, of_person => '{someone}'",
        "of_person => NULL, of_branch => '{north}'",
        "of_branch => '{north}'",
        "of_client => NULL",
        "of_act => NULL, of_person => '{someone}'",
        "",
    ],
)
def test_whose_grants_end_is_always_said(cast, someone, superuser, values):
    """An argument that was looked for and not found never means all."""
    client = new_client(someone)
    with pytest.raises(psycopg.Error, match="whose grants"):
        superuser.execute(
            f"SELECT sec.end_grants({values.format(someone=someone.id, north=cast.north)})"
        )
    with someone.actor().transaction():
        assert Client.objects.filter(pk=client.pk).exists()
