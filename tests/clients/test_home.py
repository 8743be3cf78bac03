"""The home page by duty, the list of clients, and the events that their names cost."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from django.http import HttpRequest
from django.utils import timezone

from clients.access import home, lists
from clients.access.form_ids import form_id
from clients.contacts.actions import contacts
from clients.models import Client, Grant
from clients.who_may_know.actions import grants
from tests.making.clients import assign, new_client, unexplained
from tests.making.events import events
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from tests.making.spaces import account_of

pytestmark = pytest.mark.usefixtures("long_lists")


def follow_up(by: Someone, client: Client, days: int, words: str) -> None:
    """A contact with a follow-up so many days from today."""
    today = timezone.localdate()
    with by.actor().transaction() as actor:
        new = contacts.NewContact(
            "phone", today, follow_up_on=today + timedelta(days), follow_up=words
        )
        contacts.log_contact(by=actor, client=client, new=new)


def test_a_volunteer_finds_clients_follow_ups_and_one_tap(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer, "Solange", "Aubrac")
    follow_up(cast.volunteer, client, -1, "Ask about the scan")
    follow_up(cast.volunteer, client, 9, "Not yet this one")
    before = events(superuser, client, "client.list")
    page = sign_in(cast.volunteer).get("/").content.decode()
    assert "Solange Aubrac" in page
    assert f"/clients/{client.pk}/contacts/new/" in page
    assert "Ask about the scan" in page
    assert "Overdue" in page
    assert "Not yet this one" not in page
    assert events(superuser, client, "client.list") == before + 1
    assert "Aubrac" not in page.split("</title>")[0]


def test_a_volunteer_sees_nobody_elses_client(cast: Cast, sign_in: SignIn) -> None:
    hidden = new_client(cast.outsider, "Secret", "Name")
    client = new_client(cast.coordinator, "Ended", "Assignment")
    assign(cast.coordinator, client, cast.volunteer)
    browser = sign_in(cast.volunteer)
    assert "Ended Assignment" in browser.get("/clients/").content.decode()
    with cast.coordinator.actor().transaction() as actor:
        grants.end_grant(by=actor, grant=Grant.objects.get(client=client))
    for address in ("/", "/clients/", "/clients/?state=all&sort=reference", "/contacts/new/"):
        page = browser.get(address).content.decode()
        assert "Ended Assignment" not in page
        assert str(hidden.pk) not in page


def test_a_coordinator_finds_what_the_branch_waits_for(cast: Cast, sign_in: SignIn) -> None:
    alone = unexplained(cast.coordinator)
    looked_after = new_client(cast.volunteer, "Martin", "Cevennes")
    follow_up(cast.volunteer, looked_after, -2, "Words for the volunteer only")
    page = sign_in(cast.coordinator).get("/").content.decode()
    assert "Clients without a volunteer" in page
    assert f"/clients/{alone.pk}/who-may-see/new/" in page
    assert f"/clients/{looked_after.pk}/who-may-see/new/" not in page
    assert "Martin Cevennes" in page.split("Overdue follow-ups")[1]
    assert "Words for the volunteer only" not in page


@pytest.mark.parametrize("office", ["president", "protection", "administrator"])
def test_an_office_sees_its_own_work_and_no_client(
    cast: Cast, sign_in: SignIn, office: str
) -> None:
    page = sign_in(getattr(cast, office)).get("/").content.decode()
    assert "My clients" not in page
    assert "card-plain" in page


def test_a_clients_account_goes_to_the_portal(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.coordinator)
    assert sign_in(account_of(cast, client)).get("/")["Location"] == "/my-space/"


def test_a_section_of_another_app_is_shown_in_its_place(
    cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def section(request: HttpRequest, there: home.There) -> home.Section | None:
        if not request.actor.holds("volunteer"):  # type: ignore[attr-defined]
            return None
        return home.Section("From elsewhere", "clients/home/protection.html", {}, order=1)

    monkeypatch.setattr(home, "_makers", [section])
    volunteer = recruit(cast.north)  # whose clients have plain names
    new_client(volunteer)
    page = sign_in(volunteer).get("/").content.decode()
    assert page.index("From elsewhere") < page.index(">Open the log</a>") < page.index("My clients")
    assert "&lt;" not in page
    assert "From elsewhere" not in sign_in(cast.coordinator).get("/").content.decode()


def test_the_list_is_cut_into_pages_and_opens_only_one(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    made = [new_client(cast.volunteer, f"Page{number}", "Leaf") for number in range(3)]
    before = sum(events(superuser, client, "client.list") for client in made)
    browser = sign_in(cast.volunteer)
    page = browser.get("/clients/?sort=reference")
    assert page.content.decode().count('class="client-line"') == 2
    assert browser.get("/clients/?page=nonsense").status_code == 200
    assert browser.get("/clients/?page=9999&state=odd").status_code == 200
    assert sum(events(superuser, client, "client.list") for client in made) <= before + 6


def test_a_closed_record_is_found_by_its_state(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer, "Closed", "Door")
    with cast.volunteer.actor().transaction():
        Client.objects.filter(pk=client.pk).update(state="closed", state_since=timezone.localdate())
    browser = sign_in(cast.volunteer)
    mine = browser.get("/").content.decode().split(">My clients</h2>")[1].split("<h2")[0]
    assert "Closed Door" not in mine
    assert "Closed Door" not in browser.get("/clients/").content.decode()
    assert "Closed Door" in browser.get("/clients/?state=closed").content.decode()


def test_empty_pages_say_what_to_do(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.colleague)
    for address, words in (
        ("/clients/?state=died", "Choose another state"),
        ("/drafts/", "kept here by itself"),
        ("/follow-ups/", "note a date"),
    ):
        assert words in browser.get(address).content.decode()


def test_the_ids_of_forms_cannot_be_aimed(cast: Cast) -> None:
    key = uuid4()
    with cast.volunteer.actor().transaction() as mine:
        first = form_id(mine, key)
    with cast.colleague.actor().transaction() as theirs:
        assert form_id(theirs, key) != first


def test_words_of_a_follow_up_are_read_as_words(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    """The name in a list is seen; what is to be done next stands in the notes, and is read like them."""
    mine = recruit(cast.north)
    client = new_client(mine)
    follow_up(mine, client, 0, "Ask about the stairs")
    question = "SELECT count(*) FROM audit_event WHERE subject = %s AND action = 'contact.list'"
    for page, times in (("/", 1), ("/follow-ups/", 2)):
        assert "Ask about the stairs" in sign_in(mine).get(page).content.decode()
        assert superuser.execute(question, [client.pk]).fetchone() == (times,)


def test_a_filter_in_error_lists_nobody(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.coordinator)
    browser = sign_in(cast.coordinator)
    page = browser.get("/clients/?state=nonsense&sort=reference").content.decode()
    assert client.reference not in page
    assert "No list is shown" in page and "No client" not in page
    assert client.reference in browser.get("/clients/?sort=reference").content.decode()
