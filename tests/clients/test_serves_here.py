"""A client who serves here: the record closes to them, whatever they are, through leaving and return."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.test import Client as Browser

from clients.models import Client, Conflict, Grant
from tests.making import acts
from tests.making.acts import ALL, NOTHING, WITHOUT_WORDS, sees
from tests.making.clients import assign, new_client
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit

ANY = re.compile(r"[0-9A-Za-z]{64}|[0-9a-f-]{36}|C-[0-9A-Z]{6}")


def emergency(browser: Browser, branch: Any, who: str) -> Any:
    """Try to open a record in an emergency."""
    data = {"branch": str(branch), "reason": "call", "who": who, "sure": "on"}
    return browser.post("/emergency/", data)


def mark(browser: Browser, client: Client, person: Someone, *named: Someone) -> Any:
    """The coordinator says which of us the client is."""
    data = {"person": str(person.id), "named": [str(each.id) for each in named], "sure": "on"}
    return browser.post(f"/clients/{client.pk}/serves-here/", data, follow=True)


@pytest.fixture
def nora(cast: Cast) -> Someone:
    """A volunteer of the north who is supported here as well."""
    return recruit(cast.north)


def test_own_record_is_refused_in_an_emergency_like_an_absent_one(
    cast: Cast, sign_in: SignIn, nora: Someone
) -> None:
    client = new_client(cast.volunteer, "Nora", "Vasseur")
    _, before = acts.emergency(nora, client)
    assert before == client.pk  # any other record opens
    acts.end_emergencies(nora)
    page = mark(sign_in(cast.coordinator), client, nora, cast.volunteer).content.decode()
    assert "The record is closed to this person" in page and "this client is" in page
    assert acts.press_emergency(nora, client)[1] is None
    browser = sign_in(nora)
    own = emergency(browser, cast.north, client.reference)
    absent = emergency(browser, cast.north, "C-222222")
    assert (own.status_code, absent.status_code) == (200, 200)
    assert ANY.sub("-", own.content.decode()) == ANY.sub("-", absent.content.decode())
    for pk in (client.pk, uuid4()):
        assert browser.get(f"/clients/{pk}/").status_code == 404
    assert sees(nora, client) == NOTHING
    # Whom the client named keeps it; the branch's other coordinators do not have it any more.
    assert sees(cast.volunteer, client) == ALL
    assert sees(cast.coordinator, client) == WITHOUT_WORDS
    assert sees(cast.deputy, client) == NOTHING


def test_it_ends_what_they_had_and_nothing_opens_it_again(
    cast: Cast, sign_in: SignIn, nora: Someone
) -> None:
    client = new_client(cast.coordinator)
    assign(cast.coordinator, client, nora)
    assert sees(nora, client) == ALL
    mark(sign_in(cast.coordinator), client, nora)
    assert sees(nora, client) == NOTHING
    with pytest.raises(Exception, match="must not deal with this client"):
        assign(cast.coordinator, client, nora)
    with pytest.raises(Exception, match="not permitted"):
        acts.call(nora, "consultable(%s)", client.pk) or acts.conflict(nora, nora, client=client)


def test_it_lasts_when_she_becomes_coordinator_and_through_leaving(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection, nora: Someone
) -> None:
    client = new_client(cast.volunteer)
    mark(sign_in(cast.coordinator), client, nora, cast.volunteer)
    lead = recruit(cast.north, "coordinator")
    superuser.execute(
        "UPDATE clients_conflict SET person_id = %s WHERE person_id = %s", [lead.id, nora.id]
    )
    assert sees(lead, client) == NOTHING
    with pytest.raises(Exception, match=r"must not deal|not permitted"):
        acts.call(cast.coordinator, "protect(%s, true, %s::uuid[])", client.pk, [lead.id])
    superuser.execute("UPDATE volunteers_person SET left_at = now() WHERE user_id = %s", [lead.id])
    superuser.execute("UPDATE volunteers_person SET left_at = NULL WHERE user_id = %s", [lead.id])
    assert sees(lead, client) == NOTHING
    made = acts.complain(cast.protection, client, "association", None)
    assert sign_in(lead).get(f"/complaints/{made}/").status_code == 404


def test_only_the_named_read_it_and_no_list_shows_it(
    cast: Cast, sign_in: SignIn, nora: Someone
) -> None:
    client, other = new_client(cast.volunteer), recruit(cast.north, "coordinator")
    browser = sign_in(cast.coordinator)
    mark(browser, client, nora, cast.volunteer)
    for someone, seen in [
        (cast.coordinator, 1),
        (cast.volunteer, 1),
        (other, 0),
        (cast.deputy, 0),
        (nora, 0),
        (cast.president, 0),
        (cast.protection, 0),
    ]:
        with someone.actor().transaction():
            assert Conflict.objects.filter(client=client).count() == seen, someone.username
    listed = browser.get(f"/clients/{client.pk}/conflicts/").content.decode()
    assert nora.username.title() not in listed
    for address in (f"/people/{nora.id}/", f"/people/{nora.id}/conflicts/"):
        assert client.reference not in browser.get(address).content.decode()
    log = sign_in(cast.protection).get("/log/").content.decode()
    assert "one of our team" not in log and "is this person" not in log
    # It stays protected while it is noted; a mistake is taken back by whoever coordinates the record.
    kept = browser.post(f"/clients/{client.pk}/protect/end/", follow=True).content.decode()
    assert "stays protected while a client serves here" in kept
    with cast.coordinator.actor().transaction():
        [tie] = Conflict.objects.own().filter(client=client)
    assert sign_in(nora).post(f"/conflicts/{tie.pk}/end/").status_code == 404
    browser.post(f"/conflicts/{tie.pk}/end/")
    browser.post(f"/clients/{client.pk}/protect/end/")
    assert sees(cast.deputy, client) == WITHOUT_WORDS


def test_person_says_so_and_learns_nothing(cast: Cast, sign_in: SignIn, nora: Someone) -> None:
    client = new_client(cast.volunteer)
    browser = sign_in(nora)
    assert "I am supported here too" in browser.get("/account/").content.decode()
    said = {
        name: browser.post("/account/own-record/", {"name": name}, follow=True).content.decode()
        for name in (client.reference.lower(), "C-222222")
    }
    hidden, absent = (ANY.sub("-", page) for page in said.values())
    assert hidden == absent and "If there is such a record" in hidden
    assert acts.press_emergency(nora, client)[1] is None
    # Nobody was named yet, so nobody reads it; and nobody else lost the record.
    with cast.coordinator.actor().transaction():
        assert not Conflict.objects.filter(client=client).exists()
    assert sees(cast.volunteer, client) == ALL
    assert sign_in(nora, fresh=False).get("/account/own-record/").status_code == 302


def test_last_coordinator_who_is_named_names_another_first(cast: Cast, sign_in: SignIn) -> None:
    lead = recruit(cast.north, "coordinator")
    client = new_client(lead)
    acts.call(lead, "protect(%s, true, '{}')", client.pk)
    page = sign_in(lead).post("/account/own-record/", {"name": client.reference}).content.decode()
    assert "This is not possible now." in page
    with lead.actor().transaction():
        assert Grant.objects.live().filter(client=client, scope="named").exists()


def test_hidden_client_is_refused_like_an_absent_one(cast: Cast, nora: Someone) -> None:
    hidden = new_client(cast.outsider).pk
    for who in (cast.coordinator, cast.volunteer, nora):
        for pk in (hidden, uuid4()):
            with pytest.raises(Exception, match="not permitted"):
                acts.call(who, "mark_serves(%s, %s, %s, '{}')", uuid4(), cast.colleague.id, pk)
