"""Journey 2, first contact: somebody calls. A client with the explanation in one flow, or none at all."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.walk import Steps, Walker
from tests.making.clients import new_client
from tests.making.people import Cast

pytestmark = pytest.mark.browser
FAMILY = {
    "phone-en": "Ramsbottom",
    "phone-fr": "Delannoy",
    "desktop-en": "Featherstone",
    "desktop-fr": "Quintrec",
}
GIVEN = "Melisande"
CALLED = "Asked how chemotherapy goes. Afraid of the waiting room."


@pytest.fixture
def family(walk: Walker) -> str:
    """The family name of the caller in this walk; no title and no address may hold it."""
    name = FAMILY[str(walk.look)]
    walk.private += [name, GIVEN]
    return name


def test_take_in(walk: Walker, cast: Cast, family: str) -> None:
    """Who, safe contact, explanation and contact on one page; then the leaflet, and the card apart."""
    steps = walk.person()
    steps.sign_in(cast.volunteer)
    begin(steps)
    nothing_typed(steps)
    who(steps, family, number(steps))
    safe_contact(steps)
    steps.unfold("What to say: %(language)s", language=steps.t("English"))
    explained(steps, "Yes, with information about health")
    steps.fill("What was it about?", CALLED)
    steps.press("Save")
    saved(steps, family)
    leaflet_and_card(steps)


def number(steps: Steps) -> str:
    """A telephone of its own in each walk: two people with the same one would seem to be one."""
    return f"06 39 98 44 6{list(FAMILY).index(str(steps.look))}"


def begin(steps: Steps) -> None:
    """From the first page."""
    steps.go("/")
    steps.press("Somebody new called")
    steps.sees("Who called?")


def nothing_typed(steps: Steps) -> None:
    """An empty form says what is missing, and leads to it."""
    steps.press("Save")
    steps.sees("Please check what you entered")
    steps.sees("Enter a name, or a name this person is known as.")
    steps.sees("Tick this, or say why you could not explain it this time.")


def who(steps: Steps, family: str, phone: str) -> None:
    """The names and the number."""
    steps.fill("Given name", GIVEN)
    steps.fill("Family name", family)
    steps.fill("Telephone", phone)


def safe_contact(steps: Steps) -> None:
    """How, when and with which words."""
    steps.unfold("How to reach them safely")
    steps.fill("Good times to ring", "mornings, never at weekends")
    steps.choose("No, never", "A message on the voicemail?")
    steps.fill("Who else may answer", "The husband knows nothing.")
    steps.choose("Ring with our number withheld")


def explained(steps: Steps, answer: str) -> None:
    """One tick, and the answer."""
    steps.choose("I explained it")
    steps.choose(answer, "And may we note something about health? The client said:")


def saved(steps: Steps, family: str) -> None:
    """The record: how to reach before the number, the explanation, the contact."""
    steps.is_at("/clients/ID/")
    steps.sees("Saved: the client, the explanation and this contact.")
    steps.reads(f"{GIVEN} {family}")
    steps.reads("mornings, never at weekends")
    steps.reads("The husband knows nothing.")
    steps.reads(CALLED)
    assert number(steps) not in steps.page.content()  # not lying in the page: it is fetched
    steps.page.get_by_role("link", name=steps.named("Show the number")).click()
    expect(steps.page.get_by_role("link", name=number(steps))).to_be_visible()
    steps.sees("Leave no message on the voicemail.")
    steps.look_at()


def leaflet_and_card(steps: Steps) -> None:
    """Two papers, apart from each other; the code is shown once."""
    leaflet = steps.take("Print the leaflet (PDF)")
    assert leaflet.startswith(b"%PDF") and GIVEN.encode() not in leaflet
    steps.unfold("More: wishes, restriction, end of the support")
    steps.press("The client wants to see their record online")
    steps.page.locator("input[name=mode][value=open]").check()
    steps.press("The client wants it: make the card")
    code = steps.page.locator(".code-words").nth(1).inner_text()
    assert steps.take("Print the card (PDF)").startswith(b"%PDF")
    steps.page.reload()
    steps.look_at()
    steps.does_not_read(code)
    steps.sees(
        "The card was shown already. If it is lost, make a new one: the old code then stops working."
    )
    steps.press("Done")
    steps.is_at("/clients/ID/")
    steps.go("/papers/")  # the same leaflet for whoever has no record, and the notice
    with steps.download() as got:
        steps.page.get_by_role("main").locator("section").first.get_by_role("link").last.click()
    assert got[0].read_bytes().startswith(b"%PDF")
    steps.page.go_back()
    expect(
        steps.page.get_by_role("link", name=steps.t("New card for the online space"))
    ).to_be_visible()


def test_could_not_explain(walk: Walker, cast: Cast, family: str) -> None:
    """It can wait once: this contact is saved, the next one asks again. A namesake is pointed out."""
    namesake = f"{family}-Two"
    new_client(cast.volunteer, GIVEN, namesake)
    steps = walk.person(cast.volunteer)
    begin(steps)
    who(steps, namesake, "06 39 98 44 52")
    steps.unfold("I could not explain it")
    steps.fill("I could not explain it, because …", "in tears, and the ambulance came")
    steps.press("Save")
    steps.sees("There may be a record of this person already")
    steps.choose("Save as a new record")
    steps.press("Save")
    steps.is_at("/clients/ID/")
    steps.sees("How we keep things private has not been explained yet")
    steps.reads("in tears, and the ambulance came")
    asked_again(steps)


def asked_again(steps: Steps) -> None:
    """A further contact without the explanation is refused, and what was typed stays."""
    record = steps.path
    steps.press("Log a contact")
    steps.fill("Notes", "Rang to ask how she is.")
    steps.press("Save")
    steps.sees("The explanation was put off once already. Explain the policy now, or tick Urgent.")
    expect(steps.field("Notes")).to_have_value("Rang to ask how she is.")
    explained(steps, "Yes, with information about health")
    steps.press("Save")
    steps.sees("The contact is saved.")
    steps.go(record)
    steps.does_not_see("How we keep things private has not been explained yet")


def test_no_record_at_all(walk: Walker, cast: Cast, family: str) -> None:
    """The client says no: nothing typed is kept, the call is counted, and a search finds nobody."""
    hidden = f"{family}-Nowhere"
    steps = walk.person(cast.volunteer)
    begin(steps)
    who(steps, hidden, "06 39 98 44 53")
    explained(steps, "No record at all")
    steps.fill("What was it about?", CALLED)
    steps.press("Save")
    steps.is_at("/enquiries/")
    steps.sees("Nothing about this person was kept. The call is counted below, without a name.")
    steps.sees("Wanted no record")
    steps.does_not_read(hidden)
    steps.go("/search/")
    steps.fill("Name, telephone, reference, or a word of the notes", hidden)
    steps.press("Search", within=steps.page.get_by_role("main"))
    steps.sees("Nobody found")
    count_a_call(steps)


def count_a_call(steps: Steps) -> None:
    """A call that needs no record from the start."""
    steps.menu("Enquiries")
    counted = steps.page.locator("ol.timeline > li")
    before = counted.count()
    steps.press("Count an enquiry")
    steps.fill("Minutes", "4")
    steps.press("Count it")
    expect(counted).to_have_count(before + 1)
    expect(counted.first).to_contain_text(re.compile(r"\b4\b"))
