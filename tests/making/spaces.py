"""The client's own space: opened, used from a card, confirmed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.test import Client as Browser
from django.utils import timezone

from audit.actor import Actor
from clients.models import Client, PortalAccess
from clients.records.actions import portal_access
from tests.making.people import Cast, Someone, recruit
from tests.making.principals import superuser
from vault.principals import signin_transaction
from volunteers import passwords

CODE = "7KM2-QXTB-93FH-ZZRM"
OWN = "seven quiet herons at dusk"


@dataclass
class Space:
    """A client, their account, and a browser that is signed in to it."""

    client: Client
    user: UUID
    browser: Browser
    username: str


Spaces = Callable[..., Space]


def open_space(
    by: Actor,
    client: UUID,
    *,
    code: str = "a paper code",
    quiet: bool = False,
    first: bool = False,
    username: str = "",
) -> UUID:
    """A client's account, opened by somebody of the team; with ``first`` the code is still to be replaced."""
    user = uuid4()
    with signin_transaction(by.token) as cursor:
        salt, covered = passwords.covered(cursor, code, by.token)
        cursor.execute(
            "SELECT sec.portal_open(%s, %s, %s, %s, %s, 'en', %s)",
            [client, user, username or f"space-{user.hex[:8]}", salt, covered, quiet],
        )
    if not first:
        password_chosen(user)
    return user


def password_chosen(user: UUID) -> None:
    """A client's account whose paper code has been replaced already."""
    with superuser() as connection:
        connection.execute(
            "UPDATE volunteers_user SET must_change_password = false WHERE id = %s", [user]
        )
        connection.execute(
            'UPDATE clients_portalaccess SET first_used_at = statement_timestamp() WHERE "user" = %s',
            [user],
        )


_confirmers: dict[UUID, Someone] = {}


def _sees(who: Someone, client: Client) -> bool:
    """Whether somebody still has the record: other tests end duties."""
    with who.actor().transaction():
        return Client.objects.filter(pk=client.pk).exists()


def confirm_portal(client: Client) -> None:
    """Another coordinator of the branch has spoken to the client: the newest access is theirs."""
    if client.branch_id not in _confirmers or not _sees(_confirmers[client.branch_id], client):
        _confirmers[client.branch_id] = recruit(client.branch_id, "coordinator")
    with _confirmers[client.branch_id].actor().transaction() as actor:
        access = client.portal_accesses.filter(ended_at=None).latest("opened_at")
        portal_access.confirm(by=actor, access=access, spoken_on=timezone.localdate(), theirs=True)


def open_portal(
    by: Someone,
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
        confirm_portal(client)
    return user, username


def account_of(cast: Cast, client: Client) -> UUID:
    """The portal account of a client."""
    with cast.coordinator.actor().transaction():
        access = client.portal_accesses.filter(ended_at=None).first()
    if access:
        return access.user
    account = open_space(cast.coordinator.actor(), client.pk)
    confirm_portal(client)
    return account


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
