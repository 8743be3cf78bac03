"""A page for each HTTP error, with a way out, in words."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client as Browser
from django.test import RequestFactory

from confidential.middleware import ErrorPagesMiddleware
from tests.making.people import Cast


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 429, 500, "500_altered", 503])
def test_page_has_words_and_a_way_out(status: int | str) -> None:
    """Rendered with nothing at all: an error page needs no database and no request."""
    page = render_to_string(f"{status}.html")
    assert "<h1" in page
    assert 'href="/' in page


def test_wrong_method_has_a_page(cast: Cast, sign_in: object) -> None:
    response = sign_in(cast.volunteer).get("/sign-out/")
    assert response.status_code == 405
    assert b"<h1" in response.content
    assert response.headers["Allow"]


def test_too_large_a_form_has_a_page() -> None:
    response = Browser().post("/sign-in/", {"login": "x" * 3_000_000})
    assert response.status_code == 413
    assert b"<h1" in response.content


@pytest.mark.parametrize("status", [405, 409, 413, 429])
def test_empty_error_is_filled_and_a_full_one_left_alone(status: int) -> None:
    request = RequestFactory().get("/")
    fill = ErrorPagesMiddleware(lambda r: HttpResponse(status=status))
    keep = ErrorPagesMiddleware(lambda r: HttpResponse("own words", status=status))
    assert b"<h1" in fill(request).content
    assert keep(request).content == b"own words"


def test_the_title_of_a_form_that_comes_back_says_so(cast, sign_in):
    browser = sign_in(cast.president)
    where = "/code/versions/new/"
    assert "<title>Write a new version" in browser.get(where).content.decode()
    page = browser.post(where, {"text_en": "# Code"})
    assert "<title>Error: Write a new version" in page.content.decode()
