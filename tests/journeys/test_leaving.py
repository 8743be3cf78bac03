"""Journey 9, leave: who may know, handing over, a leaver's last page, the reminder, moving to another branch."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from audit import door
from clients.contacts.actions import contacts
from clients.models import Client
from clients.records.actions import portal_access
from clients.who_may_know.actions import may_know
from tests.journeys.walk import Steps, Walker
from tests.making.clients import new_client
from tests.making.people import Cast, Someone, recruit
from tests.making.spaces import confirm_portal, password_chosen
from volunteers.models import User

pytestmark = pytest.mark.browser
EARLY = "Sleeps badly since Tuesday."
LATE = "Talked about the boat on the river."


@pytest.fixture
def leaver(cast: Cast) -> Someone:
    """A volunteer who is about to leave."""
    return recruit(cast.north)


@pytest.fixture
def heir(cast: Cast) -> Someone:
    """A volunteer who takes over."""
    return recruit(cast.north)


@pytest.fixture
def clients(walk: Walker, leaver: Someone) -> list[Client]:
    """Two clients of theirs; the first with an early and a late contact."""
    family = f"Aubépine{uuid4().hex[:4]}"
    walk.private += [family]
    made = [new_client(leaver, "Hermine", family), new_client(leaver, "Lucien", family)]
    with leaver.actor().transaction() as actor:
        new = contacts.NewContact("visit", date(2026, 3, 9), text=LATE)
        contacts.log_contact(by=actor, client=made[0], new=new)
    return made


@pytest.mark.screens("phone", "narrow")
def test_leave(
    walk: Walker, cast: Cast, clients: list[Client], leaver: Someone, heir: Someone
) -> None:
    """From the page of who may know to the goodbye of somebody else who leaves."""
    steps = walk.person(cast.coordinator)
    who_may_know(steps, clients[0])
    the_client_takes_back(walk, leaver, clients[1])
    hand_over_one(steps, clients[0], leaver, heir)
    the_heir_sees(walk, heir, clients[0])
    part(steps, leaver)
    hand_over_the_rest(steps, heir, clients[1])
    remind(steps)
    goes_by_themself(walk, heir)
    moves(steps, cast, clients[1])


def who_may_know(steps: Steps, client: Client) -> None:
    """The client names somebody; it stands on the page, on the paper, and is taken back."""
    steps.go(f"/clients/{client.pk}/")
    steps.press(
        "Who may know", within=steps.page.get_by_role("navigation", name=steps.t("This record"))
    )
    steps.sees("Now, inside the association")
    steps.press("Note somebody the client names")
    steps.press("Save")
    steps.sees("Say who may be told.")
    steps.fill("Who may be told?", "Mme Blanc")
    steps.fill("What may they be told?", "Rendez-vous")
    steps.press("Save")
    steps.reads("Mme Blanc")
    steps.press("To print")
    expect(steps.page.get_by_role("button", name=steps.named("Print"))).to_be_visible()
    steps.page.emulate_media(media="print")
    steps.keep_picture("who-may-know-on-paper")
    expect(steps.page.get_by_role("button", name=steps.named("Print"))).not_to_be_visible()
    steps.page.emulate_media(media="screen")
    steps.press("Back to the page")
    steps.follow(steps.page.locator("#told a[href*='/may-know/'][href$='/end/']").first)
    steps.press("Yes, take it back")
    steps.sees("It is taken back. Tell this person nothing any more.")


def the_client_takes_back(walk: Walker, leaver: Someone, client: Client) -> None:
    """In the client's own space: roles, and somebody whom the client does not want told any more."""
    with leaver.actor().transaction() as actor:
        keys = door.open_one(actor, client.pk, "may_know.add", "support")
        may_know.let_know(
            by=actor,
            client=client,
            keys=keys,
            person="Claire",
            reach="",
            what="Rendez-vous",
            until=None,
        )
    with (
        leaver.actor().transaction() as actor
    ):  # on another connection, which would wait for the first
        card = portal_access.open_portal(by=actor, client=client)
    user = User.objects.get(username=card.username)
    password_chosen(user.pk)
    confirm_portal(client)
    steps = walk.account(user.pk)
    steps.go("/my-space/who/")
    steps.sees("A volunteer")
    steps.does_not_read(leaver.working_name)
    steps.follow(steps.page.locator("a[href*='/my-space/who/'][href$='/end/']"))
    steps.press("Yes, take it back")
    steps.sees(
        "Nobody. Without your agreement we tell nobody outside, except in the rare cases that our leaflet explains."
    )


def hand_over_one(steps: Steps, client: Client, leaver: Someone, heir: Someone) -> None:
    """One client, with the contacts since a day."""
    steps.go(f"/clients/{client.pk}/")
    steps.follow(steps.page.locator(f"a[href*='/people/{leaver.id}/hand-over/']").first)
    steps.page.get_by_label(heir.working_name).check()
    steps.choose("Contacts from a day on")
    steps.press("Hand over now")
    steps.sees("Enter the day.")
    steps.fill_date("From which day on?", date(2026, 3, 1))
    steps.press("Hand over now")
    steps.is_at("/people/ID/")


def the_heir_sees(walk: Walker, heir: Someone, client: Client) -> None:
    """What was said since, and nothing from before."""
    steps = walk.person(heir)
    steps.go(f"/clients/{client.pk}/")
    steps.reads(LATE)
    steps.does_not_read(EARLY)


def part(steps: Steps, leaver: Someone) -> None:
    """The page says what ends; then what is left to do."""
    steps.go(f"/people/{leaver.id}/")
    steps.press("This person leaves")
    steps.sees("All of this ends in the same second:")
    steps.press("Yes, end everything now")
    steps.sees("Clients to hand over")
    steps.is_at("/departures/ID/")


def hand_over_the_rest(steps: Steps, heir: Someone, client: Client) -> None:
    """What the leaver left behind."""
    steps.press("Hand over clients")
    steps.page.get_by_label(heir.working_name).check()
    steps.press("Hand over now")
    steps.sees("None is waiting: each has somebody.")


def remind(steps: Steps) -> None:
    """The reminder as a PDF, and that it was signed."""
    assert steps.take("Print the reminder (PDF)").startswith(b"%PDF")
    steps.press("It was signed")
    steps.sees("Signed")
    steps.go("/people/")


def goes_by_themself(walk: Walker, heir: Someone) -> None:
    """The last page is there to read and to print; then nothing opens any more."""
    steps = walk.person(heir)
    steps.go("/account/")
    steps.press("I am leaving the association")
    steps.press("Yes, I leave now")
    steps.sees("Thank you, and goodbye")
    steps.sees("Return keys, badges and paper files to your branch.")
    steps.go("/clients/", look=False)
    steps.is_at("/sign-in/")


def moves(steps: Steps, cast: Cast, client: Client) -> None:
    """The client goes to the other branch, and the record is gone here."""
    steps.go(f"/clients/{client.pk}/")
    steps.unfold("More: wishes, restriction, end of the support")
    steps.press("Move to another branch")
    steps.press("Move it now")
    steps.sees("Choose the branch.")
    steps.page.locator(f"input[type=radio][value='{cast.south}']").check()
    steps.press("Move it now")
    steps.is_at("/clients/")
    steps.go(f"/clients/{client.pk}/", look=False)
    steps.does_not_read(client.reference)
