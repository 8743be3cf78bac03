"""Joining, signing in, sessions, one's own secrets: open pages, and pages for people only."""

from __future__ import annotations

from typing import Any

from tests.access.rows import Row


def everybody(status: int) -> dict[str, int]:
    """The same for all."""
    roles = (
        "newcomer",
        "volunteer",
        "outsider",
        "coordinator",
        "south_coordinator",
        "president",
        "protection",
        "administrator",
        "client",
    )
    return dict.fromkeys(roles, status)


def people(status: int, **more: Any) -> dict[str, Any]:
    """Whoever serves, signed or not; a client never."""
    return everybody(status) | {"client": 403} | more


ROWS = [
    Row("sign_in", nobody=200, **everybody(302)),
    Row("sign_in", method="post", nobody=200, **everybody(200)),
    Row("second_factor", **everybody(302)),
    Row("second_factor", method="post", data={"code": "000000"}, **everybody(302)),
    Row("reauthenticate", **everybody(200)),
    Row("reauthenticate", method="post", **everybody(200)),
    Row("sign_out", nobody=405, **everybody(405)),
    Row("sign_out", method="post", **everybody(302)),
    Row("join", nobody=200, **everybody(200)),
    Row("join", method="post", nobody=200, **everybody(200)),
    Row("join_account", **everybody(302)),
    Row("join_account", method="post", data={"username": "rose"}, **everybody(302)),
    Row("join_second_factor", **people(200)),
    Row("account_password", **people(200)),
    Row("account_password", method="post", data={"new_password": "short"}, **people(200)),
    Row("second_factor_setup", **people(200)),
    Row("authenticator_setup", **people(200)),
    Row("authenticator_setup", method="post", data={"code": "wrong"}, **people(200)),
    # Sending this one would give the standing cast a list: tests/volunteers/test_signin_factors.py.
    Row("recovery_codes", **people(200)),
    Row("recovery_codes_pdf", **people(302)),
    Row("recovery_codes_done", method="post", **people(302)),
    Row("session_list", **people(200)),
    Row("session_end", where={"session": "=0000"}, method="post", **people(404)),
    Row("session_alive", nobody=405, **everybody(405)),
    Row("session_alive", method="post", nobody=200, **everybody(200)),
    Row("session_end_all", **people(200)),
    Row("session_end_all", method="post", **people(302)),
]
