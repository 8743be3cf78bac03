"""Conflicts of interest: stepping back, being marked, lifting, and what nobody may mark."""

from __future__ import annotations

from uuid import uuid4

import pytest

from clients.access import people
from clients.models import Client, Conflict, Draft
from tests.making import acts
from tests.making.acts import NOTHING, sees
from tests.making.clients import assign, new_client
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit


def conflicts_of(by: Someone, client: Client) -> list[Conflict]:
    """Conflicts about a client that somebody sees."""
    with by.actor().transaction():
        return list(Conflict.objects.filter(client=client).order_by("starts_at"))


def test_stepping_back_closes_the_record_at_once(cast: Cast, sign_in: SignIn) -> None:
    client, somebody = new_client(cast.coordinator), recruit(cast.north)
    assign(cast.coordinator, client, somebody)
    browser = sign_in(somebody)
    assert "I should not deal with this" in browser.get(f"/clients/{client.pk}/").content.decode()
    draft = {"client": str(client.pk), "key": str(uuid4()), "text": "Half a sentence"}
    assert browser.post("/drafts/save/", draft).status_code == 302
    refused = browser.post(f"/clients/{client.pk}/not-for-me/", {"sent": "yes"})
    assert "Choose the reason" in refused.content.decode()
    done = browser.post(f"/clients/{client.pk}/not-for-me/", {"reason": "family"}, follow=True)
    assert "This record is closed to you" in done.content.decode()
    hidden, absent = (browser.get(f"/clients/{pk}/") for pk in (client.pk, uuid4()))
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert sees(somebody, client) == NOTHING
    assert client.reference not in browser.get("/").content.decode()
    with somebody.actor().transaction():
        assert not Draft.objects.filter(client=client).exists()
    page = sign_in(cast.coordinator).get(f"/clients/{client.pk}/conflicts/").content.decode()
    assert "Themself" in page and "Family, or living together" in page


def test_coordinator_marks_and_lifts(cast: Cast, sign_in: SignIn) -> None:
    client, somebody = new_client(cast.coordinator), recruit(cast.north)
    assign(cast.coordinator, client, somebody)
    browser = sign_in(cast.coordinator)
    address = f"/clients/{client.pk}/conflicts/new/"
    assert (
        browser.post(address, {"person": str(somebody.id), "reason": "friend"}).status_code == 302
    )
    assert sign_in(somebody).get(f"/clients/{client.pk}/").status_code == 404
    assert str(somebody.id) not in browser.get(address).content.decode()
    offered = browser.get(f"/clients/{client.pk}/who-may-see/new/").content.decode()
    assert str(somebody.id) not in offered
    [marked] = conflicts_of(cast.coordinator, client)
    stale = sign_in(cast.coordinator, fresh=False).post(f"/conflicts/{marked.pk}/end/")
    assert (stale.status_code == 302 and "/sign-in" in stale["Location"]) or "again" in stale[
        "Location"
    ]
    assert "Lifted." in browser.post(f"/conflicts/{marked.pk}/end/", follow=True).content.decode()
    again = browser.post(f"/conflicts/{marked.pk}/end/", follow=True).content.decode()
    assert "had been lifted already" in again
    assert sees(somebody, client) == NOTHING  # what ended does not come back by itself
    assert str(somebody.id) in browser.get(address).content.decode()


def test_nobody_lifts_their_own(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    judge = recruit(cast.north, "coordinator")
    made = acts.conflict(cast.coordinator, judge, client=client)
    between = acts.conflict(judge, judge, colleague=cast.volunteer)
    browser = sign_in(judge)
    assert browser.post(f"/conflicts/{made}/end/").status_code == 404
    assert browser.post(f"/conflicts/{between}/end/").status_code == 403
    assert browser.get(f"/clients/{client.pk}/conflicts/").status_code == 404


def test_last_coordinator_is_warned(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    alone = recruit(cast.north, "coordinator")
    browser = sign_in(alone)
    address = f"/clients/{client.pk}/not-for-me/"
    assert "Nobody else coordinates" not in browser.get(address).content.decode()
    with cast.coordinator.actor().transaction():
        others = people.coordinators(cast.north) - {alone.id}
    for other in others:
        acts.conflict(alone, Someone(other, "", cast.north), client=client)
    assert "Nobody else coordinates" in browser.get(address).content.decode()
    asked = browser.post(address, {"reason": "work"}).content.decode()
    assert "tick the box" in asked and sees(alone, client) != NOTHING
    assert browser.post(address, {"reason": "work", "alone": "on"}).status_code == 302
    assert sees(alone, client) == NOTHING


def test_colleagues_are_kept_apart(cast: Cast, sign_in: SignIn) -> None:
    first, second = recruit(cast.north), recruit(cast.north)
    browser = sign_in(cast.coordinator)
    address = f"/people/{first.id}/conflicts/"
    assert "Conflicts of interest" in browser.get(f"/people/{first.id}/").content.decode()
    assert "Nothing is marked" in browser.get(address).content.decode()
    mark = {"person": str(second.id), "reason": "work"}
    assert browser.post(f"{address}new/", mark).status_code == 302
    assert "Work, money or care" in browser.get(address).content.decode()
    # Neither reads that they were marked; each sees only what they marked themself.
    for somebody in (first, second):
        page = sign_in(somebody).get(f"/people/{somebody.id}/conflicts/").content.decode()
        assert "Nothing is marked" in page
    for outsider in (cast.volunteer, cast.outsider, cast.south_coordinator, cast.protection):
        assert sign_in(outsider).get(address).status_code == 403


def test_office_that_checks_is_not_marked_by_a_coordinator(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.coordinator)
    mark = {"person": str(cast.president.id), "reason": "friend"}
    page = browser.post(f"/people/{cast.volunteer.id}/conflicts/new/", mark).content.decode()
    assert "This is not possible for this person" in page


@pytest.mark.parametrize("reason", ["", "because"])
def test_reason_is_one_of_the_codes(cast: Cast, sign_in: SignIn, reason: str) -> None:
    client = new_client(cast.volunteer)
    page = sign_in(cast.volunteer).post(f"/clients/{client.pk}/not-for-me/", {"reason": reason})
    assert page.status_code == 200
    assert sees(cast.volunteer, client) != NOTHING
