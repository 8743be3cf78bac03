"""Who may see and answer clients' requests about their own data.

- See them: the coordinators of the client's branch, and the client. The database agrees.
- See their dates, and nothing of what was said: the data-protection lead, of all branches.
- Ask: the client, in the portal; whoever hears it records it, also while the record is restricted.
- Answer them: the coordinators of the client's branch, once; what was answered does not change.
- Who looks after the client, or refuses and wrote in the record, needs a second person: another coordinator,
  or the data-protection lead."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from audit.actor import Actor
from clients.access.definers import execute
from clients.models import Client
from rights.models import SubjectRequest


def can_answer(actor: Actor, request: SubjectRequest) -> bool:
    """Whether this person may take up, answer or refuse this request now."""
    return request.is_open and actor.holds("coordinator", request.branch_id)


def check_answer(actor: Actor, request: SubjectRequest) -> None:
    """Raises PermissionDenied unless this person coordinates the branch of the request."""
    if not actor.holds("coordinator", request.branch_id):
        raise PermissionDenied


def can_second(request: SubjectRequest) -> bool:
    """Whether it would help if this person agreed as a second one."""
    return bool(execute("may_second_request", request.pk))


def check_record(actor: Actor, client: Client) -> None:
    """Raises PermissionDenied unless this person hears the client: has them, or coordinates their branch."""
    if not execute("may_hear_client", client.pk):
        raise PermissionDenied
