"""A request by telephone: recorded by whoever hears it, with its clock, answered by the coordinator with a letter."""

from __future__ import annotations

import pytest
from django.utils import timezone, translation
from django.utils.formats import date_format

from clients.models import Client
from tests.journeys.walk import Steps, Walker
from tests.making.clients import new_client
from tests.making.people import Cast, recruit

pytestmark = pytest.mark.browser
ASKED = "Do not read my name out at the meeting."
MEANT = "Is it the monthly meeting, or every meeting?"
ANSWER = "Your name is read out at no meeting from today."


def test_a_request_by_telephone(walk: Walker, cast: Cast) -> None:
    """Heard by a volunteer, who is not known as the one who may answer; told by letter."""
    walk.private += ["Philomène", "Rastoul"]
    volunteer = recruit(cast.north)
    client = new_client(volunteer, "Philomène", "Rastoul")
    records(walk.person(volunteer), client)
    coordinator = walk.person(cast.coordinator)
    where = finds(coordinator, client)
    stops_and_starts_the_clock(coordinator)
    answers(coordinator)
    tells(coordinator)
    lead = walk.person(cast.protection)
    lead.go("/requests/dates/")
    lead.reads(client.reference)
    lead.does_not_read(ASKED)
    lead.go(where, look=False)  # what was said is not theirs to read
    lead.does_not_read(ASKED)


def records(steps: Steps, client: Client) -> None:
    """Half a minute, with the telephone in the other hand: who asks, nobody knows yet."""
    steps.go(f"/clients/{client.pk}/")
    steps.press("Record a request about their data")
    steps.press("Record the request")
    steps.sees("Write in a few words what is asked for.")
    steps.choose("Object to what we do with it")
    steps.fill("In the client's own words", ASKED)
    steps.field("How?").select_option("phone")
    steps.press("Record the request")
    steps.is_at("/clients/ID/")
    steps.sees("The client asked us not to use this record")


def finds(steps: Steps, client: Client) -> str:
    """On the page of requests; it is not done before it is known who asked."""
    steps.go("/")
    steps.menu("Requests")
    lines = steps.page.get_by_role("main").locator("a[href^='/requests/']")
    steps.follow(lines.filter(has_text=client.reference))
    steps.reads(ASKED)
    where = steps.path
    steps.press("Answer")
    steps.choose("It is done: send the answer")
    steps.fill("Your answer, as the client will read it", ANSWER)
    steps.press("Save")
    steps.sees(
        "It is not known yet who asks, or whether they may. Note first how you know it, under “Check who asks”."
    )
    steps.go(where)
    steps.follow(steps.page.get_by_role("link", name=steps.named("Check who asks")).first)
    steps.field("How do you know who asks?").select_option("rung_back")
    steps.press("Save")
    return where


def stops_and_starts_the_clock(steps: Steps) -> None:
    """Something is asked back; the days until the answer are added."""
    steps.press("Stop the clock")
    steps.choose("To ask what exactly is meant")
    steps.fill("What you asked, as the client will read it", MEANT)
    steps.press("Stop the clock")
    steps.sees("The clock stands still since %(day)s.", day=today(steps))
    notes_that_told(steps, "phone")
    steps.press("Let the clock go on")
    steps.fill_date("On which day did the answer reach us?", timezone.localdate())
    steps.press("Let the clock go on")
    steps.does_not_read(steps.t("The clock stands still since %(day)s.", day=today(steps)))


def answers(steps: Steps) -> None:
    """In words; the page says that nobody reads them online."""
    steps.press("Answer")
    steps.choose("It is done: send the answer")
    steps.fill("Your answer, as the client will read it", ANSWER)
    steps.press("Save")
    steps.sees(
        "Your answer is saved. The client does not see it online: tell them as the card says, or print the"
        " letter. Then note here how they were told."
    )
    steps.reads(ANSWER)


def tells(steps: Steps) -> None:
    """The letter is printed, and how the client was told is noted."""
    letter = steps.take("Print the letter (PDF)")
    assert letter.startswith(b"%PDF") and b"Rastoul" not in letter
    notes_that_told(steps, "letter")
    steps.does_not_see("To be told to the client")


def notes_that_told(steps: Steps, how: str) -> None:
    """How the client learnt what they do not read online."""
    steps.press("Note how they were told")
    steps.field("How?").select_option(how)
    steps.fill_date("On which day?", timezone.localdate())
    steps.press("Save")


def today(steps: Steps) -> str:
    """Today, as the pages write it."""
    with translation.override(steps.look.language):
        return date_format(timezone.localdate(), "DATE_FORMAT")
