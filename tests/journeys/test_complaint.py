"""Journey 10, a complaint: from the client's own space to a deputy and back, past whom it is about."""

from __future__ import annotations

import psycopg
import pytest
from playwright.sync_api import expect

from clients.models import Client, Complaint
from confidential.embedded import Embedded
from confidential.environment import DATABASE
from tests.journeys.walk import Steps, Walker
from tests.making.clients import new_client
from tests.making.people import Cast, Someone, build_another, recruit
from tests.making.spaces import account_of

pytestmark = pytest.mark.browser
FAMILY = {
    "phone-en": "Brackenridge",
    "phone-fr": "Lescarret",
    "desktop-en": "Hollingbourne",
    "desktop-fr": "Vendevre",
}
WORDS = "I was told that my illness is talked about at the market."
ANSWER = "You were right to say so. We have talked with everybody, and it will not happen again."
NOTE = "Two colleagues confirm it."


@pytest.fixture
def apart(cast: Cast, server: Embedded, walk: Walker) -> Cast:
    """A branch for each walk: whom a complaint is about finds none at all, also none of another journey."""
    size, language = str(walk.look).split("-")
    with psycopg.connect(server.conninfo(dbname=DATABASE), autocommit=True) as connection:
        return build_another(connection, f"_c{size[0]}{language}")


@pytest.fixture
def client(walk: Walker, apart: Cast) -> Client:
    """A client of the volunteer."""
    walk.private += [FAMILY[str(walk.look)], "Clothilde", "market"]
    return new_client(apart.volunteer, "Clothilde", FAMILY[str(walk.look)])


def test_complaint(walk: Walker, apart: Cast, client: Client) -> None:
    """Said in the space, handed up, answered by a deputy; the coordinator finds nothing anywhere."""
    accused = recruit(apart.north, "coordinator")
    space = complains(walk, apart, client)
    complaint = its_complaint(apart, client)
    president_hands_it(walk, apart, complaint)
    finds_nothing(walk.person(accused), client, complaint)
    deputy_answers(walk, apart, complaint)
    finds_nothing(walk.person(accused), client, complaint)
    reads_the_answer(space)


def its_complaint(cast: Cast, client: Client) -> Complaint:
    """As the president hears it."""
    with cast.president.actor().transaction():
        return Complaint.objects.get(client=client)


def complains(walk: Walker, cast: Cast, client: Client) -> Steps:
    """In their own words, by the way that "Requests" shows."""
    steps = walk.account(account_of(cast, client))
    steps.go("/my-space/")
    steps.menu("Requests")
    steps.press("Complain, or see my complaints")
    steps.sees("You have not complained")
    steps.press("I want to complain")
    steps.press("Send")
    steps.sees("Say in a few words what happened.")
    steps.choose("A coordinator, who organises my support")
    steps.fill("What happened?", WORDS)
    steps.fill("How may we reach you about this?", "06 39 98 11 22")
    steps.press("Send")
    steps.is_at("/my-space/complaints/")
    steps.reads(WORDS)
    steps.sees("Received")
    return steps


def president_hands_it(walk: Walker, cast: Cast, complaint: Complaint) -> None:
    """The president reads it, sees no record, and chooses the deputy."""
    steps = walk.person(cast.president)
    steps.go("/")
    steps.go("/complaints/")
    main = steps.page.get_by_role("main")
    steps.follow(main.get_by_role("link", name=complaint.reference))
    steps.reads(WORDS)
    steps.reads("06 39 98 11 22")
    steps.does_not_read(FAMILY[str(walk.look)])
    steps.press("Hand it to somebody")
    choice = steps.page.locator(f"input[value='{cast.deputy.id}']")
    # Nobody was named: it may be about any coordinator of the branch.
    expect(choice).to_have_count(0)
    steps.sees("It may be about these people")
    steps.follow(steps.page.locator(f"a[href$='/not-about/{cast.deputy.id}/']"))
    steps.press("Yes, it is not about them")
    expect(choice).to_be_visible()
    choice.check()
    steps.press("Hand it over")
    steps.sees("It is handed over. Tell this person that it waits.")


def finds_nothing(steps: Steps, client: Client, complaint: Complaint) -> None:
    """Home, lists, the record, its pages, a search: no word, no number, no way."""
    for address in (
        "/",
        "/complaints/",
        "/requests/",
        "/disclosures/",
        f"/clients/{client.pk}/",
        f"/clients/{client.pk}/who-may-see/",
        f"/clients/{client.pk}/disclosures/",
    ):
        steps.go(address, look=address in ("/", "/complaints/"))
        steps.does_not_read(WORDS)
        steps.does_not_read(complaint.reference)
        steps.does_not_read("K-")
    steps.go("/complaints/")
    steps.sees("No complaint waits for you")
    steps.go(f"/complaints/{complaint.pk}/", look=False)
    steps.sees("There is nothing to show here")


def deputy_answers(walk: Walker, cast: Cast, complaint: Complaint) -> None:
    """It waits on the deputy's home page; a note for colleagues, an answer for the client."""
    steps = walk.person(cast.deputy)
    steps.go("/")
    steps.go("/complaints/")
    main = steps.page.get_by_role("main")
    steps.follow(main.get_by_role("link", name=complaint.reference))
    steps.press("Add a note")
    steps.fill("Your words", NOTE)
    steps.press("Save")
    steps.reads(NOTE)
    steps.press("Close it to somebody else, or to me")
    steps.page.go_back()
    steps.press("Answer it")
    steps.press("Send the answer")
    steps.sees("Write the answer.")
    steps.fill("Your answer, as the client will read it", ANSWER)
    steps.press("Send the answer")
    steps.sees("Answered. The client can read it in their space.")


def reads_the_answer(steps: Steps) -> None:
    """The answer is in the space; the note is not."""
    steps.menu("Requests")
    steps.press("Complain, or see my complaints")
    steps.reads(ANSWER)
    steps.does_not_read(NOTE)
    steps.press("I want to complain")


def test_guarded_pages(walk: Walker, cast: Cast) -> None:
    """Stepping back, marking somebody, linking, protecting: each page at each size, in both languages."""
    somebody = recruit(cast.north)
    wife = new_client(cast.coordinator, "Clothilde", FAMILY[str(walk.look)])
    husband = new_client(cast.coordinator, "Armand", FAMILY[str(walk.look)])
    walk.private += [FAMILY[str(walk.look)], "Clothilde", "Armand"]
    steps = walk.person(cast.coordinator)
    links(steps, wife, husband, FAMILY[str(walk.look)])
    marks(steps, wife, somebody)
    protects(steps, wife)
    takes_down(steps, husband)
    steps.go(f"/people/{somebody.id}/conflicts/")
    steps.press("Mark a conflict")
    steps.go(f"/clients/{husband.pk}/")
    steps.press("I should not deal with this")
    steps.choose("Friend, neighbour or former partner")
    steps.press("Close this record to me")
    steps.sees("Done. This record is closed to you from now on.")


def links(steps: Steps, wife: Client, husband: Client, family: str) -> None:
    """A couple, found by a search."""
    steps.go(f"/clients/{wife.pk}/")
    steps.press("Link with another client")
    steps.fill("Name, telephone, reference, or a word of the notes", family)
    steps.press("Search")
    steps.choose("A couple")
    steps.page.locator(f"input[value='{husband.pk}']").check()
    steps.press("Link them")
    steps.reads(husband.reference)


def marks(steps: Steps, client: Client, somebody: Someone) -> None:
    """Somebody of the branch is a relative."""
    steps.press("Who must not deal with this client")
    steps.press("Mark somebody")
    steps.page.locator(f"input[value='{somebody.id}']").check()
    steps.choose("Family, or living together")
    steps.press("Close the record to them")
    steps.follow(steps.page.locator("a[href^='/conflicts/']"))
    steps.go(f"/clients/{client.pk}/")


def protects(steps: Steps, client: Client) -> None:
    """Who would lose sight of it is said before."""
    steps.press("Protect this record: named people only")
    steps.press("Protect it")
    steps.sees("These people lose sight of it at once")
    steps.choose("Yes, they lose sight of it now")
    steps.press("Protect it")
    steps.sees("This record is protected")
    steps.go("/")
    steps.reads(client.reference)
    steps.go(f"/clients/{client.pk}/", look=False)
    steps.press("Stop protecting this record")


def takes_down(steps: Steps, client: Client) -> None:
    """A client says it on the telephone."""
    steps.go(f"/clients/{client.pk}/")
    steps.press("Take down a complaint")
    steps.choose("The association, or how it works")
    steps.fill("What happened, in the client's words", "Nobody answers on Mondays.")
    steps.press("Keep this complaint")
    steps.reads("Nobody answers on Mondays.")
    steps.press("Hand it to somebody")
