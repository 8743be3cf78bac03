"""``docs/law.md`` names pages and tests that are there."""

from __future__ import annotations

import re

import pytest
from django.urls import get_resolver

from confidential.environment import BASE

TEXT = (BASE / "docs" / "law.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in TEXT.splitlines()
    if re.match(r"\| (?!rule|-)", line)
]
NAMED = re.compile(r"`([^`]+)`")


def addresses() -> set[str]:
    """The name of every address."""
    found, waiting = set(), list(get_resolver().url_patterns)
    while waiting:
        one = waiting.pop()
        waiting += getattr(one, "url_patterns", [])
        found.add(getattr(one, "name", None))
    return found - {None}


def test_the_table_is_read() -> None:
    assert len(ROWS) > 20
    assert len({row[0] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[row[0][:40] for row in ROWS])
def test_each_rule_has_pages_tests_a_source_and_a_certainty(row: list[str]) -> None:
    _rule, done, pages, tests, source, certainty = row
    assert done and source and certainty in ("sure", "read", "ask")
    named = NAMED.findall(pages)
    assert named and set(named) <= addresses()
    shown = NAMED.findall(tests)
    assert shown
    for test in shown:
        path, _, name = test.partition("::")
        text = (BASE / path).read_text(encoding="utf-8")
        assert not name or f"def {name}(" in text, test
