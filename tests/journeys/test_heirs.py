"""Somebody has died: whom they wanted told is told, and what a daughter asks is decided by two people."""

from __future__ import annotations

import re

import pytest

from tests.journeys.walk import Walker
from tests.making.clients import new_client
from tests.making.directives import dies, wish
from tests.making.people import Cast, recruit

pytestmark = pytest.mark.browser


def test_people_are_told_and_a_daughter_asks(walk: Walker, cast: Cast) -> None:
    volunteer = recruit(cast.north)
    client = new_client(volunteer, "Isaure", "Fontbelle")
    wish(volunteer, client, told="Claire Fontbelle, 06 39 98 00 21", executor="Claire Fontbelle")
    dies(cast.coordinator, client)
    walk.private += ["Isaure", "Fontbelle", "Claire"]
    steps = walk.person(volunteer)
    steps.go("/")
    steps.sees("To be told of a death")
    steps.go(f"/clients/{client.pk}/")
    steps.sees("What this person wanted")
    told = steps.page.get_by_role(
        "link", name=re.compile(steps.pattern("Note that they were told"))
    )
    steps.follow(told)
    steps.reads("06 39 98 00 21")
    steps.press("Save")
    steps.sees("It is noted. Thank you for telling them.")
    steps.press("Record a relative’s request")
    steps.sees("We are sorry for your loss.")
    steps.fill("Name of whoever asks", "Claire Fontbelle")
    steps.choose("Named by the client in their directives")
    steps.choose("Digital goods, or family memories")
    steps.press("Save")
    steps.is_at("/heirs/ID/")
    where = steps.path

    coordinator = walk.person(cast.coordinator)
    coordinator.go("/heirs/")
    coordinator.sees("Requests of heirs")
    coordinator.go(where)
    coordinator.press("Propose an answer")
    coordinator.sees("They may not read what the person told us. In doubt the answer is no.")
    coordinator.fill("Your reasons", "The paper is missing.")
    coordinator.press("Propose this answer")
    coordinator.sees("Proposed. A second person has to agree.")

    lead = walk.person(cast.protection)
    lead.go(where)
    lead.does_not_read("Claire")
    lead.press("Look, and decide")
    lead.choose("I agree")
    lead.choose("I have looked at what was asked, and at the proof")
    lead.press("Save")
    lead.sees("It is decided. Nothing was given by it.")
    coordinator.go(where)
    coordinator.sees("Tell them the reasons above, in these words, and this:")


def test_my_data_and_a_question_about_them(walk: Walker, cast: Cast) -> None:
    """Somebody of the team looks at what is held, asks, and the lead answers."""
    volunteer = recruit(cast.north)
    steps = walk.person(volunteer)
    steps.go("/account/")
    steps.press("My data")
    steps.sees("What must stay, and why")
    steps.press("Ask for a correction or an erasure, or object")
    steps.choose("Object to a use (Art. 21)")
    steps.fill("In your own words", "No name in the newsletter.")
    steps.press("Send")
    steps.sees("It is noted. You get an answer within a month.")
    steps.press("Get a copy to print")

    lead = walk.person(cast.protection)
    lead.go("/people/requests/")
    lead.follow(lead.page.get_by_role("link", name=re.compile(volunteer.working_name)))
    lead.reads("No name in the newsletter.")
    lead.choose("It is done")
    lead.fill("What you tell them", "It is left out from now on.")
    lead.press("Send the answer")
    lead.sees("Your answer is saved. They read it on their page.")
