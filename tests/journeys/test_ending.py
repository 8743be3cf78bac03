"""A death is noted: what ends is said before, and the coordinator reads it on the first page."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests.journeys.walk import Walker
from tests.making.clients import new_client
from tests.making.people import Cast, recruit

pytestmark = pytest.mark.browser


def test_a_death_is_noted(walk: Walker, cast: Cast) -> None:
    """By the volunteer, on the record; nobody has to be told by telephone that the space is still open."""
    volunteer = recruit(cast.north)
    client = new_client(volunteer, "Isaure", "Fontbelle")
    walk.private += ["Isaure", "Fontbelle"]
    steps = walk.person(volunteer)
    steps.go(f"/clients/{client.pk}/")
    steps.unfold("More: wishes, restriction, end of the support")
    steps.press("End the support, or note a death")
    steps.sees("Those who support this person, and the coordinators, read it on their home page.")
    steps.choose("The person has died")
    steps.fill_date("Since", timezone.localdate())
    steps.press("Yes, save this")
    steps.is_at("/clients/ID/")
    steps.sees("It is noted. Take the time you need; your coordinator is there for you too.")
    steps.does_not_see("The client wants to see their record online")
    steps.press("Who may know")
    steps.sees(
        "What the client allowed others to be told ends with it: nobody outside is told anything any more."
    )
    coordinator = walk.person(cast.coordinator)
    coordinator.go("/")
    coordinator.sees("Who has died, or is no longer supported")
    coordinator.reads("Isaure Fontbelle")
