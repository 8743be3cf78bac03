"""What a client reads of the restriction of their record: in their space, in their copy, in words for them."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from django.db import connections
from django.urls import reverse

from audit import door
from clients.models import Client, ContactNote, Restriction
from rights.export.contents import Gatherer
from rights.export.document import as_document
from rights.models import SubjectRequest
from rights.requests import actions
from tests.making.agreements import say
from tests.making.clients import new_client
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone
from tests.making.restrictions import lift, restrict
from tests.making.spaces import Space, confirm_portal, open_space
from vault.exceptions import Refused

RECORD = reverse("portal_record")
NEW = reverse("portal_request_add")
LIFT_FIRST = "Answer their request first"


def asks(own: Space, kind: str) -> UUID:
    """By the press of a request in the space."""
    answer = own.browser.post(NEW, {"kind": kind, "words": "Leave it."})
    assert answer.status_code == 302
    with Someone(own.user, "", None).actor().transaction():
        return SubjectRequest.objects.filter(client=own.client).latest("made_at").pk


def restrictions_of(cast: Cast, client: Client) -> list[tuple[str, bool]]:
    """Ground, and whether it binds, the latest first."""
    with cast.coordinator.actor().transaction():
        rows = Restriction.objects.filter(client=client)
        return [(row.ground, row.ends_at is None) for row in rows]


@pytest.mark.parametrize(("kind", "ground"), [("restriction", "asked"), ("objection", "objection")])
def test_what_the_client_asks_in_their_space_restricts_in_that_second(
    cast: Cast, space: Callable[..., Space], kind: str, ground: str
) -> None:
    """Until it is answered, and somebody who told the client ends it; the page says so before."""
    own = space()
    assert "nobody uses it from that moment" in own.browser.get(NEW).content.decode()
    asked = asks(own, kind)
    assert restrictions_of(cast, own.client) == [(ground, True)]
    with cast.volunteer.actor().transaction():
        assert not ContactNote.objects.filter(client=own.client).exists()
    assert "we have not answered yet" in own.browser.get(RECORD).content.decode()
    with pytest.raises(Refused, match=LIFT_FIRST):
        lift(cast.coordinator, own.client)
    with cast.coordinator.actor().transaction() as actor:
        row = SubjectRequest.objects.get(pk=asked)
        keys = door.open_one(actor, own.client.pk, "request.view", "request")
        words = row.words.unlock(keys)
        said = {
            "words": words,
            "revision": words.revision,
            "text": "It is right.",
            "refused": False,
        }
        actions.answer(by=actor, request=row, **said)  # type: ignore[arg-type]
    assert lift(cast.coordinator, own.client)
    with cast.volunteer.actor().transaction():
        assert ContactNote.objects.filter(client=own.client).exists()


def test_taken_back_the_record_is_used_again(cast: Cast, space: Callable[..., Space]) -> None:
    """With the last of such requests; not what somebody else restricted, nor against a no."""
    own = space()
    first, second = asks(own, "restriction"), asks(own, "objection")
    for asked, binds in ((first, True), (second, False)):
        end = reverse("portal_request_end", args=[asked])
        assert "used again" in own.browser.get(end).content.decode()
        assert own.browser.post(end).status_code == 302
        assert restrictions_of(cast, own.client) == [("asked", binds)]
    restrict(cast.coordinator, own.client)
    own.browser.post(reverse("portal_request_end", args=[asks(own, "restriction")]))
    assert restrictions_of(cast, own.client)[0] == ("contested", True)

    other = space()
    asked = asks(other, "restriction")
    say(cast.coordinator, other.client, "withdrawn")
    assert other.browser.post(reverse("portal_request_end", args=[asked])).status_code == 302
    assert restrictions_of(cast, other.client) == [("asked", True)]


@pytest.mark.parametrize("kind", ["correction", "deletion", "access", "portability", "withdrawal"])
def test_other_requests_restrict_nothing(
    cast: Cast, space: Callable[..., Space], kind: str
) -> None:
    own = space()
    asks(own, kind)
    assert restrictions_of(cast, own.client) == []


@pytest.mark.parametrize("quiet", [True, False])
def test_a_space_that_may_be_somebody_elses_restricts_nothing(
    cast: Cast, sign_in: SignIn, quiet: bool
) -> None:
    client = new_client(cast.volunteer)
    user = open_space(cast.volunteer.actor(), client.pk, quiet=quiet)
    if quiet:
        confirm_portal(client)
    own = Space(client, user, sign_in(user), "")
    assert "nobody uses it from that moment" not in own.browser.get(NEW).content.decode()
    asks(own, "restriction")
    assert restrictions_of(cast, client) == []


def test_two_presses_at_once_restrict_once(cast: Cast, space: Callable[..., Space]) -> None:
    own, start = space(), Barrier(2)
    answers: list[int] = []

    def press() -> None:
        start.wait()
        data = {"kind": "restriction", "words": str(uuid4())}
        answers.append(own.browser.post(NEW, data).status_code)
        connections.close_all()

    presses = [Thread(target=press) for _ in range(2)]
    for thread in presses:
        thread.start()
    for thread in presses:
        thread.join()
    assert answers == [302, 302]
    assert restrictions_of(cast, own.client) == [("asked", True)]


def test_the_client_reads_why_in_words_for_them(cast: Cast, space: Callable[..., Space]) -> None:
    own = space()
    restrict(cast.coordinator, own.client)
    page = own.browser.get(RECORD).content.decode()
    assert "something in it is not right" in page and "It is not so." in page
    assert "The client says" not in page
    lift(cast.coordinator, own.client)
    assert "It is right." in own.browser.get(RECORD).content.decode()


def test_it_stands_in_the_copy(cast: Cast, space: Callable[..., Space], sign_in: SignIn) -> None:
    own = space()
    restrict(cast.coordinator, own.client)
    lift(cast.coordinator, own.client)
    sign_in(cast.coordinator).post(f"/clients/{own.client.pk}/notes/", {"reason": "request"})
    with cast.coordinator.actor().transaction() as actor:
        keys = door.open_one(actor, own.client.pk, "client.view", "coordination")
        data = Gatherer(Client.objects.get(pk=own.client.pk), keys).everything(
            by=actor, language="en"
        )
    (one,) = data.data["restrictions"]
    assert one["ground"] == "contested"
    said = {words["lifted"]: words["text"] for words in one["words"]}
    assert said == {False: "It is not so.", True: "It is right."}
    printed = str(as_document(data.data)["sections"])
    assert "It is not so." in printed and "It is right." in printed
