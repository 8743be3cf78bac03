"""Protected records: named people only, and in no list of a branch."""

from __future__ import annotations

import random
import re
from uuid import uuid4

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError
from django.test import Client as Browser
from django.utils import timezone

from clients.conflicts import actions as conflicts
from clients.models import Client, Grant
from tests.making import acts
from tests.making.acts import ALL, NOTHING, WITHOUT_WORDS, sees
from tests.making.clients import assign, let_read, new_client
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from volunteers.actions import duties, leaving
from volunteers.models import Duty

pytestmark = pytest.mark.usefixtures("long_lists")

USUAL = "Aurelie Fontbrune"


@pytest.fixture
def name() -> str:
    """A name to look for, which no other client has."""
    return f"Aurelie Font{''.join(random.choices('bcdfglmnrt', k=8))}"


def protect(browser: Browser, client: Client, *named: Someone) -> None:
    """Name these people, and confirm."""
    data = {"named": [str(person.id) for person in named], "sure": "on"}
    assert browser.post(f"/clients/{client.pk}/protect/", data).status_code == 302


def hidden_client(by: Someone, name: str = USUAL) -> Client:
    """A client with a name to look for."""
    return new_client(by, *name.split())


def test_protecting_says_first_who_loses_sight(cast: Cast, sign_in: SignIn) -> None:
    kept, lost = recruit(cast.north), recruit(cast.north)
    client = hidden_client(cast.coordinator)
    for person in (kept, lost):
        assign(cast.coordinator, client, person)
    browser = sign_in(cast.coordinator)
    address = f"/clients/{client.pk}/protect/"
    asked = browser.post(address, {"named": [str(kept.id)]}).content.decode()
    losing = asked.split("lose sight of it at once")[1].split("</ul>")[0]
    assert lost.username.title() in losing and kept.username.title() not in losing
    assert sees(lost, client) == ALL  # nothing has happened yet
    protect(browser, client, kept)
    assert sees(kept, client) == ALL
    assert sees(lost, client) == sees(cast.deputy, client) == NOTHING
    for person in (lost, cast.deputy):
        hidden, absent = (sign_in(person).get(f"/clients/{pk}/") for pk in (client.pk, uuid4()))
        assert (hidden.status_code, absent.status_code) == (404, 404)
    assert (
        "This record is protected" in sign_in(kept).get(f"/clients/{client.pk}/").content.decode()
    )


def test_protected_record_stands_in_no_list_of_the_branch(
    cast: Cast, sign_in: SignIn, name: str
) -> None:
    client, both = hidden_client(cast.coordinator, name), recruit(cast.north, "coordinator")
    browser = sign_in(cast.coordinator)
    assert name in browser.get("/").content.decode()  # nobody is assigned: it waits
    protect(browser, client, both)
    for someone in (cast.coordinator, both, cast.deputy):
        shown = sign_in(someone)
        for address in ("/clients/", "/clients/?state=all", "/follow-ups/", "/contacts/new/"):
            page = shown.get(address).content.decode()
            assert client.reference not in page and name not in page, (someone.username, address)
        found = shown.post("/search/", {"words": "Fontbrune"}).content.decode()
        assert client.reference not in found
        home = shown.get("/").content.decode()
        assert name not in home
        assert (client.reference in home) is (someone is not cast.deputy)
    assert name in browser.get(f"/clients/{client.pk}/").content.decode()


def test_volunteer_who_is_named_keeps_it_in_their_lists(
    cast: Cast, sign_in: SignIn, name: str
) -> None:
    volunteer = recruit(cast.north)
    client = hidden_client(volunteer, name)
    protect(sign_in(cast.coordinator), client, volunteer)
    browser = sign_in(volunteer)
    for address in ("/", "/clients/", "/contacts/new/"):
        assert name in browser.get(address).content.decode(), address


def test_coordinator_who_is_given_one_finds_it_at_home(
    cast: Cast, sign_in: SignIn, name: str
) -> None:
    client, given = hidden_client(cast.coordinator, name), recruit(cast.north, "coordinator")
    protect(sign_in(cast.coordinator), client)
    assert client.reference not in sign_in(given).get("/").content.decode()
    let_read(cast.coordinator, client, given)
    home = sign_in(given).get("/").content.decode()
    assert client.reference in home and name not in home


def test_named_people_are_changed_and_protection_is_lifted(
    cast: Cast, sign_in: SignIn, name: str
) -> None:
    client, named = hidden_client(cast.coordinator, name), recruit(cast.north, "coordinator")
    browser = sign_in(cast.coordinator)
    protect(browser, client)
    assert sees(named, client) == NOTHING
    protect(browser, client, named)
    assert sees(named, client) == WITHOUT_WORDS
    form = browser.get(f"/clients/{client.pk}/protect/").content.decode()
    assert f'value="{named.id}"' in form and "checked" in form
    protect(browser, client)
    assert sees(named, client) == NOTHING
    assert browser.post(f"/clients/{client.pk}/protect/end/").status_code == 302
    assert sees(named, client) == WITHOUT_WORDS
    assert name in browser.get("/clients/").content.decode()


def test_protecting_asks_for_a_fresh_sign_in(cast: Cast, sign_in: SignIn) -> None:
    client = hidden_client(cast.coordinator)
    browser = sign_in(cast.coordinator, fresh=False)
    for address in (f"/clients/{client.pk}/protect/", f"/clients/{client.pk}/protect/end/"):
        assert browser.get(address).status_code == 302
    with cast.coordinator.actor().transaction():
        assert not Client.objects.get(pk=client.pk).protected


def test_only_those_who_see_it_can_be_named(cast: Cast, sign_in: SignIn) -> None:
    client, stranger = hidden_client(cast.coordinator), recruit(cast.north)
    browser = sign_in(cast.coordinator)
    data = {"named": [str(stranger.id), str(cast.outsider.id)], "sure": "on"}
    assert browser.post(f"/clients/{client.pk}/protect/", data).status_code == 200
    assert sees(stranger, client) == NOTHING


def naming(by: Someone, client: Client) -> Grant:
    """That this person is named for the record."""
    with by.actor().transaction():
        return Grant.objects.live().get(client=client, person_id=by.id, scope="named")


def test_closing_the_notes_does_not_end_the_naming(cast: Cast, sign_in: SignIn) -> None:
    client = hidden_client(cast.coordinator)
    browser = sign_in(cast.coordinator)
    protect(browser, client)
    page = browser.get(f"/clients/{client.pk}/").content.decode()
    assert "The notes are open to you" not in page  # being named opens none
    browser.post(f"/clients/{client.pk}/notes/", {"reason": "coordination"})
    page = browser.get(f"/clients/{client.pk}/").content.decode()
    assert "The notes are open to you" in page and "Close them now" in page
    [address] = set(re.findall(r'href="(/grants/[^"]+)"', page))
    done = browser.post(address, follow=True).content.decode()
    assert "The notes are closed." in done
    assert sees(cast.coordinator, client) == WITHOUT_WORDS


def test_last_coordinator_of_a_protected_record_stays_named(cast: Cast, sign_in: SignIn) -> None:
    client, other = hidden_client(cast.coordinator), recruit(cast.north, "coordinator")
    browser = sign_in(cast.coordinator)
    protect(browser, client)
    mine = naming(cast.coordinator, client)
    asked = browser.post(f"/grants/{mine.pk}/end/", follow=True)
    assert "Name another first" in asked.content.decode() and asked.status_code == 200
    assert sees(cast.coordinator, client) == WITHOUT_WORDS
    with cast.coordinator.actor().transaction() as actor:  # nor past the definer function
        rows = Grant.objects.filter(pk=mine.pk)
        assert rows.update(ends_at=timezone.now(), ended_by=actor.person) == 0
    step = f"/clients/{client.pk}/not-for-me/"
    refused = browser.post(step, {"reason": "family", "alone": "on"}).content.decode()
    assert "Name another coordinator first" in refused
    with pytest.raises(IntegrityError, match="nobody would coordinate"):
        acts.conflict(cast.coordinator, cast.coordinator, client=client)
    protect(browser, client, other)
    ended = browser.post(f"/grants/{naming(cast.coordinator, client).pk}/end/", follow=True)
    assert ended.status_code == 200 and ended.request["PATH_INFO"] == "/"  # not a page that is gone
    assert "It has ended" in ended.content.decode()
    assert sees(cast.coordinator, client) == NOTHING
    assert sees(other, client) == WITHOUT_WORDS


def test_of_two_who_step_out_at_once_one_stays(cast: Cast, sign_in: SignIn) -> None:
    client, other = hidden_client(cast.coordinator), recruit(cast.north, "coordinator")
    protect(sign_in(cast.coordinator), client, other)
    first, second = naming(cast.coordinator, client), naming(other, client)
    assert acts.call(other, "unname_coordinator(%s)", first.pk) is True
    assert acts.call(other, "unname_coordinator(%s)", first.pk) is False
    for someone, which in ((other, second), (cast.coordinator, second), (cast.deputy, second)):
        with pytest.raises(Exception, match=r"nobody would coordinate|not permitted"):
            acts.call(someone, "unname_coordinator(%s)", which.pk)
    assert sees(other, client) == WITHOUT_WORDS


def left_alone(cast: Cast, ended: str = "leave", name: str = USUAL) -> tuple[Client, Someone]:
    """A protected record whose only coordinator is gone: by themself, or by the president who ended the duty."""
    gone = recruit(cast.north, "coordinator")
    client = hidden_client(gone, name)
    acts.call(gone, "protect(%s, true, '{}')", client.pk)
    if ended == "leave":
        leaving.leave(by=gone.actor(), person=gone.id)
    else:
        with gone.actor().transaction():
            duty = Duty.objects.get(person=gone.id, kind="coordinator")
        duties.end_duty(by=cast.president.actor(), duty=duty.pk)
    return client, gone


@pytest.mark.parametrize("ended", ["leave", "duty"])
def test_record_whose_last_coordinator_is_gone_is_given_to_another(
    cast: Cast, sign_in: SignIn, ended: str, name: str
) -> None:
    client, _ = left_alone(cast, ended, name)
    page = f"/protected-records/{client.pk}/"
    offices = [cast.protection] if ended == "duty" else [cast.president, cast.protection]
    for office in offices:
        home = sign_in(office).get("/").content.decode()
        assert client.reference in home and page in home and name not in home
    if ended == "duty":  # whoever ended it does not choose who comes next
        assert client.reference not in sign_in(cast.president).get("/").content.decode()
        with pytest.raises(ProgrammingError, match="not permitted"):
            acts.call(cast.president, "name_coordinator(%s, %s)", client.pk, cast.deputy.id)
    browser = sign_in(offices[0])
    asked = browser.get(page).content.decode()
    assert str(cast.deputy.id) in asked and name not in asked
    assert str(cast.volunteer.id) not in asked and str(cast.south_coordinator.id) not in asked
    done = browser.post(page, {"person": str(cast.deputy.id)}, follow=True).content.decode()
    assert "looks after it now" in done and client.reference not in done
    assert sees(cast.deputy, client) == WITHOUT_WORDS
    assert sees(cast.coordinator, client) == sees(cast.president, client) == NOTHING
    assert browser.get(page).status_code == 404  # nor can the office do it again
    with pytest.raises(ProgrammingError, match="not permitted"):
        acts.call(cast.president, "name_coordinator(%s, %s)", client.pk, cast.coordinator.id)


def test_only_an_office_names_and_only_where_nobody_is_left(cast: Cast, sign_in: SignIn) -> None:
    client, _ = left_alone(cast)
    kept = hidden_client(cast.coordinator)
    acts.call(cast.coordinator, "protect(%s, true, '{}')", kept.pk)
    name = "name_coordinator(%s, %s)"
    tries = [
        *(
            (by, client.pk, cast.deputy)
            for by in (cast.coordinator, cast.volunteer, cast.administrator)
        ),
        *((cast.president, which, cast.deputy) for which in (kept.pk, uuid4())),
        *(
            (cast.president, client.pk, who)
            for who in (cast.volunteer, cast.south_coordinator, cast.president)
        ),
    ]
    for by, which, who in tries:
        with pytest.raises(ProgrammingError, match="not permitted"):
            acts.call(by, name, which, who.id)
    for by in (cast.coordinator, cast.volunteer, cast.administrator):
        with by.actor().transaction():
            assert conflicts.uncoordinated() == []
        assert sign_in(by).get(f"/protected-records/{client.pk}/").status_code == 403
    assert sign_in(cast.president).get(f"/protected-records/{kept.pk}/").status_code == 404
    stale = sign_in(cast.president, fresh=False)
    assert stale.get(f"/protected-records/{client.pk}/").status_code == 302


def test_office_names_nobody_who_must_not_deal_with_the_client_nor_a_second_self(
    cast: Cast, superuser: psycopg.Connection
) -> None:
    client, gone = left_alone(cast)
    friend, own = recruit(cast.north, "coordinator"), recruit(cast.north, "coordinator")
    barred = "INSERT INTO clients_conflict (id, person_id, client_id, marked_by_id, reason, starts_at) VALUES (gen_random_uuid(), %s, %s, %s, 'family', now())"
    superuser.execute(barred, [friend.id, client.pk, gone.id])
    superuser.execute(
        "INSERT INTO volunteers_lettingin (id, person_id, by_id, how, at, duty) VALUES (gen_random_uuid(), %s, %s, 'invited', now(), '')",
        [own.id, cast.president.id],
    )
    for who in (friend, own, gone):
        with pytest.raises(ProgrammingError, match="not permitted"):
            acts.call(cast.president, "name_coordinator(%s, %s)", client.pk, who.id)
    superuser.execute(barred, [cast.president.id, client.pk, gone.id])  # nor deals with it themself
    with cast.president.actor().transaction():
        assert client.pk not in [record.client for record in conflicts.uncoordinated()]
    acts.call(cast.protection, "name_coordinator(%s, %s)", client.pk, cast.deputy.id)
    assert sees(cast.deputy, client) == WITHOUT_WORDS
