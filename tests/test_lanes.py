"""The quick lane leaves out what it says, and nothing that nobody has named."""

from __future__ import annotations

import re

import pytest

from confidential.environment import BASE
from tests.lanes import SLOW


@pytest.mark.parametrize("start", SLOW)
def test_what_is_left_out_is_there(start: str) -> None:
    path, _, name = start.partition("::")
    if name:
        assert re.search(rf"(?m)^def {name}\(", (BASE / path).read_text())
    else:
        assert list(BASE.glob(f"{path}*"))


def test_only_what_is_named_is_slow(request: pytest.FixtureRequest) -> None:
    for item in request.session.items:
        slow = any(mark.name == "slow" for mark in item.iter_markers())
        assert slow == item.nodeid.startswith(SLOW), item.nodeid


def test_lanes_are_documented(pytestconfig: pytest.Config) -> None:
    """An unknown marker is an error (--strict-markers); the Makefile leaves out both, and the guide says so."""
    known = {line.split(":")[0] for line in pytestconfig.getini("markers")}
    assert {"browser", "slow"} <= known
    assert pytestconfig.getoption("strict_markers")
    assert '-m "not browser and not slow"' in (BASE / "Makefile").read_text()
    assert "make test-fast" in (BASE / "docs" / "developing.md").read_text()
