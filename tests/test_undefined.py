"""A template that names what is not there is found, whichever tag names it; what may be absent is let through."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template import Context, Engine, Origin, Template

from tests import undefined


@dataclass
class Client:
    """Something with an attribute, and a function that cannot be called from a template."""

    reference: str = "C-1"

    def among(self, others: list[str]) -> bool:
        return self.reference in others


class OneField(forms.Form):
    """A form that has one field."""

    there = forms.CharField()


OURS = Origin(
    str(undefined.TEMPLATES / "clients" / "example.html"), template_name="clients/example.html"
)
VALUES = {
    "client": Client(),
    "row": {"url": "/"},
    "empty": None,
    "form": OneField(),
    "text": "words",
}


def rendered(source: str) -> list[str]:
    """What is found in a template of ours that reads like this."""
    Template(source, OURS, engine=Engine.get_default()).render(Context(VALUES))
    return undefined.taken()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("{{ absent }}", "absent"),
        ("{{ absent|upper }}", "absent|upper"),
        ("{{ text|default:absent }}", None),
        ("{{ client.absent }}", "client.absent (Client has no absent)"),
        ("{{ row.absent }}", "row.absent (dict has no absent)"),
        ("{{ empty.absent }}", "empty.absent (NoneType has no absent)"),
        ("{{ form.absent }}", "form.absent (OneField has no absent)"),
        ("{{ client.among }}", "client.among (gives nothing)"),
        ("{% if absent %}{% endif %}", "absent"),
        ("{% if not absent %}{% endif %}", "absent"),
        ("{% if text and absent == 1 %}{% endif %}", "absent"),
        ("{% if client.absent %}{% endif %}", "client.absent (Client has no absent)"),
        ("{% for one in absent %}{% endfor %}", "absent"),
        ("{% with other=absent %}{% endwith %}", "absent"),
        ("{% firstof absent text %}", "absent"),
        ("{% load i18n %}{% blocktranslate %}{{ absent }}{% endblocktranslate %}", "absent"),
        (
            "{% load i18n %}{% blocktranslate with a=absent %}{{ a }}{% endblocktranslate %}",
            "absent",
        ),
        ('{% include "components/tag.html" with text=absent only %}', "absent"),
        ("{% comment %}Optional: other.{% endcomment %}{% if absent %}{% endif %}", "absent"),
    ],
)
def test_what_is_not_there_is_found(source: str, found: str | None) -> None:
    if found is None:  # Django itself refuses it
        with pytest.raises(Exception, match="absent"):
            rendered(source)
        assert undefined.taken() == ["clients/example.html: text|default:absent"]
    else:
        assert rendered(source) == [f"clients/example.html: {found}"]


@pytest.mark.parametrize(
    "source",
    [
        "{{ text }}{{ client.reference }}{{ row.url }}{{ form.there }}{{ empty }}",
        "{% if row.absent or empty.absent or form.absent or text.absent %}{% endif %}",
        "{% for letter in text %}{{ letter }}{{ forloop.counter }}{% endfor %}",
        "{% if client and False and absent %}{% endif %}",
        "{% comment %}Variables: text; optional absent (why), other.{% endcomment %}{% if absent %}{{ absent }}{% endif %}",
        "{% load i18n %}{% blocktranslate count n=1 %}{{ text }}{% plural %}{{ n }}{% endblocktranslate %}",
        '{% include "components/button.html" with label=text only %}',
    ],
)
def test_what_is_there_or_may_be_absent_is_let_through(source: str) -> None:
    assert rendered(source) == []


def test_templates_of_others_are_let_alone() -> None:
    origin = Origin("/elsewhere/example.html", template_name="example.html")
    Template("{{ absent }}", origin, engine=Engine.get_default()).render(Context())
    assert undefined.taken() == []


def test_whichever_test_renders_it_fails() -> None:
    """One that looked at the page and was content; and one that failed besides is told."""
    told: list[str] = []
    item: Any = SimpleNamespace(add_report_section=lambda when, title, text: told.append(text))

    def running() -> Any:
        test = undefined.and_nothing_absent(item)
        next(test)
        undefined.judge(OURS, "absent", "absent", Context(), asked=True)
        return test

    with pytest.raises(pytest.fail.Exception, match=r"clients/example\.html: absent"):
        running().send(None)
    with pytest.raises(AssertionError, match="of the test itself"):
        running().throw(AssertionError("of the test itself"))
    assert told == ["clients/example.html: absent"]
    assert undefined.taken() == []
