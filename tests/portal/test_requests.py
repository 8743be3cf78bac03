"""What a client asks in their space: an answer is announced once, a request taken back, and quiet stays quiet."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError
from django.test import Client as Browser

from audit import door
from components.dates import written
from rights.models import SubjectRequest, SubjectRequestWords
from rights.requests import actions
from tests.making import acts
from tests.making.clients import new_client
from tests.making.people import Cast, Someone
from tests.making.spaces import Space, Spaces, confirm_portal, open_space

SignIn = Callable[..., Browser]
NEW = "/my-space/requests/new/"


def asked_in(own: Space, kind: str = "access") -> SubjectRequest:
    """A request made in somebody's space."""
    assert own.browser.post(NEW, {"kind": kind, "words": "All of it."}).status_code == 302
    with Someone(own.user, "", None).actor().transaction():
        return SubjectRequest.objects.get(client=own.client)


def answer(by: Someone, asked: SubjectRequest, text: str) -> None:
    with by.actor().transaction() as actor:
        asked = SubjectRequest.objects.get(pk=asked.pk)
        keys = door.open_one(actor, asked.client_id, "request.view", "request")
        words = SubjectRequestWords.objects.get(request=asked).unlock(keys)
        said = {"words": words, "revision": words.revision, "text": text, "refused": False}
        actions.answer(by=actor, request=asked, **said)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["restriction", "portability", "objection", "withdrawal"])
def test_each_kind_is_asked_in_the_space(cast: Cast, space: Spaces, kind: str) -> None:
    own = space()
    assert asked_in(own, kind).kind == kind
    assert own.browser.get("/my-space/requests/").status_code == 200


def test_the_day_on_the_page_is_the_one_that_is_kept(space: Spaces) -> None:
    """Counted once, by the database."""
    own = space()
    due = acts.call(Someone(own.user, "", None), "own_answer_due()")
    assert written(due) in own.browser.get(NEW).content.decode()
    assert asked_in(own).due_on == due


def test_an_answer_is_announced_until_it_was_read(cast: Cast, space: Spaces) -> None:
    own = space()
    asked = asked_in(own)
    home = "/my-space/"
    assert "An answer is waiting" not in own.browser.get(home).content.decode()
    answer(cast.coordinator, asked, "It lies in the branch for you.")
    assert "An answer is waiting" in own.browser.get(home).content.decode()
    assert "It lies in the branch" in own.browser.get("/my-space/requests/").content.decode()
    assert "An answer is waiting" not in own.browser.get(home).content.decode()
    with cast.coordinator.actor().transaction():
        assert not SubjectRequest.objects.get(pk=asked.pk).to_tell


def test_a_request_is_taken_back_until_it_is_answered(cast: Cast, space: Spaces) -> None:
    own, other = space(), space()
    asked = asked_in(own)
    where = f"/my-space/requests/{asked.pk}/end/"
    assert other.browser.post(where).status_code == 404
    assert own.browser.get(where).status_code == 200
    assert own.browser.post(where).status_code == 302
    assert "Taken back" in own.browser.get("/my-space/requests/").content.decode()
    assert own.browser.post(where).status_code == 404
    with pytest.raises(IntegrityError), cast.coordinator.actor().transaction() as actor:
        SubjectRequest.objects.filter(pk=asked.pk).update(state="done", handled_by_id=actor.person)


def test_nobody_takes_it_back_for_the_client(cast: Cast, space: Spaces) -> None:
    asked = asked_in(space())
    with pytest.raises(IntegrityError), cast.coordinator.actor().transaction() as actor:
        rows = SubjectRequest.objects.filter(pk=asked.pk)
        rows.update(state="taken_back", handled_by_id=actor.person)


def test_an_answered_request_is_not_taken_back(cast: Cast, space: Spaces) -> None:
    own = space()
    asked = asked_in(own)
    answer(cast.coordinator, asked, "It lies in the branch for you.")
    with Someone(own.user, "", None).actor().transaction():
        assert not SubjectRequest.objects.filter(pk=asked.pk).update(state="taken_back")


def test_more_time_is_told_with_its_reasons(cast: Cast, space: Spaces) -> None:
    own = space()
    asked = asked_in(own)
    with cast.coordinator.actor().transaction() as actor:
        keys = door.open_one(actor, own.client.pk, "request.view", "request")
        reasons = "Four hundred pages on paper."
        actions.note(by=actor, request=asked, keys=keys, kind="extend", words=reasons)
        actions.note(by=actor, request=asked, keys=keys, kind="founded", how="yes")
    shown = own.browser.get("/my-space/requests/").content.decode()
    assert "We need more time" in shown
    assert "Four hundred pages on paper." in shown


def test_quiet_offers_nothing_that_tells_of_more(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    user = open_space(cast.volunteer.actor(), client.pk, quiet=True)
    confirm_portal(client)
    browser = sign_in(user)
    page = browser.get(NEW).content.decode()
    for kind in ("correction", "deletion", "access", "restriction", "objection"):
        assert f'value="{kind}"' in page
    for kind in ("portability", "withdrawal"):
        assert f'value="{kind}"' not in page
        assert browser.post(NEW, {"kind": kind, "words": "x"}).status_code == 200
    own = Space(client, user, browser, "")
    asked = asked_in(own)
    answer(cast.coordinator, asked, "It lies in the branch for you.")
    assert "An answer is waiting" in browser.get("/my-space/").content.decode()
    with cast.coordinator.actor().transaction() as actor:
        assert not SubjectRequest.objects.get(pk=asked.pk).to_tell
        keys = door.open_one(actor, client.pk, "request.record", "request")
        got = actions.Received(how="phone", quality="self", identity="met")
        told = {"kind": "access", "words": "By telephone.", "received": got}
        by_phone = actions.ask(by=actor, client=client, keys=keys, **told)  # type: ignore[arg-type]
    answer(cast.deputy, by_phone, "We told you.")
    browser.get("/my-space/requests/")
    assert "By telephone." not in browser.get("/my-space/requests/").content.decode()
    assert "An answer is waiting" not in browser.get("/my-space/").content.decode()
    assert browser.post(f"/my-space/requests/{by_phone.pk}/end/").status_code == 404
    with cast.coordinator.actor().transaction():  # the quiet space does not show it
        assert SubjectRequest.objects.get(pk=by_phone.pk).to_tell
