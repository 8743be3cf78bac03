"""Templates show values, texts and addresses as the reader expects them, and escape what people typed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from audit.actor import Actor
from tests.making.templates import drawn

EVENING = datetime(2026, 7, 31, 22, 30, tzinfo=UTC)  # after midnight in Paris
TYPED = "<b>'&\""
ESCAPED = "&lt;b&gt;&#39;&amp;&#34;"


@pytest.mark.parametrize(
    "source",
    [
        "{{ typed }}",
        '{{ _("%(words)s", words=typed) }}',
        '{{ ngettext("%(words)s", "%(words)s", 2, words=typed) }}',
        "{{ ui.tag(typed) }}",
        '{{ [typed, typed]|join(", ") }}',
        "{{ typed ~ typed }}",
        '{{ typed|default("x") }}',
        '{{ "x" ~ typed|upper }}',
    ],
)
def test_what_somebody_typed_is_escaped(source: str) -> None:
    page = drawn(source, typed=TYPED)
    assert "<b>" not in page.lower()
    assert ESCAPED.lower() in page.lower()


def test_markup_is_kept_and_a_lazy_text_is_no_markup() -> None:
    assert drawn("{{ a }}", a=mark_safe("<b>")) == "<b>"
    assert drawn("{{ a }}", a=gettext_lazy("<b>")) == "&lt;b&gt;"


def test_texts_are_in_the_language_of_the_moment() -> None:
    """The template is compiled once, the component loaded once, and each reader has their own language."""
    source = (
        '{{ _("Save") }} {% call in_language("fr") %}{{ _("Save") }}{% endcall %} {{ _("Save") }}'
    )
    assert drawn(source) == "Save Enregistrer Save"
    with translation.override("fr"):
        assert drawn('{{ _("Save") }}') == "Enregistrer"
        assert "Retour" in drawn('{{ ui.page_header(title="x", back_url="/") }}')
    assert "Back" in drawn('{{ ui.page_header(title="x", back_url="/") }}')


def test_one_and_several_are_told_apart_in_each_language() -> None:
    source = '{{ ngettext("%(n)s client found", "%(n)s clients found", n, n=n) }}'
    assert [drawn(source, n=n) for n in (0, 1, 2)] == [
        "0 clients found",
        "1 client found",
        "2 clients found",
    ]
    with translation.override("fr"):
        assert drawn(source, n=0) != drawn(source, n=2).replace("2", "0")


def test_numbers_and_days_are_written_as_the_language_does() -> None:
    values = {"number": Decimal("1.5"), "day": date(2026, 3, 27), "at": EVENING}
    assert drawn("{{ number }}", **values) == "1.5"
    assert drawn("{{ at|date }} {{ at|time }}", **values).startswith("1 August 2026")
    with translation.override("fr"):
        assert drawn("{{ number }}", **values) == "1,5"
        assert drawn("{{ day }} {{ day|date }}", **values) == "27 mars 2026 27 mars 2026"
        assert drawn('{{ _("%(day)s", day=day) }}', **values) == "27 mars 2026"
        assert drawn("{{ at|date }}", **values).startswith("1 août 2026")
    assert drawn("{{ none|date }}{{ ''|datetime }}") == ""


def test_a_key_comes_before_a_method_of_the_same_name() -> None:
    assert drawn("{{ row.items }}{{ row.count }}", row={"items": "a", "count": 2}) == "a2"
    assert drawn("{% for k, v in row.items() %}{{ k }}{{ v }}{% endfor %}", row={"a": 1}) == "a1"


def test_a_component_with_a_form_takes_the_token_of_its_page() -> None:
    page = drawn('{{ ui.button_post(action="/x", label="y") }}', csrf_input="TOKEN")
    assert "TOKEN" in page


def test_pages_of_a_list_keep_the_filters() -> None:
    request = RequestFactory().get("/?a=1&a=2&page=3")
    assert drawn("{{ querystring(request, page=4) }}", request=request) == "?a=1&amp;a=2&amp;page=4"
    assert drawn("{{ querystring(request, a=none, page=none) }}", request=request) == ""


def test_rows_that_follow_one_another_are_grouped_in_their_order() -> None:
    rows = [{"day": 2, "x": "a"}, {"day": 2, "x": "b"}, {"day": 1, "x": "c"}]
    source = '{% for day, of_it in rows|grouped_by("day") %}{{ day }}{% for r in of_it %}{{ r.x }}{% endfor %}{% endfor %}'
    assert drawn(source, rows=rows) == "2ab1c"


def test_what_a_page_is_given_comes_before_what_every_page_has() -> None:
    """And what a page is given is left as it is."""
    request = RequestFactory().get("/x/")
    request.actor = Actor("")  # type: ignore[attr-defined]
    given = {"home_url": "/elsewhere/", "quick_exit_url": "/out/"}
    page = render_to_string("404.html", given, request)
    assert 'href="/elsewhere/"' in page and 'href="/out/"' in page
    assert given == {"home_url": "/elsewhere/", "quick_exit_url": "/out/"}
    assert "/elsewhere/" not in render_to_string("404.html", {}, request)


def test_what_one_template_drew_is_markup_in_another() -> None:
    """As the sections of the home page are."""
    assert drawn("{{ part }}", part=render_to_string("clients/home/protection.html")).startswith(
        "<div"
    )
