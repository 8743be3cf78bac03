"""Who may see and answer clients' requests about their own data.

- See them: the coordinators of the client's branch, and the client. The database agrees.
- Ask: the client, in the portal; whoever hears it takes it down (for now with a no to the record).
- Answer them: the coordinators of the client's branch, once; what was answered does not change."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from audit.actor import Actor
from rights.models import SubjectRequest


def can_answer(actor: Actor, request: SubjectRequest) -> bool:
    """Whether this person may take up, answer or refuse this request now."""
    return request.is_open and actor.holds("coordinator", request.branch_id)


def check_answer(actor: Actor, request: SubjectRequest) -> None:
    """Raises PermissionDenied unless this person coordinates the branch of the request."""
    if not actor.holds("coordinator", request.branch_id):
        raise PermissionDenied
