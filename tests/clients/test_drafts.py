"""Drafts: kept while one types, found again, seen by nobody else, gone when the contact is saved."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import ProgrammingError
from django.test import Client as Browser

from clients.contacts.actions import drafts as actions
from clients.models import Client, Draft
from tests.making.agreements import say
from tests.making.clients import assign, new_client, unexplained
from tests.making.contacts import entry, log
from tests.making.pages import SignIn
from tests.making.people import Cast, Someone, recruit
from tests.making.restrictions import lift

BY_ITSELF = {"Accept": "application/json"}


def keep(browser: Browser, client: Client, **values: Any) -> Any:
    """What the page sends by itself."""
    data = {"client": str(client.pk), "key": str(uuid4()), "channel": "visit", **values}
    return browser.post("/drafts/save/", data, headers=BY_ITSELF)


def drafts_of(person: Someone, client: Client) -> list[UUID]:
    """The ids of a person's drafts about a client."""
    with person.actor().transaction():
        return list(Draft.objects.filter(client=client).values_list("pk", flat=True))


def test_a_draft_is_kept_found_on_home_and_opened_again(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    browser, key = sign_in(cast.volunteer), str(uuid4())
    assert keep(browser, client, key=key, text="The daughter").json()["saved"]
    assert keep(browser, client, key=key, text="The daughter came.").json()["saved"]
    (draft,) = drafts_of(cast.volunteer, client)
    # Another session, as after an idle sign-out.
    later = sign_in(cast.volunteer)
    home = later.get("/").content.decode()
    assert f"/clients/{client.pk}/contacts/new/?draft={draft}" in home
    assert "The daughter came." not in home
    page = later.get(f"/contacts/new/?draft={draft}", follow=True).content.decode()
    assert "The daughter came." in page
    assert key in page
    assert 'value="visit"' in page.split(" checked")[0].rsplit("<input", 1)[1]


def test_an_empty_form_offers_the_draft_that_waits(cast: Cast, sign_in: SignIn) -> None:
    client, other = new_client(cast.volunteer), new_client(cast.volunteer)
    browser, data = sign_in(cast.volunteer), entry(text="The daughter came.")
    form = f"/clients/{client.pk}/contacts/new/"
    assert "Go on with it" not in browser.get(form).content.decode()
    keep(browser, client, **data)
    (draft,) = drafts_of(cast.volunteer, client)
    page = sign_in(cast.volunteer).get(form).content.decode()
    assert "You have begun a note" in page
    assert "The daughter came." not in page
    assert f"{form}?draft={draft}" in page
    opened = browser.get(f"{form}?draft={draft}").content.decode()
    assert "The daughter came." in opened
    assert "Go on with it" not in opened
    assert (
        "Go on with it"
        not in browser.get(form.replace(str(client.pk), str(other.pk))).content.decode()
    )
    assert log(browser, client, **data).status_code == 302
    assert "Go on with it" not in browser.get(form).content.decode()


def test_a_draft_goes_when_its_contact_is_saved_and_does_not_come_back(
    cast: Cast, sign_in: SignIn
) -> None:
    client = new_client(cast.volunteer)
    browser, data = sign_in(cast.volunteer), entry()
    keep(browser, client, **data)
    assert drafts_of(cast.volunteer, client)
    assert log(browser, client, **data).status_code == 302
    assert not drafts_of(cast.volunteer, client)
    # What the page sent while it was left arrives late.
    assert keep(browser, client, **data).json() == {
        "saved": False,
        "at": keep(browser, client, **data).json()["at"],
    }
    assert not drafts_of(cast.volunteer, client)


def test_a_draft_keeps_the_explanation_too(cast: Cast, sign_in: SignIn) -> None:
    client = unexplained(cast.volunteer)
    browser = sign_in(cast.volunteer)
    keep(browser, client, **{"explanation-explained": "on", "explanation-words": "Fine by me"})
    (draft,) = drafts_of(cast.volunteer, client)
    page = browser.get(f"/clients/{client.pk}/contacts/new/?draft={draft}").content.decode()
    assert "Fine by me" in page


def test_the_button_works_without_scripts(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    data = {"client": str(client.pk), "key": str(uuid4()), "text": "Half a sentence"}
    response = sign_in(cast.volunteer).post("/drafts/save/", data, follow=True)
    assert "The draft is kept." in response.content.decode()
    assert "Go on writing about Odile Quercy" in response.content.decode()


def test_anothers_draft_is_invisible(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    keep(sign_in(cast.volunteer), client, text="Mine alone.")
    (draft,) = drafts_of(cast.volunteer, client)
    for other in (cast.coordinator, cast.outsider):
        browser = sign_in(other)
        assert browser.post(f"/drafts/{draft}/delete/").status_code == 404
        assert "Mine alone." not in browser.get(f"/contacts/new/?draft={draft}").content.decode()
        assert str(draft) not in browser.get("/drafts/").content.decode()
        with other.actor().transaction():
            assert not Draft.objects.filter(pk=draft).exists()
    page = sign_in(cast.coordinator).get(f"/clients/{client.pk}/contacts/new/?draft={draft}")
    assert "Mine alone." not in page.content.decode()
    assert drafts_of(cast.volunteer, client) == [draft]


def test_a_draft_about_a_hidden_client_is_the_same_404(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    browser = sign_in(cast.outsider)
    assert keep(browser, client).status_code == 404
    unknown = browser.post("/drafts/save/", {"client": str(uuid4()), "key": str(uuid4())})
    assert unknown.status_code == 404
    assert browser.post("/drafts/save/", {"client": "x"}).status_code == 404


def test_what_is_no_draft_is_refused(cast: Cast, sign_in: SignIn) -> None:
    client = new_client(cast.volunteer)
    browser = sign_in(cast.volunteer)
    assert keep(browser, client, text="long " * 20_000).status_code == 400
    assert keep(browser, client, key="x").status_code == 400
    assert not drafts_of(cast.volunteer, client)


def test_a_draft_is_sealed_and_thrown_away(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    browser = sign_in(cast.volunteer)
    keep(browser, client, text="Zanzibar lilies")
    (draft,) = drafts_of(cast.volunteer, client)
    row = superuser.execute("SELECT d::text FROM clients_draft d WHERE id = %s", [draft]).fetchone()
    assert row
    assert b"Zanzibar".hex() not in row[0]
    assert "Zanzibar" not in row[0]
    page = browser.post(f"/drafts/{draft}/delete/", follow=True).content.decode()
    assert "thrown away" in page
    assert not drafts_of(cast.volunteer, client)


@pytest.mark.parametrize("said", ["no_record", "withdrawn"])
def test_a_no_deletes_what_anybody_was_typing(cast: Cast, sign_in: SignIn, said: str) -> None:
    """Nor is anything kept of it afterwards, by the page that stands open or by hand."""
    client, colleague = new_client(cast.volunteer), recruit(cast.north)
    assign(cast.coordinator, client, colleague)
    browsers = [sign_in(someone) for someone in (cast.volunteer, colleague)]
    for browser in browsers:
        assert keep(browser, client, text="Takes heart tablets.").json()["saved"]
    say(cast.coordinator, client, said)
    for someone, browser in zip((cast.volunteer, colleague), browsers, strict=True):
        assert drafts_of(someone, client) == []
        assert keep(browser, client, text="Takes heart tablets.").status_code == 403
    with pytest.raises(ProgrammingError), colleague.actor().transaction() as actor:
        actions.keep(by=actor, client=client.pk, values={"key": str(uuid4()), "text": "Tablets"})
    say(cast.coordinator, client, "yes")
    lift(cast.coordinator, client)
    assert keep(browsers[0], client, text="She agreed after all.").json()["saved"]
