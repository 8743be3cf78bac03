"""What a client reads of the restriction of their record: in their space, in their copy, in words for them."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse

from audit import door
from clients.models import Client
from rights.export.contents import Gatherer
from rights.export.document import as_document
from tests.making.pages import SignIn
from tests.making.people import Cast
from tests.making.restrictions import lift, restrict
from tests.making.spaces import Space

RECORD = reverse("portal_record")


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
