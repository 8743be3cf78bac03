"""Every page of people renders for whom it is meant; privacy and errors need nobody."""

import pytest
from django.test import Client as Browser

PAGES = {
    "/account/": "volunteer",
    "/account/details/": "volunteer",
    "/account/undertaking/": "volunteer",
    "/code/": "volunteer",
    "/code/versions/": "volunteer",
    "/code/versions/new/": "president",
    "/people/": "volunteer",
    "/people/duties/": "volunteer",
    "/invitations/": "coordinator",
    "/invitations/new/": "president",
    "/branches/": "administrator",
    "/branches/new/": "administrator",
    "/log/": "protection",
    "/privacy/": "volunteer",
}


@pytest.mark.parametrize("page", PAGES)
def test_page_renders(cast, sign_in, page):
    answer = sign_in(getattr(cast, PAGES[page])).get(page)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


def test_privacy_page_needs_no_sign_in(cast):
    answer = Browser().get("/privacy/")
    assert answer.status_code == 200
    assert b"http" not in answer.content.replace(b"http://testserver", b"").replace(
        b"http-equiv", b""
    )


def test_unknown_address_is_a_page_of_ours(cast, sign_in):
    answer = sign_in(cast.volunteer).get("/no-such-page/")
    assert answer.status_code == 404
    assert "There is nothing to show here" in answer.content.decode()


def test_language_follows_the_person(cast, sign_in):
    browser = sign_in(cast.colleague)
    answer = browser.post("/language/", {"language": "fr", "next": "/account/"})
    assert answer.status_code == 302
    assert answer["Location"] == "/account/"
    assert '<html lang="fr"' in browser.get("/account/").content.decode()
    # On another device too.
    assert '<html lang="fr"' in sign_in(cast.colleague).get("/account/").content.decode()
    browser.post("/language/", {"language": "en", "next": "/"})


def test_language_before_sign_in_and_no_way_to_another_site(cast):
    browser = Browser()
    answer = browser.post("/language/", {"language": "fr", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"
    assert '<html lang="fr"' in browser.get("/privacy/").content.decode()


def test_titles_hold_no_name(cast, sign_in):
    page = sign_in(cast.volunteer).get(f"/people/{cast.south_coordinator.id}/").content.decode()
    assert "<h1>South Coordinator</h1>" in page
    assert "South" not in page.split("<title>")[1].split("</title>")[0]
