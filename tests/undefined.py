"""A template that names what is not there fails the test that draws it; the page shows nothing there, and goes on.

``components/absent.py`` says what may be asked for and be absent, and reports everything else.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from components import absent

_found: dict[str, None] = {}  # in the order in which they were met


def is_a_failure(patch: pytest.MonkeyPatch) -> None:
    """From now on."""
    patch.setattr(absent, "report", keep)


def keep(what: str) -> None:
    """Keep what a template named, with its template."""
    _found[f"{absent.template_at_work()}: {what}"] = None


def and_nothing_absent(item: pytest.Item) -> Generator[None, Any, Any]:
    """Let a test run, which fails afterwards if a template named what is not there, whatever else it says.

    It is not stopped there: a page answers as it would, and each thread of a test counts.
    """
    try:
        result = yield
    except BaseException:
        item.add_report_section("call", "names that are not there", "\n".join(taken()))
        raise
    if absent := taken():
        pytest.fail("Templates name what is not there:\n" + "\n".join(absent), pytrace=False)
    return result


def taken() -> list[str]:
    """What was found since this was last asked."""
    found = list(_found)
    _found.clear()
    return found
