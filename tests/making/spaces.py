"""What the tests of provisional spaces do: use a card, look at an access, confirm it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client as Browser
from django.utils import timezone

from clients.models import Client, PortalAccess
from tests.making.people import Someone
from tests.portal.conftest import Space

SignIn = Callable[..., Browser]
Spaces = Callable[..., Space]
OWN = "seven quiet herons at dusk"


def today(name: str = "spoken_on", days: int = 0) -> dict[str, str]:
    """The fields of a day, from today."""
    day = timezone.localdate() + timedelta(days=days)
    parts = {"day": day.day, "month": day.month, "year": day.year}
    return {f"{name}_{part}": str(value) for part, value in parts.items()}


def access_of(by: Someone, client: Client) -> PortalAccess:
    """The newest access of a client, with its state, as this person sees it."""
    with by.actor().transaction():
        return client.portal_accesses.with_state().latest("opened_at")


def confirm(browser: Browser, access: PortalAccess, **more: str) -> Any:
    """Send the form."""
    data = {**today(), "sure": "on", "theirs": "on", **more}
    return browser.post(f"/portal-access/{access.pk}/confirm/", data, follow=True)


def use(browser: Browser) -> None:
    """Somebody uses the code of a card, and chooses a password."""
    form = {"new_password1": OWN, "new_password2": OWN}
    assert browser.post("/my-space/password/", form).status_code == 302
    assert browser.get("/my-space/").status_code == 200
