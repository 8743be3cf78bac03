"""A template that names what is not there is found, however it names it; what may be absent is let through."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms

from components import absent
from tests import undefined
from tests.making.templates import EXAMPLE, drawn


@dataclass
class Client:
    """Something with an attribute and two functions."""

    reference: str = "C-1"

    def speaks(self) -> str:
        return "French"

    def delete(self) -> str:
        raise AssertionError("a template changes nothing")

    delete.alters_data = True  # type: ignore[attr-defined]


class OneField(forms.Form):
    """A form that has one field."""

    there = forms.CharField()


VALUES = {
    "client": Client(),
    "row": {"url": "/"},
    "empty": None,
    "form": OneField(),
    "text": "words",
}


def found_in(source: str) -> list[str]:
    """What is found in a template of ours that reads like this."""
    drawn(source, **VALUES)
    return undefined.taken()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("{{ absent }}", "'absent' is undefined"),
        ("{{ absent|upper }}", "'absent' is undefined"),
        ("{{ absent|date }}", "'absent' is undefined"),
        ("{{ absent.more }}", "'absent' is undefined"),
        ("{{ absent() }}", "'absent' is undefined"),
        ("{{ client.absent }}", "'tests.test_undefined.Client object' has no attribute 'absent'"),
        ("{{ row.absent }}", "'dict object' has no attribute 'absent'"),
        ("{{ empty.absent }}", "'None' has no attribute 'absent'"),
        ("{{ form.absent }}", "'tests.test_undefined.OneField object' has no attribute 'absent'"),
        ("{% if absent %}{% endif %}", "'absent' is undefined"),
        ("{% if not absent %}{% endif %}", "'absent' is undefined"),
        ("{% if text and absent == 1 %}{% endif %}", "'absent' is undefined"),
        ("{% if absent > 1 %}{% endif %}", "'absent' is undefined"),
        ("{{ absent + 1 }}", "'absent' is undefined"),
        ("{% if text in absent %}{% endif %}", "'absent' is undefined"),
        (
            "{% if client.absent %}{% endif %}",
            "'tests.test_undefined.Client object' has no attribute 'absent'",
        ),
        ("{% for one in absent %}{% endfor %}", "'absent' is undefined"),
        ("{% with other = absent %}{{ other }}{% endwith %}", "'absent' is undefined"),
        ("{{ absent or text }}", "'absent' is undefined"),
        ('{{ _("%(a)s", a=absent) }}', "'absent' is undefined"),
        ("{{ client.speaks }}", "Client.speaks is called without brackets"),
        ("{% if client.speaks %}{% endif %}", "Client.speaks is called without brackets"),
        ("{{ client.delete }}", "Client.delete is called without brackets"),
    ],
)
def test_what_is_not_there_is_found(source: str, found: str) -> None:
    assert f"{EXAMPLE}: {found}" in found_in(source)


def test_what_a_component_is_given_and_is_not_there_is_found() -> None:
    assert found_in("{{ ui.tag(absent) }}") == ["components/tag.html: 'absent' is undefined"]


@pytest.mark.parametrize(
    "source",
    [
        "{{ text }}{{ client.reference }}{{ row.url }}{{ form.there }}{{ empty }}{{ client.speaks() }}",
        "{% if row.absent or empty.absent or form.absent or text.absent %}{% endif %}",
        "{% for one in row.absent %}{% endfor %}",
        "{% for letter in text %}{{ letter }}{{ loop.index }}{% endfor %}",
        "{% if client and false and absent %}{% endif %}",
        "{% if absent|default %}{% endif %}{{ absent|default(text) }}{% if absent is defined %}{% endif %}",
        "{% set absent = 1 %}{{ absent }}",
        "{{ ui.button(label=text) }}",
    ],
)
def test_what_is_there_or_may_be_absent_is_let_through(source: str) -> None:
    assert found_in(source) == []


def test_outside_tests_the_page_goes_on_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """With the names of the template and of what is not there, and no value."""
    monkeypatch.setattr(absent, "report", REPORT)
    with caplog.at_level(logging.WARNING):
        page = drawn("a{{ absent.more }}{% if absent %}b{% endif %}{{ client.speaks }}c", **VALUES)
    assert page == "aFrenchc"
    assert "clients/example.html: 'absent' is undefined" in caplog.text
    assert undefined.taken() == []


REPORT = absent.report  # as it is before a test replaces it


def test_whichever_test_draws_it_fails() -> None:
    """One that looked at the page and was content; and one that failed besides is told."""
    told: list[str] = []
    item: Any = SimpleNamespace(add_report_section=lambda when, title, text: told.append(text))

    def running() -> Any:
        test = undefined.and_nothing_absent(item)
        next(test)
        drawn("{{ absent }}")
        return test

    with pytest.raises(pytest.fail.Exception, match=r"clients/example\.html: 'absent'"):
        running().send(None)
    with pytest.raises(AssertionError, match="of the test itself"):
        running().throw(AssertionError("of the test itself"))
    assert told == ["clients/example.html: 'absent' is undefined"]
    assert undefined.taken() == []
