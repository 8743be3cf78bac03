"""What a client says about a note, in their own space; corrected by whoever wrote it. And a message seen to."""

from __future__ import annotations

import pytest

from tests.journeys.walk import Walker
from tests.making.clients import NOTE, new_client
from tests.making.people import Cast, recruit
from tests.making.spaces import open_portal

pytestmark = pytest.mark.browser
SAYS = "It was since Monday, and only before the scan."
RIGHT = "Slept badly before the scan."
WHY = "Corrected, with thanks."
WROTE = "Is the group on the first Thursday?"


def test_a_note_is_wrong_and_is_corrected(walk: Walker, cast: Cast) -> None:
    """It stands beside the note at once, for both; the answer is read where it was said."""
    walk.private += ["Mahaut", "Delbreil"]
    walk.away = "https://example.org/"
    volunteer = recruit(cast.north)
    client = new_client(volunteer, "Mahaut", "Delbreil")
    account, _code = open_portal(volunteer, client)
    space = walk.account(account)
    space.go("/my-space/contacts/")
    space.reads(NOTE)
    space.follow(space.page.get_by_role("link", name=space.t("Something is wrong here")).first)
    space.fill("What is right, or what do you want to say?", SAYS)
    space.press("Send")
    space.reads(SAYS)
    space.sees("You will find our answer here.")

    steps = walk.person(volunteer)
    steps.go("/")
    steps.go(f"/clients/{client.pk}/")
    steps.reads(SAYS)
    contact = steps.page.locator("a[href^='/contacts/']", has_text=steps.t("Open the contact"))
    steps.follow(contact.first)
    steps.press("Answer the client")
    steps.reads(NOTE)
    steps.choose("I correct the note")
    steps.fill("The note from now on", RIGHT)
    steps.fill("What do you tell the client?", WHY)
    steps.press("Save the answer")
    steps.reads(RIGHT)
    steps.does_not_read(NOTE)
    space.go("/my-space/contacts/")
    space.reads(RIGHT)
    space.reads(WHY)


def test_a_message_is_answered_by_telephone(walk: Walker, cast: Cast) -> None:
    """It needs no written answer, and the client sees that somebody has seen to it."""
    walk.private += ["Aliénor", "Cazals"]
    walk.away = "https://example.org/"
    volunteer = recruit(cast.north)
    client = new_client(volunteer, "Aliénor", "Cazals")
    account, _code = open_portal(volunteer, client)
    space = walk.account(account)
    space.go("/my-space/messages/")
    space.fill("Your message", WROTE)
    space.press("Send my message")
    steps = walk.person(volunteer)
    steps.go("/")
    steps.follow(steps.page.locator(f"a[href='/clients/{client.pk}/messages/']").first)
    steps.reads(WROTE)
    steps.press("It needs no written answer")
    steps.sees("Saved. The client sees that somebody has seen to it.")
    space.go("/my-space/messages/")
    space.does_not_see("Sent. Nobody has answered yet.")
