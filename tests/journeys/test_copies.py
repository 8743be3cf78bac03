"""A copy on paper: prepared by one, what is about others struck out, released by another, taken and handed over."""

from __future__ import annotations

import io
import zipfile

import pytest

from clients.contacts.actions import contacts
from clients.models import Client
from tests.journeys.walk import Steps, Walker
from tests.making.clients import NOTE, new_client
from tests.making.exports import pages
from tests.making.people import Cast, recruit
from tests.making.requests import ago

pytestmark = pytest.mark.browser
NEIGHBOUR = "Her neighbour Ursule drinks."
BOOK = "She lent me a book by Colette."
LENT = "a book by Colette"


def test_a_copy_is_prepared_and_released(walk: Walker, cast: Cast, worker: None) -> None:
    """Nobody prints a record alone; a contact about somebody else and a passage stay out."""
    walk.private += ["Zénaïde", "Bonnafous", "Ursule"]
    volunteer = recruit(cast.north)
    client = new_client(volunteer, "Zénaïde", "Bonnafous")
    with volunteer.actor().transaction() as actor:
        for days, text in ((3, NEIGHBOUR), (2, BOOK)):
            new = contacts.NewContact("phone", ago(days), text=text)
            contacts.log_contact(by=actor, client=client, new=new)
    coordinator = walk.person(cast.coordinator)
    begins(coordinator, client)
    strikes(coordinator)
    where = coordinator.path
    released(walk.person(cast.deputy), where, client)
    archive = zipfile.ZipFile(io.BytesIO(takes(coordinator, where)))
    text = pages(archive) + archive.read("record.json").decode()
    assert NOTE in text and NEIGHBOUR not in text and LENT not in text
    assert "book by Colette" not in text and "She lent me" in text


def begins(steps: Steps, client: Client) -> None:
    """Why, and how it reaches the client; the notes are opened first, for that reason."""
    steps.go(f"/clients/{client.pk}/")
    steps.unfold("More: wishes, restriction, end of the support")
    steps.press("Prepare a copy for the client")
    steps.sees("No copy was prepared yet.")
    steps.press("Prepare a copy")
    steps.choose("The client asked for it, and has no space of their own or does not use it")
    steps.choose("Handed over in person")
    steps.press("Continue")
    copy = steps.path
    steps.press("Open the notes")
    steps.choose("A client's request about their data")
    steps.press("Open the notes")
    steps.go(copy)


def strikes(steps: Steps) -> None:
    """A whole contact, and words wherever they stand; what stands nowhere is asked about."""
    about = steps.page.locator("section", has_text=NEIGHBOUR)
    about.get_by_role("combobox").select_option("others")
    steps.fill("Passages about other people", "Colettte")
    steps.press("Send it to be released")
    steps.page.get_by_text("Colettte").first.wait_for()
    steps.fill("Passages about other people", LENT)
    steps.press("Send it to be released")
    steps.sees("The copy waits for somebody else to release it.")


def released(steps: Steps, where: str, client: Client) -> None:
    """By the deputy, who reads nothing of it."""
    steps.go("/")
    steps.sees("Copies to release")
    steps.follow(steps.page.locator(f"a[href='{where}']").first)
    steps.reads(client.reference)
    steps.does_not_read("Bonnafous")
    steps.press("Release the copy")
    steps.sees("The copy is released. It is being made.")
    steps.press("Home")


def takes(steps: Steps, where: str) -> bytes:
    """Once the worker has made it: the page says so when it is loaded again."""
    for _ in range(60):
        steps.go(where, look=False)
        if steps.page.get_by_role("button", name=steps.named("Take the file")).count():
            break
        steps.page.wait_for_timeout(500)
    steps.look_at()
    taken = steps.take("Take the file")
    steps.press("Copies for the client")
    return taken
