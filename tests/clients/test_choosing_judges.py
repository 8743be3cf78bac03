"""Nobody chooses who judges them by complaining about the other, and no unconfirmed space shuts anybody out."""

from __future__ import annotations

import psycopg
import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client
from clients.who_may_know.actions import grants
from tests.making import acts, disclosures
from tests.making.clients import assign, new_client
from tests.making.disclosures import decision
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from tests.making.spaces import confirm_portal, open_space


def complain(browser: Browser, client: Client, about: Someone) -> None:
    """Take a complaint down, as whoever supports the client."""
    form = {"kind": "coordinator", "about": str(about.id), "words": "He shouted.", "reach": ""}
    assert browser.post(f"/clients/{client.pk}/complaints/new/", form).status_code == 302


def test_opener_of_an_emergency_does_not_choose_who_reviews_it(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.colleague)
    someone = recruit(cast.north)
    made, found = acts.press_emergency(someone, client)
    assert found == client.pk
    complain(sign_in(someone), client, cast.coordinator)
    judging = ("emergency_review(%s, 'justified', 'B-1')", made)
    acts.complain(cast.protection, client, "coordinator", cast.coordinator)
    with pytest.raises(Exception, match="not permitted"):
        acts.call(cast.coordinator, *judging)
    acts.call(cast.deputy, *judging)
    acts.end_emergencies(someone)


def test_asker_of_a_disclosure_does_not_choose_who_decides(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    """Their complaint keeps nobody from deciding on what they asked, and tells nobody of itself; one of somebody else's does."""
    made = disclosures.asked(cast)
    complain(sign_in(cast.volunteer), made.client, cast.coordinator)
    judged = "SELECT sec.is_accused_by_others(%s, %s, %s)"
    values = [cast.coordinator.id, made.client_id, cast.volunteer.id]
    assert superuser.execute(judged, values).fetchone() == (False,)
    disclosures.open_notes(cast.deputy, made)
    answer = sign_in(cast.deputy).post(
        f"/disclosures/{made.pk}/decide/", decision(made, cast), follow=True
    )
    assert "Approved" in answer.content.decode()
    acts.complain(cast.protection, made.client, "coordinator", cast.coordinator)
    assert superuser.execute(judged, values).fetchone() == (True,)


def test_complaint_out_of_an_unconfirmed_space_shuts_nobody_out(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    """Whoever made the card may have written it; once the client is known to be there, it counts."""
    helen = recruit(cast.north)
    client = new_client(helen)
    with cast.coordinator.actor().transaction() as actor:
        grants.open_notes(by=actor, client=client, reason="coordination")
    browser = sign_in(open_space(helen.actor(), client.pk))
    form = {"kind": "coordinator", "about": str(cast.coordinator.id), "words": "He shouted."}
    assert browser.post(reverse("portal_complaint_add"), form).status_code == 302
    accused = "SELECT sec.is_accused(%s, %s), sec.is_accused(%s, %s)"
    both = [cast.coordinator.id, client.pk, helen.id, client.pk]
    assert superuser.execute(accused, both).fetchone() == (False, False)
    assert acts.sees(cast.coordinator, client) == acts.ALL
    confirm_portal(client)
    assert superuser.execute(accused, both).fetchone() == (True, False)
    assert acts.sees(cast.coordinator, client) != acts.ALL


def test_whoever_made_the_card_is_named_by_a_complaint_in_it(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.coordinator)
    browser = sign_in(open_space(cast.coordinator.actor(), client.pk))
    form = {"kind": "coordinator", "about": str(cast.coordinator.id), "words": "He shouted."}
    assert browser.post(reverse("portal_complaint_add"), form).status_code == 302
    asked = superuser.execute("SELECT sec.is_accused(%s, %s)", [cast.coordinator.id, client.pk])
    assert asked.fetchone() == (True,)


def test_list_of_whom_to_consult_tells_of_no_complaint(cast: Cast) -> None:
    client = new_client(cast.volunteer)
    accused = recruit(cast.north)
    assign(cast.coordinator, client, accused)
    before = set(acts.call(cast.volunteer, "consultable(%s)", client.pk))
    acts.complain(cast.protection, client, "volunteer", accused)
    assert set(acts.call(cast.volunteer, "consultable(%s)", client.pk)) == before
    assert accused.id in before
