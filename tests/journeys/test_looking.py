"""That axe is not asked again hides nothing: whatever could change its verdict changes the skeleton."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.looking import SKELETON, Passed
from tests.journeys.walk import SIZES

pytestmark = pytest.mark.browser
ID, OTHER = "0e7f7b62-7c0f-4ef0-9a0c-6d8a2f3a0001", "6a0d2b11-1f8e-4a57-8a57-52c1a3c90002"
PAGE = """<!doctype html><html lang="en"><head><title>Clients</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>a, button, input {{ display: inline-block; min-height: 30px }} .faint {{ color: #eee }} {style}</style></head>
<body><main><h1>Clients</h1>
<form><label for="f-{id}">Name</label> <input id="f-{id}" name="n" value="{value}"></form>
<p id="p-{id}">A few words</p>
<ul>{rows}</ul>{more}</main></body></html>"""
ROW = '<li><a href="/clients/{id}/">{name}</a></li>'


def page_of(*names: str, id: str = ID, value: str = "some", more: str = "", style: str = "") -> str:
    rows = "".join(ROW.format(id=id, name=name) for name in names)
    return PAGE.format(id=id, value=value, rows=rows, more=more, style=style)


GOOD = page_of("Odile", "Marie")
SAME = {
    "another id": page_of("Odile", "Marie", id=OTHER),
    "other names": page_of("Hortense Vauclin", "Alphonsine"),
    "more rows": page_of("Odile", "Marie", "Paul", "Jean"),
    "another value": page_of("Odile", "Marie", value="another"),
    "the other language": GOOD.replace('lang="en"', 'lang="fr"').replace("Clients", "Personnes"),
}
OTHERWISE = {
    "no label": GOOD.replace("<label", "<span").replace("</label", "</span"),
    "a label for another field": GOOD.replace('for="f-', 'for="g-'),
    "an empty label": GOOD.replace(">Name<", "> <"),
    "an empty link": page_of("Odile", ""),
    "an empty link in a late row": page_of("Odile", "Marie", "Paul", "", "Jean"),
    "no title": GOOD.replace("<title>Clients</title>", "<title></title>"),
    "no language": GOOD.replace(' lang="en"', ""),
    "a language that there is not": GOOD.replace('lang="en"', 'lang="xyzzy"'),
    "a part in a language that there is not": page_of(
        "Odile", "Marie", more='<p lang="qqqq">Words</p>'
    ),
    "words that cannot be read": GOOD.replace("<p id", '<p class="faint" id'),
    "the same by the style sheet alone": page_of("Odile", "Marie", style="p { color: #eee }"),
    "a heading left out": GOOD.replace("<p id", "<h4>Words</h4><p id"),
    "a picture without words": page_of("Odile", "Marie", more='<img src="data:,">'),
    "a role that there is not": GOOD.replace("<p id", '<p role="nothing" id'),
    "a state that there is not": GOOD.replace("<input", '<input aria-required="maybe"'),
    "an order of its own": GOOD.replace("<input", '<input tabindex="3"'),
    "two main parts": page_of("Odile", "Marie", more="</main><main><p>Words</p>"),
    "words outside of all parts": page_of("Odile", "Marie", more="</main><p>Words</p><main>"),
    "no zooming": GOOD.replace("initial-scale=1", "user-scalable=no"),
    "targets too small": page_of(
        "Odile",
        "Marie",
        style="li a { min-height: 0; line-height: 8px; font-size: 8px }"
        " li { line-height: 8px; list-style: none }",
    ),
}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport=SIZES["phone"])  # type: ignore[arg-type]
    yield page
    page.close()


@pytest.fixture
def skeleton(page: Page) -> str:
    page.set_content(GOOD)
    return page.evaluate(SKELETON)


@pytest.mark.parametrize("name", SAME)
def test_what_the_program_fills_in_does_not_count(page: Page, skeleton: str, name: str) -> None:
    page.set_content(SAME[name])
    assert page.evaluate(SKELETON) == skeleton


@pytest.mark.parametrize("name", OTHERWISE)
def test_whatever_axe_complains_of_is_seen_after_a_good_page(
    page: Page, tmp_path: Path, name: str
) -> None:
    passed = Passed(tmp_path / "passed")
    page.set_content(GOOD)
    assert passed.violations(page, "phone") == []
    page.set_content(OTHERWISE[name])
    for _ in range(2):  # what was found once is found again
        assert passed.violations(page, "phone")


NAMED = '<div role="img" aria-labelledby="{0}">x</div>'


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (NAMED.format(f"p-{ID}"), NAMED.format("gone")),
        (NAMED.format(f"p-{ID}"), NAMED.format(f"p-{ID}") + f'<b id="p-{ID}">x</b>'),
        ("<b id='a'>x</b>" * 2, "<b id='a'>x</b>" * 3 + "<b id='b'>x</b>" * 2),
        (
            '<p><a href="/x/" style="min-height: 0">x</a></p>',
            '<p><a href="/x/" style="min-height: 0">x</a><a href="/y/">y</a></p>',
        ),
        ("<table><tr><th>x<td>y</table>", "<table><tr><th>x<td></table>"),
        ("<input type=checkbox aria-label=x>", "<input type=checkbox checked aria-label=x>"),
        ("<button>x</button>", "<button disabled>x</button>"),
        (
            "<nav aria-label=one>x</nav>" * 2 + "<nav aria-label=two>x</nav>",
            "<nav aria-label=one>x</nav>" * 3,
        ),
        (
            '<img alt="some words" src="data:,"> some words',
            '<img alt="some words" src="data:,"> other words',
        ),
    ],
)
def test_what_a_rule_may_read_is_kept(page: Page, good: str, bad: str) -> None:
    page.set_content(page_of("Odile", more=good))
    before = page.evaluate(SKELETON)
    page.set_content(page_of("Odile", more=bad))
    assert page.evaluate(SKELETON) != before


def test_axe_is_asked_once_for_equal_pages(page: Page, tmp_path: Path) -> None:
    passed = Passed(tmp_path / "passed")
    for content in (GOOD, *SAME.values()):
        page.set_content(content)
        assert passed.violations(page, "phone") == []
    assert len(list(passed.folder.iterdir())) == 1
    page.goto("about:blank")
    page.set_content(SAME["another id"])
    assert passed.violations(page, "phone") == []
    assert page.evaluate("typeof axe") == "undefined"
    assert passed.violations(page, "desktop") == []
    assert page.evaluate("typeof axe") == "object"


def test_page_with_a_frame_is_always_asked(page: Page, tmp_path: Path) -> None:
    passed = Passed(tmp_path / "passed")
    page.set_content(page_of("Odile", "Marie", more='<iframe title="x" srcdoc="x"></iframe>'))
    assert page.evaluate(SKELETON) is None
    passed.violations(page, "phone")
    assert list(passed.folder.iterdir()) == []
