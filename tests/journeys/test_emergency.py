"""Journey 7, an emergency: the numbers first, the safe contact, words, the review; and going alone."""

from __future__ import annotations

import psycopg
import pytest
from playwright.sync_api import expect

from clients.models import Client
from tests.journeys.walk import FETCHES, Steps, Walker
from tests.making.clients import new_client
from tests.making.emergencies import nothing_open
from tests.making.people import Cast, Someone, recruit

pytestmark = pytest.mark.browser
GIVEN = {
    "phone-en": "Ottilie",
    "phone-fr": "Octavie",
    "desktop-en": "Orsola",
    "desktop-fr": "Ombeline",
}
WHY = "She rang the branch, breathless, and Volunteer could not be reached."
FOUND = "Spoken with both. The doctor came in time."
PLACE = "12 chemin des Tilleuls, behind the barn"


@pytest.fixture
def someone(cast: Cast) -> Someone:
    """A colleague who has opened nothing before."""
    return recruit(cast.north)


@pytest.fixture
def client(walk: Walker, cast: Cast) -> Client:
    """A client of the volunteer, whom the colleague does not know."""
    nothing_open(cast.volunteer)
    name = GIVEN[str(walk.look)]
    walk.private += [name, "Marchvale"]
    return new_client(cast.volunteer, name, "Marchvale")


def test_emergency(walk: Walker, cast: Cast, client: Client, someone: Someone) -> None:
    """A colleague opens what nobody of theirs can answer; a coordinator judges it; the way is over."""
    given = GIVEN[str(walk.look)]
    colleague = walk.person()
    colleague.sign_in(someone)
    opened(colleague, given)
    emergency = colleague.path
    second_press(colleague, client, emergency)
    says_why(colleague, emergency)
    reviewed(walk.person(cast.coordinator), cast, emergency)
    colleague.go(emergency)
    colleague.sees("It was right to open the record")
    colleague.reads(FOUND)


def opened(steps: Steps, given: str) -> None:
    """Two taps to the numbers; a name that is not there, then one that is."""
    steps.menu("Emergency")
    expect(steps.page.locator("a[href='tel:15']")).to_be_in_viewport()
    steps.choose("The person is calling, and nobody of theirs can be reached")
    steps.fill("Who is it about?", "Nobody Atall")
    steps.press("Open the record")
    steps.sees("No record was opened")
    steps.fill("Who is it about?", f"marchvale {given.lower()}")
    steps.press("Open the record")
    steps.is_at("/emergency/ID/")
    steps.reads(given)
    steps.sees("Before you ring")
    steps.does_not_read("Sleeps badly")


def second_press(steps: Steps, client: Client, emergency: str) -> None:
    """The record says how one sees it; the rest opens on a press of its own."""
    steps.press("See name and address")
    steps.sees("You see this through an emergency access")
    steps.does_not_read("Sleeps badly")
    steps.go(emergency)
    steps.press("I need the contacts and notes too")
    steps.is_at("/clients/ID/")
    steps.reads("Sleeps badly")
    steps.go(emergency)
    steps.press("I do not need it any more")
    steps.sees("It has ended. Nothing of this record can be seen through it now.")
    steps.go(f"/clients/{client.pk}/")
    steps.does_not_read("Sleeps badly")


def says_why(steps: Steps, emergency: str) -> None:
    """Home asks for the words until they are there."""
    steps.go("/")
    steps.page.get_by_role(
        "link", name=steps.t("Say in words why you opened a record")
    ).first.click()
    steps.fill("Why did you open it?", WHY)
    steps.press("Keep my words")
    steps.reads(WHY)
    steps.is_at("/emergency/ID/")
    assert steps.path == emergency


def reviewed(steps: Steps, cast: Cast, emergency: str) -> None:
    """The coordinator finds it on the first page."""
    steps.go("/")
    steps.follow(steps.page.locator(f"a[href='{emergency}review/']"))
    steps.reads(WHY)
    steps.choose("It was right to open the record")
    steps.fill("Your words", FOUND)
    steps.press("Keep this review")
    steps.sees("The review is kept.")
    steps.does_not_see("Your review")


def test_alone(walk: Walker, cast: Cast, superuser: psycopg.Connection) -> None:
    """Out alone, more time, back; then an alarm that the buddy sees without touching the page."""
    nothing_open(cast.volunteer)
    walk.private += ["Tilleuls"]
    out, buddy = walk.person(cast.volunteer), walk.person(cast.colleague)
    goes(out)
    out.press("Half an hour more")
    out.press("I am back")
    out.sees("Good. The place is destroyed.")
    goes(out)
    buddy.go("/")
    buddy.does_not_see("Show where they are")
    superuser.execute(
        "UPDATE clients_lonevisit SET until = now() - interval '16 minutes'"
        " WHERE person_id = %s AND safe_at IS NULL",
        [cast.volunteer.id],
    )
    # What the page does each minute, done now.
    buddy.page.wait_for_function(FETCHES)
    buddy.page.evaluate("htmx.trigger('#watch', 'renew')")
    expect(buddy.page.get_by_role("alert")).to_be_in_viewport()
    buddy.look_at()
    buddy.press("Show where they are")
    buddy.reads(PLACE)
    buddy.press("They are safe: end the alarm")
    buddy.press("Yes, they are safe")
    buddy.sees("Good. The place is destroyed.")
    out.go("/")
    out.does_not_see("I am back")


def goes(steps: Steps) -> None:
    """Where, how long, who watches."""
    steps.go("/")
    steps.press("I go alone")
    steps.fill("Where do you go?", PLACE)
    steps.choose("One hour")
    steps.field("Who watches?").select_option(label="Colleague J")
    steps.press("I am going")
    steps.sees("Half an hour more")
