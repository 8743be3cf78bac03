"""The agreement: asked, refused in front of the client, with a number for the paper; a restriction, and its end."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from clients.models import Agreement, Client
from tests.journeys.walk import Steps, Walker
from tests.making.clients import NOTE, new_client
from tests.making.people import Cast, recruit

pytestmark = pytest.mark.browser
YES, NO = "Yes, but leave my health out.", "No computer at all, in the end."
MORE = "More: wishes, restriction, end of the support"


def test_an_agreement_is_asked_and_taken_back(walk: Walker, cast: Cast) -> None:
    """A yes without health; then a no: what follows is said before, and done in that second."""
    walk.private += ["Sidonie", "Vialatte"]
    volunteer = recruit(cast.north)
    client = new_client(volunteer, "Sidonie", "Vialatte")
    steps = walk.person(volunteer)
    asks(steps, client)
    says_no(steps)
    paper = paper_number(cast, client)
    assert paper.startswith("F-")
    steps.reads(paper)
    steps.does_not_read(NOTE)
    steps.does_not_see("The client does not agree any more")
    coordinator = walk.person(cast.coordinator)
    answers_the_deletion(coordinator, client)
    says_yes_again(coordinator, client, paper)


def asks(steps: Steps, client: Client) -> None:
    """The words are read aloud; the answer is noted as it was given."""
    steps.go(f"/clients/{client.pk}/")
    steps.press("Ask for the agreement")
    steps.sees("Read it aloud, wait for the answer, and note it as it was given.")
    steps.press("Save")
    expect(steps.page.locator(".error-summary")).to_be_focused()
    steps.choose("Yes, but nothing about health")
    steps.fill("In the client's own words", YES)
    steps.press("Save")
    steps.sees(
        "The client agrees to a record with nothing about health. Please write nothing about it."
    )


def says_no(steps: Steps) -> None:
    """In front of the client: what happens stands there before it does."""
    steps.press("The client does not agree any more")
    steps.sees("You can tell the client: this changes nothing in our support. In this second:")
    steps.fill("In the client's own words", NO)
    steps.press("Note it, and restrict the record")


def paper_number(cast: Cast, client: Client) -> str:
    """Under which number what is needed goes on, on paper."""
    with cast.coordinator.actor().transaction():
        return Agreement.objects.filter(client=client).values_list("paper", flat=True)[0]


def answers_the_deletion(steps: Steps, client: Client) -> None:
    """The no has opened a request; nobody writes that it is deleted before it is."""
    steps.go("/requests/")
    lines = steps.page.get_by_role("main").locator("a[href^='/requests/']")
    steps.follow(lines.filter(has_text=client.reference))
    steps.press("Answer")
    steps.sees(
        "The record is deleted on a page of its own, after a look at what goes. Do not write that it is"
        " deleted before it is."
    )


def says_yes_again(steps: Steps, client: Client, paper: str) -> None:
    """Heard by the coordinator; the restriction is ended by another press, once the client is told."""
    steps.go(f"/clients/{client.pk}/")
    steps.press("Agreement: ask again, or look")
    steps.sees("Paper file %(number)s.", number=paper)
    steps.choose("Yes, with information about health")
    steps.press("Save")
    steps.press("End the restriction")
    steps.fill("Why can the record be used again?", "She rang, and has changed her mind.")
    steps.choose("I have told the client that the restriction ends")
    steps.press("End the restriction")
    steps.is_at("/clients/ID/")
    steps.does_not_see("Restricted")


def test_a_restriction_is_set_and_lifted(walk: Walker, cast: Cast) -> None:
    """While something is in question nobody uses the record; what the client says is still written down."""
    walk.private += ["Anselme", "Fontvieille"]
    volunteer = recruit(cast.north)
    client = new_client(volunteer, "Anselme", "Fontvieille")
    steps = walk.person(volunteer)
    steps.go(f"/clients/{client.pk}/")
    steps.reads(NOTE)
    steps.unfold(MORE)
    steps.press("Restrict this record")
    steps.choose("The client says that it is not right (Art. 18(1)(a))")
    steps.fill("In the client's own words", "I slept well that week.")
    steps.press("Restrict the record")
    steps.sees("The record is restricted. It is kept, and nobody uses it.")
    steps.does_not_read(NOTE)
    steps.press("The client says that something is wrong")
    steps.fill("What does the client say?", "I live with my sister.")
    steps.press("Save what the client says")
    steps.is_at("/clients/ID/")
    steps.unfold("More: what the client wants")
    steps.press("Wishes for after their death")

    coordinator = walk.person(cast.coordinator)
    coordinator.go(f"/clients/{client.pk}/")
    coordinator.press("End the restriction")
    coordinator.fill("Why can the record be used again?", "Both were corrected.")
    coordinator.press("End the restriction")
    coordinator.sees("Tell the client first. Then tick the box; the law asks for this order.")
    coordinator.choose("I have told the client that the restriction ends")
    coordinator.press("End the restriction")
    steps.go(f"/clients/{client.pk}/")
    steps.reads(NOTE)
    steps.reads("I live with my sister.")
