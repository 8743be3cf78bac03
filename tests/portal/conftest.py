"""A client with a portal of their own, and a real worker process."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client as Browser

from tests.making.clients import new_client
from tests.making.people import Cast, Someone, recruit
from tests.making.spaces import Space, open_portal


@pytest.fixture
def space(cast: Cast, sign_in: Callable[..., Browser]) -> Callable[..., Space]:
    """Make a client with a portal: ``space(given_name=..., first=True)``."""

    def made(
        by: Someone | None = None,
        *,
        first: bool = False,
        confirmed: bool = True,
        **names: str,
    ) -> Space:
        by = by or cast.volunteer
        client = new_client(by, **names)
        user, username = open_portal(by, client, first=first, confirmed=confirmed)
        return Space(client, user, sign_in(user), username)

    return made


@pytest.fixture
def helen(cast: Cast) -> Someone:
    """A volunteer of the north, for this test alone."""
    return recruit(cast.north)
