"""Erasures: proposed by whoever looks after the client, decided by another, listed for the lead."""

from __future__ import annotations

from tests.access.portal import ABSENT, portal
from tests.access.rows import Row

CLIENT = {"client_id": "client"}
ONE = {"erasure_id": "erasure"}
SHARED = {"client_id": "client", "disclosure_id": "disclosure"}
TOLD = {
    "channel": "letter",
    "told_on_day": "{day}",
    "told_on_month": "{month}",
    "told_on_year": "{year}",
}


def steering(name: str, **more: object) -> Row:
    """A page for whoever looks after the client as coordinator: 403 without that duty."""
    expected = {"coordinator": 200, "south_coordinator": 404, **more}
    return Row(name, expected.pop("where", ONE), **expected)  # type: ignore[arg-type]


def deciding(name: str, **more: object) -> Row:
    """A page of one erasure: hidden but for coordinators and the lead, who does not decide on this one."""
    return Row(name, ONE, **{**ABSENT, "protection": 403, **more})  # type: ignore[arg-type]


ROWS = [
    steering("erasure_preview", where=CLIENT),
    steering("erasure_add", where=CLIENT),
    steering(
        "erasure_add",
        where=CLIENT,
        method="post",
        data={"ground": "mistake", "looked": "on"},
        coordinator=302,
    ),
    steering("erasure_recipients", where=CLIENT),
    # It has not left: nobody is told of it.
    steering("erasure_letter", where=SHARED, coordinator=404),
    steering("erasure_told", where=SHARED, method="post", data=TOLD, coordinator=302),
    Row("erasure_register", protection=200),
    deciding("erasure_view", coordinator=200, protection=200),
    deciding("erasure_decide", coordinator=200),
    deciding("erasure_decide", method="post", coordinator=302),
    deciding("erasure_refuse", method="post", coordinator=302),
    steering("erasure_waive"),
    steering("erasure_waive", method="post", data={"how": "phone", "said": "on"}, coordinator=302),
    steering("erasure_withdraw", method="post", coordinator=302),
    steering("erasure_certificate"),
    portal("portal_deletion"),
    # Nothing is planned: these lead back.
    portal("portal_deletion_waive", client=302),
    portal("portal_deletion_waive", method="post", client=302),
    portal("portal_deletion_end", client=302),
    portal("portal_deletion_end", method="post", client=302),
    portal("portal_deletion_certificate", client=302),
]
