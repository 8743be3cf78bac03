"""Whoever is complained about reads nothing of it in a space that they opened and nobody has confirmed."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.who_may_know.actions import grants
from tests.making import acts
from tests.making.clients import new_client
from tests.making.people import Cast, recruit
from tests.making.sealing import seal_all
from tests.making.spaces import confirm_portal, open_space

SAYS = "To organise and check your support"


def test_lines_of_the_log_wait_for_the_confirmation(
    cast: Cast, sign_in: Callable[..., Browser]
) -> None:
    helen = recruit(cast.north)
    client = new_client(helen)
    acts.complain(cast.protection, client, "volunteer", helen)
    with cast.coordinator.actor().transaction() as actor:
        grants.open_notes(by=actor, client=client, reason="coordination")
    assert sign_in(cast.coordinator).get(f"/clients/{client.pk}/").status_code == 200
    account = open_space(helen.actor(), client.pk)
    seal_all()

    def shown() -> str:
        browser = sign_in(account)
        today = reverse("portal_seen_day", args=[timezone.localdate().isoformat()])
        pages = [reverse("portal_seen"), reverse("portal_who"), today]
        return "".join(browser.get(page).content.decode() for page in pages)

    text = shown()
    assert SAYS not in text
    # Nor is a gap counted.
    browser = sign_in(account)
    for page in ("portal_check", "portal_check_file"):
        assert browser.get(reverse(page))["Location"] == reverse("portal_home")
    confirm_portal(client)
    text = shown()
    assert SAYS in text
    browser = sign_in(account)
    assert browser.get(reverse("portal_check_file")).status_code == 200
