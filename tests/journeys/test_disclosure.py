"""Journey 6, disclose: asked, discussed, decided by another, released, received once, seen by the client."""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from clients.contacts.actions import contacts
from clients.models import Client
from clients.records.actions import portal_access
from tests.journeys.walk import Steps, Walker
from tests.making.clients import new_client
from tests.making.people import PASSWORD, Cast, Someone
from tests.making.spaces import confirm_portal, password_chosen
from volunteers.models import User

pytestmark = pytest.mark.browser
FAMILY = {
    "phone-en": "Threlkeld",
    "phone-fr": "Lescarret",
    "desktop-en": "Wigglesworth",
    "desktop-fr": "Castelnau",
}
KEPT = "Quarrels with the brother about the garden."
LEAVES = "Took the evening tablets twice on Sunday."
STRUCK = "on Sunday"
DOCTOR = "Dr Ermengarde Fabre"
NEED = "To change the prescription in time."


@pytest.fixture
def client(walk: Walker, cast: Cast) -> Client:
    """A client of the volunteer with two more contacts, one of which will leave."""
    walk.private += [FAMILY[str(walk.look)], "Ottoline", "Ermengarde"]
    made = new_client(cast.volunteer, "Ottoline", FAMILY[str(walk.look)])
    with cast.volunteer.actor().transaction() as actor:
        for day, text in ((6, KEPT), (7, LEAVES)):
            new = contacts.NewContact("phone", date(2026, 1, day), text=text)
            contacts.log_contact(by=actor, client=made, new=new)
    return made


@pytest.fixture
def account(client: Client, cast: Cast) -> UUID:
    """The client's own space, opened before, with a password of its own."""
    with cast.volunteer.actor().transaction() as actor:
        card = portal_access.open_portal(by=actor, client=client)
    user = User.objects.get(username=card.username)
    password_chosen(user.pk)
    confirm_portal(client)
    return user.pk


def test_disclose(walk: Walker, cast: Cast, client: Client, account: UUID) -> None:
    """From the volunteer's question to the client's own page."""
    address = ask(walk, cast, client)
    coordinator = decide(walk, cast, address)
    link, passphrase = release(coordinator)
    receive(walk, link, passphrase)
    once_only(walk, link, passphrase)
    received(coordinator, address)
    the_client_sees(walk, account)


def ask(walk: Walker, cast: Cast, client: Client) -> str:
    """One question a page; nothing is chosen beforehand, and a gap is named."""
    steps = walk.person()
    steps.sign_in(cast.volunteer)
    steps.go(f"/clients/{client.pk}/")
    steps.press(
        "Disclosures", within=steps.page.get_by_role("navigation", name=steps.t("This record"))
    )
    steps.press("Ask for a disclosure")
    steps.press("Save and go on")
    steps.sees("Choose the ground. There are only these three.")
    steps.choose("The wider public interest justifies it")
    steps.fill("What proves it?", "Two doses in one evening, twice this month.")
    steps.press("Save and go on")
    recipient(steps)
    the_clients_will(steps)
    expect(steps.page.get_by_role("checkbox", checked=True)).to_have_count(0)
    steps.page.get_by_role("checkbox", name=re.compile("evening tablets")).check()
    steps.page.get_by_role("checkbox", name=re.compile("Ottoline")).check()
    steps.press("Save and go on")
    boxes = steps.page.get_by_role("textbox")
    boxes.nth(0).fill("She treats several people of this family.")
    boxes.nth(1).fill("It shows the double dose.")
    boxes.nth(2).fill(STRUCK)
    steps.press("Save and go on")
    steps.press("Send for a decision")
    steps.sees("Sent. Another coordinator of the branch will decide.")
    expect(steps.page.get_by_role("link", name=steps.t("Read and decide"))).to_have_count(0)
    return steps.path


def recipient(steps: Steps) -> None:
    """A person, never an office in general."""
    steps.fill("Their function and organisation", "general practitioner, Cahors")
    steps.fill("How they can be reached", "05 36 49 70 99")
    steps.fill("Why do they need to know?", NEED)
    steps.press("Save and go on")
    steps.sees("Name the person. It cannot go to an office in general.")
    steps.fill("Name of the person who would receive it", DOCTOR)
    steps.press("Save and go on")


def the_clients_will(steps: Steps) -> None:
    """A yes needs its day and the exact words."""
    steps.choose("The client agrees")
    steps.fill("What was said", "We talked on the telephone.")
    steps.press("Save and go on")
    steps.sees("Write down the client's exact words.")
    steps.fill_date("When did you talk about it?", timezone.localdate() - timedelta(days=1))
    steps.fill("The client's exact words", "Yes, tell her about the tablets.")
    steps.press("Save and go on")


def decide(walk: Walker, cast: Cast, address: str) -> Steps:
    """Another person, with a fresh sign-in, after opening the notes with the reason."""
    steps = walk.person(cast.coordinator, fresh=False)
    steps.go("/")
    steps.follow(steps.page.locator(f"a[href='{address}']").first)
    steps.press("Read and decide")
    prove_again(steps, cast.coordinator)
    steps.sees("The notes are closed")
    steps.does_not_read(LEAVES)
    steps.press("Open the notes")
    steps.reads(LEAVES.partition(STRUCK)[0].strip())
    steps.sees("passage struck out")
    for kept in (KEPT, STRUCK):
        steps.does_not_read(kept)
    steps.reads("Yes, tell her about the tablets.")
    steps.press("Decide")
    steps.sees("Choose: approve or refuse.")
    steps.choose("Approve: exactly this may leave")
    steps.fill("Why", "The doctor must know before the next dose.")
    steps.press("Decide")
    steps.sees("Approved. It can now be released.")
    return steps


def prove_again(steps: Steps, someone: Someone) -> None:
    """The password once more; a wrong one is told."""
    steps.sees("Is it still you?")
    steps.fill("Password", "not the password")
    steps.press("Continue")
    steps.sees("This is not your password. Try again.")
    steps.fill("Password", PASSWORD)
    steps.press("Continue")


def release(steps: Steps) -> tuple[str, str]:
    """Link and passphrase, shown once, for two different ways."""
    steps.press("Release to the recipient")
    steps.choose("French" if steps.look.language == "fr" else "English")
    steps.choose("7 days")
    steps.press("Release now")
    link, passphrase = steps.page.locator(".code-words").all_inner_texts()
    steps.press("I have both, go on")
    steps.does_not_read(passphrase)
    return link.strip(), passphrase.strip()


def receive(walk: Walker, link: str, passphrase: str) -> None:
    """Outside, without an account: a wrong passphrase, none, the right one, and the document."""
    steps = walk.person()
    steps.go(link)
    steps.does_not_read("Ottoline")
    box, button = steps.page.get_by_role("textbox"), steps.page.get_by_role("button")
    steps.follow(button)
    steps.sees("Type the passphrase first.")
    box.fill("aaaa bbbb cccc dddd eeee ffff")
    steps.follow(button)
    steps.sees("That was not the passphrase")
    expect(box).to_be_focused()
    box.fill(passphrase.upper().replace("-", " "))
    with steps.download() as got:
        button.click()
    assert got[0].read_bytes().startswith(b"%PDF")


def once_only(walk: Walker, link: str, passphrase: str) -> None:
    """Whoever comes second, with everything right, finds it closed."""
    steps = walk.person()
    steps.go(link)
    steps.sees("This link is not valid (any more)")
    expect(steps.page.get_by_role("textbox")).to_have_count(0)
    steps.does_not_read(passphrase)


def received(steps: Steps, address: str) -> None:
    """The receipt is there for those who asked and decided."""
    steps.go(address)
    steps.sees("The recipient has opened it. This is finished.")
    steps.reads(DOCTOR)


def the_client_sees(walk: Walker, account: UUID) -> None:
    """In their own space: what, to whom, why."""
    steps = walk.account(account)
    steps.go("/my-space/")
    steps.menu("What we have shared")
    steps.reads(DOCTOR)
    steps.reads(NEED)
    steps.sees("You agreed.")
    steps.sees("Received")
