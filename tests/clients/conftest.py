"""People whom several tests of clients need."""

from __future__ import annotations

import pytest

from tests.making.people import Cast, Someone, recruit


@pytest.fixture
def standby(cast: Cast) -> Someone:
    """A volunteer of the north without any client, and without tries of other tests."""
    return recruit(cast.north)
