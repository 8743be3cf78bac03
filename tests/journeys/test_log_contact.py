"""Journey 3, log a contact: quickly, unanswered, with a file; drafts, corrections, and finding it again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.journeys.walk import Steps, Walker
from tests.making.clients import new_client
from tests.making.people import Cast

pytestmark = pytest.mark.browser
GIVEN = {
    "phone-en": "Perpetua",
    "phone-fr": "Philiberte",
    "desktop-en": "Drusilla",
    "desktop-fr": "Donatienne",
}
FIRST = "Operation on the 3rd. Wants somebody to walk with."
MENDED = "Operation on the 13th. Wants somebody to walk with."
LATER = "bring the book about bees"


@pytest.fixture
def given(walk: Walker, cast: Cast) -> str:
    """The given name of a client of the volunteer, taken in before."""
    name = GIVEN[str(walk.look)]
    walk.private += [name, "Vauclin"]
    new_client(cast.volunteer, name, "Vauclin")
    return name


def test_log_contacts(walk: Walker, cast: Cast, given: str) -> None:
    """The whole life of one contact, and a call that nobody answered."""
    steps = walk.person()
    steps.sign_in(cast.volunteer)
    quickly(steps, given)
    followed_up(steps, given)
    attach(steps)
    correct(steps)
    contact = steps.path
    unanswered(steps, given)
    draft(steps, given)
    found(steps, given, contact)


def open_form(steps: Steps, given: str) -> None:
    """One tap beside the client's name on the first page."""
    steps.go("/")
    line = steps.page.get_by_role("listitem").filter(has_text=given)
    steps.follow(line.get_by_role("link", name=steps.t("Log a contact")).first)
    steps.reads(given)


def quickly(steps: Steps, given: str) -> None:
    """Channel and date are set already: words, and save. With minutes, way and a follow-up."""
    open_form(steps, given)
    steps.choose("Visit at home", "How")
    group = steps.page.get_by_role("group", name=steps.labelled("When"))
    group.get_by_role("button", name=steps.t("Yesterday")).click()
    yesterday = timezone.localdate() - timedelta(days=1)
    expect(steps.field("Day", "When")).to_have_value(str(yesterday.day))
    steps.fill("Notes", FIRST)
    steps.unfold("Time, kilometres, follow-up, file, urgent")
    steps.fill("Minutes", "40")
    steps.fill("Kilometres", "9000")
    steps.fill("What to follow up", LATER)
    steps.press("Save")
    steps.sees("Choose the date of the follow-up.")
    expect(steps.field("Notes")).to_have_value(FIRST)
    steps.fill("Kilometres", "12")
    steps.fill_date("Follow up on", timezone.localdate())
    steps.press("Save")
    steps.sees("The contact is saved.")
    steps.reads(FIRST)
    steps.reads("40")


def followed_up(steps: Steps, given: str) -> None:
    """The follow-up is due on the first page and in its list; one tap when it is done."""
    contact = steps.path
    steps.menu("Follow-ups")
    line = steps.page.get_by_role("main").get_by_role("listitem").filter(has_text=given)
    expect(line).to_contain_text(LATER)
    steps.follow(line.get_by_role("button"))
    expect(line).to_have_count(0)
    steps.go(contact)
    steps.reads(LATER)


def attach(steps: Steps) -> None:
    """A file that is not what it says is refused; a text is kept and comes back as it was."""
    steps.unfold("Attach a file")
    pretender = {
        "name": "letter.pdf",
        "mimeType": "application/pdf",
        "buffer": b"MZ\x90\x00 run me",
    }
    steps.page.locator("input[type=file]").set_input_files(pretender)  # type: ignore[arg-type]
    steps.press("Attach")
    steps.sees("Please check what you entered")
    letter = {"name": "lettre été.txt", "mimeType": "text/plain", "buffer": "Cher été.\n".encode()}
    steps.page.locator("input[type=file]").set_input_files(letter)  # type: ignore[arg-type]
    steps.press("Attach")
    name = steps.page.get_by_role("link", name="lettre été.txt")
    with steps.download() as got:
        name.click()
    assert got[0].read_bytes() == "Cher été.\n".encode()


def correct(steps: Steps) -> None:
    """A correction needs a reason. The earlier text is kept, and not for the volunteer."""
    steps.press("Correct the notes")
    expect(steps.field("Notes")).to_have_value(FIRST)
    steps.fill("Notes", MENDED)
    steps.press("Save the correction")
    steps.sees("Say in a few words why you correct it.")
    steps.fill("Why do you correct it?", "wrong date of the operation")
    steps.press("Save the correction")
    steps.reads(MENDED)
    steps.does_not_read(FIRST)
    steps.sees("Corrected: %(reason)s", reason="wrong date of the operation")
    steps.does_not_see("Earlier texts")


def unanswered(steps: Steps, given: str) -> None:
    """Two taps: no answer, save."""
    open_form(steps, given)
    steps.choose("No answer")
    steps.press("Save")
    steps.sees("The contact is saved.")
    steps.sees("No answer")


def draft(steps: Steps, given: str) -> None:
    """Whoever is called away finds the words again; saved, the draft is gone."""
    open_form(steps, given)
    steps.fill("Notes", "The sister rang while")
    steps.page.locator("[data-draft-status]").filter(has_text=":").wait_for()
    steps.menu("Clients")
    steps.go("/")
    go_on_writing(steps, given)
    expect(steps.field("Notes")).to_have_value("The sister rang while")
    steps.fill("Notes", "The sister rang while we spoke.")
    steps.press("Keep as a draft")
    steps.sees("The draft is kept. You find it here and on your home page.")
    go_on_writing(steps, given)
    steps.press("Save")
    steps.sees("The contact is saved.")
    steps.reads("The sister rang while we spoke.")
    steps.go("/drafts/")
    steps.does_not_read(given)


def go_on_writing(steps: Steps, given: str) -> None:
    """From the list of drafts."""
    label = steps.t("Go on writing about %(name)s", name=given)
    steps.follow(steps.page.get_by_role("link", name=label))


def found(steps: Steps, given: str, contact: str) -> None:
    """By name, and by words of the notes as they stand now; what was typed stands in no address."""
    look_for(steps, given[:5].lower())
    steps.reads(f"{given} Vauclin")
    look_for(steps, "13th walk")
    steps.reads(f"{given} Vauclin")
    steps.follow(steps.page.locator(f"a[href='{contact}']").first)
    steps.reads(MENDED)


def look_for(steps: Steps, words: str) -> None:
    """Search for some words."""
    steps.go("/search/")
    steps.fill("Name, telephone, reference, or a word of the notes", words)
    steps.press("Search", within=steps.page.get_by_role("main"))
    steps.is_at("/search/")


def test_of_somebody_else(walk: Walker, cast: Cast, given: str) -> None:
    """A volunteer of another branch finds nobody, and the address says no more than an unknown one."""
    steps = walk.person(cast.outsider)
    look_for(steps, given)
    steps.sees("Nobody found")
    client = new_client(cast.volunteer)
    steps.go(f"/clients/{client.pk}/")
    hidden = steps.page.get_by_role("main").inner_text()
    steps.go("/clients/00000000-0000-4000-8000-000000000000/")
    assert steps.page.get_by_role("main").inner_text() == hidden
    steps.press("Go to the first page")
    steps.is_at("/")
