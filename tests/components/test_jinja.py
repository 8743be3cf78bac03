"""Templates show values, texts and addresses as the reader expects them, and escape what people typed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import NoReverseMatch, reverse, set_script_prefix
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from jinja2 import TemplateAssertionError

from audit.actor import Actor
from components.showing import url_for
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
    """Templates and components are compiled for each language, and each reader has their own."""
    source = (
        '{{ _("Save") }} {% call in_language("fr") %}{{ _("Save") }}{% endcall %} {{ _("Save") }}'
    )
    assert drawn(source) == "Save Enregistrer Save"
    with translation.override("fr"):
        assert drawn('{{ _("Save") }}') == "Enregistrer"
        assert "Retour" in drawn('{{ ui.page_header(title="x", back_url="/") }}')
    assert "Back" in drawn('{{ ui.page_header(title="x", back_url="/") }}')


def test_what_is_known_of_a_language_is_worked_out_before_a_page_is_drawn() -> None:
    """Texts, icons and static addresses; what holds something of the page is not."""
    source = '{{ ui.icon("add") }}{{ _("Save") }}{% if static("a.js") == x %}{% endif %}{{ y or pgettext("a", "Back") }}'
    for language, save in (("en", "Save"), ("fr", "Enregistrer")):
        with translation.override(language):
            program = compiled(source)
            assert save in program and "icons.svg#add" in program and "/static/a.js" in program
            assert not re.search(r"pgettext|icon'|\bcall\(", program)
            assert "Back" in compiled('{{ _("Back to %(name)s", name=x) }}')
            assert "call(" in compiled("{{ _(x) }}{{ static(x) }}{{ ui.icon(x) }}")
    with translation.override(None):  # a language that we do not have
        assert "call(" in compiled('{{ _("Save") }}')


def compiled(source: str) -> str:
    """The program that draws a template."""
    return str(engines["jinja2"].env.compile(source, raw=True))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "part", ['{{ ui.tag("x") }}', '{% include "components/foot.html" %}', "{{ macro(1) }}"]
)
def test_a_part_in_another_language_draws_nothing_that_was_made_for_the_page(part: str) -> None:
    with pytest.raises(TemplateAssertionError, match="texts only"):
        compiled(f'{{% call in_language("fr") %}}{part}{{% endcall %}}')
    compiled('{% call in_language(code) %}{{ _("%(a)s", a=a|date) }}{{ loop.last }}{% endcall %}')


def test_a_page_has_one_token_and_each_page_another() -> None:
    """As it is masked, it tells nothing of the secret, also to whoever makes us pack guesses beside it."""
    request = RequestFactory().get("/x/")
    pages = [render_to_string("403.html", {}, request) for _ in range(2)]
    tokens = [set(re.findall(r'(?:Token": "|token" value=")(\w{64})"', page)) for page in pages]
    assert all(len(found) == 1 for found in tokens)
    assert tokens[0] != tokens[1]


def test_no_token_is_made_where_no_page_shows_one() -> None:
    request = RequestFactory().get("/x/")
    engines["jinja2"].from_string("{{ request.path }}").render({}, request)
    assert "CSRF_COOKIE" not in request.META
    page = engines["jinja2"].from_string("{{ csrf_token }}{{ csrf_input }}").render({}, request)
    assert "CSRF_COOKIE" in request.META and "<input" in page


def test_addresses_of_rows_are_those_that_django_makes() -> None:
    one, other = UUID(int=7), UUID(int=2**100)
    assert url_for("client_view", one) == reverse("client_view", args=[one])
    assert url_for("link_end", one, other) == reverse("link_end", args=[one, other])
    assert url_for("link_end", one, one) == reverse("link_end", args=[one, one])
    assert url_for("client_view", str(one)) == reverse("client_view", args=[one])
    with pytest.raises(NoReverseMatch):
        url_for("client_view", one, other)
    set_script_prefix("/50%/")
    try:
        assert url_for("client_view", one) == f"/50%25/clients/{one}/"
    finally:
        set_script_prefix("/")
    assert url_for("client_view", one) == f"/clients/{one}/"


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
        assert drawn("{{ at|date }}", **values).startswith("1er août 2026")
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
