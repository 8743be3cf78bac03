"""Changing hands: clients from one volunteer to another, and a client to another branch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from audit.actor import Actor
from clients.access.definers import execute, refused
from clients.models import Client

CONFLICT = _("A conflict of interest is noted between this person and one of these clients.")
DONE = _("Somebody has handed over one of these clients meanwhile. Look again at what is left.")
COORDINATOR = _(
    "This person coordinates the branch and has the record by that. Let them read the notes instead: "
    "on the page of the client, “Who may know”, with a reason and a last day."
)
UNFINISHED = _("A disclosure of this client is not finished. Decide on it or cancel it first.")
MESSAGES = {
    "handover_conflict": CONFLICT,
    "handover_coordinator": COORDINATOR,
    "handover_done": DONE,
    "disclosure_unfinished": UNFINISHED,
}
# Because of the person who would take over.
OF_PERSON = ("handover_conflict", "handover_coordinator")


def hand_over(*, by: Actor, clients: Sequence[UUID], of: UUID, to: UUID, since: date | None) -> int:
    """End the assignments of these clients to ``of``, who may have left, and give them to ``to``.

    ``since`` hides earlier contacts from ``to``. All or none, in one second; returns how many. Raises
    Refused; whoever may not meets the database's own error.
    """
    with refused("hand_over", MESSAGES):
        return execute("hand_over", list(clients), of, to, since)


def move(*, by: Actor, client: Client, branch: UUID, takes_over: UUID | None = None) -> None:
    """Give a client to another branch; every permission of this one ends in the same second.

    A protected client goes to ``takes_over``, a coordinator there. Raises Refused; whoever may not meets the
    database's own error.
    """
    with refused("move_client", MESSAGES):
        execute("move_client", client.pk, branch, takes_over)
