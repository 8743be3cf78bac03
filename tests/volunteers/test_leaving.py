"""Leaving: one act of the president, the coordinator or the person; the reminder; what does not come back."""

from __future__ import annotations

import threading
from typing import Any
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connections
from django.test import Client as Browser

from audit.models import Event
from clients.models import Client, Draft, Grant
from tests.making.acts import consult
from tests.making.clients import new_client
from tests.making.pages import SignIn
from tests.making.people import PASSWORD, Cast, Someone, recruit
from tests.making.principals import factors_of
from volunteers.actions import leaving, second_factors, signing_in
from volunteers.models import Departure, Factor, Person, PersonDetails, Session, Undertaking, User


def leave(browser: Browser, who: Someone, **more: Any) -> Any:
    return browser.post(f"/people/{who.id}/leave/", **more)


def departure_of(cast: Cast, who: Someone) -> Departure:
    with cast.president.actor().transaction():
        return Departure.objects.get(person=who.id)


@pytest.mark.parametrize("by", ["coordinator", "president"])
def test_everything_ends_in_one_act(by: str, cast: Cast, sign_in: SignIn) -> None:
    leaver, colleague = recruit(cast.north), recruit(cast.north)
    client = new_client(leaver)
    consult(leaver, colleague, client)
    theirs, browser = sign_in(leaver), sign_in(getattr(cast, by))
    theirs.post("/drafts/", {"client": str(client.pk), "key": str(uuid4()), "text": "Half"})
    asks = browser.get(f"/people/{leaver.id}/leave/").content.decode()
    assert "Volunteer" in asks
    assert "cannot be undone" in asks
    assert "what is left to do" in leave(browser, leaver, follow=True).content.decode()
    after = theirs.get(f"/clients/{client.pk}/")
    assert after.status_code == 302
    assert after["Location"].startswith("/sign-in/")
    assert not Session.objects.filter(user_id=leaver.id).exists()
    with leaver.actor().transaction() as actor:
        assert actor.person is None
        assert not Client.objects.exists()
        assert not Draft.objects.exists()
    with cast.coordinator.actor().transaction():
        assert not Grant.objects.unended().filter(person=leaver.id).exists()
        assert not Grant.objects.live().filter(granted_by=leaver.id, basis="consultation").exists()
        assert Person.objects.get(pk=leaver.id).working_name
    with cast.president.actor().transaction():
        assert Undertaking.objects.filter(person=leaver.id).exists()
    with cast.protection.actor().transaction():
        assert Event.objects.filter(action="person.leave", subject=leaver.id).count() == 1


def test_sign_in_fails_like_a_wrong_password(cast: Cast, sign_in: SignIn) -> None:
    leaver, stays = recruit(cast.north), recruit(cast.north)
    leaving.leave(by=cast.president.actor(), person=leaver.id)

    def answer(username: str, password: str) -> tuple[int, str]:
        page = Browser().post("/sign-in/", {"username": username, "password": password})
        text = page.content.decode()
        return page.status_code, text[text.index("error-summary") :][:600].replace(username, "NAME")

    assert answer(leaver.username, PASSWORD)[1][:300] == answer(stays.username, "wrong")[1][:300]
    with pytest.raises(User.DoesNotExist):
        signing_in.recover(leaver.username)


def test_trusted_device_and_half_made_sign_ins_are_dead(cast: Cast, sign_in: SignIn) -> None:
    leaver = recruit(cast.north)
    user = User.objects.get(pk=leaver.id)
    second_factors.new_codes(by=leaver.actor(), user=user)
    assert factors_of(user.pk) == {Factor.CODES}
    browser = Browser()
    browser.post("/sign-in/", {"username": leaver.username, "password": PASSWORD})
    assert browser.get("/sign-in/code/").status_code == 200
    half_made = sign_in(leaver)
    leaving.leave(by=cast.president.actor(), person=leaver.id)
    assert factors_of(user.pk) == set()  # and with them what trusted devices were trusted for
    assert browser.get("/sign-in/code/").status_code == 302
    assert half_made.get("/join/second-factor/")["Location"].startswith("/sign-in/")


def test_a_person_leaves_by_themself_and_sees_the_reminder(cast: Cast, sign_in: SignIn) -> None:
    leaver = recruit(cast.north)
    new_client(leaver)
    browser, other = sign_in(leaver), sign_in(leaver)
    assert browser.get("/account/leave/reminder/").content.startswith(b"%PDF")
    assert "Leaving the association" in browser.get("/account/leave/").content.decode()
    goodbye = browser.post("/account/leave/")
    text = goodbye.content.decode()
    assert goodbye.status_code == 200
    assert "What goes on" in text
    assert "Les Mains" in text
    assert "cache" in goodbye["Clear-Site-Data"]
    for name in (leaver.username, "Main menu", "Sign out"):
        assert name not in text
    for one in (browser, other):
        assert one.get("/")["Location"].startswith("/sign-in/")
    assert departure_of(cast, leaver).by_id == leaver.id


def test_leaving_asks_for_a_fresh_sign_in(cast: Cast, sign_in: SignIn) -> None:
    leaver = recruit(cast.north)
    for path, someone in [
        (f"/people/{leaver.id}/leave/", cast.coordinator),
        ("/account/leave/", leaver),
    ]:
        assert "next=" in sign_in(someone, fresh=False).post(path)["Location"]
    with pytest.raises(ProgrammingError, match="not permitted"):
        leaving.leave(by=cast.coordinator.actor(fresh=False), person=leaver.id)


def test_who_may_not_part_with_whom(cast: Cast, sign_in: SignIn) -> None:
    for by, who, status in [
        (cast.volunteer, cast.colleague, 403),
        (cast.south_coordinator, cast.volunteer, 403),
        (cast.coordinator, cast.deputy, 403),
        (cast.coordinator, cast.president, 403),
        (cast.protection, cast.volunteer, 403),
        (cast.administrator, cast.volunteer, 403),
        (cast.president, cast.president, 302),
    ]:
        assert leave(sign_in(by), who).status_code == status, by.username
        with pytest.raises(ProgrammingError, match="not permitted"):
            leaving.leave(by=by.actor(), person=who.id)
    assert (
        "when the next one is there"
        in sign_in(cast.president).get("/account/leave/").content.decode()
    )
    assert sign_in(cast.president).post("/account/leave/").status_code == 200
    assert sign_in(cast.president).get("/").status_code == 200
    assert leave(sign_in(cast.coordinator), Someone(uuid4(), "", None)).status_code == 404


def test_leaving_twice_and_at_once_is_leaving_once(cast: Cast, sign_in: SignIn) -> None:
    leaver = recruit(cast.north)
    given: list[str] = []

    def go(by: Someone) -> None:
        try:
            leaving.leave(by=by.actor(), person=leaver.id)
            given.append("left")
        except ProgrammingError:
            given.append("refused")
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=go, args=[by])
        for by in (cast.president, cast.coordinator, cast.deputy)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == ["left", "refused", "refused"]
    assert leave(sign_in(cast.coordinator), leaver).status_code == 404


def test_reminder_is_noted_once_by_whom_it_concerns(cast: Cast, sign_in: SignIn) -> None:
    leaver = recruit(cast.north)
    departure = leaving.leave(by=cast.coordinator.actor(), person=leaver.id)
    browser, at = sign_in(cast.deputy), f"/departures/{departure}/"
    assert "Reminder not given yet" in browser.get("/people/").content.decode()
    assert "Reminder not given yet" in sign_in(cast.president).get("/").content.decode()
    assert browser.get(at + "reminder/").content.startswith(b"%PDF")
    browser.post(at + "noted/", {"what": "burnt"})
    assert departure_of(cast, leaver).reminder == "pending"
    for someone in (cast.volunteer, cast.south_coordinator, cast.administrator):
        assert sign_in(someone).get(at).status_code == 404
        assert sign_in(someone).post(at + "noted/", {"what": "signed"}).status_code == 404
    sign_in(cast.protection).post(at + "noted/", {"what": "signed"})
    assert departure_of(cast, leaver).reminder == "pending"
    page = browser.post(at + "noted/", {"what": "refused"}, follow=True).content.decode()
    assert "Signature refused" in page
    browser.post(at + "noted/", {"what": "signed"})
    assert departure_of(cast, leaver).reminder == "refused"


# ---- volunteers' own data (P12)


def test_private_details_are_for_the_coordinator_and_every_look_is_logged(
    cast: Cast, sign_in: SignIn
) -> None:
    someone = recruit(cast.north)
    sign_in(someone).post(
        "/account/details/",
        {
            "full_name": "Jeanne Quatrevents",
            "phone": "07 11 22 33 55",
            "address": "",
            "revision": "0",
        },
    )

    def looks() -> int:
        with cast.protection.actor().transaction():
            return Event.objects.filter(action="person.view", subject=someone.id).count()

    before = looks()
    for reader in (
        cast.volunteer,
        cast.south_coordinator,
        cast.president,
        cast.protection,
        cast.administrator,
    ):
        page = sign_in(reader).get(f"/people/{someone.id}/").content.decode()
        assert "Recruit-" in page
        assert "Quatrevents" not in page
        assert "07 11 22 33 55" not in page
        with reader.actor().transaction():
            assert not PersonDetails.objects.filter(person=someone.id).exists()
    assert looks() == before
    assert "Quatrevents" in sign_in(cast.coordinator).get(f"/people/{someone.id}/").content.decode()
    assert looks() == before + 1
    bare = recruit(cast.north)
    sign_in(cast.coordinator).get(f"/people/{bare.id}/")
    with cast.protection.actor().transaction():
        assert Event.objects.filter(action="person.view", subject=bare.id).count() == 1


def test_whoever_has_no_duty_or_has_left_sees_no_colleague(cast: Cast, sign_in: SignIn) -> None:
    idle, leaver = recruit(cast.north), recruit(cast.north)
    with idle.actor().transaction():
        assert Person.objects.count() > 1
        duty = idle_duty(idle)
    sign_in(cast.president).post(f"/duties/{duty}/end/")
    leaving.leave(by=cast.president.actor(), person=leaver.id)
    for someone, own in ((idle, [idle.id]), (leaver, [])):
        with someone.actor().transaction():
            assert list(Person.objects.values_list("pk", flat=True)) == own
    browser = sign_in(idle)
    page = browser.get("/people/").content.decode()
    assert "You hold no duty at the moment" in page
    assert "Coordinator" not in page
    assert browser.get(f"/people/{cast.coordinator.id}/").status_code == 404
    assert browser.get("/account/").status_code == 200


def idle_duty(someone: Someone) -> Any:
    from volunteers.models import Duty

    return Duty.objects.get(person=someone.id).pk
