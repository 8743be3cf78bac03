"""Forms about people, branches and the code, sent empty: whoever gets the form gets it again."""

from __future__ import annotations

from dataclasses import replace

from tests.access import people, signin
from tests.access.rows import ROLES, Row

AGAIN = {
    "account_details",
    "association_edit",
    "branch_add",
    "branch_edit",
    "code_sign",
    "duty_add",
    "invitation_add",
    "policy_add",
    "policy_adopt",
    "policy_discard",
    "policy_edit",
}
GET = [row for row in [*people.ROWS, *signin.ROWS] if row.method == "get" and row.name in AGAIN]

# Nothing is required here, so that sending nothing is an act.
DONE = {"account_details": ROLES[2:-1], "branch_edit": ("coordinator",)}

ROWS: list[Row] = [
    replace(
        row, method="post", data={"nothing": "sent"}, **dict.fromkeys(DONE.get(row.name, ()), 302)
    )
    for row in GET
]
