"""A client changes branch: what ends, who sees it then, what must be finished first."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from django.db import ProgrammingError
from django.test import Client as Browser

from clients.handover import actions as handover
from clients.models import Client
from clients.records.actions import taking_in
from disclosures.actions import requests
from disclosures.models import Disclosure
from tests.making import disclosures
from tests.making.acts import ALL, NOTHING, WITHOUT_WORDS, call, consult, sees
from tests.making.clients import new_client
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from vault.exceptions import Refused

pytestmark = pytest.mark.usefixtures("long_lists")


def move(browser: Browser, client: Client, branch: object, **more: str) -> object:
    return browser.post(f"/clients/{client.pk}/move/", {"branch": str(branch), **more})


def test_client_leaves_the_branch_in_one_act(cast: Cast, sign_in: SignIn) -> None:
    owner, asked = recruit(cast.north), recruit(cast.north)
    client = new_client(owner)
    consult(owner, asked, client)
    browser = sign_in(cast.coordinator)
    asks = browser.get(f"/clients/{client.pk}/move/").content.decode()
    assert "Everybody in North stops seeing this record" in asks
    answer = browser.post(f"/clients/{client.pk}/move/", {"branch": str(cast.south)}, follow=True)
    assert "belongs to the other branch now" in answer.content.decode()
    assert sees(owner, client) == NOTHING
    assert sees(asked, client) == NOTHING
    assert sees(cast.coordinator, client) == NOTHING
    assert sees(cast.south_coordinator, client) == WITHOUT_WORDS
    assert browser.get(f"/clients/{client.pk}/").status_code == 404
    south = sign_in(cast.south_coordinator)
    assert client.reference in south.get("/clients/?show=unassigned&state=open").content.decode()
    who = south.get(f"/clients/{client.pk}/who-may-see/").content.decode()
    now, _, ended = who.partition("Ended before")
    assert "South Coordinator" in now
    assert "Deputy" not in now
    assert "Deputy" in ended


def test_new_branch_checks_who_it_is_and_recognises(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(recruit(cast.north), "Ysaline", "Quatremère")
    move(sign_in(cast.coordinator), client, cast.south)
    who = {"given_name": "Ysaline", "family_name": "Quatremère"}

    def known() -> list[object]:
        with cast.south_coordinator.actor().transaction() as actor:
            found = []
            for phone in ({}, {"phone": "06 39 98 11 22"}):
                found += taking_in.seems_known(
                    by=actor,
                    branch=cast.south,
                    identity=who if not phone else {},
                    safe_contact=phone,
                )
            return [pk for pk in found if pk == client.pk]

    browser = sign_in(cast.south_coordinator)
    assert "came from another branch" in browser.get(f"/clients/{client.pk}/").content.decode()
    assert known() == []
    browser.post(f"/clients/{client.pk}/identity/", {"revision": "1", "language": "fr", **who})
    assert known() == [client.pk, client.pk]
    assert "came from another branch" not in browser.get(f"/clients/{client.pk}/").content.decode()


def test_unfinished_disclosure_is_finished_first(cast: Cast, sign_in: SignIn) -> None:
    made = disclosures.asked(cast)
    client, browser = made.client, sign_in(cast.coordinator)
    page = browser.get(f"/clients/{client.pk}/move/").content.decode()
    assert "Finish this first" in page
    assert f"/disclosures/{made.pk}/" in page
    assert move(browser, client, cast.south).status_code == 200  # type: ignore[attr-defined]
    with cast.coordinator.actor().transaction() as actor, pytest.raises(Refused):
        handover.move(by=actor, client=client, branch=cast.south)
    assert sees(cast.coordinator, client) == WITHOUT_WORDS
    with cast.coordinator.actor().transaction() as actor:
        keys = disclosures.opened(actor, made, "disclosure.view")
        requests.cancel(by=actor, disclosure=made, keys=keys, reason="The client moves.")
    assert move(browser, client, cast.south).status_code == 302  # type: ignore[attr-defined]
    with cast.south_coordinator.actor().transaction():
        assert Disclosure.objects.get(pk=made.pk).branch_id == cast.south


def test_moving_asks_for_a_fresh_sign_in(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.coordinator)
    answer = move(sign_in(cast.coordinator, fresh=False), client, cast.south)
    assert "next=" in answer["Location"]  # type: ignore[index]
    with cast.coordinator.actor(fresh=False).transaction() as actor:
        with pytest.raises(ProgrammingError, match="not permitted"):
            handover.move(by=actor, client=client, branch=cast.south)


@pytest.mark.parametrize("who", ["volunteer", "south_coordinator", "president", "protection"])
def test_nobody_else_moves_a_client(cast: Cast, who: str) -> None:
    client = new_client(cast.volunteer)
    someone: Someone = getattr(cast, who)
    with (
        someone.actor().transaction() as actor,
        pytest.raises(ProgrammingError, match="not permitted"),
    ):
        handover.move(by=actor, client=client, branch=cast.south)
    assert sees(cast.volunteer, client) == ALL


def test_nobody_moves_to_nowhere_or_takes_a_second_turn(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.coordinator)
    browser = sign_in(cast.coordinator)
    for branch in (uuid4(), cast.north, "x"):
        assert move(browser, client, branch).status_code == 200  # type: ignore[attr-defined]
    assert move(browser, client, cast.south).status_code == 302  # type: ignore[attr-defined]
    assert move(browser, client, cast.south).status_code == 404  # type: ignore[attr-defined]


def test_protected_record_goes_to_somebody_named(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(recruit(cast.north))
    call(cast.coordinator, "protect(%s, true, %s::uuid[])", client.pk, [])
    browser = sign_in(cast.coordinator)
    assert (
        "Who takes over this protected record?"
        in browser.get(f"/clients/{client.pk}/move/").content.decode()
    )
    assert "error-summary" in move(browser, client, cast.south).content.decode()  # type: ignore[attr-defined]
    taker = {"takes_over": str(cast.south_coordinator.id)}
    assert move(browser, client, cast.south, **taker).status_code == 302  # type: ignore[attr-defined]
    assert sees(cast.south_coordinator, client) == WITHOUT_WORDS


def test_branch_of_its_own_is_another_controller(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    client, browser = new_client(cast.coordinator), sign_in(cast.coordinator)
    superuser.execute("UPDATE volunteers_branch SET legal_body = false")  # other tests leave some
    assert "another controller" not in browser.get(f"/clients/{client.pk}/move/").content.decode()
    superuser.execute("UPDATE volunteers_branch SET legal_body = true WHERE id = %s", [cast.south])
    try:
        page = browser.get(f"/clients/{client.pk}/move/").content.decode()
    finally:
        superuser.execute(
            "UPDATE volunteers_branch SET legal_body = false WHERE id = %s", [cast.south]
        )
    assert "another controller" in page
    assert "South (a legal body of its own)" in page
