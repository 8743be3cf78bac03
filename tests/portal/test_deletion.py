"""The deletion of my record in my own space: when, what stays, take it back, hasten it, the certificate."""

from __future__ import annotations

import io
from hashlib import sha256
from uuid import UUID

import psycopg
import pytest
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from clients.models import Client
from rights.erasure import actions
from tests.making import erasures
from tests.making.clients import new_client
from tests.making.contacts import log_contact
from tests.making.pages import SignIn
from tests.making.people import Cast
from tests.making.spaces import account_of, open_portal
from volunteers.models import User

DELETION, NOW = reverse("portal_deletion"), reverse("portal_deletion_waive")
BACK, CERTIFICATE = reverse("portal_deletion_end"), reverse("portal_deletion_certificate")


@pytest.fixture
def client(cast: Cast) -> Client:
    """A client who asked for the deletion by telephone."""
    made = new_client(cast.volunteer)
    log_contact(cast.volunteer, made, "Talked.")
    erasures.asked(cast.deputy, made)
    return made


@pytest.fixture
def account(cast: Cast, client: Client) -> UUID:
    return account_of(cast, client)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_goes_when_and_what_stays(
    cast: Cast, client: Client, account: UUID, sign_in: SignIn, language: str
) -> None:
    User.objects.filter(pk=account).update(language=language)
    browser = sign_in(account)
    with translation.override(language):
        nothing = browser.get(DELETION).content.decode()
        assert translation.gettext("No deletion is planned.") in nothing
        assert DELETION in browser.get(reverse("portal_requests")).content.decode()
        assert DELETION not in browser.get(reverse("portal_home")).content.decode()
        erasures.proposed(cast.coordinator, client, "request")
        page = browser.get(DELETION).content.decode()
        for words in (
            "The deletion of your record is proposed",
            "You asked for it.",
            "Backups.",
            "Until the key that opens them is destroyed. Ask us whether that is done.",
            "I do not need more time to think",
            "Take it back: keep my record",
        ):
            assert translation.gettext(words) in page
        assert DELETION in browser.get(reverse("portal_home")).content.decode()


def test_the_client_takes_it_back(
    cast: Cast, client: Client, account: UUID, sign_in: SignIn
) -> None:
    erasure = erasures.proposed(cast.coordinator, client, "request")
    browser = sign_in(account)
    assert "Keep your record?" in browser.get(BACK).content.decode()
    assert erasures.state(erasure) == "proposed"
    said = browser.post(BACK, follow=True).content.decode()
    assert "You have taken it back. Your record stays." in said
    assert erasures.state(erasure) == "withdrawn"
    assert browser.get(NOW, follow=True).redirect_chain == [(DELETION, 302)]


def test_the_client_needs_no_time_to_think(
    cast: Cast, client: Client, account: UUID, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    erasure = erasures.proposed(cast.coordinator, client, "request")
    browser = sign_in(account)
    assert "Delete it without waiting?" in browser.get(NOW).content.decode()
    page = browser.post(NOW, follow=True).content.decode()
    assert "You said that you need no time to think." in page
    row = superuser.execute(
        "SELECT waived_how, not_before <= now(), state FROM rights_erasure WHERE id = %s",
        [erasure],
    ).fetchone()
    assert row == ("portal", True, "proposed")
    stale = sign_in(account, fresh=False)
    for where in (NOW, BACK):
        assert stale.post(where)["Location"].startswith(reverse("reauthenticate"))
    assert erasures.state(erasure) == "proposed"


def test_what_is_not_theirs_to_say_they_cannot_stop_but_are_told(
    cast: Cast, client: Client, account: UUID, sign_in: SignIn
) -> None:
    erasure = erasures.proposed(cast.coordinator, client, "mistake")
    browser = sign_in(account)
    page = browser.get(DELETION).content.decode()
    assert "You do not want this? Ring us" in page and BACK not in page and NOW not in page
    for where in (NOW, BACK):
        assert browser.post(where, follow=True).redirect_chain == [(DELETION, 302)]
    assert erasures.state(erasure) == "proposed"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_certificate_is_theirs_until_the_end(
    cast: Cast, client: Client, account: UUID, sign_in: SignIn, language: str
) -> None:
    User.objects.filter(pk=account).update(language=language)
    browser = sign_in(account)
    assert browser.get(CERTIFICATE, follow=True).redirect_chain == [(DELETION, 302)]
    erasure = erasures.proposed(cast.coordinator, client, "request")
    answer = browser.get(CERTIFICATE)
    assert answer["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    text = "".join("".join(page.extract_text() for page in pages).split())
    assert sha256(client.pk.bytes).hexdigest() in text and str(client.pk) in text
    with translation.override(language):
        title = {"en": "Certificateofdeletion", "fr": "Attestationd’effacement"}[language]
        assert title in text
        assert "".join(translation.gettext("Without an end.").split()) in text
    assert "Odile" not in text and client.reference not in text
    with cast.deputy.actor().transaction() as actor:
        assert actions.decide(by=actor, erasure=erasure, yes=True)
    erasures.come(erasure)
    erasures.carried_out(erasure)
    assert browser.get(CERTIFICATE).status_code == 302  # to sign in: the space has gone
    assert not User.objects.filter(pk=account).exists()


@pytest.mark.parametrize("space", ["quiet", "provisional"])
def test_where_somebody_may_read_along_nothing_tells_of_it(
    cast: Cast, client: Client, sign_in: SignIn, space: str
) -> None:
    user, _ = open_portal(
        cast.coordinator, client, quiet=space == "quiet", confirmed=space != "provisional"
    )
    browser = sign_in(user)
    erasure = erasures.proposed(cast.coordinator, client, "request")
    for name in ("portal_home", "portal_requests"):
        page = browser.get(reverse(name)).content.decode()
        assert DELETION not in page and "delete your record" not in page
    for where in (DELETION, NOW, BACK, CERTIFICATE):
        answer = browser.get(where)
        if space == "quiet":
            assert (answer.status_code, browser.post(where).status_code) == (404, 404), where
        else:
            assert answer["Location"] == reverse("portal_home"), where
            browser.post(where)
    assert erasures.state(erasure) == "proposed"
