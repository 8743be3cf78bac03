"""One row an address: the status that each role gets."""

from __future__ import annotations

from dataclasses import dataclass, field

ROLES = (
    "nobody",
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
TO_SIGN_IN = 302  # nobody signed in: to the sign-in page
TO_THE_CODE = 302  # not signed yet: to the code


@dataclass(frozen=True)
class Row:
    """An expectation. ``where`` maps URL arguments to names in the world of ``test_access.py``
    (client, contact, attachment, grant, disclosure, request, export, draft, person, duty, version ...).

    The volunteer is assigned to the client, the coordinator coordinates its branch, the outsider and
    south_coordinator serve in another branch (and have a client of their own), the client is that client.
    """

    name: str
    where: dict[str, str] = field(default_factory=dict)
    method: str = "get"
    data: dict[str, str] = field(default_factory=dict)
    nobody: int = TO_SIGN_IN
    newcomer: int = TO_THE_CODE
    volunteer: int = 403
    outsider: int = 403
    coordinator: int = 403
    south_coordinator: int = 403
    president: int = 403
    protection: int = 403
    administrator: int = 403
    client: int = 403
