"""Journey 4, consult: a talk in two taps; a question with the identity left out, answered and ended; "I need to talk"."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.walk import Look, Steps, Walker
from tests.making.clients import new_client
from tests.making.consultations import listens
from tests.making.people import Cast

pytestmark = [pytest.mark.browser, pytest.mark.screens("phone")]
GIVEN = {"en": "Wilhelmina", "fr": "Hortense"}
NOTE = "Does not sleep since {given} moved to Luzech. 06 39 98 11 22"
QUESTION = "{given} cries on the phone. What can I say?"
ANSWER = "Let her cry, and stay on the line."


@pytest.fixture
def given(walk: Walker, cast: Cast, look: Look) -> str:
    """The given name of a client of the volunteer."""
    from datetime import date

    from clients.contacts.actions import contacts

    name = GIVEN[look.language]
    walk.private += [name, "Vauclin"]
    client = new_client(cast.volunteer, name, "Vauclin")
    with cast.volunteer.actor().transaction() as actor:
        new = contacts.NewContact("visit", date(2026, 2, 3), text=NOTE.format(given=name))
        contacts.log_contact(by=actor, client=client, new=new)
    return name


def test_consult(walk: Walker, cast: Cast, given: str) -> None:
    """The volunteer asks, the colleague answers, the volunteer ends it."""
    steps = walk.person(cast.volunteer)
    to_record(steps, given)
    talked(steps)
    ask(steps, given)
    answered(walk, cast, given)
    end(steps)


def to_record(steps: Steps, given: str) -> None:
    """From the first page to the record, and on to asking."""
    steps.go("/")
    steps.follow(steps.page.get_by_role("main").get_by_role("link", name=given).first)
    steps.press("Ask a colleague")


def talked(steps: Steps) -> None:
    """Two fields, and save; without them the page says what is missing."""
    steps.press("Note that we talked")
    steps.press("Save")
    steps.sees("Please check what you entered")
    steps.page.get_by_label("Colleague J").check()
    steps.choose("Support for the volunteer")
    steps.press("Save")
    steps.sees("It is noted that you talked.")
    steps.sees("in a talk")


def ask(steps: Steps, given: str) -> None:
    """Step 1, then what the colleague will read: names and numbers are out. One slips back, and is caught."""
    steps.press("Write a question")
    steps.choose("Support for the volunteer")
    steps.page.get_by_label("Colleague J").check()
    steps.fill("Your question", QUESTION.format(given=given))
    steps.page.get_by_label("Luzech").check()
    steps.press("See what will be shared")
    steps.sees("Who it is stays out")
    assert given not in steps.field("Your question").input_value()
    steps.fill("Your question", QUESTION.format(given=given))
    steps.press("Share this")
    steps.sees("Please check what you entered")
    steps.fill("Your question", QUESTION.format(given=steps.t("[name]")))
    steps.press("Share this")
    steps.sees("Your colleague can read it now.")
    steps.does_not_read("Luzech")


def answered(walk: Walker, cast: Cast, given: str) -> None:
    """The colleague finds it on the first page, and nothing that says who it is."""
    colleague = walk.person(cast.colleague)
    colleague.go("/")
    colleague.sees("A colleague asks you")
    line = colleague.page.get_by_role("main").get_by_role("listitem")
    colleague.follow(line.get_by_role("link", name="Volunteer J").first)
    colleague.sees("About a client")
    for telling in (given, "Vauclin", "Luzech", "06 39"):
        colleague.does_not_read(telling)
    colleague.fill("Your answer", ANSWER)
    colleague.press("Send the answer")
    colleague.reads(ANSWER)


def end(steps: Steps) -> None:
    """The asker finds the answer on the first page, and ends it."""
    steps.go("/")
    steps.sees("You asked a colleague")
    line = steps.page.get_by_role("listitem").filter(has_text=steps.t("Has answered"))
    steps.follow(line.get_by_role("link", name="Colleague J").first)
    steps.reads(ANSWER)
    steps.press("End it now")
    steps.press("Yes, end it now")
    steps.sees("It has ended. Nothing can be read through it any more.")


def test_need_to_talk(walk: Walker, cast: Cast) -> None:
    """Nobody is named; then somebody is, is asked, calls, and says so."""
    listens(cast.coordinator, cast.colleague)
    steps = walk.person(cast.volunteer)
    steps.go("/")
    steps.press("I need to talk")
    expect(steps.page.get_by_role("main").get_by_role("textbox")).to_have_count(0)
    steps.page.get_by_label("Colleague J").check()
    steps.choose("Today, if possible")
    steps.press("Ask to talk")
    steps.sees("It is sent. Your colleague sees it on their first page.")
    steps.sees("Take it back")
    colleague = walk.person(cast.colleague)
    colleague.go("/")
    colleague.sees("Somebody would like to talk")
    line = colleague.page.get_by_role("main").get_by_role("listitem").filter(has_text="Volunteer J")
    colleague.follow(line.get_by_role("button").first)
    colleague.sees("Thank you for being there.")
    steps.go("/")
    steps.does_not_see("Take it back")
