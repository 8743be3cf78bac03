"""A client with a portal of their own, and a real worker process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

import pytest
from django.test import Client as Browser

from clients.contacts.actions import contacts
from clients.models import Client
from confidential.environment import BASE
from tests.making import people as standing
from tests.making.principals import open_space

CODE = "7KM2-QXTB-93FH-ZZRM"


@dataclass
class Space:
    """A client, their account, and a browser that is signed in to it."""

    client: Client
    user: UUID
    browser: Browser
    username: str


def open_portal(
    by: standing.Someone,
    client: Client,
    *,
    first: bool = False,
    quiet: bool = False,
    confirmed: bool = True,
) -> tuple[UUID, str]:
    """Open the portal for a client; with ``first`` the paper code still waits to be replaced. Confirmed by
    somebody else, unless it is to be provisional."""
    username = f"space-{uuid4().hex[:8]}"
    user = open_space(by.actor(), client.pk, code=CODE, quiet=quiet, first=first, username=username)
    if confirmed:
        standing.confirm_portal(client)
    return user, username


@pytest.fixture
def space(cast: standing.Cast, sign_in: Callable[..., Browser]) -> Callable[..., Space]:
    """Make a client with a portal: ``space(given_name=..., first=True)``."""

    def made(
        by: standing.Someone | None = None,
        *,
        first: bool = False,
        confirmed: bool = True,
        **names: str,
    ) -> Space:
        by = by or cast.volunteer
        client = standing.new_client(by, **names)
        user, username = open_portal(by, client, first=first, confirmed=confirmed)
        return Space(client, user, sign_in(user), username)

    return made


def log_contact(
    by: standing.Someone, client: Client, text: str, day: date = date(2026, 2, 3)
) -> None:
    """A contact with these words."""
    with by.actor().transaction() as actor:
        contacts.log_contact(
            by=actor, client=client, new=contacts.NewContact("visit", day, text=text)
        )


def work(*arguments: str, timeout: int = 120) -> subprocess.CompletedProcess[str]:
    """Run a real worker process until the queue is empty. manage.py chooses the role itself."""
    environment = {key: value for key, value in os.environ.items() if key != "CONFIDENTIAL_ROLE"}
    command = [sys.executable, str(BASE / "manage.py"), "procrastinate", "worker", "--one-shot"]
    return subprocess.run(
        [*command, *arguments], env=environment, timeout=timeout, capture_output=True, text=True
    )


@pytest.fixture
def helen(cast: standing.Cast) -> standing.Someone:
    """A volunteer of the north, for this test alone."""
    return standing.recruit(cast.north)
