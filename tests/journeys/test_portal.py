"""Journey 8, portal: the client's own space, from the paper code to the copy taken away, and out quickly."""

from __future__ import annotations

import io
import json
import zipfile
from uuid import UUID

import pytest
from playwright.sync_api import expect

from clients.contacts.actions.attachments import NewFile, attach
from clients.models import Client, Contact
from tests.journeys.walk import Steps, Walker
from tests.making.clients import new_client
from tests.making.people import Cast

pytestmark = pytest.mark.browser
FAMILY = {
    "phone-en": "Satterthwaite",
    "phone-fr": "Kermadec",
    "desktop-en": "Pennyfeather",
    "desktop-fr": "Montazel",
}
OWN_PASSWORD = "quatre moulins sous la neige"
AWAY = "https://example.org/"
MESSAGE, ANSWER = "Can somebody drive me on Friday?", "Yes: Marie comes at nine."
WRONG = "My street is called rue du Moulin."
NOT_YET = (
    "Someone else from our team will speak to you, to be sure that it is really you. After that you find here "
    "what we have noted, who has looked, and a copy to take away. Until then we do not act on what is asked here."
)


@pytest.fixture
def client(walk: Walker, cast: Cast) -> Client:
    """A client of the volunteer, with a file."""
    walk.private += [FAMILY[str(walk.look)], "Eulalie"]
    walk.away = AWAY
    made = new_client(cast.volunteer, "Eulalie", FAMILY[str(walk.look)])
    with cast.volunteer.actor().transaction() as actor:
        contact = Contact.objects.get(client=made)
        attach(by=actor, contact=contact, new=NewFile("letter.txt", "text/plain", b"Dear all."))
    return made


def test_portal(walk: Walker, cast: Cast, client: Client, worker: None) -> None:
    """Everything that a client can do for themself."""
    username, code = card(walk, cast, client)
    steps = walk.person()
    first_sign_in(steps, username, code)
    somebody_else_confirms(walk, cast, steps, client, username)
    looks_round(steps, walk)
    asks(steps)
    writes_and_is_answered(walk, cast, steps, client)
    takes_away(steps)
    the_paper_code_is_dead(walk, username, code)
    reaches_the_coordinator(walk, cast, client)
    leaves(steps)
    comes_back(steps, username)


def card(walk: Walker, cast: Cast, client: Client) -> tuple[str, str]:
    """The coordinator makes the card because the client wants it."""
    steps = walk.person(cast.coordinator)
    steps.go(f"/clients/{client.pk}/")
    steps.unfold("More: wishes, restriction, end of the support")
    steps.press("The client wants to see their record online")
    steps.page.locator("[name=mode][value=open]").check()
    steps.press("The client wants it: make the card")
    username, code = steps.page.locator(".code-words").all_inner_texts()
    walk.speaks(account_of(username))
    return username.strip(), code.strip()


def somebody_else_confirms(
    walk: Walker, cast: Cast, space: Steps, client: Client, username: str
) -> None:
    """The deputy finds the task on the home page, has spoken to the client, and says so. They sign in again."""
    space.go("/my-space/")
    space.sees(NOT_YET)
    space.go("/my-space/copy/")
    space.is_at("/my-space/")
    space.menu("My details")
    space.sees("Who you are")
    space.does_not_read("06 39 98 11 22")
    space.menu("Requests")
    space.press("Complain, or see my complaints")
    space.sees("You have not complained")
    steps = walk.person(cast.deputy)
    steps.go("/")
    steps.sees("Online spaces opened, not confirmed")
    # Which of them stand there, of all that other journeys left, is chance.
    steps.go(f"/clients/{client.pk}/")
    main = steps.page.get_by_role("main")
    steps.follow(main.locator("a[href^='/portal-access/']").first)
    steps.choose("The client told me that they have the card and want this space")
    steps.choose(
        "The client told me that it was they who first signed in then, and that they chose their own password"
    )
    steps.press("Confirm")
    steps.sees("Confirmed. The space is the client’s own from now on. They sign in again.")
    space.go("/my-space/", look=False)
    space.is_at("/sign-in/")
    space.fill("User name", username)
    space.fill("Password", OWN_PASSWORD)
    space.press("Sign in")
    space.is_at("/my-space/")
    space.does_not_see(NOT_YET)


def account_of(username: str) -> UUID:
    """The account with this name."""
    from volunteers.models import User

    return User.objects.get(username=username.strip()).pk


def first_sign_in(steps: Steps, username: str, code: str) -> None:
    """Name and paper code; then nothing but an own password, and not the code again."""
    steps.go("/my-space/", look=False)
    steps.is_at("/sign-in/")
    steps.look_at()
    steps.fill("User name", username)
    steps.fill("Password", code.lower())
    steps.press("Sign in")
    steps.sees("Choose your own password")
    steps.go("/my-space/details/", look=False)
    steps.is_at("/my-space/password/")
    for password in (code, OWN_PASSWORD):
        steps.fill("Your new password", password)
        steps.fill("The same once more", password)
        steps.press("Save my password")
        if password == code:
            steps.is_at("/my-space/password/")
    steps.sees("Your password is saved. Use it from now on.")
    steps.is_at("/my-space/")


def looks_round(steps: Steps, walk: Walker) -> None:
    """The record, the contacts, who has looked: by roles, without names of colleagues."""
    # The neutral name in the reader's language, here and on the page that tells of privacy.
    name = {"en": "My space", "fr": "Mon carnet"}[steps.look.language]
    assert steps.page.title().endswith(name)
    steps.go("/privacy/")
    assert steps.page.title().endswith(name)
    steps.reads("Les Mains")
    steps.go("/my-space/", look=False)
    steps.menu("My details")
    steps.reads(FAMILY[str(walk.look)])
    steps.reads("06 39 98 11 22")
    steps.menu("Contacts")
    steps.reads("Sleeps badly since Tuesday.")
    steps.reads("letter.txt")
    steps.menu("Who has looked")
    main = steps.page.get_by_role("main")
    expect(main.get_by_role("heading", level=3).first).to_be_visible()
    for name in (
        "Volunteer",
        "Coordinator",
    ):  # the working names in the cast are the roles in English
        if steps.look.language == "fr":
            expect(main).not_to_contain_text(name)
    steps.unfold("Filter this list")
    steps.choose("Show what I looked at myself too")
    steps.press("Show")
    steps.menu("What we have shared")
    steps.sees("Nothing was passed on")


def asks(steps: Steps) -> None:
    """Something is wrong: said in own words, with the day of the answer."""
    steps.menu("My details")
    steps.press("Ask for a correction")
    steps.fill("In your own words", WRONG)
    steps.press("Send")
    steps.sees("Choose what you want.")
    expect(steps.field("In your own words")).to_have_value(WRONG)
    steps.choose("Correct something")
    steps.press("Send")
    steps.is_at("/my-space/requests/")
    steps.reads(WRONG)
    steps.sees("To correct something")


def writes_and_is_answered(walk: Walker, cast: Cast, steps: Steps, client: Client) -> None:
    """A message in the space; the volunteer finds and answers it; the client is told on their first page."""
    steps.menu("Messages")
    steps.sees("Nobody reads this at night or at the weekend")
    steps.fill("Your message", MESSAGE)
    steps.press("Send my message")
    steps.reads(MESSAGE)
    steps.sees("Sent. Nobody has answered yet.")
    volunteer = walk.person(cast.volunteer)
    volunteer.go("/")
    where = f"/clients/{client.pk}/messages/"
    volunteer.follow(volunteer.page.get_by_role("main").locator(f"a[href='{where}']"))
    volunteer.reads(MESSAGE)
    volunteer.fill("Your answer", ANSWER)
    volunteer.press("Send the answer")
    volunteer.reads(ANSWER)
    steps.menu("Home")
    steps.sees("An answer waits for you.")
    steps.menu("Messages")
    steps.reads(ANSWER)
    chooses(steps)


def chooses(steps: Steps) -> None:
    """Larger text, and notes hidden and shown again."""
    steps.menu("Settings")
    steps.press("Larger text")
    steps.press("Text as before")
    steps.press("Do not show me the notes")
    steps.does_not_read("Sleeps badly since Tuesday.")
    steps.press("Show me the notes again")
    steps.press("Show me the notes again")
    steps.reads("Sleeps badly since Tuesday.")
    steps.menu("Settings")
    steps.press("Close it until a day")
    steps.sees("You are signed out at once, here and everywhere else.")


def takes_away(steps: Steps) -> None:
    """The worker makes the ZIP; the page says when it is ready, by itself."""
    steps.menu("Get a copy")
    steps.press("Prepare my copy")
    link = steps.page.get_by_role("link", name=steps.t("Download my copy"))
    link.wait_for(timeout=60_000)
    steps.look_at()
    archive = zipfile.ZipFile(io.BytesIO(steps.take("Download my copy")))
    assert archive.testzip() is None
    names = archive.namelist()
    assert {"README.txt", "record.pdf", "record.json"} < set(names)
    assert archive.read("record.pdf").startswith(b"%PDF")
    told = json.dumps(json.loads(archive.read("record.json")), ensure_ascii=False)
    assert "Sleeps badly since Tuesday." in told and WRONG in told
    attached = next(name for name in names if name.endswith("letter.txt"))
    assert archive.read(attached) == b"Dear all."


def the_paper_code_is_dead(walk: Walker, username: str, code: str) -> None:
    """Whoever finds the card later comes too late."""
    finder = walk.person()
    finder.go("/sign-in/", look=False)
    finder.fill("User name", username)
    finder.fill("Password", code)
    finder.press("Sign in")
    finder.sees("This user name and password do not go together. Check both; mind capital letters.")


def reaches_the_coordinator(walk: Walker, cast: Cast, client: Client) -> None:
    """The request is on the coordinator's home page; an answer needs words."""
    steps = walk.person(cast.coordinator)
    steps.go("/")
    steps.menu("Requests")
    lines = steps.page.get_by_role("main").locator("a[href^='/requests/']")
    steps.follow(lines.filter(has_text=client.reference))
    steps.reads(WRONG)
    steps.press("Answer")
    steps.choose("It is done: send the answer")
    steps.press("Save")
    steps.sees("Write what was done, in a sentence.")
    steps.fill("Your answer, as the client will read it", "Your street stands here as you say.")
    steps.choose("Nothing was changed in the record, and I have checked that this is right")
    steps.press("Save")
    steps.reads("Your street stands here as you say.")


def leaves(steps: Steps) -> None:
    """The answer is there; then one tap, and nothing is left on the screen or behind it."""
    steps.menu("Requests")
    steps.reads("Your street stands here as you say.")
    with steps.page.expect_request(AWAY):
        steps.page.get_by_role("link", name=steps.t("Leave quickly")).click()
    steps.page.wait_for_timeout(300)
    steps.go("/my-space/details/", look=False)
    steps.is_at("/sign-in/")


def comes_back(steps: Steps, username: str) -> None:
    """With the own password."""
    steps.fill("User name", username)
    steps.fill("Password", OWN_PASSWORD)
    steps.press("Sign in")
    steps.is_at("/my-space/details/")
