"""The frame of a page asks the database nothing; setting up at the server fails with a hint."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import set_script_prefix
from django.utils import translation

from audit.actor import Actor
from volunteers.context import page


def frame(said):
    request = RequestFactory().get("/people/")
    request.actor = Actor("")
    request.actor.said = said
    with CaptureQueriesContext(connections["default"]) as queries:
        found = page(request)
    assert len(queries) == 0
    return found


def labels(said):
    return [item.label for item in frame(said).get("navigation", [])]


def person(*duties, cleared=True):
    return {
        "kind": "user",
        "name": "Ana",
        "cleared": cleared,
        "person": "6f8a1f5e-0f4a-4f0e-9b54-3b1d0a3f8f10",
        "duties": [{"kind": duty, "branch": None} for duty in duties],
    }


def test_frame_without_an_actor():
    assert page(RequestFactory().get("/"))["privacy_url"] == "/privacy/"


def test_navigation_follows_the_duties(cast):
    assert "The log" in labels(person("protection"))
    assert "Clients" not in labels(person("protection"))
    assert "Clients" in labels(person("volunteer"))
    assert "The log" not in labels(person("president"))


def test_no_navigation_before_the_code_is_signed(cast):
    found = frame(person("volunteer", cleared=False))
    assert found["navigation"] == []
    assert found["navigation_user"]["sign_out_url"]


def test_one_entry_is_current(cast):
    current = [item.label for item in frame(person("president"))["navigation"] if item.current]
    assert current == ["Colleagues"]


def test_navigation_is_that_of_each_reader(cast):
    """The entries are kept; language and prefix are those of the request."""
    english = labels(person("volunteer"))
    with translation.override("fr"):
        assert "Collègues" in labels(person("volunteer"))
    set_script_prefix("/below/")
    try:
        urls = [item.url for item in frame(person("volunteer"))["navigation"]]
        assert urls and all(url.startswith("/below/") for url in urls)
    finally:
        set_script_prefix("/")
    assert labels(person("volunteer")) == english
    assert labels(person("president")) != english


def test_client_has_a_quick_way_out_and_no_page_of_people(cast):
    found = frame({"kind": "user", "client": "6f8a1f5e-0f4a-4f0e-9b54-3b1d0a3f8f10"})
    assert found["quick_exit_url"]
    assert all(item.url.startswith("/my-space/") for item in found["navigation"])


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["--branch", "LYON"], "needs CODE=NAME"),
        (["--branch", "LYON=Lyon", "--branch", "lyon=Lyon 2"], "given twice"),
        (["--branch", "A23456789012345=Lyon"], "12 letters"),
        (["--branch", "LYON=Lyon", "--quick-exit-url", "javascript:x"], "https://"),
        (["--branch", "LYON=Lyon"], "already"),
    ],
)
def test_founding_fails_with_a_hint(cast, arguments, hint):
    with pytest.raises(CommandError, match=hint):
        call_command("association_create", "--name", "Again", *arguments)
