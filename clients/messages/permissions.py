"""Who reads and answers clients' messages. The database enforces the same (``clients/sql/messages.sql``).

- That there are messages: whoever sees that contacts happened.
- Read them: whoever reads contact notes, from the day on that a handover set.
- Answer, or note that no written answer is needed: whoever writes in the record and reads them."""

from __future__ import annotations

from audit.actor import Actor
from clients.access import permissions
from clients.models import Client


def can_answer(actor: Actor, client: Client) -> bool:
    """Whoever writes in the record and reads what was written."""
    return permissions.can_read_notes(actor, client) and permissions.can_edit(actor, client)


def check_answer(actor: Actor, client: Client) -> None:
    """Raises PermissionDenied. See :func:`can_answer`."""
    permissions.check(can_answer(actor, client))
