"""What a client sees of something that was noted on them by mistake: that it was there, and who could read it."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.urls import reverse

from rights.models import Export
from tests.making.clients import NOTE, new_client
from tests.making.exports import latest, made, pages, taken
from tests.making.misplaced import move
from tests.making.people import Cast
from tests.making.spaces import Space
from tests.making.statements import first_contact

CONTACTS = reverse("portal_contacts")


def test_the_space_the_log_and_the_copy_say_so_without_the_text(
    cast: Cast, space: Callable[..., Space]
) -> None:
    own, right = space(), new_client(cast.volunteer, "Rosalind", "Marchetti")
    assert NOTE in own.browser.get(CONTACTS).content.decode()
    left = move(cast.volunteer, first_contact(cast.volunteer, own.client), right)
    assert left.seen_by_client
    page = own.browser.get(CONTACTS).content.decode()
    assert "noted here that was not about you" in page and "you." in page
    assert NOTE not in page and "Something is wrong here" not in page
    log = own.browser.get(reverse("portal_seen")).content.decode()
    assert "Removed a contact that was noted here by mistake" in log
    archive = taken(own, made(own))
    whole = archive.read("record.json").decode() + pages(archive)
    for words in (NOTE, "Rosalind", str(right.pk), right.reference):
        assert words not in whole
    (one,) = json.loads(archive.read("record.json"))["contacts"]
    assert (one["removed_by"], one["seen_by_client"]) == ("author", True)
    assert "Noted here by mistake, removed on" in " ".join(pages(archive).split())


def test_a_copy_that_waited_is_over(cast: Cast, space: Callable[..., Space]) -> None:
    own, right = space(), new_client(cast.volunteer)
    copy = made(own)
    where = reverse("portal_export_get", args=[copy.pk])
    move(cast.volunteer, first_contact(cast.volunteer, own.client), right)
    assert own.browser.get(where).status_code == 404
    assert isinstance(latest(own), Export)


def test_the_right_client_reads_that_it_was_moved_here(
    cast: Cast, space: Callable[..., Space]
) -> None:
    own, wrong = space(), new_client(cast.volunteer, "Honorine", "Vauquelin")
    move(cast.volunteer, first_contact(cast.volunteer, wrong), own.client)
    assert own.browser.get(CONTACTS).content.decode().count(NOTE) == 2
    log = own.browser.get(reverse("portal_seen")).content.decode()
    assert "noted elsewhere by mistake" in log and wrong.reference not in log
