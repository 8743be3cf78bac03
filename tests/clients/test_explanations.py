"""The explanation that was missing, the leaflet, and the portal for those who want it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from clients.contacts.actions import contacts
from clients.models import Client, Explanation, PortalAccess
from clients.records.actions import taking_in
from clients.records.actions.explanations import NewExplanation
from tests.making.clients import new_client
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone
from volunteers import passwords

OPEN = {"mode": "open"}
DAY = {"happened_on_day": "6", "happened_on_month": "1", "happened_on_year": "2026"}


def unexplained(by: Someone) -> Client:
    """A client to whom nothing could be explained in the first contact."""
    with by.actor().transaction() as actor:
        new = taking_in.NewClient(by.branch, "fr", {"given_name": "Anne", "family_name": "Lot"})
        client, _ = taking_in.take_in(by=actor, new=new)
        why = NewExplanation(False, "", "phone", "fr", date(2026, 1, 5), why_not="In tears")
        contacts.log_contact(
            by=actor,
            client=client,
            explanation=why,
            new=contacts.NewContact("phone", date(2026, 1, 5)),
        )
    return client


def test_an_explanation_that_was_missing_is_added(cast: Cast, sign_in: SignIn) -> None:
    client = unexplained(cast.volunteer)
    browser = sign_in(cast.volunteer)
    assert "has not been explained yet" in browser.get(f"/clients/{client.pk}/").content.decode()
    page = browser.get(f"/clients/{client.pk}/explanation/").content.decode()
    assert "We keep your details and some short notes on a computer" in page
    sent = {"explained": "on", "answer": "yes", "channel": "phone", "language": "fr", **DAY}
    assert browser.post(f"/clients/{client.pk}/explanation/", sent).status_code == 302
    page = browser.get(f"/clients/{client.pk}/").content.decode()
    assert "has not been explained yet" not in page
    assert "In tears" not in page


def test_no_record_at_all_is_done_at_once(cast: Cast, sign_in: SignIn) -> None:
    client = unexplained(cast.volunteer)
    sent = {"explained": "on", "answer": "no_record", "channel": "phone", "language": "fr", **DAY}
    response = sign_in(cast.volunteer).post(f"/clients/{client.pk}/explanation/", sent)
    assert response.status_code == 302
    with cast.volunteer.actor().transaction():
        assert Explanation.objects.get(client=client, given=True).answer == ""
        restricted = Client.objects.get(pk=client.pk)
        assert (restricted.agreed, bool(restricted.restricted_at)) == ("no_record", True)


def test_a_pseudonym_takes_the_names_off_the_record(cast: Cast, sign_in: SignIn) -> None:
    client = unexplained(cast.volunteer)
    browser = sign_in(cast.volunteer)
    sent = {"explained": "on", "answer": "pseudonym", "channel": "phone", "language": "fr", **DAY}
    assert browser.post(f"/clients/{client.pk}/explanation/", sent).status_code == 200
    browser.post(f"/clients/{client.pk}/explanation/", {**sent, "known_as": "Heron"})
    page = browser.get(f"/clients/{client.pk}/").content.decode()
    assert "Heron" in page
    assert "Anne" not in page


def test_the_leaflet_is_a_pdf_with_nothing_about_the_client(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    response = sign_in(cast.volunteer).get(f"/clients/{client.pk}/leaflet/")
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")
    assert b"Quercy" not in response.content


def test_the_portal_card_is_shown_once_and_printed_once(
    cast: Cast, sign_in: SignIn, superuser: Any
) -> None:
    client = new_client(cast.volunteer)
    browser = sign_in(cast.volunteer)
    assert browser.post(f"/clients/{client.pk}/portal/", OPEN).status_code == 302
    page = browser.get(f"/clients/{client.pk}/portal/card/").content.decode()
    name, code = re.findall(r'class="code-words">([^<]+)<', page)
    user, salt, kind, must = superuser.execute(
        "SELECT id, password, kind, must_change_password FROM volunteers_user WHERE username = %s",
        [name],
    ).fetchone()
    assert passwords.prove(user, salt, code)
    assert (kind, must) == ("client", True)
    again = browser.get(f"/clients/{client.pk}/portal/card/").content.decode()
    assert code not in again
    card = browser.post(f"/clients/{client.pk}/portal/card/")
    assert card.content.startswith(b"%PDF")
    assert browser.post(f"/clients/{client.pk}/portal/card/")["Content-Type"].startswith(
        "text/html"
    )


def test_the_card_of_one_client_does_not_show_on_anothers_page(cast: Cast, sign_in: SignIn) -> None:
    first, second = new_client(cast.volunteer), new_client(cast.volunteer)
    browser = sign_in(cast.volunteer)
    browser.post(f"/clients/{first.pk}/portal/", OPEN)
    assert "code-words" not in browser.get(f"/clients/{second.pk}/portal/card/").content.decode()


def test_the_portal_closes_at_once(cast: Cast, sign_in: SignIn, superuser: Any) -> None:
    client = new_client(cast.volunteer)
    browser = sign_in(cast.volunteer)
    browser.post(f"/clients/{client.pk}/portal/", OPEN)
    with cast.volunteer.actor().transaction():
        account = PortalAccess.objects.get(client=client, ended_at=None).user
    theirs = sign_in(account)
    assert browser.post(f"/clients/{client.pk}/portal/close/").status_code == 302
    assert theirs.get(f"/clients/{client.pk}/").status_code in (302, 403)
    with cast.volunteer.actor().transaction():
        assert not PortalAccess.objects.filter(client=client, ended_at=None).exists()
    (active,) = superuser.execute(
        "SELECT is_active FROM volunteers_user WHERE id = %s", [account]
    ).fetchone()
    assert not active


def test_a_client_reaches_no_page_of_those_who_serve(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    sign_in(cast.volunteer).post(f"/clients/{client.pk}/portal/", OPEN)
    with cast.volunteer.actor().transaction():
        account = PortalAccess.objects.get(client=client, ended_at=None).user
    browser = sign_in(account)
    for part in (
        "",
        "identity/",
        "who-may-see/",
        "explanation/",
        "leaflet/",
        "portal/",
        "portal/card/",
    ):
        response = browser.get(f"/clients/{client.pk}/{part}")
        # A first password must be changed before anything else.
        assert response.status_code in (302, 403), part
        assert "Quercy" not in response.content.decode()


def test_the_portal_asks_for_a_fresh_sign_in(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    response = sign_in(cast.volunteer, fresh=False).post(f"/clients/{client.pk}/portal/", OPEN)
    assert "next=" in response["Location"]
    with cast.volunteer.actor().transaction():
        assert not PortalAccess.objects.filter(client=client).exists()
