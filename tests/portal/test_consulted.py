"""The client sees that a colleague was asked, when, why and what was shared; never who; nothing in quiet mode."""

from __future__ import annotations

import json
from collections.abc import Callable

import psycopg
from django.urls import reverse

from clients.consultations.actions import Part
from clients.models import Contact
from tests.making.consultations import ask
from tests.making.contacts import log_contact
from tests.making.people import Cast
from tests.making.spaces import Space


def shared(cast: Cast, own: Space) -> Contact:
    """A contact shared whole, and a part of another."""
    log_contact(cast.volunteer, own.client, "Brought the blue folder. Owes money.")
    with cast.volunteer.actor().transaction():
        last, first = Contact.objects.filter(client=own.client)
    part = Part(last.pk, "Visit", "Brought the blue folder.")
    ask(
        cast.volunteer,
        cast.colleague,
        own.client,
        ground="volunteer",
        withheld=True,
        parts=(part,),
        text="I cannot sleep.",
    )
    ask(cast.volunteer, cast.colleague, own.client, whole=(first.pk,))
    return first


def test_details_say_what_a_colleague_could_read(cast: Cast, space: Callable[..., Space]) -> None:
    own = space()
    page = own.browser.get(reverse("portal_record")).content.decode()
    assert "When a colleague was asked" not in page
    shared(cast, own)
    page = own.browser.get(reverse("portal_record")).content.decode()
    assert "A volunteer asked a colleague how best to support you." in page
    assert "A volunteer asked a colleague for support in their own work." in page
    assert "Your name was left out." in page
    assert "Brought the blue folder." in page
    assert "5 January 2026" in page
    assert "I cannot sleep." not in page
    for someone in (cast.volunteer, cast.colleague):
        assert str(someone.id) not in page
    assert "Colleague" not in page


def test_who_has_looked_says_why(cast: Cast, space: Callable[..., Space]) -> None:
    own = space()
    shared(cast, own)
    page = own.browser.get(reverse("portal_seen")).content.decode()
    assert "Asked a colleague about your support" in page
    assert "To ask a colleague" in page


def test_quiet_mode_says_nothing_of_it(
    cast: Cast, space: Callable[..., Space], superuser: psycopg.Connection
) -> None:
    own = space()
    shared(cast, own)
    superuser.execute(
        "UPDATE clients_portalaccess SET quiet = true WHERE client_id = %s", [own.client.pk]
    )
    page = own.browser.get(reverse("portal_record")).content.decode()
    assert "colleague" not in page
    assert "blue folder" not in page


def test_the_copy_to_take_away_holds_it(cast: Cast, space: Callable[..., Space]) -> None:
    own = space()
    shared(cast, own)
    from tests.making.exports import made, pages, taken

    archive = taken(own, made(own))
    asked = json.loads(archive.read("record.json"))["consultations"]
    assert [one["ground"] for one in asked] == ["client", "volunteer"]
    assert asked[0]["contacts"] == [{"happened_on": "2026-01-05", "channel": "phone"}]
    assert [part["text"] for part in asked[1]["parts"]] == ["Brought the blue folder."]
    printed = pages(archive)
    assert "When a colleague was asked" in printed
